package access_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/hooks/access"
	"cunju/sync/engine"
)

var (
	_ engine.Rights  = access.Rights{}
	_ engine.Granter = access.Rights{}
)

func ms(text string) int64 {
	moment, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return moment.UnixMilli()
}

func TestMayWriteByAssignmentWithDaysOfGrace(t *testing.T) {
	w := newWorld(t)
	counsel := w.staff(access.Counsel, town, nil)
	w.record("assignments", map[string]any{"region": own, "staff": counsel.Id,
		"valid_from": "2026-03-01T00:00:00+08:00", "valid_until": "2026-09-01T00:00:00+08:00", "grace_days": 7})
	w.record("assignments", map[string]any{"region": own, "staff": counsel.Id, "valid_from": "2027-01-01T00:00:00+08:00"})
	cases := []struct {
		region, at string
		want       bool
	}{
		{own, "2026-02-28T23:59:59+08:00", false},
		{own, "2026-03-01T00:00:00+08:00", true},
		{own, "2026-08-31T23:59:59+08:00", true},
		{own, "2026-09-01T00:00:00+08:00", true},
		{own, "2026-09-07T23:59:59+08:00", true},
		{own, "2026-09-08T00:00:00+08:00", false},
		{own, "2027-06-01T00:00:00+08:00", true}, // the second assignment
		{neighbour, "2026-04-01T00:00:00+08:00", false},
		{town, "2026-04-01T00:00:00+08:00", false},
	}
	for _, c := range cases {
		may, err := access.Rights{}.MayWrite(w.app.DB(), counsel.Id, c.region, ms(c.at))
		require.NoError(t, err)
		assert.Equal(t, c.want, may, "%s %s", c.region, c.at)
	}
}

func TestMayWriteOfAnAccountThatEnded(t *testing.T) {
	w := newWorld(t)
	counsel := w.staff(access.Counsel, town, map[string]any{"valid_until": "2026-09-01T00:00:00+08:00"})
	w.record("assignments", map[string]any{"region": own, "staff": counsel.Id, "grace_days": 7})
	for at, want := range map[string]bool{"2026-08-01T00:00:00+08:00": true, "2026-09-05T00:00:00+08:00": true, "2026-09-09T00:00:00+08:00": false} {
		may, err := access.Rights{}.MayWrite(w.app.DB(), counsel.Id, own, ms(at))
		require.NoError(t, err)
		assert.Equal(t, want, may, at)
	}
	counsel.Set("state", "disabled")
	require.NoError(t, w.app.Save(counsel))
	may, err := access.Rights{}.MayWrite(w.app.DB(), counsel.Id, own, ms("2026-08-01T00:00:00+08:00"))
	require.NoError(t, err)
	assert.False(t, may, "disabled is at once")
}

func TestMayWriteByRole(t *testing.T) {
	w := newWorld(t)
	actors := w.actors()
	now := time.Now().UnixMilli()
	want := map[access.Role]map[string]bool{
		access.Counsel:    {own: true},
		access.Officer:    {own: true, neighbour: true},
		access.Supervisor: {own: true, neighbour: true, otherTown: true},
		access.Provider:   {},
		access.Admin:      {own: true, neighbour: true},
	}
	for role, who := range actors {
		for _, place := range places {
			may, err := access.Rights{}.MayWrite(w.app.DB(), who.Id, place.code, now)
			require.NoError(t, err)
			assert.Equal(t, want[role][place.code], may, "%s %s", role, place.name)
		}
	}
	may, err := access.Rights{}.MayWrite(w.app.DB(), "no such account", own, now)
	require.NoError(t, err)
	assert.False(t, may)
}

func TestReadsWhatIsStillOnesOwnAndTheCodesAbove(t *testing.T) {
	w := newWorld(t)
	actors := w.actors()
	w.assign(actors[access.Counsel], neighbour, "2020-01-01T00:00:00+08:00", "2021-01-01T00:00:00+08:00")
	now := time.Now().UnixMilli()
	named := []string{own, neighbour, otherTown, abroad}
	want := map[access.Role][]string{
		access.Counsel:    {own, town, county, city},
		access.Officer:    {own, town, county, city, neighbour},
		access.Supervisor: {own, town, county, city, neighbour, otherTown, "500238102000"},
		access.Provider:   nil,
		access.Admin:      {own, town, county, city, neighbour},
	}
	for role, who := range actors {
		reads, err := access.Rights{}.Reads(w.app.DB(), who.Id, named, now)
		require.NoError(t, err)
		assert.Equal(t, want[role], reads, role)
	}
	reads, err := access.Rights{}.Reads(w.app.DB(), actors[access.Counsel].Id, []string{neighbour}, now)
	require.NoError(t, err)
	assert.Empty(t, reads, "the certificate names less than the assignments")
	ended := w.staff(access.Officer, town, map[string]any{"valid_until": "2021-01-01T00:00:00+08:00"})
	reads, err = access.Rights{}.Reads(w.app.DB(), ended.Id, named, now)
	require.NoError(t, err)
	assert.Empty(t, reads)
}
