package ledgers

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	_ "cunju/migrations"
)

const (
	town    = "500238101000"
	village = "500238101201"
	counsel = "counsel00000001"
)

type office struct {
	t      *testing.T
	app    core.App
	server *httptest.Server
}

func open(t *testing.T) *office {
	t.Helper()
	o := &office{t: t, app: core.NewBaseApp(core.BaseAppConfig{DataDir: t.TempDir()})}
	now := func() time.Time { return time.Date(2026, 11, 24, 10, 0, 0, 0, time.FixedZone("", 8*3600)) }
	RegisterRoutes(o.app, Deps{Now: now})
	require.NoError(t, o.app.Bootstrap())
	require.NoError(t, o.app.RunAllMigrations())
	for _, r := range [][3]string{{town, "凤凰镇", "township"}, {village, "双凤村", "village"}, {"500238101202", "木龙村", "village"}, {"500238102000", "上磺镇", "township"}} {
		o.insert("regions", dbx.Params{"id": r[0], "name": r[1], "short_name": r[1], "level": r[2]})
	}
	staff, err := o.app.FindCollectionByNameOrId("staff")
	require.NoError(t, err)
	for id, role := range map[string]string{"officer00000001": "officer", "supervisor00001": "supervisor", "admin0000000001": "admin", counsel: "counsel"} {
		account := core.NewRecord(staff)
		account.Id = id
		for field, value := range map[string]any{"email": id + "@example.cn", "name": "李明", "role": role, "region": town, "state": "active", "verified": true,
			"scope_from": town, "scope_to": "500238101999"} {
			account.Set(field, value)
		}
		account.SetPassword("correct-horse-1")
		require.NoError(t, o.app.Save(account))
	}
	router, err := apis.NewRouter(o.app)
	require.NoError(t, err)
	require.NoError(t, o.app.OnServe().Trigger(&core.ServeEvent{App: o.app, Router: router}, func(e *core.ServeEvent) error {
		mux, err := e.Router.BuildMux()
		o.server = httptest.NewServer(mux)
		return err
	}))
	t.Cleanup(func() { o.server.Close(); require.NoError(t, o.app.ResetBootstrapState()) })
	return o
}

func (o *office) insert(table string, row dbx.Params) {
	o.t.Helper()
	_, err := o.app.NonconcurrentDB().Insert(table, row).Execute()
	require.NoError(o.t, err)
}

func (o *office) service(i int, more dbx.Params) {
	row := dbx.Params{"id": fmt.Sprintf("service%08d", i), "region": village, "counsel": counsel, "kind": "CONSULT", "topic": "0101", "title": fmt.Sprintf("咨询 %d", i),
		"occurred_at": fmt.Sprintf("2026-11-%02dT09:00:00+08:00", 1+i%24), "client_kind": "resident", "client_name": "王小明", "persons": 1, "duration_min": 20,
		"mode": "onsite", "outcome": "answered", "state": "verified", "secrecy": "normal", "no": fmt.Sprintf("500238-2026-%06d", i), "details": "{}"}
	for k, v := range more {
		row[k] = v
	}
	o.insert("services", row)
}

func (o *office) call(who, method, path string, body any) (int, []byte) {
	o.t.Helper()
	raw, err := json.Marshal(body)
	require.NoError(o.t, err)
	req, err := http.NewRequest(method, o.server.URL+path, bytes.NewReader(raw))
	require.NoError(o.t, err)
	req.Header.Set("Content-Type", "application/json")
	if who != "" {
		record, err := o.app.FindRecordById("staff", who)
		require.NoError(o.t, err)
		token, err := record.NewAuthToken()
		require.NoError(o.t, err)
		req.Header.Set("Authorization", token)
	}
	res, err := o.server.Client().Do(req)
	require.NoError(o.t, err)
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	require.NoError(o.t, err)
	return res.StatusCode, answer
}

