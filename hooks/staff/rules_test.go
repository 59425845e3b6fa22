package staff

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/hooks/access"
	"cunju/hooks/fault"
)

func TestWhoOverseesStandsAboveATownship(t *testing.T) {
	assert.NotContains(t, Roles(township), access.Supervisor)
	assert.Contains(t, Roles(county), access.Supervisor)
	assert.Contains(t, Roles(city), access.Supervisor)
	for _, code := range []string{village, "x", ""} {
		assert.Empty(t, Roles(code), code)
	}
	for _, code := range []string{township, county, city} {
		assert.NotContains(t, Roles(code), access.Counsel, "counsel are entered with their villages")
	}
}

func TestNewcomersAreChecked(t *testing.T) {
	good := Newcomer{Name: " 向秀英 ", Login: " Xiang@SFS.example ", Role: access.Officer}.Clean(township)
	require.NoError(t, good.Validate())
	assert.Equal(t, Newcomer{Name: "向秀英", Login: "xiang@sfs.example", Role: access.Officer, Region: township}, good)
	for name, c := range map[string]struct {
		change func(*Newcomer)
		code   string
	}{
		"no name":                    {func(n *Newcomer) { n.Name = "" }, "malformed"},
		"a long name":                {func(n *Newcomer) { n.Name = strings.Repeat("向", 61) }, "text_too_long"},
		"no login":                   {func(n *Newcomer) { n.Login = "" }, "malformed"},
		"a login with a name in it":  {func(n *Newcomer) { n.Login = "x <a@b.cn>" }, "malformed"},
		"a supervisor of a township": {func(n *Newcomer) { n.Role = access.Supervisor }, "malformed"},
		"a counsel":                  {func(n *Newcomer) { n.Role = access.Counsel }, "malformed"},
		"a role that is none":        {func(n *Newcomer) { n.Role = "king" }, "malformed"},
	} {
		bad := good
		c.change(&bad)
		assert.Equal(t, c.code, fault.Code(bad.Validate()), name)
	}
}

func TestPasswordsAreReadableAndNeverTheSame(t *testing.T) {
	form := regexp.MustCompile(`^([a-km-np-z2-9]{4}-){3}[a-km-np-z2-9]{4}$`)
	seen := map[string]bool{}
	for range 500 {
		p := NewPassword()
		require.Regexp(t, form, p)
		require.False(t, seen[p])
		seen[p] = true
	}
}

func TestAnAssignmentEndsAfterItsLastDayInChina(t *testing.T) {
	now := time.Date(2026, 11, 24, 17, 30, 0, 0, time.UTC) // already the 25th in China
	for name, c := range map[string]struct{ day, want, code string }{
		"now":           {"", "2026-11-24T17:30:00Z", ""},
		"today":         {"2026-11-25", "2026-11-25T16:00:00Z", ""},
		"a later day":   {"2026-12-31", "2026-12-31T16:00:00Z", ""},
		"yesterday":     {"2026-11-24", "", "malformed"},
		"no such day":   {"2026-02-30", "", "malformed"},
		"a moment":      {"2026-11-25T00:00:00Z", "", "malformed"},
		"anything else": {"soon", "", "malformed"},
	} {
		end, err := End(c.day, now)
		assert.Equal(t, c.code, fault.Code(err), name)
		if c.code == "" {
			assert.Equal(t, c.want, end.Format(time.RFC3339), name)
		}
	}
}

func TestPhasesCompareMoments(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		from, until string
		want        Phase
	}{
		"open on both sides":                 {"", "", Now},
		"began an hour ago, in China's zone": {"2026-11-24T19:00:00+08:00", "", Now},
		"begins in an hour":                  {"2026-11-24T13:00:00Z", "", Future},
		"ends in an hour, in China's zone":   {"", "2026-11-24T21:00:00+08:00", Now},
		"ended an hour ago, in China's zone": {"", "2026-11-24T19:00:00+08:00", Grace},
		"ends this second":                   {"", "2026-11-24T12:00:00Z", Grace},
		"the last second of grace":           {"", "2026-11-09T12:00:01Z", Grace},
		"after the days of grace":            {"", "2026-11-09T12:00:00Z", Ended},
		"a beginning that is no time":        {"soon", "", Ended},
		"an end that is no time":             {"", "soon", Ended},
	} {
		assert.Equal(t, c.want, PhaseOf(c.from, c.until, 15, now), name)
	}
}

func TestDaysOfGraceAreBounded(t *testing.T) {
	days, err := graceOf(nil)
	require.NoError(t, err)
	assert.InDelta(t, GraceDays, days, 0)
	for _, bad := range []float64{-1, 61, 1.5, 1e300} {
		_, err := graceOf(&bad)
		assert.Equal(t, "malformed", fault.Code(err), bad)
	}
}
