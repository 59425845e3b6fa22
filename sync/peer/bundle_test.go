package peer_test

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cunju/sync/bundle"
	"cunju/sync/change"
	"cunju/sync/feed"
	"cunju/sync/httpapi"
	"cunju/sync/install"
	"cunju/sync/peer"
	"cunju/sync/phone"
	"cunju/sync/world"
)

// post is a house whose nodes also take files.
type post struct {
	*house
	office map[*world.Node]*httpapi.Bundles
}

func buildPost(t *testing.T) *post {
	h := &post{house: &house{dir: t.TempDir()}, office: map[*world.Node]*httpapi.Bundles{}}
	with := func(n *world.Node, api *httpapi.API) {
		h.office[n] = api.Bundles(n.App, filepath.Join(t.TempDir(), "keys"))
	}
	h.city = world.New(t, install.City, cityCode, time.Now, world.Notes(nil), with)
	h.town = world.New(t, install.Township, town, time.Now, world.Notes(nil), with)
	world.JoinCity(t, h.town, h.city)
	h.line = peer.New(h.town.Engine, h.city.Server.URL, h.city.Server.Client(), nil)
	return h
}

// carry brings a file to a node and returns the answer.
func (h *post) carry(t *testing.T, n *world.Node, file []byte) *httpapi.Imported {
	o, err := bundle.Open(bytes.Clone(file), h.office[n].Key())
	require.NoError(t, err)
	in, err := h.office[n].Import(context.Background(), o)
	require.NoError(t, err)
	return in
}

func (h *post) current(t *testing.T, n *world.Node) feed.Checkpoint {
	cp, err := feed.Current(n.App.DB(), village)
	require.NoError(t, err)
	return cp
}

func export(t *testing.T, p *phone.Phone) []byte {
	var file bytes.Buffer
	require.NoError(t, p.ExportUnsent(&file))
	return file.Bytes()
}

func TestAPhoneWithoutANetworkSendsAndReadsByFile(t *testing.T) {
	h := buildPost(t)
	ctx := context.Background()
	p, q := h.phone(t, "staff1"), h.phone(t, "staff2")
	require.ErrorIs(t, p.ExportUnsent(&bytes.Buffer{}), phone.ErrNoBox)
	require.NoError(t, p.LearnBox(ctx))
	save(t, q, note("aaaaaaaaaaaaaa0", "the other's"))
	require.NoError(t, q.Sync(ctx))
	for i := range 700 {
		save(t, p, note(change.NewID(), fmt.Sprint("note ", i)))
	}
	file := export(t, p)
	require.NotContains(t, string(file), "note ")
	require.Less(t, len(file), 700*260, "bytes a change")
	in := h.carry(t, h.town, file)
	require.Equal(t, 14, in.Taken)
	require.Zero(t, in.Failed)
	require.Equal(t, p.Install(), in.From.Install)
	require.Equal(t, map[string]int{"": 700}, levels(p), "nothing changes before the answer")
	require.NoError(t, p.ImportAnswer(bytes.Clone(in.Answer)))
	require.Equal(t, map[string]int{"township": 700}, levels(p))
	require.Len(t, p.Records("notes"), 701, "and what was new came back")
	require.NoError(t, p.Sync(ctx))
	require.Equal(t, p.Checkpoint(village).Hex(), h.current(t, h.town).Hex())
	require.NoError(t, h.line.Run(ctx))
	in = h.carry(t, h.town, export(t, p))
	require.NoError(t, p.ImportAnswer(in.Answer))
	require.Equal(t, map[string]int{"city": 700}, levels(p), "a file without work still brings receipts")
}

func TestFilesTwiceAndLateDoNoHarm(t *testing.T) {
	h := buildPost(t)
	ctx := context.Background()
	p := h.phone(t, "staff1")
	require.NoError(t, p.LearnBox(ctx))
	save(t, p, note("aaaaaaaaaaaaaa1", "first"))
	file := export(t, p)
	one, two := h.carry(t, h.town, file), h.carry(t, h.town, file)
	require.Equal(t, one.Taken, two.Taken)
	require.Equal(t, int64(1), h.current(t, h.town).Count)
	require.NoError(t, p.Sync(ctx), "meanwhile there was a network")
	save(t, p, []change.Edit{{C: "notes", R: "aaaaaaaaaaaaaa1", Set: map[string]any{"title": "second"}}})
	require.NoError(t, p.Sync(ctx))
	for _, answer := range [][]byte{one.Answer, two.Answer, one.Answer} {
		require.NoError(t, p.ImportAnswer(bytes.Clone(answer)))
	}
	require.Equal(t, "second", p.Records("notes")[0].Set["title"], "an old answer sets nothing back")
	require.Equal(t, p.Checkpoint(village).Hex(), h.current(t, h.town).Hex())
	require.NoError(t, p.Sync(ctx))
}

