package change_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cunju/sync/change"
)

const good = `{"id":"k2j4m6n8p0q2r4s","x":"AAECAwQFBgcICQoLDA0ODw","at":"2026-11-24T09:30:00.000+08:00","by":"staff0000000001","form":1,"edits":[{"c":"services","r":"aaaaaaaaaaaaaa1","base":"","set":{"region":"500238101201"}}]}`

func TestParseRefuses(t *testing.T) {
	_, err := change.Parse([]byte(good))
	require.NoError(t, err)
	with := func(old, new string) string {
		require.Contains(t, good, old)
		return strings.Replace(good, old, new, 1)
	}
	for name, line := range map[string]string{
		"nothing":                 "",
		"a page":                  "<html>",
		"two values":              good + good,
		"a duplicate key":         with(`"by":`, `"id":"k2j4m6n8p0q2r4t","by":`),
		"a duplicate field":       with(`"region":"500238101201"`, `"region":"500238101201","region":"500238101202"`),
		"an unknown key":          with(`"form":1`, `"form":1,"admin":true`),
		"another letter case":     with(`"by":`, `"By":`),
		"invalid UTF-8":           with("500238101201", "\xff\xfe"),
		"half a surrogate":        with("500238101201", `\ud800`),
		"no edits":                with(`"edits":[{"c":"services","r":"aaaaaaaaaaaaaa1","base":"","set":{"region":"500238101201"}}]`, `"edits":[]`),
		"an empty set":            with(`{"region":"500238101201"}`, `{}`),
		"a huge number":           with(`"500238101201"`, `1e400`),
		"a number beyond 2^53":    with(`"500238101201"`, `9007199254740992`),
		"not a number":            with(`"500238101201"`, `NaN`),
		"deep nesting":            with(`"500238101201"`, strings.Repeat("[", 20)+strings.Repeat("]", 20)),
		"very deep nesting":       with(`"500238101201"`, strings.Repeat("[", 100_000)+strings.Repeat("]", 100_000)),
		"a time without offset":   with("+08:00", ""),
		"a collection with quote": with(`"services"`, `"services' --"`),
		"an id with a path":       with("aaaaaaaaaaaaaa1", "../etc/passwd"),
		"a line over the limit":   with("500238101201", strings.Repeat("x", change.MaxLine)),
	} {
		_, err := change.Parse([]byte(line))
		require.ErrorIs(t, err, change.ErrMalformed, name)
	}
}

func TestALineIsReadBackAsItWasMade(t *testing.T) {
	at := time.Date(2026, 11, 24, 9, 30, 0, 0, time.FixedZone("", 8*3600))
	made, line, err := change.Line(at, "staff1", 1, []change.Edit{{C: "notes", R: change.NewID(), Set: map[string]any{
		"name": "王𬭩〇", "n": 3, "list": []any{"a", nil, true}}}})
	require.NoError(t, err)
	read, err := change.Parse(line)
	require.NoError(t, err)
	require.Equal(t, made, read)
	require.Equal(t, "王𬭩〇", read.Edits[0].Set["name"])
	_, second, err := change.Line(at, "staff1", 1, []change.Edit{{C: "notes", R: "aaaaaaaaaaaaaa1", Set: map[string]any{"n": 1}}})
	require.NoError(t, err)
	_, third, err := change.Line(at, "staff1", 1, []change.Edit{{C: "notes", R: "aaaaaaaaaaaaaa1", Set: map[string]any{"n": 1}}})
	require.NoError(t, err)
	require.NotEqual(t, change.Hash(second), change.Hash(third), "salt: equal bodies have different hashes")
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		c, err := change.Parse(line)
		if err != nil {
			return
		}
		for _, e := range c.Edits {
			for _, v := range e.Set {
				if _, err := change.Compact(v); err != nil {
					t.Fatalf("accepted a value that cannot be written: %v", err)
				}
			}
		}
		if _, err := c.Time(); err != nil {
			t.Fatal("accepted a time that cannot be read")
		}
	})
}
