package httpapi_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cunju/sync/change"
	"cunju/sync/engine"
	"cunju/sync/feed"
	"cunju/sync/install"
	"cunju/sync/phone"
	"cunju/sync/world"
)

// Every new phone must see the same, whether its pages are packed for it, were packed before, or were
// packed before their records moved on.
func TestPreparedPagesShowWhatStands(t *testing.T) {
	const town, village = "500238101000", "500238101201"
	n := world.New(t, install.Township, town, time.Now, world.Notes(nil))
	ctx, dir, phones := context.Background(), t.TempDir(), 0
	open := func() *phone.Phone {
		phones++
		return world.Pair(t, n, filepath.Join(dir, fmt.Sprint(phones)), "staff", time.Now, village)
	}
	author := open()
	write := func(id, title, region string) {
		_, err := author.Save([]change.Edit{{C: "notes", R: id, Set: map[string]any{"region": region, "title": title}}})
		require.NoError(t, err)
	}
	id := func(i int) string { return fmt.Sprintf("note%011d", i) }
	check := func(what string) {
		require.NoError(t, author.Sync(ctx))
		for range 2 {
			p := open()
			require.NoError(t, p.Sync(ctx), what)
			cp, err := feed.Current(n.App.DB(), village)
			require.NoError(t, err)
			own := p.Checkpoint(village)
			require.Equal(t, cp.Count, own.Count, what)
			require.Equal(t, cp.Hex(), own.Hex(), what)
			titles := map[string]any{}
			for _, r := range author.Records("notes") {
				titles[r.R] = r.Set["title"]
			}
			for _, r := range p.Records("notes") {
				require.Equal(t, titles[r.R], r.Set["title"], what)
			}
		}
	}
	for i := range 2*engine.FeedLimit + 100 {
		write(id(i), fmt.Sprint("first ", i), village)
	}
	check("two whole pages and a rest")
	write(id(3), "changed", village)
	check("one record of a page moved on")
	for i := range engine.FeedLimit - 100 {
		write(id(i), "again", village)
	}
	check("most of a page moved on, so it is cut anew")
	_, err := n.Engine.Fold(ctx, []change.Edit{{C: "notes", R: id(engine.FeedLimit + 7), Set: map[string]any{"region": town}}}, "")
	require.NoError(t, err)
	check("a record left the feed")
}
