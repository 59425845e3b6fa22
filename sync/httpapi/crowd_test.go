package httpapi_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/sync/change"
	"cunju/sync/dial"
	"cunju/sync/httpapi"
	"cunju/sync/install"
	"cunju/sync/phone"
	"cunju/sync/world"
)

var (
	crowdClients = flag.Int("crowd.clients", 60, "who comes at once")
	crowdChanges = flag.Int("crowd.changes", 5, "what each brings")
)

// waited is how one of the crowd fared.
type waited struct {
	refusals int
	took     time.Duration
	err      error
}

// stand syncs as a client does: on 429 it comes back when it was told to. Any other failure ends it.
func stand(p *phone.Phone) (w waited) {
	began := time.Now()
	for {
		err := p.Sync(context.Background())
		var full *dial.Status
		if !errors.As(err, &full) || full.HTTP != http.StatusTooManyRequests || full.RetryAfter <= 0 {
			w.took, w.err = time.Since(began), err
			return w
		}
		w.refusals++
		time.Sleep(dial.Pause(err, w.refusals, rand.Float64()))
	}
}

// Far more come at once than there are seats: nobody gets anything but "later", everybody is served, nothing is lost.
func TestACrowdIsServed(t *testing.T) {
	const region = "500236101201"
	clients, changes := *crowdClients, *crowdChanges
	city := world.New(t, install.Township, "500236101000", time.Now, world.Notes(nil), func(_ *world.Node, api *httpapi.API) {
		api.Seat(httpapi.Seats{Pushes: 2, Feeds: 4, Blobs: 2})
	})
	dir := t.TempDir()
	crowd := make([]*phone.Phone, clients)
	for i := range crowd {
		crowd[i] = world.Pair(t, city, filepath.Join(dir, fmt.Sprint(i)), fmt.Sprintf("staff%010d", i), time.Now, region)
		for range changes {
			_, err := crowd[i].Save([]change.Edit{{C: "notes", R: change.NewID(), Set: map[string]any{"region": region, "title": "x"}}})
			require.NoError(t, err)
		}
	}
	fared := make([]waited, clients)
	var all sync.WaitGroup
	for i, p := range crowd {
		all.Go(func() { fared[i] = stand(p) })
	}
	all.Wait()

	refusals, least, most := 0, fared[0].took, fared[0].took
	for i, w := range fared {
		require.NoError(t, w.err, i)
		assert.Zero(t, crowd[i].Unsent())
		refusals, least, most = refusals+w.refusals, min(least, w.took), max(most, w.took)
		assert.Less(t, w.refusals, 20, "somebody was sent away again and again")
	}
	assert.Positive(t, refusals, "the node was never full: this shows nothing")
	var n int
	require.NoError(t, city.App.DB().NewQuery("SELECT count(*) FROM notes").Row(&n))
	assert.Equal(t, clients*changes, n)
	t.Logf("crowd: clients=%d changes=%d refusals=%d wait min=%s max=%s", clients, clients*changes, refusals, least.Round(time.Millisecond), most.Round(time.Millisecond))
}
