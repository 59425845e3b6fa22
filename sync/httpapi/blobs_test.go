package httpapi_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/sync/blob"
	"cunju/sync/dial"
	"cunju/sync/httpapi"
	"cunju/sync/install"
	"cunju/sync/world"
)

const (
	town    = "500238101000"
	village = "500238101201"
)

// named is a table of who names what.
type named map[string][]blob.Name

func (n named) Naming(_ dbx.Builder, hash string) ([]blob.Name, error) { return n[hash], nil }

type house struct {
	node  *world.Node
	store *blob.Store
	names named
	dir   string
}

func build(t *testing.T) *house {
	h := &house{names: named{}, dir: t.TempDir()}
	h.node = world.New(t, install.Township, town, time.Now, world.Notes(nil), func(n *world.Node, api *httpapi.API) {
		tx := func(f func(dbx.Builder) error) error {
			return n.App.RunInTransaction(func(tx core.App) error { return f(tx.DB()) })
		}
		h.store = blob.New(filepath.Join(h.dir, "blobs"), blob.OS{}, tx, time.Now)
		api.Blobs(n.App, h.store, h.names)
	})
	return h
}

// phone certifies a key for regions and returns its line to the node.
func (h *house) phone(t *testing.T, staff string, regions ...string) *dial.Conn {
	key, err := install.NewKey()
	require.NoError(t, err)
	err = h.node.App.RunInTransaction(func(tx core.App) error {
		_, err := h.node.Engine.Certify(tx.DB(), key.Public(), install.Cert{Kind: install.Phone, Staff: staff, Regions: regions,
			From: time.Now().Add(-time.Hour).UnixMilli(), Until: time.Now().Add(time.Hour).UnixMilli()})
		return err
	})
	require.NoError(t, err)
	return &dial.Conn{URL: h.node.Server.URL, HTTP: h.node.Server.Client(), Key: key, Now: time.Now}
}

func content(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i * i / 7)
	}
	return b
}

func hashOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// name makes a file known through a record.
func (h *house) name(data []byte, n blob.Name) string {
	hash := hashOf(data)
	h.names[hash] = append(h.names[hash], n)
	return hash
}

