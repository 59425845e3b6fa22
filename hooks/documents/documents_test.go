package documents

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"cunju/sync/engine"
)

type m = map[string]any

func TestCheck(t *testing.T) {
	doc := func(change m) m {
		d := m{"template": "D01", "service": "s", "title": "民事起诉状", "state": "draft"}
		for k, v := range change {
			d[k] = v
		}
		return d
	}
	file := m{"state": "filed", "no": "500238-2026-1", "filed_at": "2026-11-24T10:00:00+08:00", "hash": "ab"}
	filed := doc(file)
	cases := []struct {
		name     string
		cur, set m
		node     bool
		want     string
	}{
		{"a draft begins", nil, doc(nil), false, ""},
		{"a draft needs its template", nil, doc(m{"template": ""}), false, "rule:template"},
		{"a draft may lack the rest", nil, m{"template": "D01"}, false, ""},
		{"submitted", doc(nil), m{"state": "submitted"}, false, ""},
		{"submitted without a service", doc(m{"service": ""}), m{"state": "submitted"}, false, "rule:service"},
		{"submitted without a title", doc(m{"title": " "}), m{"state": "submitted"}, false, "rule:title"},
		{"101 characters of title", nil, doc(m{"title": strings.Repeat("状", 101)}), false, "rule:too_long_title"},
		{"a phone files nothing", doc(m{"state": "submitted"}), file, false, "state"},
		{"a phone gives no number", doc(nil), m{"no": "1"}, false, "rights"},
		{"an office files", doc(m{"state": "submitted"}), file, true, ""},
		{"filing without a hash", doc(m{"state": "submitted"}), m{"state": "filed", "no": "1", "filed_at": "x"}, true, "rule:hash"},
		{"a number before filing", doc(nil), m{"no": "1"}, true, "state"},
		{"an office files no draft", doc(nil), file, true, "state"},
		{"an office returns", doc(m{"state": "submitted"}), m{"state": "returned"}, true, ""},
		{"submitted again", doc(m{"state": "returned"}), m{"state": "submitted"}, false, ""},
		{"filed is frozen for its author", filed, m{"title": "改"}, false, "frozen"},
		{"filed is frozen for the office", filed, m{"body": m{"a": "b"}}, true, "frozen"},
		{"superseded by the office", filed, m{"state": "superseded"}, true, ""},
		{"superseded and nothing else", filed, m{"state": "superseded", "title": "改"}, true, "frozen"},
		{"superseded stays", doc(m{"state": "superseded"}), m{"state": "filed"}, true, "frozen"},
		{"unknown state", nil, doc(m{"state": "sealed"}), false, "state"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, c.want, Check(engine.Proposed{Current: c.cur, Set: c.set, By: "c", Node: c.node}))
		})
	}
}

func TestNothingLeavesFiledButBySuperseding(t *testing.T) {
	for _, to := range States {
		assert.Equal(t, to == Filed || to == Superseded, MayMove(Filed, to, true), string(to))
		assert.Equal(t, to == Superseded, MayMove(Superseded, to, true), string(to))
	}
}
