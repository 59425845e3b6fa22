// Package documents is the subject of the document (文书): drafted from a template,
// belonging to a service, immutable once filed. It is pure.
package documents

import (
	"strings"
	"unicode/utf8"

	"cunju/sync/engine"
)

// Collection is the name of the synced collection.
const Collection = "documents"

// State is where a document stands.
type State string

// The states of a document. A filed one is never changed again; a correction is a
// new document that supersedes it.
const (
	Draft      State = "draft"
	Submitted  State = "submitted"
	Filed      State = "filed"
	Returned   State = "returned"
	Superseded State = "superseded"
)

// States lists all states.
var States = []State{Draft, Submitted, Filed, Returned, Superseded}

// MaxTitle is in characters.
const MaxTitle = 100

// steps: the author drafts and submits, the office files or returns.
var steps = []struct {
	from, to State
	phone    bool
}{
	{"", Draft, true}, {"", Submitted, true},
	{Draft, Submitted, true},
	{Submitted, Filed, false}, {Submitted, Returned, false},
	{Returned, Submitted, true},
	{Filed, Superseded, false},
}

// MayMove reports whether a document may go from one state to another; node tells
// that the office does it.
func MayMove(from, to State, node bool) bool {
	if from == to {
		return from != ""
	}
	for _, s := range steps {
		if s.from == from && s.to == to {
			return node || s.phone
		}
	}
	return false
}

// filing are the fields that come into being with the filing and never before.
var filing = []string{"no", "filed_at", "hash"}

// Check is the rule of the collection: "" or the refusal code of the edit.
func Check(p engine.Proposed) string {
	was := func(f string) string { s, _ := p.Current[f].(string); return s }
	will := func(f string) string {
		if v, edited := p.Set[f]; edited {
			s, _ := v.(string)
			return s
		}
		return was(f)
	}
	from, to := orDraft(was("state")), orDraft(will("state"))
	if p.Current == nil {
		from = ""
	}
	if from == Filed || from == Superseded {
		return frozen(p, from, to)
	}
	if !MayMove(from, to, p.Node) {
		return "state"
	}
	for _, f := range filing {
		switch {
		case !p.Node && will(f) != was(f):
			return "rights"
		case to == Filed && will(f) == "":
			return "rule:" + f
		case to != Filed && will(f) != "":
			return "state"
		}
	}
	switch {
	case p.Current == nil && will("template") == "":
		return "rule:template"
	case to != Draft && will("service") == "":
		return "rule:service"
	case to != Draft && strings.TrimSpace(will("title")) == "":
		return "rule:title"
	case utf8.RuneCountInString(will("title")) > MaxTitle:
		return "rule:too_long_title"
	}
	return ""
}

// frozen lets nobody touch what is filed, except that a node notes that a newer
// document has taken its place.
func frozen(p engine.Proposed, from, to State) string {
	if p.Node && len(p.Set) == 1 && from == Filed && to == Superseded {
		return ""
	}
	return "frozen"
}

func orDraft(s string) State {
	if s == "" {
		return Draft
	}
	return State(s)
}
