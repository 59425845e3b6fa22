package holidays

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func at(t *testing.T, text string) time.Time {
	t.Helper()
	if len(text) == len(time.DateOnly) {
		text += "T10:00:00+08:00"
	}
	moment, err := time.Parse(time.RFC3339, text)
	require.NoError(t, err)
	return moment
}

func TestDaysAreWorkedAsPublished(t *testing.T) {
	c := Builtin()
	for day, want := range map[string]bool{
		"2026-11-24": true, "2026-11-28": false, // an ordinary Tuesday and Saturday
		"2026-02-14": true, "2026-02-15": false, "2026-02-23": false, "2026-02-24": true, "2026-02-28": true,
		"2026-10-01": false, "2026-10-10": true, "2026-09-20": true, "2026-01-04": true, "2026-01-02": false,
		"2025-02-04": false, "2025-02-05": true, "2025-10-08": false, "2025-09-28": true,
		"2024-02-09": true, "2024-02-18": true, "2024-09-17": false,
		"2027-01-01": true, "2027-01-02": false, // not yet published: weekends only
	} {
		assert.Equal(t, want, c.Works(at(t, day)), day)
	}
	assert.False(t, c.Works(at(t, "2026-09-30T16:00:00Z")), "midnight in China is already the holiday")
}

// The notices themselves say how many days are off and how many are moved.
func TestEveryYearHasTheNumberOfDaysOfItsNotice(t *testing.T) {
	c := Builtin()
	for year, worked := range map[int]int{2024: 366 - 104 - 11, 2025: 365 - 104 - 13, 2026: 365 - 104 - 13} {
		n := c.Between(time.Date(year-1, 12, 31, 0, 0, 0, 0, China), time.Date(year, 12, 31, 0, 0, 0, 0, China))
		assert.Equal(t, worked, n, year)
		_, known := c.Published(year)
		assert.True(t, known)
	}
	_, known := c.Published(2027)
	assert.False(t, known, "2027 is marked as not yet published")
	assert.Equal(t, 3, c.Years())
}

func TestAfterCountsWorkingDaysOnly(t *testing.T) {
	c := Builtin()
	for _, each := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-11-24", 1, "2026-11-26T00:00:00+08:00"},
		{"2026-11-27T23:59:00+08:00", 1, "2026-12-01T00:00:00+08:00"}, // Friday: Monday
		{"2026-02-13", 1, "2026-02-15T00:00:00+08:00"},                // the moved Saturday is worked
		{"2026-02-14", 1, "2026-02-25T00:00:00+08:00"},                // nine days off
		{"2026-09-30", 5, "2026-10-14T00:00:00+08:00"},                // 8, 9, 10, 12, 13
		{"2026-11-24", 15, "2026-12-16T00:00:00+08:00"},
		{"2026-11-24", 0, "2026-11-26T00:00:00+08:00"},
	} {
		assert.Equal(t, each.want, c.After(at(t, each.from), each.n).Format(time.RFC3339), each.from)
	}
	assert.Equal(t, "2026-11-26T00:00:00+08:00", Calendar{}.After(at(t, "2026-11-24"), 1).Format(time.RFC3339), "the zero value knows weekends")
}

func TestParseRefuses(t *testing.T) {
	for name, raw := range map[string]string{
		"no JSON":        `{`,
		"another format": `{"format":"x","years":[]}`,
		"unknown key":    `{"format":"holidays/1","years":[],"more":1}`,
		"no such day":    `{"format":"holidays/1","years":[{"year":2026,"off":["02-30"]}]}`,
		"backwards":      `{"format":"holidays/1","years":[{"year":2026,"off":["02-10..02-01"]}]}`,
		"half a year":    `{"format":"holidays/1","years":[{"year":2026,"off":["01-01..06-30"]}]}`,
		"off and worked": `{"format":"holidays/1","years":[{"year":2026,"off":["02-14"],"work":["02-14"]}]}`,
		"a year twice":   `{"format":"holidays/1","years":[{"year":2026},{"year":2026}]}`,
		"no such year":   `{"format":"holidays/1","years":[{"year":26}]}`,
	} {
		_, err := Parse([]byte(raw))
		assert.ErrorIs(t, err, ErrTable, name)
	}
	c, err := Parse([]byte(`{"format":"holidays/1","years":[{"year":2027,"published":"n","off":["01-01..01-03"],"work":["01-09"]}]}`))
	require.NoError(t, err)
	assert.False(t, c.Works(at(t, "2027-01-01")))
	assert.True(t, c.Works(at(t, "2027-01-09")))
	both := Builtin().With(c)
	assert.False(t, both.Works(at(t, "2027-01-01")), "a newer table replaces the year it names")
	assert.True(t, both.Works(at(t, "2026-02-14")), "and leaves the others")
	assert.Equal(t, 4, both.Years())
}

func FuzzParse(f *testing.F) {
	f.Add(builtin)
	f.Fuzz(func(t *testing.T, raw []byte) {
		if c, err := Parse(raw); err == nil {
			c.After(time.Date(2026, 1, 1, 0, 0, 0, 0, China), 15)
		}
	})
}