func TestAFileForAnotherOrFromAStrangerIsRefusedWhole(t *testing.T) {
	h := buildPost(t)
	ctx := context.Background()
	p, q := h.phone(t, "staff1"), h.phone(t, "staff2")
	require.NoError(t, p.LearnBox(ctx))
	save(t, p, note("aaaaaaaaaaaaaa1", "x"))
	file := export(t, p)
	_, err := bundle.Open(bytes.Clone(file), h.office[h.city].Key())
	require.ErrorIs(t, err, bundle.ErrReceiver)
	for _, n := range []int{10, len(file) / 2, len(file) - 1} {
		_, err = bundle.Open(bytes.Clone(file[:n]), h.office[h.town].Key())
		require.Error(t, err)
	}
	require.Equal(t, int64(0), h.current(t, h.town).Count)
	in := h.carry(t, h.town, file)
	require.ErrorIs(t, q.ImportAnswer(bytes.Clone(in.Answer)), bundle.ErrReceiver)

	// A stranger's file: his batches are refused, and he reads nothing.
	other := buildPost(t)
	thief := other.phone(t, "staff9")
	require.NoError(t, thief.LearnBox(ctx))
	save(t, thief, note("aaaaaaaaaaaaaa2", "forged"))
	var forged bytes.Buffer
	require.NoError(t, thief.ExportUnsentTo(&forged, h.office[h.town].Box()))
	in = h.carry(t, h.town, forged.Bytes())
	require.Equal(t, 1, in.Failed)
	require.Equal(t, int64(1), h.current(t, h.town).Count)
	require.Error(t, thief.ImportAnswer(in.Answer), "nor does he believe that server")

	// An answer made up by somebody who is no server of this phone's.
	o, err := bundle.Open(bytes.Clone(file), h.office[h.town].Key())
	require.NoError(t, err)
	fake, err := other.office[other.town].Import(ctx, o)
	require.NoError(t, err)
	require.Error(t, p.ImportAnswer(fake.Answer))
	require.Equal(t, map[string]int{"": 1}, levels(p))
}

func TestARevokedRegionIsNotReadByFile(t *testing.T) {
	h := buildPost(t)
	ctx := context.Background()
	p := h.phone(t, "staff1")
	require.NoError(t, p.LearnBox(ctx))
	save(t, p, note("aaaaaaaaaaaaaa1", "before"))
	require.NoError(t, p.Sync(ctx))
	save(t, p, note("aaaaaaaaaaaaaa2", "while moving"))
	h.town.Rights.Denied["staff1 "+village] = true
	in := h.carry(t, h.town, export(t, p))
	require.NoError(t, p.ImportAnswer(in.Answer))
	require.Empty(t, p.Records("notes"), "let go of")
	require.Equal(t, "refused:rights", p.Changes()[1].Verdict)
}

func TestATownshipWithoutANetworkReachesTheCityByFile(t *testing.T) {
	h := buildPost(t)
	ctx := context.Background()
	own := h.office[h.town].Key()
	_, _, err := h.line.Export(own)
	require.ErrorIs(t, err, peer.ErrNoBox)
	require.NoError(t, h.line.LearnBox(ctx))
	p := h.phone(t, "staff1")
	for i := range 60 {
		save(t, p, note(change.NewID(), fmt.Sprint(i)))
	}
	require.NoError(t, p.Sync(ctx))
	for i := range 250 { // an office's edits are a batch each: more than one request holds
		_, err := h.town.Engine.Fold(ctx, []change.Edit{{C: "notes", R: change.NewID(), Set: map[string]any{"region": village2, "title": fmt.Sprint("desk ", i)}}}, "")
		require.NoError(t, err)
	}
	_, err = h.city.Engine.Fold(ctx, []change.Edit{{C: "votes", R: "aaaaaaaaaaaaaa2", Set: map[string]any{"region": town, "title": "rated at the city"}}}, "")
	require.NoError(t, err)
	file, more, err := h.line.Export(own)
	require.NoError(t, err)
	require.False(t, more)
	in := h.carry(t, h.city, file)
	require.Equal(t, 252, in.Taken)
	require.Zero(t, in.Failed)
	again := h.carry(t, h.city, file)
	require.Equal(t, 252, again.Taken, "twice is once")
	for range 2 {
		o, err := bundle.Open(bytes.Clone(in.Answer), own)
		require.NoError(t, err)
		_, err = h.line.ImportAnswer(o)
		require.NoError(t, err)
	}
	h.equal(t, village)
	h.equal(t, village2)
	require.Equal(t, int64(1), h.equal(t, town+"/office").Count, "what the city wrote came with the answer")
	var waiting int
	require.NoError(t, h.town.App.DB().NewQuery("SELECT count(*) FROM sync_batches WHERE up = 0").Row(&waiting))
	require.Zero(t, waiting)
	require.NoError(t, p.Sync(ctx))
	require.Equal(t, map[string]int{"city": 60}, levels(p), "the city's receipts reach the phone")
	require.NoError(t, h.line.Run(ctx), "and the network goes on from there")
}
