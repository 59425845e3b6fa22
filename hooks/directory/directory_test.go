package directory_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/hooks/directory"
	"cunju/hooks/fault"
	_ "cunju/migrations"
)

var (
	before = time.Date(2025, 11, 5, 12, 0, 0, 0, time.FixedZone("", 8*3600))
	after  = time.Date(2026, 11, 24, 12, 0, 0, 0, time.FixedZone("", 8*3600))
)

func migrated(t *testing.T) *tests.TestApp {
	t.Helper()
	app, err := tests.NewTestApp(t.TempDir())
	require.NoError(t, err)
	t.Cleanup(app.Cleanup)
	return app
}

func loaded(t *testing.T) *tests.TestApp {
	t.Helper()
	app := migrated(t)
	require.NoError(t, directory.Load(app))
	return app
}

func count(t *testing.T, app core.App, sql string) (n int) {
	t.Helper()
	require.NoError(t, app.DB().NewQuery(sql).Row(&n), sql)
	return n
}

func TestLoadFillsTheTablesWithinThreeSecondsAndOnce(t *testing.T) {
	app := migrated(t)
	start := time.Now()
	require.NoError(t, directory.Load(app))
	took := time.Since(start)
	t.Logf("first load: %v", took)
	assert.Less(t, took, 3*time.Second)
	assert.Equal(t, 12340, count(t, app, "SELECT count(*) FROM regions"))
	assert.Equal(t, 111, count(t, app, "SELECT count(*) FROM topics"))
	assert.Equal(t, 19, count(t, app, "SELECT count(*) FROM service_types"))

	_, err := app.DB().NewQuery("UPDATE regions SET name = 'kept' WHERE id = '500238000000'").Execute()
	require.NoError(t, err)
	require.NoError(t, directory.Load(app))
	assert.Equal(t, 1, count(t, app, "SELECT count(*) FROM regions WHERE name = 'kept'"), "a second start writes nothing")
	assert.Equal(t, 12340, count(t, app, "SELECT count(*) FROM regions"))
}

func TestANewerBuiltInCopyIsLoadedOverAnOlderOne(t *testing.T) {
	app := loaded(t)
	_, err := app.DB().NewQuery("UPDATE directory_loads SET digest = 'older'; UPDATE regions SET name = 'older' WHERE id = '500238000000'").Execute()
	require.NoError(t, err)
	require.NoError(t, directory.Load(app))
	assert.Equal(t, 0, count(t, app, "SELECT count(*) FROM regions WHERE name = 'older'"))
}

func TestLoadedRegions(t *testing.T) {
	app := loaded(t)
	levels := map[string]int{"province": 1, "county": 38, "township": 1031, "village": 11270}
	for level, want := range levels {
		assert.Equal(t, want, count(t, app, "SELECT count(*) FROM regions WHERE level = '"+level+"'"), level)
	}
	assert.Equal(t, 0, count(t, app, "SELECT count(*) FROM regions r WHERE parent <> '' AND NOT EXISTS (SELECT 1 FROM regions p WHERE p.id = r.parent)"))
	assert.Equal(t, 0, count(t, app, "SELECT count(*) FROM regions WHERE pinyin_initials = ''"))

	record, err := app.FindRecordById("regions", "500238000000")
	require.NoError(t, err)
	assert.Equal(t, "巫溪县", record.GetString("name"))
	assert.Equal(t, "wxx", record.GetString("pinyin_initials"))
	assert.Equal(t, "county", record.GetString("level"))
	assert.Equal(t, "500000000000", record.GetString("parent"))
}

func TestEveryLoadedRowIsGoodForPocketBaseToo(t *testing.T) {
	app := loaded(t)
	for _, name := range []string{"regions", "topics", "service_types"} {
		var records []*core.Record
		require.NoError(t, app.RecordQuery(name).OrderBy("id").Limit(300).All(&records))
		for _, record := range records {
			require.NoError(t, app.Validate(record), "%s %s", name, record.Id)
		}
	}
}

