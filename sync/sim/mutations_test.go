package sim

import (
	"bytes"
	"database/sql/driver"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cunju/sync/wire"
)

// mutation is an engine that is broken in one way, from outside: its storage, its database, its network or its clock
// does what a fault in the code would do.
type mutation struct {
	name  string
	kinds []string // the oracle's word for it, any of these
	phone func(*handset)
	node  func(*node)
	net   func(*network)
}

var mutations = []mutation{
	{name: "skip the fsync", kinds: []string{"lost", "reused"}, phone: func(h *handset) { h.flash.noSync = true }},
	{name: "forget a receipt", kinds: []string{"stuck"}, node: func(n *node) {
		n.fuse.drop = func(query string, _ []driver.NamedValue) bool { return inserts(query, "sync_receipts") }
	}},
	{name: "trust the phone's clock", kinds: []string{"diverged"}, net: func(net *network) { net.serving = believe }},
	{name: "drop on refuse", kinds: []string{"lost"}, node: func(n *node) { n.fuse.drop = refused }},
	{name: "reuse a number", kinds: []string{"reused"}, phone: func(h *handset) { h.flash.read = withoutLastBatch }},
	{name: "ignore a purge", kinds: []string{"leaked"}, net: func(net *network) { net.damage = withoutGone }},
}

func inserts(query, table string) bool {
	return strings.HasPrefix(query, "INSERT") && strings.Contains(query, table)
}

// refused is a change on its way into the log with a refusal as its verdict.
func refused(query string, args []driver.NamedValue) bool {
	return inserts(query, "sync_changes") && slices.ContainsFunc(args, func(a driver.NamedValue) bool {
		s, ok := a.Value.(string)
		return ok && strings.HasPrefix(s, "refused:")
	})
}

// believe takes the time of a phone that pushes for the time.
func believe(n *node, push []wire.Item) {
	n.clock.lie = nil
	for _, item := range push {
		if b := item.Batch; b != nil && b.Via == nil && n != n.w.city {
			n.clock.lie = func() int64 { return b.Header.At }
		}
	}
}

// withoutLastBatch is a store that forgets the newest batch that it sealed.
func withoutLastBatch(journal []byte) []byte {
	lines := bytes.SplitAfter(journal, []byte("\n"))
	for i := len(lines) - 1; i >= 0; i-- {
		if bytes.HasPrefix(lines[i], []byte(`{"batch":`)) {
			return bytes.Join(slices.Delete(lines, i, i+1), nil)
		}
	}
	return journal
}

// withoutGone is a phone that does not hear that a feed is no longer its own.
func withoutGone(from, path string, answer []byte) []byte {
	if !strings.HasPrefix(from, "phone") || path != "/api/sync/feed" {
		return answer
	}
	lines := bytes.SplitAfter(answer, []byte("\n"))
	return bytes.Join(slices.DeleteFunc(lines, func(l []byte) bool { return bytes.HasPrefix(l, []byte(`{"gone":`)) }), nil)
}

// worldsToCatch is in how many worlds at most a broken engine must be caught.
const worldsToCatch = 40

func TestMutations(t *testing.T) {
	for i := range mutations {
		m := &mutations[i]
		t.Run(m.name, func(t *testing.T) {
			for seed := range uint64(worldsToCatch) {
				s := live(t, seed+1, m)
				if at := slices.IndexFunc(s.Failed, func(f string) bool {
					return slices.ContainsFunc(m.kinds, func(k string) bool { return strings.Contains(f, " "+k+": ") })
				}); at >= 0 {
					t.Logf("caught in world %d: %s", seed+1, s.Failed[at])
					return
				}
			}
			require.Fail(t, "not caught", "in %d worlds", worldsToCatch)
		})
	}
}
