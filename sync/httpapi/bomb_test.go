package httpapi_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/sync/batch"
	"cunju/sync/change"
	"cunju/sync/install"
	"cunju/sync/wire"
	"cunju/sync/world"
)

const bombMemory = 64 << 20

// A small body that unpacks to all that the limits allow, in the shape that costs a parser the most, is refused
// without much memory, from a stranger and with a signature that is not one, and nothing is stored.
func TestBombsCostLittle(t *testing.T) {
	n := world.New(t, install.Township, "500236101000", time.Now, world.Notes(nil))
	known := world.Pair(t, n, t.TempDir()+"/p", "staff1", time.Now, "500236101201")
	stranger, err := install.NewKeyOf(install.SuiteStd)
	require.NoError(t, err)
	numbers, nested := strings.Repeat("0,", 7000)+"0", strings.Repeat("[],", 5000)+"[]"
	for name, c := range map[string]struct{ by, content string }{
		"a stranger, numbers": {stranger.ID(), numbers}, "a stranger, lists": {stranger.ID(), nested},
		"a wrong signature, numbers": {known.Install(), numbers}, "a wrong signature, lists": {known.Install(), nested},
	} {
		body := bomb(t, c.by, c.content)
		require.Less(t, len(body), 1<<20, name)
		var status int
		peak := peakOf(func() { status = post(t, n, body) })
		t.Logf("bomb: %s: body=%d KB peak=%d MB status=%d", name, len(body)>>10, peak>>20, status)
		assert.Less(t, peak, uint64(bombMemory), name)
	}
	var stored int
	require.NoError(t, n.App.DB().NewQuery("SELECT (SELECT count(*) FROM sync_changes) + (SELECT count(*) FROM sync_quarantine)").Row(&stored))
	assert.Zero(t, stored)
}

// bomb is one batch of as many lines as the limits allow, with a signature over something else.
func bomb(t *testing.T, by, content string) []byte {
	key, err := install.NewKeyOf(install.SuiteStd)
	require.NoError(t, err)
	const lines = 2000
	raw := make([][]byte, lines)
	for i := range raw {
		_, raw[i], err = change.Line(time.Now(), "staff1", 1, []change.Edit{{C: "notes", R: change.NewID(), Set: map[string]any{"tags": "here"}}})
		require.NoError(t, err)
		raw[i] = bytes.Replace(raw[i], []byte(`"here"`), []byte("["+content+"]"), 1)
	}
	h, _ := batch.Seal(key, batch.Header{No: 1, First: 1, At: time.Now().UnixMilli()}, raw)
	h.Install = by
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	require.NoError(t, wire.Write(z, h))
	for _, l := range raw {
		z.Write(append(l, '\n'))
	}
	require.NoError(t, z.Close())
	return out.Bytes()
}

func post(t *testing.T, n *world.Node, body []byte) int {
	req, err := http.NewRequest(http.MethodPost, n.Server.URL+"/api/sync/batches", bytes.NewReader(body))
	require.NoError(t, err)
	req.Header.Set("Content-Encoding", "gzip")
	res, err := n.Server.Client().Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	assert.NotContains(t, string(text), `"receipt"`)
	return res.StatusCode
}

// peakOf is by how much the heap grew at most while f ran.
func peakOf(f func()) uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	before := m.HeapAlloc
	var done atomic.Bool
	peak := make(chan uint64)
	go func() {
		var most uint64
		for !done.Load() {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
			time.Sleep(2 * time.Millisecond)
		}
		peak <- most
	}()
	f()
	done.Store(true)
	return max(<-peak, before) - before
}