// file orders a file and waits for it.
func (o *office) file(who string, order map[string]any) []byte {
	o.t.Helper()
	status, answer := o.call(who, "POST", "/api/office/ledgers/files", order)
	require.Equal(o.t, http.StatusAccepted, status, string(answer))
	var begun struct{ ID string }
	require.NoError(o.t, json.Unmarshal(answer, &begun))
	for range 600 {
		status, answer = o.call(who, "GET", "/api/office/ledgers/files/"+begun.ID, nil)
		require.Equal(o.t, http.StatusOK, status, string(answer))
		if strings.Contains(string(answer), `"ready":true`) {
			status, answer = o.call(who, "GET", "/api/office/ledgers/files/"+begun.ID+"/content", nil)
			require.Equal(o.t, http.StatusOK, status)
			return answer
		}
		time.Sleep(50 * time.Millisecond)
	}
	o.t.Fatal("file never ready")
	return nil
}

func rowsOf(t *testing.T, file []byte) ([][]string, *excelize.File) {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(file))
	require.NoError(t, err)
	t.Cleanup(func() { book.Close() })
	rows, err := book.GetRows(sheetName)
	require.NoError(t, err)
	return rows, book
}

var month = map[string]any{"kind": Register, "period": "2026-11", "format": "xlsx"}

func with(base map[string]any, more map[string]any) map[string]any {
	out := map[string]any{}
	for _, m := range []map[string]any{base, more} {
		for k, v := range m {
			out[k] = v
		}
	}
	return out
}

func TestNoTextBecomesAFormula(t *testing.T) {
	o := open(t)
	for i, evil := range []string{`=HYPERLINK("http://x","y")`, `+1+1`, `-2`, `@SUM(A1)`, "\t=1", "\r=1", "＝1", `=cmd|' /C calc'!A0`} {
		o.service(i, dbx.Params{"title": evil})
	}
	_, book := rowsOf(t, o.file("officer00000001", month))
	for row := 4; row < 12; row++ {
		for column := 'A'; column <= 'P'; column++ {
			cell := fmt.Sprintf("%c%d", column, row)
			formula, err := book.GetCellFormula(sheetName, cell)
			require.NoError(t, err)
			assert.Empty(t, formula, cell)
		}
		kind, err := book.GetCellType(sheetName, fmt.Sprintf("G%d", row))
		require.NoError(t, err)
		assert.Contains(t, []excelize.CellType{excelize.CellTypeInlineString, excelize.CellTypeSharedString}, kind)
	}
}

func TestRegisterHoldsRealTypesAndPrintsAcross(t *testing.T) {
	o := open(t)
	o.service(1, dbx.Params{"persons": 12, "client_name": "欧阳小明"})
	o.service(2, dbx.Params{"occurred_at": "2026-10-31T23:59:59+08:00"})
	o.service(3, dbx.Params{"state": "draft"})
	o.service(4, dbx.Params{"secrecy": "sealed"})
	rows, book := rowsOf(t, o.file("officer00000001", month))
	require.Len(t, rows, 5, "three rows of head, the one service of the month, the sums")
	assert.Equal(t, []string{"法律服务登记台账"}, rows[0])
	assert.Equal(t, "2026-11-02", rows[3][2])
	assert.Equal(t, "欧阳某", rows[3][7])
	for cell, want := range map[string]excelize.CellType{"C4": excelize.CellTypeUnset, "I4": excelize.CellTypeUnset} { // numbers carry no type mark
		kind, err := book.GetCellType(sheetName, cell)
		require.NoError(t, err)
		assert.Equal(t, want, kind, cell)
	}
	layout, err := book.GetPageLayout(sheetName)
	require.NoError(t, err)
	assert.Equal(t, "landscape", *layout.Orientation)
	assert.Equal(t, 9, *layout.Size)
	props, err := book.GetSheetProps(sheetName)
	require.NoError(t, err)
	assert.True(t, *props.FitToPage)
	assert.Equal(t, "'台账'!$1:$3", book.GetDefinedName()[0].RefersTo)
	rows, _ = rowsOf(t, o.file("admin0000000001", month))
	assert.Len(t, rows, 6)
	assert.Contains(t, rows[4], "（不公开）", "an administrator sees that a sealed record exists, and nothing of it")
}

