package peer_test

import (
	"context"
	"io"
	"path/filepath"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/sync/batch"
	"cunju/sync/change"
	"cunju/sync/dial"
	"cunju/sync/engine"
	"cunju/sync/install"
	"cunju/sync/oplog"
	"cunju/sync/peer"
	"cunju/sync/phone"
	"cunju/sync/wire"
	"cunju/sync/world"
)

// clockwork is a house whose clock the test moves.
func clockwork(t *testing.T) (*house, *time.Time) {
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	tick := func() time.Time { return now }
	h := &house{dir: t.TempDir()}
	h.city = world.New(t, install.City, cityCode, tick, world.Notes(nil))
	h.town = world.New(t, install.Township, town, tick, world.Notes(nil))
	world.JoinCity(t, h.town, h.city)
	h.line = peer.New(h.town.Engine, h.city.Server.URL, h.city.Server.Client(), nil)
	return h, &now
}

func verdicts(p *phone.Phone) (list []string) {
	for _, c := range p.Changes() {
		list = append(list, c.Verdict)
	}
	return list
}

func held(t *testing.T, n *world.Node) (places []int64) {
	require.NoError(t, n.App.DB().NewQuery("SELECT n FROM sync_changes WHERE verdict = 'held' ORDER BY n").Column(&places))
	return places
}

func in(t *testing.T, n *world.Node, f func(core.App) error) {
	require.NoError(t, n.App.RunInTransaction(f))
}

func revoke(t *testing.T, n *world.Node, id string) {
	in(t, n, func(tx core.App) error { return n.Engine.Revoke(tx, id) })
}

func title(t *testing.T, n *world.Node, id string) string {
	row, err := n.App.FindRecordById("notes", id)
	if err != nil {
		return "none"
	}
	return row.GetString("title")
}

func TestWorkSealedAfterTheCertificateEndedIsHeldUntilReleased(t *testing.T) {
	h, now := clockwork(t)
	ctx := context.Background()
	p := world.Pair(t, h.town, filepath.Join(h.dir, "p"), "staff1", func() time.Time { return *now }, village)
	save(t, p, note("aaaaaaaaaaaaaa1", "in time"))
	require.NoError(t, p.Sync(ctx))
	save(t, p, note("aaaaaaaaaaaaaa2", "too late"))
	*now = now.AddDate(0, 3, 0) // 60 days and more
	require.True(t, phone.Refused(p.Sync(ctx), "cert_expired"), "it may read nothing more")
	require.Equal(t, []string{"applied", "held"}, verdicts(p))
	require.NoError(t, h.line.Run(ctx))
	assert.Equal(t, "none", title(t, h.town, "aaaaaaaaaaaaaa2"))
	assert.Equal(t, "none", title(t, h.city, "aaaaaaaaaaaaaa2"))
	require.Len(t, held(t, h.city), 1, "the city has it, too, and waits")

	at := held(t, h.town)
	require.Len(t, at, 1)
	var verdict string
	in(t, h.town, func(tx core.App) (err error) { verdict, err = h.town.Engine.Release(tx, at[0]); return err })
	require.Equal(t, "applied", verdict)
	require.ErrorIs(t, h.town.App.RunInTransaction(func(tx core.App) error { _, err := h.town.Engine.Release(tx, at[0]); return err }), engine.ErrNotHeld)
	require.NoError(t, h.line.Run(ctx))
	assert.Equal(t, "too late", title(t, h.town, "aaaaaaaaaaaaaa2"))
	assert.Equal(t, "too late", title(t, h.city, "aaaaaaaaaaaaaa2"))
	assert.Empty(t, held(t, h.city))
	h.equal(t, village)
	row, err := oplog.FindInstall(h.town.App.DB(), p.Install())
	require.NoError(t, err)
	list, err := oplog.ReceiptsAfter(h.town.App.DB(), row.ID, batch.LevelTownship, 0, 10)
	require.NoError(t, err)
	require.NotEmpty(t, list, "the author is told by a new receipt")
	require.Empty(t, list[0].Receipt.Verdicts)
}

