package hooks

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/hooks/standard"
	"cunju/sync/engine"
)

func TestSyncedTextsHaveTheFormOfTheStandard(t *testing.T) {
	type m = map[string]any
	cases := []struct {
		name, collection string
		was, set         m
		want             string
	}{
		{"what a phone writes", "services", nil, m{"region": "500238101201", "kind": "VILLAGE_OPINION", "topic": "0801", "topic_suggested": "0802",
			"occurred_at": "2026-11-24T09:30:00.000+08:00", "follow_up_at": "2026-12-01", "client_kind": "resident", "mode": "onsite", "secrecy": "normal",
			"outcome": "to_follow", "state": "submitted", "verified_at": "", "no": "", "client": ""}, ""},
		{"a trip", "visits", nil, m{"started_at": "2026-11-24T09:30:00.000+08:00", "ended_at": "", "presence_kind": "plate", "state": "open"}, ""},
		{"an unknown place of a region code", "services", nil, m{"region": "50023810120"}, "rule:format_region"},
		{"a topic in words", "services", nil, m{"topic_suggested": "借款"}, "rule:format_topic_suggested"},
		{"a moment without its offset", "services", nil, m{"verified_at": "2026-11-24T09:30:00"}, "rule:format_verified_at"},
		{"a line break after the value", "visits", nil, m{"state": "open\n"}, "rule:format_state"},
		{"an option of another list", "orders", nil, m{"urgency": "soon"}, "rule:format_urgency"},
		{"a hash that is none", "attachments", nil, m{"sha256": "ABC"}, "rule:format_sha256"},
		{"a kind of institution that is none", "institutions", nil, m{"kind": "bank"}, "rule:format_kind"},
		{"the first in the order of names", "orders", nil, m{"urgency": "soon", "source": "x"}, "rule:format_source"},
		{"an old value in a group that travels again", "residents", m{"gender": "f"}, m{"gender": "f", "name": "冉"}, ""},
		{"but not another bad one", "residents", m{"gender": "f"}, m{"gender": "g"}, "rule:format_gender"},
		{"emptied", "residents", m{"gender": "male"}, m{"gender": ""}, ""},
		{"numbers and lists have no form", "services", nil, m{"duration_min": 3.0, "details": m{"a": 1.0}}, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			col, ok := standard.Find(c.collection)
			require.True(t, ok)
			assert.Equal(t, c.want, inForm(col, nil)(engine.Proposed{Collection: c.collection, Current: c.was, Set: c.set}))
		})
	}
}

func TestTheSubjectSpeaksFirst(t *testing.T) {
	visits, _ := standard.Find("visits")
	judged := inForm(visits, func(engine.Proposed) string { return "state" })
	assert.Equal(t, "state", judged(engine.Proposed{Set: map[string]any{"state": "shut"}}))
	quiet := inForm(visits, func(engine.Proposed) string { return "" })
	assert.Equal(t, "rule:format_state", quiet(engine.Proposed{Set: map[string]any{"state": "shut"}}))
}
