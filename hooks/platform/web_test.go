package platform_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func fetch(t *testing.T, method, url string, headers ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequest(method, url, nil)
	require.NoError(t, err)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer, string(body)
}

func TestServing(t *testing.T) {
	app := newApp(t, config(t))
	base := serve(t, app)

	t.Run("pages carry the strict policy", func(t *testing.T) {
		answer, body := fetch(t, "GET", base+"/")
		assert.Equal(t, 200, answer.StatusCode)
		assert.Contains(t, body, "<!doctype html>")
		assert.Contains(t, answer.Header.Get("Content-Security-Policy"), "trusted-types app")
		assert.Equal(t, "same-origin-allow-popups", answer.Header.Get("Cross-Origin-Opener-Policy"))
		assert.Equal(t, "nosniff", answer.Header.Get("X-Content-Type-Options"))
		assert.Equal(t, "no-referrer", answer.Header.Get("Referrer-Policy"))
	})
	t.Run("a missing module is no page", func(t *testing.T) {
		answer, body := fetch(t, "GET", base+"/js/missing.js")
		assert.Equal(t, 404, answer.StatusCode)
		assert.NotContains(t, body, "<")
	})
	t.Run("answers of the API are not kept", func(t *testing.T) {
		answer, _ := fetch(t, "GET", base+"/api/health")
		assert.Equal(t, 200, answer.StatusCode)
		assert.Equal(t, "no-store", answer.Header.Get("Cache-Control"))
	})
	t.Run("an unknown call answers in our form", func(t *testing.T) {
		answer, body := fetch(t, "GET", base+"/api/nothing", "Accept-Language", "en")
		assert.Equal(t, 404, answer.StatusCode)
		assert.Contains(t, body, `"code":"not_found"`)
	})
	t.Run("SQL over HTTP is closed to everybody", func(t *testing.T) {
		for _, path := range []string{"/api/sql", "/api/sql/"} {
			answer, body := fetch(t, "POST", base+path)
			assert.Equal(t, 404, answer.StatusCode)
			assert.Contains(t, body, "not_found")
		}
	})
	t.Run("foreign pages may not call", func(t *testing.T) {
		answer, _ := fetch(t, "GET", base+"/api/health", "Origin", "https://evil.example")
		assert.NotEqual(t, "https://evil.example", answer.Header.Get("Access-Control-Allow-Origin"))
	})
	t.Run("no superuser is waiting to be taken", func(t *testing.T) {
		n, err := app.CountRecords(core.CollectionNameSuperusers)
		require.NoError(t, err)
		assert.Zero(t, n)
	})
	t.Run("PocketBase's own settings are closed", func(t *testing.T) {
		s := app.Settings()
		assert.True(t, s.RateLimits.Enabled)
		assert.False(t, s.Batch.Enabled)
		assert.False(t, s.Logs.LogIP)
		assert.Equal(t, []string{"127.0.0.1", "::1"}, s.SuperuserIPs)
		superusers, err := app.FindCollectionByNameOrId(core.CollectionNameSuperusers)
		require.NoError(t, err)
		assert.EqualValues(t, 3600, superusers.AuthToken.Duration)
	})
}

// The dashboard is not there for whoever comes through a proxy or the network.
func TestTheDashboardIsForThisMachineOnly(t *testing.T) {
	base := serve(t, newApp(t, config(t)))
	for _, header := range []string{"X-Forwarded-For", "X-Real-Ip", "Forwarded", "Via"} {
		for _, path := range []string{"/_/", "/_", "/_/extensions.js"} {
			answer, body := fetch(t, "GET", base+path, header, "10.0.0.9")
			assert.Equal(t, 404, answer.StatusCode, path)
			assert.Contains(t, body, "not_found")
		}
	}
}

// PocketBase replaces Request.Body. Up to Go 1.26 net/http then lost sight of its
// own reader and took the rest of a refused body of more than 256 KB as the
// connection's next request; Go 1.27 keeps it. A forged request inside a refused
// body must never be answered.
func TestRefusedBodyIsNotTheNextRequest(t *testing.T) {
	base := serve(t, newApp(t, config(t)))
	conn, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	require.NoError(t, err)
	defer conn.Close()

	forged := "GET /version.json HTTP/1.1\r\nHost: x\r\n\r\n"
	body := append([]byte(forged), bytes.Repeat([]byte("a"), 300<<10)...)
	go func() {
		fmt.Fprintf(conn, "POST /api/nothing HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n", len(body))
		_, _ = conn.Write(body) // the server may close first, which is right
	}()
	answers := bufio.NewReader(conn)
	first, err := http.ReadResponse(answers, nil)
	require.NoError(t, err)
	_, err = io.Copy(io.Discard, first.Body)
	require.NoError(t, err)
	assert.Equal(t, 404, first.StatusCode)
	_, err = http.ReadResponse(answers, nil)
	require.Error(t, err, "the rest of the refused body was answered as a request")
}