func TestWorkSealedInTimeAndSentLateStands(t *testing.T) {
	h, now := clockwork(t)
	ctx := context.Background()
	p := world.Pair(t, h.town, filepath.Join(h.dir, "p"), "staff1", func() time.Time { return *now }, village)
	require.NoError(t, p.Sync(ctx))
	save(t, p, note("aaaaaaaaaaaaaa1", "sealed in time"))
	h.town.Link.CutRequests = 1
	require.Error(t, p.Sync(ctx))
	*now = now.AddDate(0, 3, 0)
	require.True(t, phone.Refused(p.Sync(ctx), "cert_expired"))
	require.Equal(t, []string{"applied"}, verdicts(p))
}

func TestARevokedInstallsLaterWorkIsHeldAndItForgetsTheRest(t *testing.T) {
	h, _ := clockwork(t)
	ctx := context.Background()
	now := h.town.Engine.Now
	p := world.Pair(t, h.town, filepath.Join(h.dir, "p"), "staff1", now, village)
	other := world.Pair(t, h.town, filepath.Join(h.dir, "q"), "staff2", now, village)
	save(t, p, note("aaaaaaaaaaaaaa1", "before"))
	require.NoError(t, p.Sync(ctx))
	save(t, other, note("aaaaaaaaaaaaaa3", "of another"))
	require.NoError(t, other.Sync(ctx))
	require.NoError(t, p.Sync(ctx))
	require.Len(t, p.Records("notes"), 2)

	revoke(t, h.town, p.Install())
	require.ErrorIs(t, h.town.App.RunInTransaction(func(tx core.App) error { return h.town.Engine.Revoke(tx, p.Install()) }), engine.ErrNotRevocable)
	require.ErrorIs(t, h.town.App.RunInTransaction(func(tx core.App) error { return h.town.Engine.Revoke(tx, h.town.Engine.Install()) }), engine.ErrNotRevocable)
	save(t, p, note("aaaaaaaaaaaaaa2", "after"))
	require.True(t, phone.Refused(p.Sync(ctx), "install_revoked"))
	require.Equal(t, []string{"applied", "held"}, verdicts(p), "its work is out and waits")
	require.Empty(t, p.Records("notes"), "what it could read is gone")
	require.Len(t, p.Changes(), 2, "its own work is not")

	require.NoError(t, h.line.Run(ctx))
	row, err := oplog.FindInstall(h.city.App.DB(), p.Install())
	require.NoError(t, err)
	require.Equal(t, oplog.Revoked, row.State, "the city knows")
	require.Len(t, held(t, h.city), 1)
	assert.Equal(t, "before", title(t, h.city, "aaaaaaaaaaaaaa1"))

	in(t, h.town, func(tx core.App) error { return h.town.Engine.Dismiss(tx, held(t, h.town)[0]) })
	require.True(t, phone.Refused(p.Sync(ctx), "install_revoked"))
	require.Equal(t, []string{"applied", "refused:dismissed"}, verdicts(p), "and it hears what was decided")
	require.NoError(t, other.Sync(ctx), "nobody else is touched")
}

func TestTheCityTakesATownshipBack(t *testing.T) {
	h, _ := clockwork(t)
	ctx := context.Background()
	p := world.Pair(t, h.town, filepath.Join(h.dir, "p"), "staff1", h.town.Engine.Now, village)
	save(t, p, note("aaaaaaaaaaaaaa1", "before"))
	require.NoError(t, p.Sync(ctx))
	require.NoError(t, h.line.Run(ctx))
	revoke(t, h.city, h.town.Engine.Install())
	_, err := h.town.Engine.Fold(ctx, note("aaaaaaaaaaaaaa2", "by a thief"), "")
	require.NoError(t, err)
	h.line.Run(ctx)
	assert.Equal(t, "none", title(t, h.city, "aaaaaaaaaaaaaa2"), "its work no longer counts")
	assert.Equal(t, "before", title(t, h.city, "aaaaaaaaaaaaaa1"))
}