func TestTheChangeOf2025(t *testing.T) {
	app := loaded(t)
	book := &directory.Book{}
	assert.False(t, book.Loaded())
	assert.False(t, book.Known("500238000000", after), "a book that was not read knows nothing")
	require.NoError(t, book.Refresh(app.DB()))
	assert.True(t, book.Loaded())
	cases := []struct {
		code, successor string
		ended           bool
	}{
		{"500105000000", "两江新区", true},         // 江北区
		{"500105001000", "两江新区", true},         // one of its streets
		{"500112000000", "两江新区", true},         // 渝北区
		{"500112135000", "500109000000", true}, // 大湾镇, to 北碚区
		{"500109008000", "两江新区", true},         // 水土街道, from 北碚区
		{"500109000000", "", false},            // 北碚区 itself goes on
		{"500238101000", "", false},
	}
	for _, c := range cases {
		record, err := app.FindRecordById("regions", c.code)
		require.NoError(t, err, c.code)
		assert.Equal(t, c.successor, record.GetString("successor"), c.code)
		assert.True(t, book.Known(c.code, before), c.code)
		assert.Equal(t, !c.ended, book.Known(c.code, after), c.code)
	}
	assert.Equal(t, 0, count(t, app, "SELECT count(*) FROM regions WHERE (id LIKE '500105%' OR id LIKE '500112%') AND valid_to <> '2025-11-06'"))
	last := time.Date(2025, 11, 5, 23, 59, 59, 0, time.FixedZone("", 8*3600))
	assert.True(t, book.Known("500105000000", last))
	assert.False(t, book.Known("500105000000", last.Add(time.Second)), "the day of the announcement is the first day outside")
	assert.ErrorIs(t, book.Check("500105000000", after), fault.New("region_unknown"))
	assert.ErrorIs(t, book.Check("500299000000", before), fault.New("region_unknown"))
	assert.NoError(t, book.Check("500238101000", after))
}

func TestARecordOfAnUnknownRegionIsNotSaved(t *testing.T) {
	app := migrated(t)
	directory.Register(app)
	router, err := apis.NewRouter(app)
	require.NoError(t, err)
	require.NoError(t, app.OnServe().Trigger(&core.ServeEvent{App: app, Router: router}, func(*core.ServeEvent) error { return nil }))
	visits, err := app.FindCollectionByNameOrId("visits")
	require.NoError(t, err)
	visit := func(region, at string) *core.Record {
		record := core.NewRecord(visits)
		record.Load(map[string]any{"region": region, "started_at": at})
		return record
	}
	assert.ErrorIs(t, app.Save(visit("500238999999", "")), fault.New("region_unknown"))
	assert.ErrorIs(t, app.Save(visit("500105001001", "2026-01-01T09:00:00+08:00")), fault.New("region_unknown"))
	require.NoError(t, app.Save(visit("500105001001", "2025-01-01T09:00:00+08:00")), "old work under its old code")
	good := visit(village(t, app), "2026-01-01T09:00:00+08:00")
	require.NoError(t, app.Save(good))
	good.Set("region", "500238999999")
	assert.ErrorIs(t, app.Save(good), fault.New("region_unknown"))
}

func village(t *testing.T, app core.App) (code string) {
	t.Helper()
	require.NoError(t, app.DB().NewQuery("SELECT id FROM regions WHERE level = 'village' AND id LIKE '500238%' LIMIT 1").Row(&code))
	return code
}

func TestInitials(t *testing.T) {
	for name, want := range map[string]string{
		"重庆市": "cqs", "綦江区": "qjq", "涪陵区": "flq", "浩口苗族仡佬族乡": "hkmzglzx", "大青㭎村": "dqgc",
		"华润·凌江社区": "hrljsq", "A3组": "a3z", "": "",
	} {
		assert.Equal(t, want, directory.Initials(name), name)
	}
}