func TestFullNamesNeedAPurposeAndLeaveATrail(t *testing.T) {
	o := open(t)
	o.service(1, nil)
	status, answer := o.call("officer00000001", "POST", "/api/office/ledgers/files", with(month, map[string]any{"full": true, "purpose": "  "}))
	assert.Equal(t, http.StatusBadRequest, status)
	assert.Contains(t, string(answer), "purpose_required")
	status, _ = o.call("supervisor00001", "POST", "/api/office/ledgers/files", with(month, map[string]any{"full": true, "purpose": "检查"}))
	assert.Equal(t, http.StatusForbidden, status)
	rows, _ := rowsOf(t, o.file("officer00000001", with(month, map[string]any{"full": true, "purpose": "县局抽查"})))
	assert.Equal(t, "王小明", rows[3][7])
	rows, _ = rowsOf(t, o.file("officer00000001", month))
	assert.Equal(t, "王某", rows[3][7])
	var trail []struct{ Action, Purpose string }
	require.NoError(t, o.app.DB().NewQuery("SELECT action, purpose FROM audit WHERE action LIKE 'ledger.%' ORDER BY rowid").All(&trail))
	assert.Equal(t, []struct{ Action, Purpose string }{{"ledger.reveal", "县局抽查"}, {"ledger.export", ""}}, trail)
}

func TestPaperHoldsEveryRow(t *testing.T) {
	o := open(t)
	for i := range 120 {
		o.service(i, nil)
	}
	file := o.file("officer00000001", with(month, map[string]any{"format": "pdf"}))
	path := filepath.Join(t.TempDir(), "ledger.pdf")
	require.NoError(t, os.WriteFile(path, file, 0o600))
	text, err := exec.Command("pdftotext", "-layout", path, "-").Output()
	require.NoError(t, err)
	for i := range 120 {
		require.Contains(t, string(text), fmt.Sprintf("咨询 %d", i))
	}
	assert.Greater(t, strings.Count(string(text), "服务类型"), 2, "the head stands on every page")
	info, err := exec.Command("pdfinfo", path).Output()
	require.NoError(t, err)
	assert.Regexp(t, `Page size: +841\.\d+ x 595\.\d+ pts \(A4\)`, string(info))
}

func TestSubsidySheetFollowsFromRecordsAndDecisions(t *testing.T) {
	o := open(t)
	o.insert("assignments", dbx.Params{"id": "assignment00001", "region": village, "staff": counsel, "valid_from": "2026-03-15T00:00:00+08:00", "valid_until": ""})
	for i, day := range []string{"2026-02-10", "2026-04-02", "2026-04-20", "2026-07-01"} {
		o.service(i, dbx.Params{"occurred_at": day + "T10:00:00+08:00"})
	}
	o.service(9, dbx.Params{"kind": "MEDIATE", "outcome": "mediated_agreed", "occurred_at": "2026-07-09T10:00:00+08:00",
		"details": `{"difficulty":"major","performed":"done","dossier_items":["application","notice","identity","minutes","agreement"]}`})
	decide := map[string]any{"region": village, "year": 2026, "grade": "excellent", "deduction": 10000, "reason": "公示牌未更新"}
	status, _ := o.call("supervisor00001", "POST", "/api/office/ledgers/subsidy/terms", decide)
	assert.Equal(t, http.StatusForbidden, status)
	for _, bad := range []map[string]any{{"region": town}, {"region": "500238102201"}, {"grade": "best"}, {"deduction": -1}, {"deduction": 99_999_999_99}, {"reason": ""}, {"year": 20}} {
		status, answer := o.call("officer00000001", "POST", "/api/office/ledgers/subsidy/terms", with(decide, bad))
		assert.GreaterOrEqual(t, status, 400, bad)
		assert.Less(t, status, 500, string(answer))
	}
	status, answer := o.call("officer00000001", "POST", "/api/office/ledgers/subsidy/terms", decide)
	require.Equal(t, http.StatusNoContent, status, string(answer))
	status, answer = o.call("officer00000001", "GET", "/api/office/ledgers/subsidy?period=2026", nil)
	require.Equal(t, http.StatusOK, status, string(answer))
	var page struct {
		Rows []struct {
			Link  string
			Cells []string
		}
		Totals []string
	}
	require.NoError(t, json.Unmarshal(answer, &page))
	require.Len(t, page.Rows, 1)
	assert.Equal(t, []string{"1", "双凤村", "李明", "优秀", "10", "3", "3500.00", "875.00", "100.00", "公示牌未更新", "1", "1", "150.00", "925.00"}, page.Rows[0].Cells)
	assert.Equal(t, "925.00", page.Totals[13])
	assert.Equal(t, "services?region="+village+"&from=2026-01-01&to=2026-12-31", page.Rows[0].Link)
	status, _ = o.call("officer00000001", "POST", "/api/office/ledgers/subsidy/rates", map[string]any{"year": 2026, "kind": "village", "grade": "excellent", "fen": 400000})
	assert.Equal(t, http.StatusForbidden, status)
	status, _ = o.call("admin0000000001", "POST", "/api/office/ledgers/subsidy/rates", map[string]any{"year": 2026, "kind": "village", "grade": "excellent", "fen": 400000})
	assert.Equal(t, http.StatusNoContent, status)
	_, answer = o.call("officer00000001", "GET", "/api/office/ledgers/subsidy?period=2026", nil)
	assert.Contains(t, string(answer), "4000.00")
}