func TestListsOfRevocationsCannotBeForgedOrTurnedBack(t *testing.T) {
	h, _ := clockwork(t)
	p := world.Pair(t, h.town, filepath.Join(h.dir, "p"), "staff1", h.town.Engine.Now, village)
	save(t, p, note("aaaaaaaaaaaaaa1", "x"))
	require.NoError(t, p.Sync(context.Background()))
	require.NoError(t, h.line.Run(context.Background()))
	entry := batch.Revoked{Install: p.Install(), No: 0, At: 1}
	stranger, err := install.NewKey()
	require.NoError(t, err)
	forged := batch.Revocations{No: 1, List: []batch.Revoked{entry}}.Signed(stranger)
	forged.Server = h.town.Engine.Install()
	state := func() string {
		row, err := oplog.FindInstall(h.city.App.DB(), p.Install())
		require.NoError(t, err)
		return row.State
	}
	require.NoError(t, h.city.Engine.Heed(&forged))
	require.Equal(t, oplog.Active, state())
	city := batch.Revoked{Install: h.city.Engine.Install(), At: 1}
	real := batch.Revocations{No: 2, List: []batch.Revoked{city}}.Signed(h.town.Engine.Key())
	require.NoError(t, h.city.Engine.Heed(&real))
	old := batch.Revocations{No: 1, List: []batch.Revoked{entry}}.Signed(h.town.Engine.Key())
	require.NoError(t, h.city.Engine.Heed(&old))
	require.Equal(t, oplog.Active, state(), "an older list is passed over")
	row, err := oplog.FindInstall(h.city.App.DB(), h.city.Engine.Install())
	require.NoError(t, err)
	require.Equal(t, oplog.Active, row.State, "a township takes back nobody above it")
}

func TestAForksOtherBranchIsTakenInAsConflicts(t *testing.T) {
	h, now := clockwork(t)
	ctx := context.Background()
	tick := func() time.Time { return *now }
	path := filepath.Join(h.dir, "p")
	p := world.Pair(t, h.town, path, "staff1", tick, village)
	save(t, p, note("aaaaaaaaaaaaaa1", "first"))
	require.NoError(t, p.Sync(ctx))
	copyFile(t, path, path+"2")
	clone, err := phone.Open(path+"2", h.town.Server.URL, h.town.Server.Client(), tick)
	require.NoError(t, err)
	t.Cleanup(func() { clone.Close() })

	*now = now.Add(time.Minute)
	save(t, p, []change.Edit{{C: "notes", R: "aaaaaaaaaaaaaa1", Set: map[string]any{"title": "by the one"}}})
	*now = now.Add(time.Minute)
	save(t, clone, []change.Edit{{C: "notes", R: "aaaaaaaaaaaaaa1", Set: map[string]any{"title": "by the other"}}})
	save(t, clone, note("aaaaaaaaaaaaaa2", "only on the other"))
	require.NoError(t, p.Sync(ctx))
	require.True(t, phone.Refused(clone.Sync(ctx), "fork"))
	require.True(t, phone.Refused(p.Sync(ctx), "install_suspended") || len(p.Changes()) == 2)

	var id int64
	require.NoError(t, h.town.App.DB().NewQuery("SELECT id FROM sync_quarantine").Row(&id))
	in(t, h.town, func(tx core.App) error {
		applied, refused, err := h.town.Engine.Adopt(tx, id)
		assert.Equal(t, []int{2, 0}, []int{applied, refused})
		return err
	})
	require.NoError(t, h.line.Run(ctx))
	assert.Equal(t, "by the other", title(t, h.town, "aaaaaaaaaaaaaa1"), "the later stands")
	assert.Equal(t, "only on the other", title(t, h.city, "aaaaaaaaaaaaaa2"))
	var values []string
	require.NoError(t, h.town.App.DB().NewQuery("SELECT value FROM sync_conflicts WHERE state = 'open'").Column(&values))
	assert.Equal(t, []string{`"by the one"`}, values, "and the other is kept")
	h.equal(t, village)
	in(t, h.town, func(tx core.App) error { return h.town.Engine.Resume(tx, p.Install()) })
	require.NoError(t, p.Sync(ctx))
	require.Len(t, p.Records("notes"), 2)
}

