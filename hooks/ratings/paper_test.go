package ratings

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// filedPaper puts a filed document of the service into the node and gives the path of its code.
func filedPaper(t *testing.T, n *node, state string) string {
	t.Helper()
	sum := sha256.Sum256([]byte("text"))
	_, err := n.app.NonconcurrentDB().Insert("documents", dbx.Params{"id": "document0000001", "region": village, "service": service, "template": "D01", "title": "冉大娘离婚起诉状",
		"body": "{}", "state": state, "no": "500238-2026-W10100001", "filed_at": "2026-11-20T15:00:00+08:00", "hash": hashForm + hex.EncodeToString(sum[:])}).Execute()
	require.NoError(t, err)
	url, typed, err := n.ratings.DocumentCode(n.app, "document0000001")
	require.NoError(t, err)
	require.NotEmpty(t, typed)
	path, ok := strings.CutPrefix(url, "HTTP://127.0.0.1:8091")
	require.True(t, ok, url)
	return path
}

func TestAnybodyChecksAFiledDocument(t *testing.T) {
	n := start(t)
	n.arrive(service, nil)
	path := filedPaper(t, n, "filed")
	assert.Regexp(t, `^/D/[A-Z2-7]+$`, path)
	for _, at := range []string{path, strings.ToLower(path)} {
		got := n.browser().get(at)
		assert.Equal(t, 200, got.status)
		for _, want := range []string{"这份文书是真的", "2026年11月20日", "上磺镇司法所"} {
			assert.Contains(t, got.body, want)
		}
		for _, secret := range append(secrets, "羊桥村", "冉大娘离婚起诉状", "李明", "W10100001") {
			assert.NotContains(t, got.body, secret)
		}
		assert.NotContains(t, got.body, "<script")
		assert.NotContains(t, got.body, "评价")
		assert.Less(t, len(got.body), 4000)
	}
	n.pass(400 * 24 * time.Hour)
	assert.Contains(t, n.browser().get(path+"?lang=en").body, "This document is genuine", "a document does not grow too old to be checked")
}

func TestAReplacedDocumentSaysSo(t *testing.T) {
	n := start(t)
	n.arrive(service, nil)
	got := n.browser().get(filedPaper(t, n, "superseded"))
	assert.Equal(t, 200, got.status)
	assert.Contains(t, got.body, "已被新的文书替代")
}

func TestEveryOtherDocumentCodeIsOnePage(t *testing.T) {
	n := start(t)
	n.arrive(service, nil)
	path := filedPaper(t, n, "filed")
	b := n.browser()
	want := b.get("/d/x")
	assert.Equal(t, 404, want.status)
	assert.Contains(t, want.body, `href="/d/x?lang=en"`)
	assert.Contains(t, b.get("/d/x?lang=en").body, "No such document")
	other := strings.Replace(path, path[20:22], map[bool]string{true: "AB", false: "BA"}[path[20:22] != "AB"], 1)
	n.app.NonconcurrentDB().NewQuery("UPDATE documents SET state = 'submitted'").Execute()
	tries := []string{other, path, strings.Replace(pathOf(n.code(service)), "/r/", "/d/", 1)} // forged, no longer filed, a rating's
	raw := make([]byte, 36)
	for range 5000 {
		rand.Read(raw)
		raw[0] = 0x29
		copy(raw[1:5], []byte{0xa1, 0xb2, 0xc3, 0xd4})
		tries = append(tries, "/d/"+base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw))
	}
	for _, try := range tries {
		n.pass(10 * time.Second)
		got := b.get(try)
		require.Equal(t, want.status, got.status, try)
		require.Equal(t, want.body, got.body, try)
	}
	assert.Equal(t, 404, b.get(strings.Replace(path, "/D/", "/r/", 1)).status, "a document's code does not rate")
}
