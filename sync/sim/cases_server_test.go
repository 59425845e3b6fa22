package sim

import (
	"bytes"
	"compress/gzip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/sync/batch"
	"cunju/sync/change"
	"cunju/sync/oplog"
	"cunju/sync/phone"
	"cunju/sync/wire"
)

// yesterday is a township's life before and after a backup: work of phones and desk, before it, after it and gone up,
// and after it and not gone up.
func yesterday(t *testing.T, w *land) (backup string) {
	h, n := w.phones[0], w.towns[0]
	h.writes(t, "before the backup")
	w.settle(t)
	backup = n.backup(t)
	w.pass(24 * time.Hour)
	h.writes(t, "after it, gone up")
	h.syncs(t)
	n.clerk(t, change.NewID(), map[string]any{"region": h.regions[1], "title": "desk, gone up"})
	w.settle(t)
	h.writes(t, "after it, not gone up")
	h.syncs(t)
	return backup
}

func TestServers(t *testing.T) {
	tellAll(t, []story{
		{"township restored to yesterday, announced", 1, 1, func(t *testing.T, w *land) {
			h, n := w.phones[0], w.towns[0]
			n.restore(t, yesterday(t, w), true)
			h.syncs(t)
			require.Equal(t, int64(3), n.count(t, h.regions[village]), "the phone offered its work again")
			n.talks(t)
			require.Equal(t, int64(1), n.count(t, h.regions[1]), "the city gave back what the desk had written")
		}},
		{"township restored, a phone enrolled after the backup", 1, 1, func(t *testing.T, w *land) {
			n := w.towns[0]
			backup := yesterday(t, w)
			late := w.newPhone(n, "staff9")
			late.writes(t, "of an install that the backup does not know")
			late.syncs(t)
			n.restore(t, backup, true)
			late.syncs(t)
			require.Equal(t, "city", levelAfter(t, w, late))
		}},
		{"township restored, a phone whose clock had been bounded", 1, 2, func(t *testing.T, w *land) {
			a, b, n := w.phones[0], w.phones[1], w.towns[0]
			id := a.writes(t, "one")
			w.settle(t)
			backup := n.backup(t)
			a.clock.skew = 10 * year
			a.sets(t, id, map[string]any{"title": "by a clock ten years ahead"})
			w.settle(t)
			w.pass(time.Hour)
			b.syncs(t)
			b.sets(t, id, map[string]any{"title": "later"})
			w.settle(t)
			w.pass(time.Hour)
			n.restore(t, backup, true)
			a.syncs(t)
			b.syncs(t)
			w.settle(t)
			require.Equal(t, "later", n.value(t, id, "title"))
		}},
		{"township restored to yesterday, unannounced", 1, 1, func(t *testing.T, w *land) {
			h, n := w.phones[0], w.towns[0]
			n.restore(t, yesterday(t, w), false)
			n.talks(t)
			n.clerk(t, change.NewID(), map[string]any{"region": h.regions[1], "title": "after the first contact"})
			h.syncs(t)
			require.Equal(t, int64(3), n.count(t, h.regions[village]))
			n.talks(t)
			require.Zero(t, w.city.quarantined(t, "fork"))
		}},
		{"township restored, unannounced, and its desk writes before it reaches the city", 1, 1, func(t *testing.T, w *land) {
			h, n := w.phones[0], w.towns[0]
			n.restore(t, yesterday(t, w), false)
			w.forks[n.eng.Install()] = true
			for range 3 { // more than what was lost
				n.clerk(t, change.NewID(), map[string]any{"region": h.regions[1], "title": "before the first contact"})
			}
			h.syncs(t)
			n.talks(t)
			require.Zero(t, w.city.quarantined(t, "fork"))
			require.Equal(t, int64(4), w.city.count(t, h.regions[1]))
		}},
		{"township rolled back before anything went up, its phone has nothing new to say", 1, 1, func(t *testing.T, w *land) {
			h, n := w.phones[0], w.towns[0]
			backup := n.backup(t)
			h.writes(t, "acknowledged and lost")
			h.syncs(t)
			n.restore(t, backup, false)
			h.syncs(t)
			require.Equal(t, int64(1), n.count(t, h.regions[village]))
		}},
		{"township rolled back, its phone becomes a new install", 1, 1, func(t *testing.T, w *land) {
			h, n := w.phones[0], w.towns[0]
			backup := n.backup(t)
			id := h.writes(t, "acknowledged under another key, and lost")
			h.syncs(t)
			n.restore(t, backup, false)
			require.NoError(t, h.p.Renew())
			require.ErrorIs(t, h.sync(ctx), phone.ErrNotEnrolled)
			require.NoError(t, h.enrol())
			h.syncs(t)
			require.Equal(t, "acknowledged under another key, and lost", n.value(t, id, "title"))
		}},
		{"city restored to yesterday, announced", 1, 1, func(t *testing.T, w *land) {
			w.city.restore(t, cityYesterday(t, w), true)
			w.towns[0].talks(t)
			require.Equal(t, int64(2), w.city.count(t, w.phones[0].regions[village]))
		}},
		{"city restored to yesterday, unannounced", 1, 1, func(t *testing.T, w *land) {
			w.city.restore(t, cityYesterday(t, w), false)
			w.towns[0].talks(t)
			require.Equal(t, int64(2), w.city.count(t, w.phones[0].regions[village]))
		}},
		{"a record moved to another township", 2, 2, func(t *testing.T, w *land) {
			h := w.phones[0]
			id := h.writes(t, "moves")
			w.settle(t)
			w.city.clerk(t, id, map[string]any{"region": w.phones[1].regions[village]})
			h.sets(t, id, map[string]any{"text": "meanwhile"})
			w.settle(t)
			require.Zero(t, w.towns[0].count(t, h.regions[village]))
			require.Equal(t, int64(1), w.towns[1].count(t, w.phones[1].regions[village]))
		}},
		{"a body erased before it went up", 1, 1, func(t *testing.T, w *land) {
			h, n := w.phones[0], w.towns[0]
			id := h.writes(t, "a person's name")
			h.sets(t, id, map[string]any{"text": "more of it"})
			h.writes(t, "somebody else")
			h.syncs(t)
			_, err := n.app.NonconcurrentDB().NewQuery("UPDATE sync_changes SET body = NULL WHERE instr(body, {:r}) > 0").Bind(map[string]any{"r": id}).Execute()
			require.NoError(t, err)
			for _, p := range w.promises[:2] {
				p.excused = "erased"
			}
			n.talks(t)
			require.Equal(t, int64(1), w.city.count(t, h.regions[village]))
			require.Equal(t, int64(1), n.count(t, h.regions[village]), "no replica keeps what the city was never given")
			h.syncs(t)
			require.Equal(t, "erased", h.p.Changes()[0].Verdict)
		}},
		{"one install that the city will not take does not hold up the others", 1, 2, func(t *testing.T, w *land) {
			a, b, n := w.phones[0], w.phones[1], w.towns[0]
			w.settle(t)
			w.net.tamper = edited // whatever the first phone signed arrives damaged, for a while
			for range wire.MaxBatches + 5 {
				a.writes(t, "x")
				a.syncs(t)
			}
			b.writes(t, "of the other")
			b.syncs(t)
			n.talks(t)
			require.Equal(t, int64(1), w.city.count(t, a.regions[village]))
			w.net.tamper = nil
			n.talks(t)
			require.Equal(t, int64(wire.MaxBatches+6), w.city.count(t, a.regions[village]))
		}},
	})
}

