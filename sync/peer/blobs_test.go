package peer_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/stretchr/testify/require"

	"cunju/sync/blob"
	"cunju/sync/change"
	"cunju/sync/dial"
	"cunju/sync/httpapi"
	"cunju/sync/install"
	"cunju/sync/peer"
	"cunju/sync/world"
)

// byTitle takes a note's title for the hash of its photo.
type byTitle struct{}

func (byTitle) Naming(db dbx.Builder, hash string) ([]blob.Name, error) {
	var regions []string
	err := db.NewQuery("SELECT region FROM notes WHERE title = {:h}").Bind(dbx.Params{"h": hash}).Column(&regions)
	var list []blob.Name
	for _, r := range regions {
		list = append(list, blob.Name{Region: r})
	}
	return list, err
}

type album struct {
	*house
	stores map[*world.Node]*blob.Store
	lane   *peer.Blobs
}

func buildAlbum(t *testing.T) *album {
	h := &album{house: &house{dir: t.TempDir()}, stores: map[*world.Node]*blob.Store{}}
	with := func(n *world.Node, api *httpapi.API) {
		tx := func(f func(dbx.Builder) error) error {
			return n.App.RunInTransaction(func(tx core.App) error { return f(tx.DB()) })
		}
		h.stores[n] = blob.New(filepath.Join(t.TempDir(), "blobs"), blob.OS{}, tx, time.Now)
		api.Blobs(n.App, h.stores[n], byTitle{})
	}
	h.city = world.New(t, install.City, cityCode, time.Now, world.Notes(nil), with)
	h.town = world.New(t, install.Township, town, time.Now, world.Notes(nil), with)
	world.JoinCity(t, h.town, h.city)
	h.line = peer.New(h.town.Engine, h.city.Server.URL, h.city.Server.Client(), nil)
	h.lane = peer.NewBlobs(h.town.Engine, h.stores[h.town], h.city.Server.URL, h.city.Server.Client())
	return h
}

// photo makes a record that names a file on the phone, pushes it, and sends the file to the township.
func (h *album) photo(t *testing.T, staff string, n int) string {
	ctx := context.Background()
	data := bytes.Repeat([]byte{byte(n), 1, 2, 3, 5}, n)
	sum := sha256.Sum256(data)
	hash := hex.EncodeToString(sum[:])
	p := h.phone(t, staff)
	save(t, p, note(change.NewID(), hash))
	require.NoError(t, p.Sync(ctx))
	key, err := install.NewKey()
	require.NoError(t, err)
	err = h.town.App.RunInTransaction(func(tx core.App) error {
		_, err := h.town.Engine.Certify(tx.DB(), key.Public(), install.Cert{Kind: install.Phone, Staff: staff, Regions: []string{village},
			From: time.Now().Add(-time.Hour).UnixMilli(), Until: time.Now().Add(time.Hour).UnixMilli()})
		return err
	})
	require.NoError(t, err)
	c := &dial.Conn{URL: h.town.Server.URL, HTTP: h.town.Server.Client(), Key: key, Now: time.Now}
	require.NoError(t, c.SendBlob(ctx, hash, int64(len(data)), bytes.NewReader(data), blob.MaxChunk, nil))
	return hash
}

func (h *album) wants(t *testing.T, n *world.Node, hash string) {
	require.NoError(t, blob.Want(n.App.NonconcurrentDB(), village, hash, 1))
}

func (h *album) has(t *testing.T, n *world.Node, hash string) bool {
	row, err := blob.Find(n.App.DB(), hash)
	require.NoError(t, err)
	return row != nil
}

func TestPhotosGoUpBehindTheirRecords(t *testing.T) {
	h := buildAlbum(t)
	ctx := context.Background()
	hash := h.photo(t, "staff1", 60_000)
	require.NoError(t, h.lane.Run(ctx))
	require.False(t, h.has(t, h.city, hash), "a change waits: photos make way")
	require.NoError(t, h.line.Run(ctx))
	require.NoError(t, h.lane.Run(ctx))
	require.False(t, h.has(t, h.city, hash), "not asked for")
	h.wants(t, h.city, hash)
	require.NoError(t, h.lane.Run(ctx))
	require.True(t, h.has(t, h.city, hash))
	h.wants(t, h.city, hash)
	sum := sha256.Sum256([]byte("lost by all"))
	h.wants(t, h.city, hex.EncodeToString(sum[:]))
	require.NoError(t, h.lane.Run(ctx), "what this node does not have either stays asked for")
}

func TestPhotosNeverHoldUpChanges(t *testing.T) {
	h := buildAlbum(t)
	ctx := context.Background()
	hash := h.photo(t, "staff1", 60_000)
	require.NoError(t, h.line.Run(ctx))
	h.wants(t, h.city, hash)
	inside, release, patches := make(chan struct{}), make(chan struct{}), 0
	next := h.city.Server.Config.Handler
	h.city.Server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPatch {
			if patches++; patches == 2 {
				close(inside)
				<-release
			}
		}
		next.ServeHTTP(w, r)
	})
	done := make(chan error)
	go func() { done <- h.lane.Run(ctx) }()
	<-inside // the link is busy with a photo, for as long as it takes
	p := h.phone(t, "staff2")
	save(t, p, note("aaaaaaaaaaaaaa1", "urgent"))
	require.NoError(t, p.Sync(ctx))
	require.NoError(t, h.line.Run(ctx), "the line does not wait for the lane")
	h.equal(t, village)
	save(t, p, note("aaaaaaaaaaaaaa2", "more"))
	require.NoError(t, p.Sync(ctx))
	close(release)
	require.NoError(t, <-done)
	require.False(t, h.has(t, h.city, hash), "the lane stopped after the chunk in hand")
	require.Equal(t, 2, patches)
	require.NoError(t, h.line.Run(ctx))
	require.NoError(t, h.lane.Run(ctx))
	require.True(t, h.has(t, h.city, hash), "and went on from there")
	require.Equal(t, 5, patches, "300,000 bytes in 64 KB: no chunk was sent twice")
}
