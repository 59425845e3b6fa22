package peer_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cunju/sync/change"
	"cunju/sync/install"
	"cunju/sync/peer"
	"cunju/sync/phone"
	"cunju/sync/world"
)

// Every mixture of suites of phone, township and city carries work up and receipts down over real HTTP.
func TestSuitesMayMeet(t *testing.T) {
	both := []string{install.SuiteStd, install.SuiteGM}
	for _, up := range both {
		for _, mid := range both {
			city := world.NewAs(t, up, install.City, cityCode, time.Now, world.Notes(nil))
			town := world.NewAs(t, mid, install.Township, town, time.Now, world.Notes(nil))
			world.JoinCity(t, town, city)
			line := peer.New(town.Engine, city.Server.URL, city.Server.Client(), nil)
			require.Equal(t, mid, town.Engine.Cert().Suite)
			for _, low := range both {
				t.Run(fmt.Sprintf("%s phone, %s township, %s city", low, mid, up), func(t *testing.T) {
					ctx := context.Background()
					path := filepath.Join(t.TempDir(), "phone")
					p := world.PairAs(t, low, town, path, "staff"+low, time.Now, village)
					require.Equal(t, low, p.Suite())
					record := change.NewID()
					save(t, p, note(record, "first"))
					require.NoError(t, p.Sync(ctx))
					require.NoError(t, line.Run(ctx))
					require.NoError(t, p.Sync(ctx))
					require.Equal(t, map[string]int{"city": 1}, levels(p))
					row, err := city.App.FindRecordById("notes", record)
					require.NoError(t, err)
					require.Equal(t, "first", row.GetString("title"))

					require.NoError(t, p.Close())
					again, err := phone.Open(path, town.Server.URL, town.Server.Client(), time.Now)
					require.NoError(t, err)
					t.Cleanup(func() { again.Close() })
					require.Equal(t, low, again.Suite(), "a key keeps its suite")
					require.NoError(t, again.Sync(ctx))
				})
			}
		}
	}
}
