package hooks_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/logger"
	"github.com/pocketbase/pocketbase/tools/security"
	"github.com/stretchr/testify/require"

	"cunju/sync/batch"
	"cunju/sync/change"
	"cunju/sync/dial"
	"cunju/sync/install"
	"cunju/sync/wire"
)

type m = map[string]any

const (
	village = "500238101201"
	nowhere = "500238101998" // no such village in a township that exists
)

// officeWorld is a serving node with an administrator, an officer, a counsel and the
// counsel's enrolled phone, whose log is caught without any masking.
type officeWorld struct {
	t                     *testing.T
	app                   *pocketbase.PocketBase
	base                  string
	admin, officer        string // tokens
	counsel, resident     string // ids
	key                   *install.Key
	usedCode, expiredCode string
	codes                 []string
	out                   *lockedBuffer
}

// lockedBuffer may be written while it is read.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newOffice(t *testing.T) *officeWorld {
	t.Helper()
	w := &officeWorld{t: t, out: &lockedBuffer{}}
	w.app, w.base = product(t, "--name", "某司法所")
	before := slog.Default()
	t.Cleanup(func() { slog.SetDefault(before) })
	slog.SetDefault(slog.New(slog.NewTextHandler(w.out, &slog.HandlerOptions{Level: slog.LevelDebug})))
	w.done("POST", "/api/cunju/setup", "", m{"name": "王所长", "login": "wang@office.example", "password": "tree-7-river-lamp"})
	staff, err := w.app.FindAuthRecordByEmail("staff", "wang@office.example")
	require.NoError(t, err)
	w.admin = w.tokenOf(staff)
	officer := core.NewRecord(staff.Collection())
	officer.Load(m{"name": "向干事", "role": "officer", "region": "500238101000", "state": "active", "email": "x@office.example", "password": "tree-7-river-lamp"})
	require.NoError(t, w.app.Save(officer))
	w.officer = w.tokenOf(officer)
	w.counsel = w.done("POST", "/api/office/counsel", w.admin, m{"name": "冉启明", "villages": []string{village}})["id"].(string)
	w.resident = w.done("POST", "/api/collections/residents/records", w.officer, m{"region": village})["id"].(string)
	w.key, err = install.NewKey()
	require.NoError(t, err)
	w.expiredCode = w.pair()
	_, err = w.app.DB().Update("pairings", dbx.Params{"expires_at": time.Now().Add(-time.Minute).UTC().Format(time.RFC3339)}, dbx.HashExp{"used_at": ""}).Execute()
	require.NoError(t, err)
	w.usedCode = w.pair()
	w.done("POST", "/api/sync/enrol", "", json.RawMessage(w.enrolBody(w.usedCode)))
	return w
}

// done makes a request of the office that has to succeed.
func (w *officeWorld) done(method, path, token string, body any) m {
	w.t.Helper()
	raw, err := json.Marshal(body)
	require.NoError(w.t, err)
	status, text := callAs(w.t, method, w.base+path, token, string(raw))
	require.Less(w.t, status, 300, "%s: %s", path, text)
	out := m{}
	require.NoError(w.t, json.Unmarshal([]byte(text), &out), text)
	return out
}

func (w *officeWorld) tokenOf(staff *core.Record) string {
	w.t.Helper()
	token, err := staff.NewAuthToken()
	require.NoError(w.t, err)
	return token
}

// expiredToken is a login of the officer that ended a minute ago.
func (w *officeWorld) expiredToken() string {
	w.t.Helper()
	officer, err := w.app.FindAuthRecordByEmail("staff", "x@office.example")
	require.NoError(w.t, err)
	claims := m{core.TokenClaimType: core.TokenTypeAuth, core.TokenClaimId: officer.Id,
		core.TokenClaimCollectionId: officer.Collection().Id, core.TokenClaimRefreshable: true}
	token, err := security.NewJWT(claims, officer.TokenKey()+officer.Collection().AuthToken.Secret, -time.Minute)
	require.NoError(w.t, err)
	return token
}