func TestBuiltInTopicsAndServiceTypes(t *testing.T) {
	assert.Len(t, directory.Topics(), 111)
	topic, ok := directory.TopicByCode("0104")
	require.True(t, ok)
	assert.Equal(t, "家庭暴力与人身保护", topic.Name)
	assert.Equal(t, "01", topic.Parent)
	assert.Contains(t, topic.Flags, "urgent")
	_, ok = directory.TopicByCode("0199")
	assert.False(t, ok)

	assert.Len(t, directory.ServiceTypes(), 19)
	duty, ok := directory.ServiceTypeByCode("DUTY")
	require.True(t, ok)
	assert.Equal(t, 60, duty.MinDurationMin)
	assert.True(t, duty.ResidentRating)
	assert.Equal(t, directory.Points{Base: 2, CapPerMonth: 8}, duty.Points)
	_, ok = directory.ServiceTypeByCode("duty")
	assert.False(t, ok)
}

func TestSampleNames(t *testing.T) {
	names, err := directory.SampleNames(t.TempDir())
	require.NoError(t, err)
	assert.Len(t, names.Surnames, 256)
	assert.Len(t, names.Local, 60)
	assert.Len(t, names.GivenChars["female_1980_2009"], 42)
	assert.NotEmpty(t, names.Tricky)
}

// runImport runs the command as a person types it.
func runImport(t *testing.T, app core.App, args ...string) (string, error) {
	t.Helper()
	command := directory.Commands(app)
	var out bytes.Buffer
	command.SetOut(&out)
	command.SetErr(&out)
	command.SetArgs(args)
	err := command.Execute()
	return out.String(), err
}