func code(err error) string {
	var s *dial.Status
	if errors.As(err, &s) {
		return s.Code
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func status(err error) int {
	var s *dial.Status
	if errors.As(err, &s) {
		return s.HTTP
	}
	return 200
}

func TestAFileGoesUpInChunksAndComesBackInRanges(t *testing.T) {
	h := build(t)
	ctx := context.Background()
	c := h.phone(t, "staff1", village)
	data := content(2_500_000)
	hash := h.name(data, blob.Name{Region: village})
	require.NoError(t, blob.Want(h.node.App.NonconcurrentDB(), village, hash, int64(len(data))))
	list, next, err := c.Missing(ctx, "")
	require.NoError(t, err)
	require.Equal(t, []dial.Wanted{{Region: village, Hash: hash, Size: 2_500_000}}, list)
	require.Empty(t, next)
	offset, whole, err := c.BlobState(ctx, hash)
	require.NoError(t, err)
	require.Zero(t, offset)
	require.False(t, whole)
	require.NoError(t, c.SendBlob(ctx, hash, int64(len(data)), bytes.NewReader(data), blob.MaxChunk, nil))
	offset, whole, err = c.BlobState(ctx, hash)
	require.NoError(t, err)
	require.Equal(t, int64(len(data)), offset)
	require.True(t, whole)
	list, _, err = c.Missing(ctx, "")
	require.NoError(t, err)
	require.Empty(t, list)
	got, err := c.FetchBlob(ctx, hash, nil, blob.MaxSize)
	require.NoError(t, err)
	require.Equal(t, data, got)
	got, err = c.FetchBlob(ctx, hash, data[:1_000_001], blob.MaxSize)
	require.NoError(t, err)
	require.Equal(t, data, got, "the rest only")
	_, err = c.FetchBlob(ctx, hash, content(7), blob.MaxSize)
	require.NoError(t, err, "a right beginning")
	_, err = c.FetchBlob(ctx, hash, []byte("wrong"), blob.MaxSize)
	require.ErrorIs(t, err, dial.ErrContent)
	require.NoError(t, c.SendBlob(ctx, hash, int64(len(data)), bytes.NewReader(nil), 1000, nil), "sent again: nothing to do")
}

// cutter cuts one PATCH: before it arrives, in the middle of its body, or its answer.
type cutter struct {
	next  http.Handler
	at    int // which PATCH
	where string
	count int
}

func (c *cutter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPatch {
		c.next.ServeHTTP(w, r)
		return
	}
	c.count++
	if c.count != c.at {
		c.next.ServeHTTP(w, r)
		return
	}
	switch c.where {
	case "body":
		r.Body = io.NopCloser(io.MultiReader(io.LimitReader(r.Body, 333), broken{}))
		c.next.ServeHTTP(httptest.NewRecorder(), r)
	case "answer":
		c.next.ServeHTTP(httptest.NewRecorder(), r)
	}
	conn, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		conn.(*net.TCPConn).SetLinger(0)
		conn.Close()
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestACutAtEveryChunkCostsOnlyThatChunk(t *testing.T) {
	const chunks = 5
	for _, where := range []string{"request", "body", "answer"} {
		for at := 1; at <= chunks; at++ {
			h := build(t)
			ctx := context.Background()
			cut := &cutter{next: h.node.Server.Config.Handler, at: at, where: where}
			h.node.Server.Config.Handler = cut
			c := h.phone(t, "staff1", village)
			data := content(5000)
			hash := h.name(data, blob.Name{Region: village})
			require.Error(t, c.SendBlob(ctx, hash, 5000, bytes.NewReader(data), 1000, nil))
			offset, _, err := c.BlobState(ctx, hash)
			require.NoError(t, err)
			want := map[string]int64{"request": int64(at-1) * 1000, "body": int64(at-1)*1000 + 333, "answer": int64(at) * 1000}[where]
			require.Equal(t, want, offset, "%s %d: what arrived is kept", where, at)
			require.NoError(t, c.SendBlob(ctx, hash, 5000, bytes.NewReader(data), 1000, nil))
			got, err := c.FetchBlob(ctx, hash, nil, blob.MaxSize)
			require.NoError(t, err)
			require.Equal(t, data, got)
			sent := map[string]int{"request": chunks + 1, "body": chunks + 1, "answer": chunks}[where]
			require.LessOrEqual(t, cut.count, sent, "%s %d", where, at)
		}
	}
}

func TestWrongOffsetsHashesAndSizesAreRefused(t *testing.T) {
	h := build(t)
	ctx := context.Background()
	c := h.phone(t, "staff1", village)
	data := content(3000)
	hash := h.name(data, blob.Name{Region: village})
	res := h.patch(t, c, hash, "1000", "3000", data[1000:2000])
	require.Equal(t, 409, res.StatusCode)
	require.Equal(t, "0", res.Header.Get("Upload-Offset"))
	res = h.patch(t, c, hash, "0", "3000", data[:1000])
	require.Equal(t, 204, res.StatusCode)
	require.Equal(t, "1000", res.Header.Get("Upload-Offset"))
	require.Equal(t, 409, h.patch(t, c, hash, "0", "3000", data[:1000]).StatusCode)
	for _, bad := range [][2]string{{"", "3000"}, {"-1", "3000"}, {"01000", "3000"}, {"1e3", "3000"}, {"1000", ""}, {" 1000", "3000x"}, {"99999999999999999999", "1"}} {
		require.Equal(t, 400, h.patch(t, c, hash, bad[0], bad[1], data[:10]).StatusCode, "%v", bad)
	}
	require.Equal(t, 413, h.patch(t, c, hash, "1000", "20971521", data[:10]).StatusCode, "a file over 20 MB")
	require.Equal(t, 413, h.patch(t, c, hash, "1000", "3000", make([]byte, blob.MaxChunk+1)).StatusCode, "a chunk over 1 MB")
	require.Equal(t, 413, h.patch(t, c, hash, "1000", "1500", data[1000:2000]).StatusCode, "more than it says")
	require.Equal(t, 422, h.patch(t, c, hash, "1000", "2000", data[:1000]).StatusCode, "another content")
	offset, _, err := c.BlobState(ctx, hash)
	require.NoError(t, err)
	require.Zero(t, offset, "the upload is begun anew")
	require.Equal(t, 400, h.patch(t, c, strings.ToUpper(hash), "0", "3000", nil).StatusCode)
}

func (h *house) patch(t *testing.T, c *dial.Conn, hash, offset, length string, data []byte) *http.Response {
	uri := "/api/sync/blobs/" + hash
	req, err := http.NewRequest(http.MethodPatch, h.node.Server.URL+uri, bytes.NewReader(data))
	require.NoError(t, err)
	req.Header.Set("Authorization", c.Key.Authorization(http.MethodPatch, uri, time.Now().UnixMilli()))
	req.Header.Set("Upload-Offset", offset)
	req.Header.Set("Upload-Length", length)
	res, err := h.node.Server.Client().Do(req)
	require.NoError(t, err)
	res.Body.Close()
	return res
}

func TestExistenceIsToldOnlyInsideOnesRegions(t *testing.T) {
	h := build(t)
	ctx := context.Background()
	mine, theirs := h.phone(t, "staff1", village), h.phone(t, "staff2", village)
	data := content(900)
	hash := h.name(data, blob.Name{Region: village, Install: mine.Key.ID(), Owner: "staff1"})
	require.NoError(t, mine.SendBlob(ctx, hash, 900, bytes.NewReader(data), 1000, nil))
	send := func(c *dial.Conn) error { return c.SendBlob(ctx, hash, 900, bytes.NewReader(data), 1000, nil) }
	fetch := func(c *dial.Conn) error { _, err := c.FetchBlob(ctx, hash, nil, blob.MaxSize); return err }
	require.NoError(t, fetch(theirs), "the village's other counsel")

	stranger := &dial.Conn{URL: mine.URL, HTTP: mine.HTTP, Now: time.Now}
	var err error
	stranger.Key, err = install.NewKey()
	require.NoError(t, err)
	require.Equal(t, "unknown_install", code(fetch(stranger)))
	require.Equal(t, 401, status(send(stranger)))
	res, err := h.node.Server.Client().Get(h.node.Server.URL + "/api/sync/blobs/" + hash)
	require.NoError(t, err)
	res.Body.Close()
	require.Equal(t, 401, res.StatusCode)

	// Nothing distinguishes what is elsewhere from what is nowhere.
	elsewhere := h.phone(t, "staff3", "500238101202")
	for _, asked := range []string{hash, hashOf([]byte("nothing"))} {
		_, _, err = elsewhere.BlobState(ctx, asked)
		require.Equal(t, 404, status(err))
		_, err = elsewhere.FetchBlob(ctx, asked, nil, blob.MaxSize)
		require.Equal(t, "not_found", code(err))
	}
	// Whoever names a hash in his own region must first show the content.
	h.name(data, blob.Name{Region: "500238101202", Install: elsewhere.Key.ID(), Owner: "staff3"})
	offset, whole, err := elsewhere.BlobState(ctx, hash)
	require.NoError(t, err)
	require.Zero(t, offset)
	require.False(t, whole)
	require.Equal(t, 404, status(fetch(elsewhere)))
	require.NoError(t, send(elsewhere))
	require.NoError(t, fetch(elsewhere))
}

func TestASealedFileIsItsOwnersAlone(t *testing.T) {
	h := build(t)
	ctx := context.Background()
	mine, second, theirs := h.phone(t, "staff1", village), h.phone(t, "staff1", village), h.phone(t, "staff2", village)
	data := content(900)
	hash := h.name(data, blob.Name{Region: village, Install: mine.Key.ID(), Owner: "staff1", Sealed: true})
	require.NoError(t, mine.SendBlob(ctx, hash, 900, bytes.NewReader(data), 1000, nil))
	fetch := func(c *dial.Conn) int { _, err := c.FetchBlob(ctx, hash, nil, blob.MaxSize); return status(err) }
	require.Equal(t, 200, fetch(mine))
	require.Equal(t, 200, fetch(second), "his other phone")
	require.Equal(t, 404, fetch(theirs))
	h.name(data, blob.Name{Region: village, Install: theirs.Key.ID(), Owner: "staff2"})
	require.Equal(t, 404, fetch(theirs), "naming the hash oneself opens nothing")
	_, _, err := theirs.BlobState(ctx, hash)
	require.Equal(t, 404, status(err))
}

func TestALostVillagesPhotosStillGoUp(t *testing.T) {
	h := build(t)
	ctx := context.Background()
	c := h.phone(t, "staff1", village)
	data := content(900)
	hash := h.name(data, blob.Name{Region: village, Install: c.Key.ID(), Owner: "staff1"})
	h.node.Rights.Denied["staff1 "+village] = true
	require.NoError(t, c.SendBlob(ctx, hash, 900, bytes.NewReader(data), 1000, nil))
	_, err := c.FetchBlob(ctx, hash, nil, blob.MaxSize)
	require.Equal(t, 404, status(err), "but it is read no more")
}

func TestQuotaAndClock(t *testing.T) {
	h := build(t)
	ctx := context.Background()
	c := h.phone(t, "staff1", village)
	h.store.Quota = 1000
	data := content(600)
	require.NoError(t, c.SendBlob(ctx, h.name(data, blob.Name{Region: village}), 600, bytes.NewReader(data), 1000, nil))
	data = content(601)
	err := c.SendBlob(ctx, h.name(data, blob.Name{Region: village}), 601, bytes.NewReader(data), 1000, nil)
	require.Equal(t, "blob_quota", code(err))
	require.Equal(t, 507, status(err))
	ahead := &dial.Conn{URL: c.URL, HTTP: c.HTTP, Key: c.Key, Now: func() time.Time { return time.Now().AddDate(10, 0, 0) }}
	_, _, err = ahead.BlobState(ctx, hashOf(data))
	require.NoError(t, err, "HEAD has no body to tell the time: it is asked for")
}

func TestMissingFilesAreAskedForInPages(t *testing.T) {
	h := build(t)
	ctx := context.Background()
	c := h.phone(t, "staff1", "500238101202", village)
	for i := range 450 {
		region := village
		if i%2 == 0 {
			region = "500238101202"
		}
		require.NoError(t, blob.Want(h.node.App.NonconcurrentDB(), region, hashOf([]byte(strconv.Itoa(i))), 1))
	}
	require.NoError(t, blob.Want(h.node.App.NonconcurrentDB(), "500238101203", hashOf([]byte("x")), 1))
	seen := map[string]bool{}
	for after := ""; ; {
		list, next, err := c.Missing(ctx, after)
		require.NoError(t, err)
		for _, w := range list {
			seen[w.Hash] = true
		}
		if after = next; next == "" {
			break
		}
	}
	require.Len(t, seen, 450)
	_, _, err := c.Missing(ctx, "nonsense")
	require.Equal(t, "malformed", code(err))
}

func TestADownloadIsShownByNoBrowser(t *testing.T) {
	h := build(t)
	c := h.phone(t, "staff1", village)
	data := []byte("<script>alert(1)</script>")
	hash := h.name(data, blob.Name{Region: village})
	require.NoError(t, c.SendBlob(context.Background(), hash, int64(len(data)), bytes.NewReader(data), 1000, nil))
	uri := "/api/sync/blobs/" + hash
	req, err := http.NewRequest(http.MethodGet, h.node.Server.URL+uri, nil)
	require.NoError(t, err)
	req.Header.Set("Authorization", c.Key.Authorization(http.MethodGet, uri, time.Now().UnixMilli()))
	req.Header.Set("Range", "bytes=1-6")
	res, err := h.node.Server.Client().Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.Equal(t, "script", string(body))
	require.Equal(t, 206, res.StatusCode)
	assert.Equal(t, "application/octet-stream", res.Header.Get("Content-Type"))
	assert.Equal(t, "attachment", res.Header.Get("Content-Disposition"))
	assert.Equal(t, "nosniff", res.Header.Get("X-Content-Type-Options"))
	assert.Equal(t, "no-store", res.Header.Get("Cache-Control"))
}