// pair makes a pairing code for the counsel's phone.
func (w *officeWorld) pair() string {
	w.t.Helper()
	code := w.done("POST", "/api/cunju/pairings", w.officer, m{"staff": w.counsel})["code"].(string)
	w.codes = append(w.codes, code)
	return code
}

func (w *officeWorld) enrolBody(code string) string {
	raw, err := json.Marshal(dial.Enrol{Suite: install.SuiteStd, Code: code, Key: base64.RawURLEncoding.EncodeToString(w.key.Public()), Name: "手机"})
	require.NoError(w.t, err)
	return string(raw)
}

// record is a service that only what is changed makes bad.
func (w *officeWorld) record(changed m) m {
	in := m{"region": village, "counsel": w.counsel, "kind": "CONSULT", "topic": "0801", "title": "工地欠薪", "summary": "三人被欠薪", "advice": "可申请仲裁",
		"outcome": "answered", "mode": "onsite", "client_kind": "resident", "client_name": "冉某", "secrecy": "normal",
		"occurred_at": time.Now().Add(-time.Hour).Format(time.RFC3339)}
	for k, v := range changed {
		in[k] = v
	}
	return in
}

// slip is the desk's body for a record.
func (w *officeWorld) slip(changed m) string {
	raw, err := json.Marshal(w.record(changed))
	require.NoError(w.t, err)
	return string(raw)
}

// batch is the phone's first batch, one change a record. It is written line by line,
// as a phone that keeps no limits would.
func (w *officeWorld) batch(changes ...m) string {
	w.t.Helper()
	var lines [][]byte
	for _, set := range changes {
		whole := w.record(set)
		whole["state"] = "submitted"
		line, err := json.Marshal(m{"id": change.NewID(), "x": base64.RawURLEncoding.EncodeToString(make([]byte, 16)), "at": time.Now().Format("2006-01-02T15:04:05.000Z07:00"),
			"by": w.counsel, "form": 1, "edits": []m{{"c": "services", "r": change.NewID(), "base": "", "set": whole}}})
		require.NoError(w.t, err)
		lines = append(lines, line)
	}
	now := time.Now().UnixMilli()
	sealed := &wire.Sealed{}
	sealed.Header, _ = batch.Seal(w.key, batch.Header{No: 1, First: 1, At: now, Contact: now}, lines)
	for _, line := range lines {
		sealed.Lines = append(sealed.Lines, wire.Line{Bytes: line, Hash: batch.BodyHash(line)})
	}
	var out strings.Builder
	require.NoError(w.t, wire.WriteBatch(&out, sealed))
	return out.String()
}

// counts gives the rows of every table of the database.
func (w *officeWorld) counts() map[string]int {
	w.t.Helper()
	var tables []string
	require.NoError(w.t, w.app.DB().NewQuery("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").Column(&tables))
	require.Contains(w.t, tables, "sync_changes")
	counts := map[string]int{}
	for _, table := range tables {
		var n int
		require.NoError(w.t, w.app.DB().NewQuery("SELECT count(*) FROM [["+table+"]]").Row(&n))
		counts[table] = n
	}
	return counts
}

// log is all that was logged: the operator's log as it was before its own masking,
// and PocketBase's table.
func (w *officeWorld) log() string {
	w.t.Helper()
	slog.Error("control: one line")
	w.app.Logger().Error("control: one row")
	handler, ok := w.app.Logger().Handler().(*logger.BatchHandler)
	require.True(w.t, ok)
	require.NoError(w.t, handler.WriteAll(context.WithValue(w.t.Context(), logger.BlockKey, true)))
	var rows []struct{ Message, Data string }
	require.NoError(w.t, w.app.AuxDB().NewQuery("SELECT message, data FROM {{_logs}}").All(&rows))
	var all strings.Builder
	all.WriteString(w.out.String())
	for _, row := range rows {
		all.WriteString(row.Message + " " + row.Data + "\n")
	}
	require.Contains(w.t, all.String(), "control: one line")
	require.Contains(w.t, all.String(), "control: one row")
	return all.String()
}
