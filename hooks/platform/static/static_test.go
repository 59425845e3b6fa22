package static

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func folder() fstest.MapFS {
	text := strings.Repeat("export const line = 1;\n", 50)
	return fstest.MapFS{
		"index.html":                {Data: []byte("<!doctype html><title>start</title>")},
		"field/index.html":          {Data: []byte("<!doctype html><title>field</title>")},
		"office/index.html":         {Data: []byte("<!doctype html><title>office</title>")},
		"js/core/a.js":              {Data: []byte(text)},
		"js/core/a.test.js":         {Data: []byte("test")},
		"js/core/testdata/v.json":   {Data: []byte("{}")},
		"js/screens/field/home.js":  {Data: []byte(text)},
		"js/screens/office/home.js": {Data: []byte(text)},
		"icons/app.svg":             {Data: []byte("<svg xmlns='http://www.w3.org/2000/svg'/>")},
		"icons/app.png":             {Data: []byte("\x89PNG")},
		"vendor/ui.js":              {Data: []byte(text)},
		"vendor/chart-1.2.3.js":     {Data: []byte(text)},
		"vendor/make.sh":            {Data: []byte("#!/bin/sh")},
		"package.json":              {Data: []byte("{}")},
		"app.webmanifest":           {Data: []byte("{}")},
		"sw.js":                     {Data: []byte("self.x = 1;")},
	}
}

func site(t *testing.T, f fstest.MapFS) *Site {
	t.Helper()
	s, err := New(f)
	require.NoError(t, err)
	return s
}

func get(s *Site, path string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func TestWhatIsServed(t *testing.T) {
	s := site(t, folder())
	cases := []struct {
		path, mime, cache string
		status            int
	}{
		{"/", "text/html; charset=utf-8", recheck, 200},
		{"/field/", "text/html; charset=utf-8", recheck, 200},
		{"/sw.js", "text/javascript; charset=utf-8", recheck, 200},
		{"/vendor/ui.js", "text/javascript; charset=utf-8", recheck, 200},
		{"/vendor/chart-1.2.3.js", "text/javascript; charset=utf-8", immutable, 200},
		{"/app.webmanifest", "application/manifest+json", recheck, 200},
		{"/icons/app.png", "image/png", recheck, 200},
		{"/field", "", "", 301},
		{"/js/core/missing.js", "text/plain; charset=utf-8", "no-store", 404},
		{"/js/", "text/plain; charset=utf-8", "no-store", 404},
		{"/js/core/a.test.js", "text/plain; charset=utf-8", "no-store", 404},
		{"/js/core/testdata/v.json", "text/plain; charset=utf-8", "no-store", 404},
		{"/vendor/make.sh", "text/plain; charset=utf-8", "no-store", 404},
		{"/package.json", "text/plain; charset=utf-8", "no-store", 404},
		{"/../static.go", "text/plain; charset=utf-8", "no-store", 404},
	}
	for _, c := range cases {
		t.Run(c.path, func(t *testing.T) {
			w := get(s, c.path)
			assert.Equal(t, c.status, w.Code)
			if c.status == 301 {
				assert.Equal(t, c.path+"/", w.Header().Get("Location"))
				return
			}
			assert.Equal(t, c.mime, w.Header().Get("Content-Type"))
			assert.Equal(t, c.cache, w.Header().Get("Cache-Control"))
		})
	}
}

func TestAKnownVersionIsNotSentAgain(t *testing.T) {
	s := site(t, folder())
	plain := get(s, "/js/core/a.js")
	packed := get(s, "/js/core/a.js", "Accept-Encoding", "br, gzip;q=1.0")
	assert.Empty(t, plain.Header().Get("Content-Encoding"))
	require.Equal(t, "gzip", packed.Header().Get("Content-Encoding"))
	assert.NotEqual(t, plain.Header().Get("ETag"), packed.Header().Get("ETag"), "a strong tag names one sequence of bytes")
	unpacked, err := gzip.NewReader(packed.Body)
	require.NoError(t, err)
	text, err := io.ReadAll(unpacked)
	require.NoError(t, err)
	assert.Equal(t, plain.Body.String(), string(text))

	for _, tag := range []string{plain.Header().Get("ETag"), packed.Header().Get("ETag"), `"x", W/` + plain.Header().Get("ETag"), "*"} {
		again := get(s, "/js/core/a.js", "If-None-Match", tag, "Accept-Encoding", "gzip")
		assert.Equal(t, http.StatusNotModified, again.Code, tag)
		assert.Zero(t, again.Body.Len())
	}
	assert.Equal(t, 200, get(s, "/js/core/a.js", "If-None-Match", `"other"`).Code)
	assert.Empty(t, get(s, "/js/core/a.js", "Accept-Encoding", "gzip;q=0").Header().Get("Content-Encoding"))
}

func TestOnlyReadingIsAllowed(t *testing.T) {
	s := site(t, folder())
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest("POST", "/", nil))
	assert.Equal(t, http.StatusMethodNotAllowed, w.Code)
	w = httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest("HEAD", "/", nil))
	assert.Equal(t, 200, w.Code)
	assert.Zero(t, w.Body.Len())
}

func TestThePackIsTheShellOfTheFieldApp(t *testing.T) {
	s := site(t, folder())
	w := get(s, "/pack.json")
	var pack struct {
		Version string
		Files   map[string][2]string
	}
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &pack))
	assert.Equal(t, s.Version(), pack.Version)
	names := []string{}
	for name := range pack.Files {
		names = append(names, name)
	}
	assert.ElementsMatch(t, []string{
		"/field/", "/js/core/a.js", "/js/screens/field/home.js", "/icons/app.svg", "/vendor/ui.js", "/vendor/chart-1.2.3.js", "/app.webmanifest",
	}, names)
	assert.Equal(t, [2]string{"text/html; charset=utf-8", "<!doctype html><title>field</title>"}, pack.Files["/field/"])
	assert.Equal(t, "gzip", get(s, "/pack.json", "Accept-Encoding", "gzip").Header().Get("Content-Encoding"))
	assert.JSONEq(t, `{"version":"`+s.Version()+`"}`, get(s, "/version.json").Body.String())
}

func TestTheVersionFollowsNamesAndContents(t *testing.T) {
	first := site(t, folder()).Version()
	assert.Equal(t, first, site(t, folder()).Version())
	changed := folder()
	changed["js/core/a.js"] = &fstest.MapFile{Data: []byte("export const line = 2;")}
	assert.NotEqual(t, first, site(t, changed).Version())
	renamed := folder()
	renamed["js/core/b.js"] = renamed["js/core/a.js"]
	delete(renamed, "js/core/a.js")
	assert.NotEqual(t, first, site(t, renamed).Version())
	tested := folder()
	tested["js/core/a.test.js"] = &fstest.MapFile{Data: []byte("other")}
	assert.Equal(t, first, site(t, tested).Version(), "a test changes nothing for a phone")
}

func TestNothingForeignMayRun(t *testing.T) {
	h := http.Header{}
	Headers(h, false)
	for _, rule := range []string{"default-src 'self'", "script-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'",
		"require-trusted-types-for 'script'", "trusted-types app", "img-src 'self' data: blob:", "worker-src 'self'", "manifest-src 'self'"} {
		assert.Contains(t, strings.Split(h.Get("Content-Security-Policy"), "; "), rule)
	}
	assert.NotContains(t, h.Get("Content-Security-Policy"), "unsafe")
	assert.Empty(t, h.Get("Strict-Transport-Security"), "not on plain http")
	Headers(h, true)
	assert.NotEmpty(t, h.Get("Strict-Transport-Security"))
}