func file(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

func TestImportRegionsRefusesABadFileWhole(t *testing.T) {
	app := loaded(t)
	head := "code,name\n500000000000,重庆市\n"
	for name, content := range map[string]string{
		"no head":        "",
		"missing column": "code\n500000000000\n",
		"no code":        head + "50010100000,万州区\n",
		"no name":        head + "500101000000,\n",
		"double":         head + head[10:],
		"no parent":      head + "500101001000,高笋塘街道\n",
		"ragged":         head + "500101000000\n",
	} {
		_, err := runImport(t, app, "regions", "--from", file(t, "r.csv", content))
		assert.Error(t, err, name)
	}
	_, err := runImport(t, app, "regions", "--from", "no such file")
	assert.Error(t, err)
	_, err = runImport(t, app, "regions")
	assert.ErrorContains(t, err, "from")
	assert.Equal(t, 12340, count(t, app, "SELECT count(*) FROM regions"))
}

func TestImportRegionsAddsAndEndsAndStays(t *testing.T) {
	app := loaded(t)
	out, err := runImport(t, app, "regions", "--from", file(t, "r.csv",
		"\ufeffname,code,valid_from,valid_to,successor\n重庆市,500000000000,,,\n两江新区,500157000000,2025-11-06,,\n万州区,500101000000,,2030-01-01,500157000000\n"))
	require.NoError(t, err)
	assert.Contains(t, out, "3 regions loaded")
	book := &directory.Book{}
	require.NoError(t, book.Refresh(app.DB()))
	assert.True(t, book.Known("500157000000", after))
	assert.False(t, book.Known("500157000000", before))
	require.NoError(t, directory.Load(app), "the next start")
	assert.Equal(t, 1, count(t, app, "SELECT count(*) FROM regions WHERE id = '500101000000' AND valid_to = '2030-01-01'"))
	assert.Equal(t, 12341, count(t, app, "SELECT count(*) FROM regions"))
}

func TestAnUndatedTableDoesNotBringEndedCodesBack(t *testing.T) {
	app := loaded(t)
	_, err := runImport(t, app, "regions", "--from", file(t, "r.csv", "code,name\n500000000000,重庆市\n500105000000,江北区\n500157000000,新区\n"))
	require.NoError(t, err)
	assert.Equal(t, 1, count(t, app, "SELECT count(*) FROM regions WHERE id = '500105000000' AND valid_to = '2025-11-06' AND successor = '两江新区'"))
	assert.Equal(t, 1, count(t, app, "SELECT count(*) FROM regions WHERE id = '500157000000' AND valid_to = ''"))
}

func TestImportTopicsAndNames(t *testing.T) {
	app := loaded(t)
	topics := `{"schema":"topics/1","categories":[{"code":"01","name":"婚姻","topics":[{"code":"0109","name":"新事项","keywords":["新"]}]}]}`
	out, err := runImport(t, app, "topics", "--from", file(t, "t.json", topics))
	require.NoError(t, err)
	assert.Contains(t, out, "2 categories and topics")
	assert.Equal(t, 112, count(t, app, "SELECT count(*) FROM topics"))
	for _, bad := range []string{"{", `{"schema":"topics/1"}`, strings.Replace(topics, "0109", "0209", 1), strings.Replace(topics, "新事项", "", 1)} {
		_, err = runImport(t, app, "topics", "--from", file(t, "t.json", bad))
		assert.Error(t, err, bad)
	}

	names := `{"surnames":[{"s":"冉","w":1}],"given_chars":{"male_2010_":["川"]},"given_length":{"1":1}}`
	out, err = runImport(t, app, "names", "--from", file(t, "n.json", names))
	require.NoError(t, err)
	assert.Contains(t, out, "1 surnames")
	stock, err := directory.SampleNames(app.DataDir())
	require.NoError(t, err)
	assert.Equal(t, []directory.Surname{{Name: "冉", Weight: 1}}, stock.Surnames)
	for _, bad := range []string{"{", "{}", strings.Replace(names, `"w":1`, `"w":0`, 1), strings.Replace(names, `["川"]`, `[]`, 1)} {
		_, err = runImport(t, app, "names", "--from", file(t, "n.json", bad))
		assert.Error(t, err, bad)
	}
}

const law = `{"slug":"sample","title":"样本法","kind":"law","issued":"2020-01-01","version":"2020-01-01","effective":null,
"articles":[{"no":1,"label":"第一条","text":"甲","part":null,"chapter":"第一章"},{"no":1,"sub":1,"label":"第一条之一","text":"乙"},{"no":2,"label":"第二条","text":"丙"}]}`

func TestImportLaws(t *testing.T) {
	app := migrated(t)
	out, err := runImport(t, app, "laws", "--from", file(t, "law.json", law))
	require.NoError(t, err)
	assert.Contains(t, out, "1 laws with 3 articles")
	_, err = runImport(t, app, "laws", "--from", file(t, "law.json", strings.Replace(law, "丙", "丁", 1)))
	require.NoError(t, err)
	newer := strings.Replace(law, `"version":"2020-01-01"`, `"version":"2026-01-01"`, 1)
	_, err = runImport(t, app, "laws", "--from", file(t, "law.json", newer))
	require.NoError(t, err)
	assert.Equal(t, 2, count(t, app, "SELECT count(*) FROM laws"), "one wording replaced itself, another lies beside it")
	assert.Equal(t, 6, count(t, app, "SELECT count(*) FROM law_articles"))
	var text string
	err = app.DB().NewQuery("SELECT text FROM law_articles WHERE slug = {:slug} AND version = '2020-01-01' AND no = 2").Bind(dbx.Params{"slug": "sample"}).Row(&text)
	require.NoError(t, err)
	assert.Equal(t, "丁", text)

	for name, bad := range map[string]string{
		"no json":   "{",
		"no title":  strings.Replace(law, "样本法", "", 1),
		"gap":       strings.Replace(law, `"no":2`, `"no":3`, 1),
		"empty":     strings.Replace(law, "丙", "", 1),
		"wrong day": strings.Replace(law, `"issued":"2020-01-01"`, `"issued":"2020-13-01"`, 1),
	} {
		_, err = runImport(t, app, "laws", "--from", file(t, "law.json", bad))
		assert.Error(t, err, name)
	}
}

func TestImportLawsOfAFolder(t *testing.T) {
	app := migrated(t)
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "a.json"), []byte(law), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "b.json"), []byte(strings.Replace(law, "sample", "other", 1)), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "index.json"), []byte(`{"laws":2}`), 0o600))
	out, err := runImport(t, app, "laws", "--from", folder)
	require.NoError(t, err)
	assert.Contains(t, out, "2 laws with 6 articles")
}
