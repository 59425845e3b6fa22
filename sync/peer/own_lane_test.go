package peer_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/stretchr/testify/require"

	"cunju/sync/change"
	"cunju/sync/engine"
	"cunju/sync/feed"
	"cunju/sync/install"
	"cunju/sync/peer"
	"cunju/sync/world"
)

// private keeps notes that are marked secret, and the votes about them, to one person's phones.
func private() []engine.Collection {
	cols := world.Notes(nil)
	cols[0].LaneOf = func(_ dbx.Builder, set map[string]any) (string, error) {
		if set["state"] == "secret" {
			return feed.Own("staff1"), nil
		}
		return "", nil
	}
	cols[0].Followers = func(db dbx.Builder, id string) (map[string][]string, error) {
		var ids []string
		err := db.NewQuery("SELECT id FROM votes WHERE title = {:id}").Bind(dbx.Params{"id": id}).Column(&ids)
		return map[string][]string{"votes": ids}, err
	}
	cols[1].Lane = ""
	cols[1].LaneOf = func(db dbx.Builder, set map[string]any) (string, error) {
		var states []string
		err := db.NewQuery("SELECT state FROM notes WHERE id = {:id}").Bind(dbx.Params{"id": set["title"]}).Column(&states)
		switch {
		case err != nil || len(states) == 0:
			return feed.OfficeLane, err
		case states[0] == "secret":
			return feed.Own("staff1"), nil
		}
		return "", nil
	}
	return cols
}

func TestWhatIsSealedReachesItsOwnPersonAlone(t *testing.T) {
	ctx := context.Background()
	h := &house{dir: t.TempDir(), city: world.New(t, install.City, cityCode, time.Now, private()), town: world.New(t, install.Township, town, time.Now, private())}
	world.JoinCity(t, h.town, h.city)
	h.line = peer.New(h.town.Engine, h.city.Server.URL, h.city.Server.Client(), nil)
	own, other := h.phone(t, "staff1"), h.phone(t, "staff2")

	save(t, own, []change.Edit{{C: "votes", R: "vvvvvvvvvvvvvv1", Set: map[string]any{"region": village, "title": "aaaaaaaaaaaaaa1"}}})
	require.NoError(t, own.Sync(ctx))
	require.Empty(t, own.Records("votes"), "a paper whose matter is unknown waits at the node")
	save(t, own, note("aaaaaaaaaaaaaa1", "open for now"))
	require.NoError(t, own.Sync(ctx))
	require.NoError(t, other.Sync(ctx))
	require.Len(t, other.Records("notes"), 1)
	require.Len(t, other.Records("votes"), 1, "it follows its matter")

	save(t, own, []change.Edit{{C: "notes", R: "aaaaaaaaaaaaaa1", Set: map[string]any{"state": "secret", "reason": "a minor"}}})
	require.NoError(t, own.Sync(ctx))
	require.NoError(t, other.Sync(ctx))
	require.Empty(t, other.Records("notes"), "sealed: it leaves every other phone")
	require.Empty(t, other.Records("votes"), "and so does its paper")
	require.Len(t, own.Records("notes"), 1)
	require.Len(t, own.Records("votes"), 1)

	res, err := h.town.Server.Client().Do(signedGet(t, h, filepath.Join(h.dir, "staff2"), "/api/sync/feed?f="+village+"/own/staff1,,0"))
	require.NoError(t, err)
	res.Body.Close()
	require.Equal(t, 403, res.StatusCode, "nobody asks for another's lane")
	require.NoError(t, h.line.Run(ctx))
	require.Equal(t, int64(2), h.equal(t, feed.Name(village, feed.Own("staff1"))).Count)
	require.Equal(t, int64(0), h.equal(t, village).Count)
}
