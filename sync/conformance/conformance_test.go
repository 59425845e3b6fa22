// Package conformance is one suite that every client of the protocol must pass:
// the Go one and the browser's, each against a real node over real HTTP.
package conformance

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/sync/change"
	"cunju/sync/dial"
	"cunju/sync/engine"
	"cunju/sync/feed"
	"cunju/sync/install"
	"cunju/sync/peer"
	"cunju/sync/phone"
	"cunju/sync/world"
)

const (
	city     = "500000000000"
	town     = "500238101000"
	village  = "500238101201"
	village2 = "500238101202"
	code     = "0000000000000000"
)

// house is a township under a city, with the one call that the product adds: enrolment.
type house struct {
	town, city *world.Node
	url        string
	line       *peer.Peer
}

func build(t *testing.T) *house {
	h := &house{city: world.New(t, install.City, city, time.Now, world.Notes(nil)),
		town: world.New(t, install.Township, town, time.Now, world.Notes(func(p engine.Proposed) string {
			if p.Set["title"] == "forbidden" {
				return "rule:title"
			}
			return ""
		}))}
	world.JoinCity(t, h.town, h.city)
	h.line = peer.New(h.town.Engine, h.city.Server.URL, h.city.Server.Client(), nil)
	mux := http.NewServeMux()
	mux.Handle("/", h.town.Server.Config.Handler)
	mux.HandleFunc("POST /api/sync/enrol", func(w http.ResponseWriter, r *http.Request) { h.enrol(t, w, r) })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	h.url = server.URL
	return h
}

func (h *house) enrol(t *testing.T, w http.ResponseWriter, r *http.Request) {
	var in dial.Enrol
	if json.NewDecoder(r.Body).Decode(&in) != nil || in.Code != code {
		http.Error(w, `{"code":"pairing_wrong"}`, http.StatusForbidden)
		return
	}
	key, err := base64.RawURLEncoding.DecodeString(in.Key)
	require.NoError(t, err)
	now := time.Now()
	var text string
	err = h.town.App.RunInTransaction(func(tx core.App) error {
		text, err = h.town.Engine.Certify(tx.DB(), key, install.Cert{Kind: install.Phone, Staff: "staff0000000001", Name: in.Name, Regions: []string{village, village2},
			From: now.Add(-time.Minute).UnixMilli(), Until: now.AddDate(0, 2, 0).UnixMilli()})
		return err
	})
	require.NoError(t, err)
	w.Header().Set("Content-Type", "application/json")
	require.NoError(t, json.NewEncoder(w).Encode(dial.Enrolled{Install: install.ID(install.SuiteStd, key), Chain: append([]string{text}, h.town.Engine.Chain()...),
		Staff: dial.Person{ID: "staff0000000001", Name: "王𬭩", Role: "counsel"}, Regions: []dial.Named{{Code: village}, {Code: village2}},
		Tokens: map[string]string{}, Epoch: h.town.Engine.Epoch(), Now: now.UnixMilli()}))
}

func (h *house) up(t *testing.T) { require.NoError(t, h.line.Run(context.Background())) }

func note(id, title string) change.Edit {
	return change.Edit{C: "notes", R: id, Set: map[string]any{"region": village, "title": title, "text": "王𬭩问：〇", "count": 3, "tags": []any{"a", 1}}}
}

// mustSync lets a client try as a patient user would: some answers are only for learning.
func mustSync(t *testing.T, c client) {
	done, code := c.sync()
	require.True(t, done, "refused: %s", code)
}

// equal holds a client against the node's checkpoint.
func (h *house) equal(t *testing.T, s state, name string) {
	cp, err := feed.Current(h.town.App.DB(), name)
	require.NoError(t, err)
	want := held{cp.Count, cp.Hex()}
	if cp.Count == 0 {
		want = held{}
	}
	assert.Equal(t, want, s.Feeds[name], name)
}

func verdicts(s state) (list []string) {
	for _, c := range s.Changes {
		list = append(list, c.Level+" "+c.Verdict)
	}
	return list
}