func levelAfter(t *testing.T, w *land, h *handset) string {
	w.settle(t)
	return h.p.Changes()[0].Level
}

func cityYesterday(t *testing.T, w *land) (backup string) {
	h := w.phones[0]
	h.writes(t, "before the backup")
	w.settle(t)
	backup = w.city.backup(t)
	w.pass(24 * time.Hour)
	h.writes(t, "after it")
	w.settle(t)
	return backup
}

// tampering changes one push of a township to the city and reports what the city said about it.
func tampering(t *testing.T, w *land, change func(*wire.Sealed) bool) (codes []string) {
	w.net.tamper = func(from, path string, body []byte) []byte {
		if from != w.towns[0].name || path != "/api/sync/batches" {
			return body
		}
		return repacked(body, change)
	}
	w.net.damage = func(from, path string, answer []byte) []byte {
		if from == w.towns[0].name && path == "/api/sync/batches" {
			for _, code := range []string{"gap", "signature", "malformed", "fork", "scope"} {
				if bytes.Contains(answer, []byte(`"code":"`+code+`"`)) {
					codes = append(codes, code)
				}
			}
		}
		return answer
	}
	w.towns[0].talks(t)
	w.net.tamper, w.net.damage = nil, nil
	return codes
}

// repacked writes a push again without the batches for which change answers false.
func repacked(body []byte, change func(*wire.Sealed) bool) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	for _, item := range items(body) {
		if item.Batch == nil {
			wire.Write(z, map[string]string{"cert": item.Cert})
		} else if change(item.Batch) {
			wire.WriteBatch(z, item.Batch)
		}
	}
	z.Close()
	return out.Bytes()
}

