package sim

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cunju/sync/phone"
)

func TestIdentities(t *testing.T) {
	tellAll(t, []story{
		{"phone cloned: both branches are kept, each goes on as a new install", 1, 1, func(t *testing.T, w *land) {
			h := w.phones[0]
			h.writes(t, "common")
			h.syncs(t)
			clone(h)
			h.writes(t, "of the first")
			h.syncs(t)
			c := w.phones[1]
			c.writes(t, "of the clone")
			require.True(t, phone.Refused(c.sync(ctx), "fork"))
			require.Equal(t, 1, w.towns[0].quarantined(t, "fork"))
			require.NoError(t, c.renew())
			c.syncs(t)
			require.Equal(t, int64(3), w.towns[0].count(t, h.regions[village]))
		}},
		{"phone restored from its backup", 1, 1, func(t *testing.T, w *land) {
			h := w.phones[0]
			h.writes(t, "one")
			h.syncs(t)
			backUpOrRestore(h)
			h.writes(t, "two")
			h.syncs(t)
			backUpOrRestore(h)
			h.writes(t, "three")
			require.True(t, phone.Refused(h.sync(ctx), "fork"))
			require.NoError(t, h.renew())
			h.syncs(t)
			require.Len(t, h.p.Records("notes"), 3)
		}},
		{"the same unsent work offered by two copies is taken once", 1, 1, func(t *testing.T, w *land) {
			h := w.phones[0]
			id := h.writes(t, "unsent when cloned")
			clone(h)
			clone(h)
			for _, p := range w.phones {
				p.boot()
				require.NoError(t, p.renew())
				p.syncs(t)
			}
			require.Equal(t, "unsent when cloned", w.towns[0].value(t, id, "title"))
			require.Equal(t, int64(1), w.towns[0].count(t, h.regions[village]))
		}},
		{"device revoked with honest late work", 1, 1, func(t *testing.T, w *land) {
			h := w.phones[0]
			id := h.writes(t, "late and honest")
			revoke(w, h)
			require.True(t, phone.Refused(h.sync(ctx), "install_revoked"))
			require.NoError(t, h.renew())
			h.syncs(t)
			require.Len(t, h.p.Records("notes"), 0, "held for an officer")
			release(t, w.towns[0])
			require.Equal(t, "late and honest", w.towns[0].value(t, id, "title"))
		}},
		{"device revoked with a thief's back-dated work", 1, 1, func(t *testing.T, w *land) {
			h := w.phones[0]
			h.writes(t, "by its owner")
			h.syncs(t)
			clone(h)
			thief := w.phones[1]
			revoke(w, h)
			thief.clock.skew = -24 * time.Hour
			id := thief.writes(t, "back-dated")
			require.True(t, phone.Refused(thief.sync(ctx), "install_revoked"))
			_, err := w.towns[0].app.FindRecordById("notes", id)
			require.Error(t, err, "not applied")
			thief.lost = true
			w.excuse("thief", 0, func(p *promise) bool { return p.phone == thief })
			require.NoError(t, h.renew())
		}},
		{"unknown device", 1, 1, func(t *testing.T, w *land) { stranger(w, w.net.rng) }},
	})
}

func TestScopes(t *testing.T) {
	lose := func(h *handset) { loseVillage(h, village); h.w.pass(time.Hour) }
	tellAll(t, []story{
		{"village moved with unsent edits", 1, 2, func(t *testing.T, w *land) {
			h := w.phones[0]
			h.writes(t, "sent")
			h.syncs(t)
			id := h.writes(t, "made in time, sent too late")
			w.pass(time.Hour)
			lose(h)
			late := h.sets(t, id, map[string]any{"text": "made too late"})
			h.syncs(t)
			require.Empty(t, h.p.Records("notes"), "purged")
			require.Equal(t, "made in time, sent too late", w.towns[0].value(t, id, "title"))
			require.Equal(t, "refused:rights", h.verdict(late))
			w.phones[1].syncs(t)
			require.Len(t, w.phones[1].p.Records("notes"), 2)
		}},
		{"village moved away and back", 1, 1, func(t *testing.T, w *land) {
			h := w.phones[0]
			h.writes(t, "one")
			h.syncs(t)
			lose(h)
			h.syncs(t)
			require.Empty(t, h.p.Records("notes"))
			giveBack(h)
			h.syncs(t)
			require.Len(t, h.p.Records("notes"), 1)
		}},
		{"moved away and back while offline", 1, 1, func(t *testing.T, w *land) {
			h := w.phones[0]
			h.writes(t, "one")
			h.syncs(t)
			lose(h)
			h.writes(t, "meanwhile")
			giveBack(h)
			h.syncs(t)
			require.Len(t, h.p.Records("notes"), 1, "what was written between is judged by its time")
		}},
		{"record moved between villages, one of them lost", 1, 2, func(t *testing.T, w *land) {
			a, b := w.phones[0], w.phones[1]
			id := a.writes(t, "moves")
			w.settle(t)
			loseVillage(b, 1)
			b.syncs(t)
			a.sets(t, id, map[string]any{"region": a.regions[1]})
			a.syncs(t)
			b.syncs(t)
			require.Empty(t, b.p.Records("notes"))
		}},
		{"rights shrink while pushing", 1, 1, func(t *testing.T, w *land) {
			h := w.phones[0]
			h.writes(t, "x")
			w.net.expect(h.name, lostAnswer)
			require.Error(t, h.sync(ctx))
			lose(h)
			h.syncs(t)
			require.Empty(t, h.p.Records("notes"))
			require.Equal(t, int64(1), w.towns[0].count(t, h.regions[village]))
		}},
	})
}
