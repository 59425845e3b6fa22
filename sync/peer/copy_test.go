package peer_test

import (
	"bufio"
	"encoding/hex"
	"encoding/json/v2"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cunju/sync/install"
)

func copyFile(t *testing.T, from, to string) {
	b, err := os.ReadFile(from)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(to, b, 0o600))
}

// signedGet asks as the phone whose store lies at path.
func signedGet(t *testing.T, h *house, path, uri string) *http.Request {
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	first, err := bufio.NewReader(f).ReadBytes('\n')
	require.NoError(t, err)
	var e struct {
		Key string `json:"key"`
	}
	require.NoError(t, json.Unmarshal(first, &e))
	raw, err := hex.DecodeString(e.Key)
	require.NoError(t, err)
	key, err := install.ParseKey(raw)
	require.NoError(t, err)
	req, err := http.NewRequest(http.MethodGet, h.town.Server.URL+uri, nil)
	require.NoError(t, err)
	req.Header.Set("Authorization", key.Authorization(http.MethodGet, uri, time.Now().UnixMilli()))
	return req
}
