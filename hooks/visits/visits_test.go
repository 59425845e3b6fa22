package visits

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"cunju/sync/engine"
)

type m = map[string]any

func TestCheck(t *testing.T) {
	tau := time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC).UnixMilli()
	visit := func(change m) m {
		v := m{"counsel": "c", "region": "500238101201", "state": "open", "started_at": "2026-11-24T09:00:00+08:00"}
		for k, x := range change {
			v[k] = x
		}
		return v
	}
	cases := []struct {
		name     string
		cur, set m
		node     bool
		want     string
	}{
		{"a visit begins", nil, visit(nil), false, ""},
		{"nothing but a counsel", nil, m{"counsel": "c"}, false, ""},
		{"another's visit", nil, visit(m{"counsel": "d"}), false, "rights"},
		{"taking over a visit", visit(m{"counsel": "d"}), m{"counsel": "c"}, false, "rights"},
		{"an office enters a slip", nil, visit(m{"counsel": "d"}), true, ""},
		{"a visit ends", visit(nil), m{"state": "closed", "ended_at": "2026-11-24T13:00:00+08:00"}, false, ""},
		{"closed stays closed", visit(m{"state": "closed"}), m{"state": "open"}, false, "state"},
		{"a note on a closed visit", visit(m{"state": "closed"}), m{"note": "补充"}, false, ""},
		{"unknown state", nil, visit(m{"state": "paused"}), false, "state"},
		{"closed without a start", m{"counsel": "c"}, m{"state": "closed"}, false, "rule:started_at"},
		{"no presence needed", visit(nil), m{"state": "closed", "presence_kind": "none"}, false, ""},
		{"unknown presence", nil, visit(m{"presence_kind": "track"}), false, "rule:presence_kind"},
		{"end before start", visit(nil), m{"ended_at": "2026-11-24T08:59:59+08:00"}, false, "rule:ended_at"},
		{"no offset", nil, visit(m{"started_at": "2026-11-24 09:00"}), false, "rule:started_at"},
		{"from next week", nil, visit(m{"started_at": "2026-12-01T09:00:00+08:00"}), false, "rule:started_at"},
		{"a trip of eight days", visit(m{"started_at": "2026-11-10T09:00:00+08:00"}), m{"ended_at": "2026-11-18T09:00:00+08:00"}, false, "rule:ended_at"},
		{"2,001 characters", nil, visit(m{"note": strings.Repeat("字", 2001)}), false, "rule:too_long_note"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, c.want, Check(engine.Proposed{Current: c.cur, Set: c.set, By: "c", Node: c.node, Tau: tau}))
		})
	}
}
