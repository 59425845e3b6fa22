package merge_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"cunju/sync/merge"
	"cunju/sync/stamp"
)

// edit is one change of a record in these histories.
type edit struct {
	set map[string]any
	at  stamp.Stamp
}

func fold(edits []edit, groups map[string]string) merge.State {
	var s merge.State
	for _, e := range edits {
		s.Fold(e.set, e.at, groups)
	}
	return s
}

func history(r *rand.Rand, n int) []edit {
	var list []edit
	for i := range n {
		set := map[string]any{}
		for _, f := range []string{"a", "b", "c"} {
			if r.IntN(2) == 0 {
				set[f] = fmt.Sprint(f, i)
			}
		}
		if r.IntN(3) == 0 { // a group is always written whole
			set["state"], set["reason"] = fmt.Sprint("s", i), fmt.Sprint("r", i)
		}
		if len(set) == 0 {
			set["a"] = i
		}
		list = append(list, edit{set, stamp.Stamp{Tau: int64(r.IntN(4)), ID: fmt.Sprintf("change%02d", i)}})
	}
	return list
}

// view is what replicas must agree on.
func view(s merge.State) map[string]any {
	m := map[string]any{"head": s.Head}
	for f, v := range s.Set {
		m[f] = []any{v, s.Stamp(f)}
	}
	return m
}

func TestFoldingDoesNotDependOnOrderOrRepetition(t *testing.T) {
	groups := map[string]string{"state": "state", "reason": "state"}
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 1))
		edits := history(r, 2+r.IntN(6))
		want := view(fold(edits, groups))
		shuffled := append(append([]edit{}, edits...), edits[r.IntN(len(edits))])
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		require.Equal(t, want, view(fold(shuffled, groups)), "seed %d", seed)
	}
}

func TestJoiningStatesEqualsFoldingTheirChanges(t *testing.T) {
	groups := map[string]string{"state": "state", "reason": "state"}
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 2))
		edits := history(r, 2+r.IntN(6))
		cut := r.IntN(len(edits) + 1)
		a, b := fold(edits[:cut], groups), fold(edits[cut:], groups)
		want := view(fold(edits, groups))
		a.Join(b, groups)
		require.Equal(t, want, view(a), "seed %d", seed)
		a.Join(b, groups)
		require.Equal(t, want, view(a), "again, seed %d", seed)
	}
}

func TestAGroupMovesAsOne(t *testing.T) {
	groups := map[string]string{"state": "g", "reason": "g"}
	var s merge.State
	s.Fold(map[string]any{"state": "returned", "reason": "unclear"}, stamp.Stamp{Tau: 2, ID: "b"}, groups)
	_, lost := s.Fold(map[string]any{"state": "verified", "reason": ""}, stamp.Stamp{Tau: 1, ID: "a"}, groups)
	require.Len(t, lost, 2)
	require.Equal(t, "unclear", s.Set["reason"])
}

func TestWhatIsOverwrittenIsToldWithItsAuthor(t *testing.T) {
	var s merge.State
	s.Fold(map[string]any{"a": "old"}, stamp.Stamp{Tau: 1, ID: "a"}, nil)
	over, lost := s.Fold(map[string]any{"a": "new"}, stamp.Stamp{Tau: 2, ID: "b"}, nil)
	require.Empty(t, lost)
	require.Equal(t, []merge.Lost{{Field: "a", Value: "old", By: stamp.Stamp{Tau: 1, ID: "a"}, Over: stamp.Stamp{Tau: 2, ID: "b"}}}, over)
}
