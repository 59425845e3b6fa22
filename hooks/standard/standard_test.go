package standard_test

import (
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/hooks/standard"
)

var update = flag.Bool("update", false, "write docs/data-standard.md anew")

const document = "../../docs/data-standard.md"

func TestTheDocumentIsFresh(t *testing.T) {
	want := standard.Document()
	if *update {
		require.NoError(t, os.WriteFile(document, []byte(want), 0o644))
	}
	got, err := os.ReadFile(document)
	require.NoError(t, err)
	assert.Equal(t, want, string(got), "docs/data-standard.md is stale: run go generate ./hooks/standard")
}

func TestEveryFieldIsDescribed(t *testing.T) {
	for _, c := range standard.Collections {
		assert.NotEmpty(t, c.Zh, c.Name)
		assert.NotEmpty(t, c.En, c.Name)
		seen := map[string]bool{}
		for _, f := range c.Fields {
			name := c.Name + "." + f.Name
			assert.False(t, seen[f.Name], "%s comes twice", name)
			seen[f.Name] = true
			assert.NotEmpty(t, f.Zh, name)
			assert.NotEmpty(t, f.Source, name)
			assert.Regexp(t, `^[a-z][a-z0-9_]*$`, f.Name)
			if f.Type == standard.Number {
				assert.True(t, f.Unit != "" || f.Rule != "", "%s: a number has a unit or a rule", name)
			}
			if pattern := f.Match(); pattern != "" {
				_, err := regexp.Compile(pattern)
				assert.NoError(t, err, name)
			}
			if f.Of != "" {
				_, ok := standard.Find(f.Of)
				assert.True(t, ok, "%s: no collection %s", name, f.Of)
			}
		}
		for _, index := range c.Indexes {
			for column := range strings.SplitSeq(strings.TrimPrefix(index, "unique "), ", ") {
				assert.True(t, seen[column], "%s: index on %s", c.Name, column)
			}
		}
	}
}

func TestPersonalDataAreHiddenButForThePublicBoardAndStatistics(t *testing.T) {
	shown := map[string]bool{
		"staff.name": true, "practitioners.name": true, "practitioners.phone": true,
		"residents.gender": true, "residents.birth_year": true,
	}
	for _, c := range standard.Collections {
		for _, f := range c.Fields {
			name := c.Name + "." + f.Name
			if f.PII == standard.Personal || f.PII == standard.Sensitive {
				assert.Equal(t, !shown[name], f.Hidden, name)
			}
			assert.False(t, f.Hidden && f.Needed && c.Synced(), "%s: nobody could fill it in over REST", name)
		}
	}
}

func TestSyncedCollectionsHaveARegionAndAnIndexOfIt(t *testing.T) {
	for _, c := range standard.Collections {
		if !c.Synced() {
			continue
		}
		field, ok := c.Field("region")
		require.True(t, ok, c.Name)
		assert.True(t, field.Needed, c.Name)
		indexed := false
		for _, index := range c.Indexes {
			indexed = indexed || strings.HasPrefix(index, "region")
		}
		assert.True(t, indexed, c.Name)
	}
}

func TestMatch(t *testing.T) {
	services, ok := standard.Find("services")
	require.True(t, ok)
	cases := []struct {
		field, value string
		want         bool
	}{
		{"region", "500238101201", true}, {"region", "50023810120", false}, {"region", "50023810120a", false},
		{"occurred_at", "2026-11-24T09:30:00+08:00", true}, {"occurred_at", "2026-11-24T09:30:00.123Z", true},
		{"occurred_at", "2026-11-24 09:30:00Z", false}, {"occurred_at", "2026-11-24", false}, {"occurred_at", "2026-11-24T09:30:00", false},
		{"follow_up_at", "2026-11-24", true}, {"follow_up_at", "24.11.2026", false},
		{"state", "draft", true}, {"state", "drafts", false},
		{"kind", "VILLAGE_OPINION", true}, {"kind", "consult", false},
	}
	for _, c := range cases {
		field, ok := services.Field(c.field)
		require.True(t, ok, c.field)
		assert.Equal(t, c.want, regexp.MustCompile(field.Match()).MatchString(c.value), "%s %q", c.field, c.value)
	}
	_, ok = services.Field("no such field")
	assert.False(t, ok)
	_, ok = standard.Find("no such collection")
	assert.False(t, ok)
}