// edited damages the lines of every first phone's batch on the way to the city.
func edited(from, path string, body []byte) []byte {
	if from != "town1" || path != "/api/sync/batches" {
		return body
	}
	return repacked(body, func(s *wire.Sealed) bool {
		s.Lines[0].Bytes = bytes.Replace(s.Lines[0].Bytes, []byte(`"title":"x"`), []byte(`"title":"y"`), 1)
		return true
	})
}

func TestTrust(t *testing.T) {
	// two batches of the phone wait at the township
	waiting := func(t *testing.T, w *land) {
		w.settle(t)
		for range 2 {
			w.phones[0].writes(t, "signed by its author")
			w.phones[0].syncs(t)
		}
	}
	first := func(w *land, do func(*wire.Sealed) bool) func(*wire.Sealed) bool {
		return func(s *wire.Sealed) bool {
			if s.Header.Install == w.phones[0].p.Install() && s.Header.No == 1 {
				return do(s)
			}
			return true
		}
	}
	tellAll(t, []story{
		{"a township drops a batch: the gap shows", 1, 1, func(t *testing.T, w *land) {
			waiting(t, w)
			assert.Contains(t, tampering(t, w, first(w, func(*wire.Sealed) bool { return false })), "gap")
		}},
		{"a township edits a body: the hash shows", 1, 1, func(t *testing.T, w *land) {
			waiting(t, w)
			assert.Contains(t, tampering(t, w, first(w, func(s *wire.Sealed) bool {
				s.Lines[0].Bytes = bytes.Replace(s.Lines[0].Bytes, []byte("signed"), []byte("forged"), 1)
				return true
			})), "signature")
		}},
		{"a township back-dates a batch: the signature shows", 1, 1, func(t *testing.T, w *land) {
			waiting(t, w)
			assert.Contains(t, tampering(t, w, first(w, func(s *wire.Sealed) bool {
				s.Header.At -= 86_400_000
				return true
			})), "signature")
		}},
		{"somebody changes a township's stamps on the way: its signature shows", 1, 1, func(t *testing.T, w *land) {
			waiting(t, w)
			assert.Contains(t, tampering(t, w, first(w, func(s *wire.Sealed) bool {
				s.Via.Taus[0] -= 86_400_000
				return true
			})), "signature")
		}},
		{"a township forwards for another's region", 2, 2, func(t *testing.T, w *land) {
			w.settle(t)
			h, other := w.phones[0], w.towns[1]
			h.writes(t, "of the first township")
			h.syncs(t)
			list, err := oplog.WaitingUp(w.towns[0].look, 100)
			require.NoError(t, err)
			w.net.tamper = func(from, path string, body []byte) []byte {
				if from != other.name || path != "/api/sync/batches" {
					return body
				}
				s := list[0].Sealed
				via := batch.Via{Hash: list[0].Hash, At: w.at.UnixMilli(), Taus: []int64{1}}.Signed(other.eng.Key())
				s.Via = &via
				var out bytes.Buffer
				z := gzip.NewWriter(&out)
				wire.WriteBatch(z, &s)
				z.Close()
				return out.Bytes()
			}
			other.clerk(t, change.NewID(), map[string]any{"region": other.region, "title": "makes it push"})
			other.run(ctx)
			w.net.tamper = nil
			require.Zero(t, w.city.count(t, h.regions[village]), "nothing of it was taken")
		}},
		{"an old push is sent again", 1, 1, func(t *testing.T, w *land) {
			waiting(t, w)
			w.net.expect(w.towns[0].name, lateDuplicate)
			w.towns[0].talks(t)
			w.net.deliver()
			require.Equal(t, int64(2), w.city.count(t, w.phones[0].regions[village]))
		}},
	})
}
