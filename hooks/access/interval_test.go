package access_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/hooks/access"
	"cunju/hooks/fault"
)

// intervals are judged against now, over HTTP and in Go alike. The offsets are
// chosen so that comparing the texts would give the wrong answer.
var intervals = []struct {
	name        string
	from, until string
	open        bool
}{
	{"no bounds", "", "", true},
	{"inside", at(-time.Hour, 8), at(time.Hour, 8), true},
	{"ends in an hour, written far west", "", at(time.Hour, -11), true},
	{"ended an hour ago, written far east", "", at(-time.Hour, 14), false},
	{"began an hour ago, written far east", at(-time.Hour, 14), "", true},
	{"begins in an hour, written far west", at(time.Hour, -11), "", false},
	{"over", "2020-01-01T00:00:00+08:00", "2021-01-01T00:00:00+08:00", false},
	{"to come", "2099-01-01T00:00:00+08:00", "", false},
	{"an end that is no day", "", "2099-13-01T00:00:00+08:00", false},
	{"a beginning that is no day", "2020-13-01T00:00:00+08:00", "", false},
}

func TestAssignmentsOutsideTheirIntervalGiveNothing(t *testing.T) {
	w := newWorld(t)
	counsel := w.staff(access.Counsel, town, nil)
	id := w.record("residents", map[string]any{"region": own}).Id
	for _, c := range intervals {
		t.Run(c.name, func(t *testing.T) {
			_, err := w.app.DB().NewQuery("DELETE FROM assignments").Execute()
			require.NoError(t, err)
			w.assign(counsel, neighbour, "", "") // another village's good interval must not help
			w.assign(counsel, own, c.from, c.until)
			for _, verb := range []access.Verb{access.List, access.View} {
				assert.Equal(t, c.open, w.try(counsel, verb, "residents", id, nil), verb)
			}
			assert.Equal(t, c.open, w.try(counsel, access.Create, "residents", "", map[string]any{"region": own}))
			may, err := access.May(w.app.DB(), access.StaffOf(counsel), access.View, "residents", own, time.Now())
			require.NoError(t, err)
			assert.Equal(t, c.open, may)
		})
	}
}

func TestAnAccountOutsideItsIntervalMayDoNothing(t *testing.T) {
	w := newWorld(t)
	id := w.record("residents", map[string]any{"region": own}).Id
	region := w.record("regions", map[string]any{"id": own, "name": "村", "level": "village"}).Id
	for _, c := range intervals {
		t.Run(c.name, func(t *testing.T) {
			officer := w.staff(access.Officer, town, map[string]any{"valid_from": c.from, "valid_until": c.until})
			assert.Equal(t, c.open, w.try(officer, access.View, "residents", id, nil))
			assert.Equal(t, c.open, w.try(officer, access.View, "regions", region, nil))
			assert.Equal(t, c.open, access.StaffOf(officer).Active(time.Now()))
			may, err := access.May(w.app.DB(), access.StaffOf(officer), access.View, "residents", own, time.Now())
			require.NoError(t, err)
			assert.Equal(t, c.open, may)
			status, _ := w.do("POST", "/api/collections/staff/auth-with-password", nil, map[string]any{"identity": officer.Email(), "password": "correct horse"})
			assert.Equal(t, c.open, status == 200, "login")
		})
	}
}

func TestADisabledAccountMayDoNothing(t *testing.T) {
	w := newWorld(t)
	id := w.record("residents", map[string]any{"region": own}).Id
	officer := w.staff(access.Officer, town, map[string]any{"state": "disabled"})
	assert.False(t, w.try(officer, access.View, "residents", id, nil))
	status, _ := w.do("POST", "/api/collections/staff/auth-with-password", nil, map[string]any{"identity": officer.Email(), "password": "correct horse"})
	assert.Equal(t, 403, status)
	may, err := access.May(w.app.DB(), access.StaffOf(officer), access.View, "residents", own, time.Now())
	require.NoError(t, err)
	assert.False(t, may)
}

func TestMayAsksForTheVerbInTheRegion(t *testing.T) {
	w := newWorld(t)
	actors := w.actors()
	cases := []struct {
		role       access.Role
		verb       access.Verb
		collection string
		region     string
		want       bool
	}{
		{access.Counsel, access.Create, "services", own, true},
		{access.Counsel, access.Create, "services", neighbour, false},
		{access.Counsel, access.View, "services", own, true},
		{access.Counsel, access.Update, "services", own, false}, // whose? ask MayRecord
		{access.Counsel, access.List, "ratings", own, false},
		{access.Officer, access.Update, "services", own, true},
		{access.Officer, access.List, "services", town, true},
		{access.Officer, access.List, "services", county, false},
		{access.Supervisor, access.List, "services", county, true},
		{access.Supervisor, access.Update, "services", own, false},
		{access.Provider, access.List, "orders", own, false},
		{access.Admin, access.Delete, "services", own, false},
		{access.Admin, access.View, "no such collection", own, false},
		{access.Officer, access.List, "services", "", false},
		{access.Officer, access.List, "topics", "", true},
	}
	for _, c := range cases {
		may, err := access.May(w.app.DB(), access.StaffOf(actors[c.role]), c.verb, c.collection, c.region, time.Now())
		require.NoError(t, err)
		assert.Equal(t, c.want, may, "%s %s %s %s", c.role, c.verb, c.collection, c.region)
	}
	may, err := access.May(w.app.DB(), access.StaffOf(nil), access.List, "topics", "", time.Now())
	require.NoError(t, err)
	assert.False(t, may, "nobody is logged in")
	assert.Equal(t, access.Staff{}, access.StaffOf(w.superuser()))
}

func TestRegisterRefusesAnAccountWithoutRegion(t *testing.T) {
	w := newWorld(t)
	account := w.staff(access.Officer, town, nil)
	assert.Equal(t, town, account.GetString("scope_from"))
	assert.Equal(t, "500238101999", account.GetString("scope_to"))
	account.Set("region", "500238")
	assert.ErrorIs(t, w.app.Save(account), fault.New("region_unknown"))
}