func TestWhoMaySeeALedger(t *testing.T) {
	o := open(t)
	for _, c := range []struct {
		who, path string
		want      int
	}{
		{"", "/api/office/ledgers/register?period=2026-11", 401}, {counsel, "/api/office/ledgers/register?period=2026-11", 403},
		{"supervisor00001", "/api/office/ledgers/register?period=2026-11", 200}, {"officer00000001", "/api/office/ledgers/orders?period=2026", 200},
		{"officer00000001", "/api/office/ledgers/register?period=2026-11&region=500238102000", 403}, {"officer00000001", "/api/office/ledgers/volume?period=2026", 400},
		{"officer00000001", "/api/office/ledgers/volume?period=2026&region=" + village, 200}, {"officer00000001", "/api/office/ledgers/wages?period=2026", 404},
		{"officer00000001", "/api/office/ledgers/register?period=lately", 400}, {"officer00000001", "/api/office/ledgers/files/nothere", 404},
	} {
		status, answer := o.call(c.who, "GET", c.path, nil)
		assert.Equal(t, c.want, status, c.path+" "+string(answer))
	}
	status, answer := o.call("officer00000001", "POST", "/api/office/ledgers/files", month)
	require.Equal(t, http.StatusAccepted, status)
	var begun struct{ ID string }
	require.NoError(t, json.Unmarshal(answer, &begun))
	status, _ = o.call("admin0000000001", "GET", "/api/office/ledgers/files/"+begun.ID, nil)
	assert.Equal(t, http.StatusNotFound, status, "a file is its orderer's")
}

// TestTenThousandRows says how long a large ledger takes; the figure is printed, not judged.
func TestTenThousandRows(t *testing.T) {
	l := &Ledger{Title: "法律服务登记台账", Office: "凤凰镇", Period: "2026 年度", Columns: serviceColumns}
	for i := range 10_000 {
		l.Rows = append(l.Rows, served{ID: "a", No: "500238-2026-000001", OccurredAt: "2026-11-02T09:00:00+08:00", Title: "关于承包地流转合同到期后如何处理的咨询", ClientName: "王小明", Persons: 1, Minutes: 20}.line(i+1, names{}, false))
	}
	l.add("persons")
	for name, write := range map[string]func(io.Writer) error{
		"excel": func(w io.Writer) error { return WriteExcel(w, l, nil) },
		"paper": func(w io.Writer) error { return WritePaper(w, l, time.Time{}, nil) },
	} {
		var file bytes.Buffer
		began := time.Now()
		require.NoError(t, write(&file))
		t.Logf("%s: 10,000 rows in %.2f s, %d KB", name, time.Since(began).Seconds(), file.Len()>>10)
	}
}
