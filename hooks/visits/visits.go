// Package visits is the subject of the visit (走访 / 驻点): one trip of one counsel
// to one village. It is pure; presence is light and never compulsory.
package visits

import (
	"slices"
	"time"
	"unicode/utf8"

	"cunju/sync/engine"
)

// Collection is the name of the synced collection.
const Collection = "visits"

// The states of a visit.
const (
	Open   = "open"
	Closed = "closed"
)

// Presences are the ways in which a visit may be witnessed; "none" is as good as
// any other and needs no excuse.
var Presences = []string{"plate", "clerk", "signature", "none"}

// Limits: characters of a note, and the longest trip that is no slip of a finger.
const (
	MaxNote = 2_000
	MaxTrip = 7 * 24 * time.Hour
)

// ahead is how far a phone's clock may run before its stamp.
const ahead = 24 * time.Hour

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
	if !p.Node && (will("counsel") != p.By || p.Current != nil && was("counsel") != p.By) {
		return "rights"
	}
	switch state := will("state"); {
	case state != "" && state != Open && state != Closed, was("state") == Closed && state != Closed:
		return "state"
	case state == Closed && will("started_at") == "":
		return "rule:started_at"
	}
	if kind := will("presence_kind"); kind != "" && !slices.Contains(Presences, kind) {
		return "rule:presence_kind"
	}
	for _, f := range []string{"note", "presence_note"} {
		if utf8.RuneCountInString(will(f)) > MaxNote {
			return "rule:too_long_" + f
		}
	}
	return times(will("started_at"), will("ended_at"), time.UnixMilli(p.Tau))
}

// times wants full times with their offset, in order and not from the future.
func times(from, until string, stamp time.Time) string {
	started, err := parse(from)
	if err != nil || started.After(stamp.Add(ahead)) {
		return "rule:started_at"
	}
	ended, err := parse(until)
	if err != nil || ended.After(stamp.Add(ahead)) {
		return "rule:ended_at"
	}
	if !started.IsZero() && !ended.IsZero() && (ended.Before(started) || ended.Sub(started) > MaxTrip) {
		return "rule:ended_at"
	}
	return ""
}

func parse(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	return time.Parse(time.RFC3339, s)
}