func TestAnOldCertificateGivesNothingBack(t *testing.T) {
	h, now := clockwork(t)
	ctx := context.Background()
	tick := func() time.Time { return *now }
	p := world.Pair(t, h.town, filepath.Join(h.dir, "p"), "staff1", tick, village)
	old := p.Who().Chain[0]
	require.NoError(t, p.Sync(ctx))
	*now = now.Add(time.Hour)
	in(t, h.town, func(tx core.App) error {
		_, err := h.town.Engine.Certify(tx.DB(), p.Public(), install.Cert{Kind: install.Phone, Staff: "staff1", Regions: []string{village2}, From: now.UnixMilli(), Until: now.UnixMilli() + 1000})
		return err
	})
	pushCert(t, h.town, old)
	row, err := oplog.FindInstall(h.town.App.DB(), p.Install())
	require.NoError(t, err)
	require.NotEqual(t, old, row.Cert)
}

// pushCert shows a node a certificate without any work.
func pushCert(t *testing.T, n *world.Node, text string) {
	conn := &dial.Conn{URL: n.Server.URL, HTTP: n.Server.Client(), Now: n.Engine.Now}
	require.NoError(t, conn.Push(context.Background(), func(w io.Writer) error { return wire.Write(w, map[string]string{"cert": text}) },
		func(wire.Answer) error { return nil }))
}

func TestARestoredTownshipIsGivenBackWhatItHadRevoked(t *testing.T) {
	h, _ := clockwork(t)
	ctx := context.Background()
	p := world.Pair(t, h.town, filepath.Join(h.dir, "p"), "staff1", h.town.Engine.Now, village)
	q := world.Pair(t, h.town, filepath.Join(h.dir, "q"), "staff2", h.town.Engine.Now, village)
	revoke(t, h.town, p.Install())
	require.NoError(t, h.line.Run(ctx))
	in(t, h.town, func(tx core.App) error { // as a backup of before has it
		for _, sql := range []string{"DELETE FROM sync_revocations", "DELETE FROM sync_revocation_lists", "UPDATE sync_installs SET state = 'active'"} {
			if _, err := tx.DB().NewQuery(sql).Execute(); err != nil {
				return err
			}
		}
		return nil
	})
	revoke(t, h.town, q.Install())
	require.NoError(t, h.line.Run(ctx))
	require.NoError(t, h.line.Run(ctx))
	for _, n := range []*world.Node{h.town, h.city} {
		for _, id := range []string{p.Install(), q.Install()} {
			row, err := oplog.FindInstall(n.App.DB(), id)
			require.NoError(t, err)
			assert.Equal(t, oplog.Revoked, row.State)
		}
	}
}

// What the township dismissed waits for nobody at the city either.
func TestADismissedChangeIsDismissedAbove(t *testing.T) {
	h, now := clockwork(t)
	ctx := context.Background()
	p := world.Pair(t, h.town, filepath.Join(h.dir, "p"), "staff1", func() time.Time { return *now }, village)
	require.NoError(t, p.Sync(ctx))
	save(t, p, note("aaaaaaaaaaaaaa1", "too late"))
	*now = now.AddDate(0, 3, 0)
	require.True(t, phone.Refused(p.Sync(ctx), "cert_expired"))
	require.NoError(t, h.line.Run(ctx))
	require.Len(t, held(t, h.city), 1)

	in(t, h.town, func(tx core.App) error { return h.town.Engine.Dismiss(tx, held(t, h.town)[0]) })
	require.NoError(t, h.line.Run(ctx))
	for _, n := range []*world.Node{h.town, h.city} {
		assert.Empty(t, held(t, n))
		assert.Equal(t, "none", title(t, n, "aaaaaaaaaaaaaa1"))
		var refused int
		require.NoError(t, n.App.DB().NewQuery("SELECT count(*) FROM sync_changes WHERE verdict = 'refused:dismissed'").Row(&refused))
		assert.Equal(t, 1, refused)
		list, err := oplog.ReceiptsAfter(n.App.DB(), p.Install(), n.Engine.Cert().Kind, 0, 10)
		require.NoError(t, err)
		require.NotEmpty(t, list)
		assert.Equal(t, "refused:dismissed", list[len(list)-1].Receipt.Verdicts["0"])
	}
	waits, err := oplog.Waits(h.town.App.DB())
	require.NoError(t, err)
	assert.False(t, waits)
	h.equal(t, village)
}
