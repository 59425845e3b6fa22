package devices

import (
	"context"
	"encoding/base64"
	"path/filepath"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/sync/dial"
	"cunju/sync/install"
	"cunju/sync/oplog"
	"cunju/sync/phone"
)

// handset is a paired phone of the office's counsel.
func (o *office) handset(suite string) *phone.Phone {
	p, err := phone.OpenAs(suite, phone.Files{}, filepath.Join(o.t.TempDir(), "phone"), o.server.URL, o.server.Client(), func() time.Time { return o.now })
	require.NoError(o.t, err)
	o.t.Cleanup(func() { p.Close() })
	require.NoError(o.t, p.Enrol(context.Background(), o.code(`{"staff":"`+o.counsel+`"}`), "手机"))
	return p
}

func certOf(t *testing.T, p *phone.Phone) install.Cert {
	c, err := install.Parse(p.Who().Chain[0])
	require.NoError(t, err)
	return c
}

func (o *office) give(village string) {
	col, err := o.app.FindCollectionByNameOrId("assignments")
	require.NoError(o.t, err)
	r := core.NewRecord(col)
	r.Set("region", village)
	r.Set("staff", o.counsel)
	r.Set("valid_from", o.now.Format(time.RFC3339))
	require.NoError(o.t, o.app.Save(r))
}

func TestAPhoneRenewsSilentlyAfterThirtyDays(t *testing.T) {
	for _, suite := range []string{install.SuiteStd, install.SuiteGM} {
		t.Run(suite, func(t *testing.T) {
			o := open(t, install.Township, town, "")
			o.assign(o.counsel, "2026-01-01T00:00:00Z", "")
			p := o.handset(suite)
			before := certOf(t, p)
			require.Equal(t, suite, before.Suite)
			require.NoError(t, p.Sync(context.Background()))
			require.Equal(t, before, certOf(t, p), "it is new")
			o.now = o.now.Add(RenewAfter + time.Hour)
			require.NoError(t, p.Sync(context.Background()))
			after := certOf(t, p)
			assert.Equal(t, before.Install, after.Install, "same key, same id")
			assert.Equal(t, before.Alias, after.Alias, "which is printed in rating codes")
			assert.Equal(t, before.Regions, after.Regions)
			assert.Equal(t, o.now.Add(PhoneLife).UnixMilli(), after.Until)
			require.NoError(t, p.Sync(context.Background()))
			require.Equal(t, after, certOf(t, p), "once")
		})
	}
}

func TestARenewedCertificateFollowsTheAssignments(t *testing.T) {
	const second = "500238101202"
	o := open(t, install.Township, town, "")
	_, err := o.app.DB().NewQuery("INSERT INTO regions (id, name, level, parent) VALUES ('" + second + "', '长桂村', 'village', '500238101000')").Execute()
	require.NoError(t, err)
	o.assign(o.counsel, "2026-01-01T00:00:00Z", "2026-12-01T00:00:00Z")
	p := o.handset(install.SuiteStd)
	o.give(second)
	require.NoError(t, p.Sync(context.Background()))
	require.Equal(t, []string{village, second}, certOf(t, p).Regions, "a new village comes at the next contact")
	o.now = o.now.Add(RenewAfter + time.Hour)
	require.NoError(t, p.Sync(context.Background()))
	require.Equal(t, []string{village, second}, certOf(t, p).Regions, "work of the village that was lost may still come")
	require.NotContains(t, namesOf(p), village, "but it is not read any more")
	o.now = o.now.Add(RenewAfter + time.Hour)
	require.NoError(t, p.Sync(context.Background()))
	require.Equal(t, []string{second}, certOf(t, p).Regions)
}

func namesOf(p *phone.Phone) (list []string) {
	for _, r := range p.Who().Regions {
		list = append(list, r.Code)
	}
	return list
}