// suite is what every client promises.
var suite = []struct {
	name string
	run  func(t *testing.T, h *house, c client)
}{
	{"saved, township, city: receipts are verified and levels told", func(t *testing.T, h *house, c client) {
		c.save(note("aaaaaaaaaaaaaa1", "one"))
		require.Equal(t, []string{" "}, verdicts(c.state()))
		mustSync(t, c)
		require.Equal(t, []string{"township applied"}, verdicts(c.state()))
		h.up(t)
		mustSync(t, c)
		s := c.state()
		require.Equal(t, []string{"city applied"}, verdicts(s))
		require.Len(t, s.Records, 1)
		require.Equal(t, "王𬭩问：〇", s.Records[0].Set["text"])
		require.EqualValues(t, 3, s.Records[0].Set["count"])
		h.equal(t, s, village)
	}},
	{"a lost answer is asked for again with the same bytes and counts once", func(t *testing.T, h *house, c client) {
		for i := range 30 {
			c.save(note(change.NewID(), fmt.Sprint(i)))
		}
		h.town.Link.CutAnswers = 1
		done, _ := c.sync()
		require.False(t, done)
		mustSync(t, c)
		s := c.state()
		require.Len(t, s.Records, 30)
		var batches int
		require.NoError(t, h.town.App.DB().NewQuery("SELECT count(DISTINCT no) FROM sync_batches WHERE install <> {:own}").Bind(map[string]any{"own": h.town.Engine.Install()}).Row(&batches))
		require.Equal(t, 1, batches)
		h.equal(t, s, village)
	}},
	{"a cut request and a captive portal change nothing", func(t *testing.T, h *house, c client) {
		c.save(note("aaaaaaaaaaaaaa1", "one"))
		h.town.Link.CutRequests = 1
		done, _ := c.sync()
		require.False(t, done)
		h.town.Link.Portal = true
		done, _ = c.sync()
		require.False(t, done)
		require.Equal(t, []string{" "}, verdicts(c.state()))
		h.town.Link.Portal = false
		mustSync(t, c)
		require.Equal(t, []string{"township applied"}, verdicts(c.state()))
	}},
	{"what is refused is told and blocks nothing", func(t *testing.T, h *house, c client) {
		c.save(note("aaaaaaaaaaaaaa1", "forbidden"))
		c.save(change.Edit{C: "boards", R: "aaaaaaaaaaaaaa2", Set: map[string]any{"region": village, "title": "x"}})
		c.save(note("aaaaaaaaaaaaaa3", "after"))
		mustSync(t, c)
		s := c.state()
		require.Equal(t, []string{"township refused:rule:title", "township refused:rights", "township applied"}, verdicts(s))
		require.Len(t, s.Records, 1)
	}},
	{"an edit names what was seen, also before it came back", func(t *testing.T, h *house, c client) {
		c.save(note("aaaaaaaaaaaaaa1", "first"))
		c.save(change.Edit{C: "notes", R: "aaaaaaaaaaaaaa1", Set: map[string]any{"title": "second"}})
		mustSync(t, c)
		c.save(change.Edit{C: "notes", R: "aaaaaaaaaaaaaa1", Set: map[string]any{"text": ""}})
		mustSync(t, c)
		s := c.state()
		require.Equal(t, []string{"township applied", "township applied", "township applied"}, verdicts(s))
		require.Equal(t, "second", s.Records[0].Set["title"])
		require.Empty(t, s.Records[0].Set["text"])
		h.equal(t, s, village)
	}},
	{"a clock ten years ahead is learned from the refusal", func(t *testing.T, h *house, c client) {
		c.ahead(10 * 365 * 24 * time.Hour)
		c.save(note("aaaaaaaaaaaaaa1", "from the future"))
		mustSync(t, c)
		require.Len(t, c.state().Records, 1)
		var tau int64
		require.NoError(t, h.town.App.DB().NewQuery("SELECT tau FROM sync_records").Row(&tau))
		require.LessOrEqual(t, tau, time.Now().UnixMilli())
	}},
	{"others' work and what leaves a feed arrive; more than one page", func(t *testing.T, h *house, c client) {
		other := world.Pair(t, h.town, filepath.Join(t.TempDir(), "other"), "staff0000000002", time.Now, village, village2)
		moving := change.NewID()
		for i := range 620 {
			id := change.NewID()
			if i == 0 {
				id = moving
			}
			_, err := other.Save([]change.Edit{note(id, fmt.Sprint(i))})
			require.NoError(t, err)
		}
		require.NoError(t, other.Sync(context.Background()))
		mustSync(t, c)
		require.Len(t, c.state().Records, 620)
		_, err := other.Save([]change.Edit{{C: "notes", R: moving, Set: map[string]any{"region": village2}}})
		require.NoError(t, err)
		require.NoError(t, other.Sync(context.Background()))
		mustSync(t, c)
		s := c.state()
		require.Len(t, s.Records, 620)
		h.equal(t, s, village)
		h.equal(t, s, village2)
	}},
	{"a village that was lost is let go, own work stays", func(t *testing.T, h *house, c client) {
		c.save(note("aaaaaaaaaaaaaa1", "before"))
		mustSync(t, c)
		c.save(note("aaaaaaaaaaaaaa2", "while moving"))
		h.town.Rights.Denied["staff0000000001 "+village] = true
		mustSync(t, c)
		s := c.state()
		require.Empty(t, s.Records)
		require.Equal(t, []string{"township applied", "township refused:rights"}, verdicts(s))
	}},
	{"a replica that differs is healed", func(t *testing.T, h *house, c client) {
		c.save(note("aaaaaaaaaaaaaa1", "one"))
		c.save(note("aaaaaaaaaaaaaa2", "two"))
		mustSync(t, c)
		// The node's copy of one record goes back to another revision without the feed saying so, as after a botched repair.
		require.NoError(t, h.town.App.RunInTransaction(func(tx core.App) error {
			row, err := feed.Find(tx.DB(), "notes", "aaaaaaaaaaaaaa1")
			if err != nil {
				return err
			}
			changed := *row
			changed.Rev = "zzzzzzzzzzzzzzz"
			_, err = tx.DB().NewQuery("UPDATE sync_records SET rev = {:rev} WHERE c = 'notes' AND r = 'aaaaaaaaaaaaaa1'").Bind(map[string]any{"rev": changed.Rev}).Execute()
			if err != nil {
				return err
			}
			cp, err := feed.Current(tx.DB(), village)
			if err != nil {
				return err
			}
			// Added in Go: SQLite turns a sum beyond 64 bits into a float.
			sum := cp.Sum + feed.Sum("notes", row.R, changed.Rev) - feed.Sum("notes", row.R, row.Rev)
			_, err = tx.DB().NewQuery("UPDATE sync_feeds SET sum = {:s} WHERE feed = {:f}").Bind(map[string]any{"s": sum, "f": village}).Execute()
			return err
		}))
		mustSync(t, c)
		mustSync(t, c)
		h.equal(t, c.state(), village)
	}},
}

func TestClients(t *testing.T) {
	for name, open := range map[string]func(*testing.T, string) client{"go": newGo, "node": newNode} {
		t.Run(name, func(t *testing.T) {
			for _, s := range suite {
				t.Run(s.name, func(t *testing.T) {
					h := build(t)
					c := open(t, h.url)
					c.enrol(code)
					s.run(t, h, c)
				})
			}
		})
	}
}

// TestTheGoClientRefusesAForgedAnswer holds the client's side: a receipt of a stranger is no receipt.
func TestTheGoClientRefusesAForgedAnswer(t *testing.T) {
	h, other := build(t), build(t)
	p, err := phone.Open(filepath.Join(t.TempDir(), "p"), h.url, http.DefaultClient, time.Now)
	require.NoError(t, err)
	defer p.Close()
	require.NoError(t, p.Enrol(context.Background(), code, "go"))
	who := p.Who()
	who.Chain = append(who.Chain[:1:1], other.town.Engine.Chain()...)
	require.ErrorIs(t, p.Adopt(who), install.ErrSignature)
}