func TestRenewalIsRefused(t *testing.T) {
	o := open(t, install.Township, town, "")
	o.assign(o.counsel, "2026-01-01T00:00:00Z", "")
	p := o.handset(install.SuiteStd)
	status, out := o.post("/api/sync/renew", "", "")
	assert.Equal(t, 401, status)
	assert.Equal(t, "unauthorized", out["code"])
	stranger := newKey(t)
	renew := func(key *install.Key) string {
		conn := &dial.Conn{URL: o.server.URL, HTTP: o.server.Client(), Key: key, Now: func() time.Time { return o.now }}
		_, err := conn.Renew(context.Background())
		var refused *dial.Status
		require.ErrorAs(t, err, &refused)
		return refused.Code
	}
	assert.Equal(t, "unknown_install", renew(stranger))
	status, out = o.post("/api/office/phones/"+p.Install()+"/revoke", o.login("counsel@example.com"), `{"reason":"lost"}`)
	assert.Equal(t, 403, status, out)
	status, out = o.post("/api/office/phones/"+p.Install()+"/revoke", o.token, `{"reason":" "}`)
	assert.Equal(t, 400, status, out)
	status, out = o.post("/api/office/phones/aaaaaaaaaaaaaaaa/revoke", o.token, `{"reason":"lost"}`)
	assert.Equal(t, 404, status, out)
	status, out = o.post("/api/office/phones/"+p.Install()+"/revoke", o.token, `{"reason":"手机丢失"}`)
	assert.Equal(t, 200, status, out)
	status, out = o.post("/api/office/phones/"+p.Install()+"/revoke", o.token, `{"reason":"again"}`)
	assert.Equal(t, 409, status, out)
	require.True(t, phone.Refused(p.Sync(context.Background()), "install_revoked"))
	row, err := oplog.FindInstall(o.app.DB(), p.Install())
	require.NoError(t, err)
	assert.Equal(t, oplog.Revoked, row.State)
	var purpose string
	require.NoError(t, o.app.DB().NewQuery("SELECT purpose FROM audit WHERE action = 'device.revoke'").Row(&purpose))
	assert.Equal(t, "手机丢失", purpose)
}

func TestKeysForCodesAreNewAfterTheTownshipJoined(t *testing.T) {
	city := open(t, install.City, "500000000000", "")
	o := open(t, install.Township, town, city.server.URL)
	o.assign(o.counsel, "2026-01-01T00:00:00Z", "")
	p := o.handset(install.SuiteStd)
	old := p.TokenKey(2026)
	require.NotNil(t, old)
	o.now, city.now = o.now.Add(time.Hour), city.now.Add(time.Hour)
	o.person("admin@example.com", "admin", town)
	status, out := o.post("/api/cunju/join", o.login("admin@example.com"), `{"code":"`+city.code(`{"region":"`+town+`"}`)+`"}`)
	require.Equal(t, 200, status, out)
	require.NoError(t, p.Sync(context.Background()))
	require.NotEqual(t, old, p.TokenKey(2026), "at once, not after thirty days")
	alias := p.Alias()
	key, _, ok := o.tokens.InstallKey(o.app.DB(), alias, 2026)
	require.True(t, ok)
	require.Equal(t, key, p.TokenKey(2026))
	require.Len(t, p.Who().Chain, 3, "and the city stands in its chain")
	o.now = o.now.Add(time.Hour)
	require.NoError(t, p.Sync(context.Background()))
}

func TestATownshipRenewsItsOwnCertificate(t *testing.T) {
	city := open(t, install.City, "500000000000", "")
	o := open(t, install.Township, town, city.server.URL)
	o.person("admin@example.com", "admin", town)
	status, out := o.post("/api/cunju/join", o.login("admin@example.com"), `{"code":"`+city.code(`{"region":"`+town+`"}`)+`"}`)
	require.Equal(t, 200, status, out)
	before := o.eng.Cert()
	since := o.tokens.Since()
	require.NoError(t, o.devices.RenewNode(context.Background()))
	require.Equal(t, before, o.eng.Cert(), "it is new")
	o.now, city.now = o.now.Add(RenewAfter+time.Hour), city.now.Add(RenewAfter+time.Hour)
	require.NoError(t, o.devices.RenewNode(context.Background()))
	after := o.eng.Cert()
	require.Equal(t, o.now.Add(NodeLife).UnixMilli(), after.Until)
	require.Equal(t, before.Install, after.Install)
	require.Equal(t, since, o.tokens.Since(), "the keys are the same")
	share, err := city.tokens.township(o.eng.Install(), 2026)
	require.NoError(t, err)
	own, err := o.tokens.township(o.eng.Install(), 2026)
	require.NoError(t, err)
	require.Equal(t, base64.StdEncoding.EncodeToString(share), base64.StdEncoding.EncodeToString(own))
}
