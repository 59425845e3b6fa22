package laws

import (
	"bufio"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/hooks/directory"
	_ "cunju/migrations"
)

var today = time.Date(2026, 11, 24, 10, 0, 0, 0, time.FixedZone("", 8*3600))

func open(t *testing.T) core.App {
	t.Helper()
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: t.TempDir()})
	require.NoError(t, app.Bootstrap())
	require.NoError(t, app.RunAllMigrations())
	t.Cleanup(func() { require.NoError(t, app.ResetBootstrapState()) })
	return app
}

func store(t *testing.T, app core.App, laws ...directory.Law) {
	t.Helper()
	require.NoError(t, app.RunInTransaction(func(tx core.App) error {
		for _, law := range laws {
			_, err := tx.DB().Insert("laws", dbx.Params{"slug": law.Slug, "version": law.Version, "title": law.Title, "kind": law.Kind,
				"issued": law.Issued, "effective": law.Effective, "articles": len(law.Articles)}).Execute()
			if err != nil {
				return err
			}
			for _, a := range law.Articles {
				_, err := tx.DB().Insert("law_articles", dbx.Params{"slug": law.Slug, "version": law.Version, "no": a.No, "sub": a.Sub, "label": a.Label,
					"text": a.Text, "part": a.Part, "subpart": a.Subpart, "chapter": a.Chapter, "section": a.Section}).Execute()
				if err != nil {
					return err
				}
			}
		}
		return nil
	}))
}

// own are two wordings of a made-up law and one of another.
func own() []directory.Law {
	return []directory.Law{
		{Slug: "water", Title: "中华人民共和国水井法", Kind: "law", Version: "2010-05-01", Effective: "2010-10-01", Articles: []directory.Article{
			{No: 1, Label: "第一条", Text: "水井由村民共同使用。"}, {No: 2, Label: "第二条", Text: "挖井须得邻居同意。"}}},
		{Slug: "water", Title: "中华人民共和国水井法", Kind: "law", Version: "2020-05-01", Effective: "2021-01-01", Articles: []directory.Article{
			{No: 1, Label: "第一条", Text: "水井由村民共同使用和维护。"}, {No: 2, Label: "第二条", Text: "挖井须经村民委员会备案。"},
			{No: 2, Sub: 1, Label: "第二条之一", Text: "禁止在水井旁堆放农药。"}}},
		{Slug: "labour", Title: "劳动报酬条例", Kind: "regulation", Version: "2015-01-01", Articles: []directory.Article{
			{No: 1, Label: "第一条", Text: "用人单位应当按月支付劳动报酬。", Chapter: "第一章 总则"}}},
	}
}

func TestAnArticleIsGivenAsItWasWordedOnTheDay(t *testing.T) {
	app := open(t)
	store(t, app, own()...)
	for _, c := range []struct{ law, article, on, text, from, to string }{
		{"water", "2", "2015-01-01", "挖井须得邻居同意。", "2010-10-01", "2021-01-01"},
		{"water", "2", "2020-12-31", "挖井须得邻居同意。", "2010-10-01", "2021-01-01"},
		{"water", "2", "2021-01-01", "挖井须经村民委员会备案。", "2021-01-01", ""},
		{"《水井法》", "第二条之一", "2024-01-01", "禁止在水井旁堆放农药。", "2021-01-01", ""},
		{"中华人民共和国水井法", "2.1", "2024-01-01", "禁止在水井旁堆放农药。", "2021-01-01", ""},
		{"labour", "第1条", "2024-01-01", "用人单位应当按月支付劳动报酬。", "2015-01-01", ""},
	} {
		on, err := time.Parse(time.DateOnly, c.on)
		require.NoError(t, err)
		found, err := Article(app.DB(), c.law, c.article, on)
		require.NoError(t, err, c)
		assert.Equal(t, []string{c.text, c.from, c.to}, []string{found.Text, found.ValidFrom, found.ValidTo})
	}
	for _, c := range [][3]string{{"water", "2", "2010-09-30"}, {"water", "2.1", "2015-01-01"}, {"water", "9", "2024-01-01"}, {"fire", "1", "2024-01-01"}, {"water", "甲", "2024-01-01"}} {
		on, err := time.Parse(time.DateOnly, c[2])
		require.NoError(t, err)
		_, err = Article(app.DB(), c[0], c[1], on)
		assert.ErrorIs(t, err, ErrNone, c)
	}
}

func TestNumbersOfArticlesAreReadInBothWritings(t *testing.T) {
	for s, want := range map[string][2]int{"1079": {1079, 0}, "133.1": {133, 1}, "第一千零七十九条": {1079, 0}, "第十二条": {12, 0}, "第二百条之十一": {200, 11}, "第一百一十条": {110, 0}} {
		no, sub, ok := Number(s)
		assert.Equal(t, want, [2]int{no, sub}, s)
		assert.True(t, ok, s)
	}
	for _, s := range []string{"", "0", "条", "第条", "-1", "12345", "1;2"} {
		_, _, ok := Number(s)
		assert.False(t, ok, s)
	}
}

func TestSearchFindsWhatIsInForce(t *testing.T) {
	app := open(t)
	store(t, app, own()...)
	filled, err := Ensure(app)
	require.NoError(t, err)
	assert.True(t, filled)
	filled, err = Ensure(app)
	require.NoError(t, err)
	assert.False(t, filled, "nothing changed: nothing is indexed again")

	find := func(asked string, on time.Time) []string {
		list, more, err := Search(app.DB(), asked, on, 1)
		require.NoError(t, err)
		assert.False(t, more)
		texts := []string{}
		for _, f := range list {
			texts = append(texts, f.Text)
		}
		return texts
	}
	assert.Equal(t, "挖井须经村民委员会备案。", find("挖井怎么备案？", today)[0])
	assert.NotContains(t, find("挖井", today), "挖井须得邻居同意。")
	assert.Equal(t, []string{"挖井须得邻居同意。"}, find("邻居", time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC)))
	assert.Equal(t, []string{"禁止在水井旁堆放农药。"}, find("药", today), "one character")
	assert.Equal(t, "用人单位应当按月支付劳动报酬。", find("老板不发工资", today)[0], "people's own words")
	for _, odd := range []string{"", "？！", `" OR "`, "NEAR(", "title:*", "a' --"} {
		assert.Empty(t, find(odd, today), odd)
	}

	law := own()[2]
	law.Slug, law.Articles[0].Text = "well", "井盖应当牢固。"
	store(t, app, law)
	filled, err = Ensure(app)
	require.NoError(t, err)
	assert.True(t, filled, "a law came")
	assert.Equal(t, []string{"井盖应当牢固。"}, find("井盖", today))
}

func TestRoutesAreForStaffOnly(t *testing.T) {
	app := open(t)
	store(t, app, own()...)
	Register(app, Deps{Now: func() time.Time { return today }})
	staff, err := app.FindCollectionByNameOrId("staff")
	require.NoError(t, err)
	account := core.NewRecord(staff)
	for field, value := range map[string]any{"email": "a@example.cn", "name": "李明", "role": "counsel", "region": "500238101000", "state": "active", "verified": true,
		"scope_from": "500238101000", "scope_to": "500238101999"} {
		account.Set(field, value)
	}
	account.SetPassword("correct-horse-1")
	_, err = app.DB().Insert("regions", dbx.Params{"id": "500238101000", "name": "凤凰镇", "short_name": "凤凰镇", "level": "township"}).Execute()
	require.NoError(t, err)
	require.NoError(t, app.Save(account))
	token, err := account.NewAuthToken()
	require.NoError(t, err)
	router, err := apis.NewRouter(app)
	require.NoError(t, err)
	var mux http.Handler
	require.NoError(t, app.OnServe().Trigger(&core.ServeEvent{App: app, Router: router}, func(e *core.ServeEvent) (err error) {
		mux, err = e.Router.BuildMux()
		return err
	}))
	get := func(path, token string, into any) int {
		request := httptest.NewRequest(http.MethodGet, path, nil)
		request.Header.Set("Authorization", token)
		answer := httptest.NewRecorder()
		mux.ServeHTTP(answer, request)
		require.NoError(t, json.Unmarshal(answer.Body.Bytes(), into))
		return answer.Code
	}
	var page struct {
		Items []Found `json:"items"`
	}
	assert.Equal(t, 401, get("/api/laws/search?q=%E4%BA%95", "", &page))
	assert.Equal(t, 200, get("/api/laws/search?q=%E6%8C%96%E4%BA%95", token, &page))
	require.NotEmpty(t, page.Items)
	assert.Equal(t, "第二条", page.Items[0].Label)
	assert.Equal(t, 400, get("/api/laws/search?q=a&page=x", token, &page))
	var one Found
	assert.Equal(t, 200, get("/api/laws/water/2?on=2015-01-01", token, &one))
	assert.Equal(t, "挖井须得邻居同意。", one.Text)
	assert.Equal(t, 404, get("/api/laws/water/7", token, &one))
	assert.Equal(t, 400, get("/api/laws/water/2?on=soon", token, &one))
	assert.Equal(t, 401, get("/api/laws/water/2", "", &one))
}

// question is one line of a set of real questions with the articles that answer it.
type question struct {
	Question string `json:"question"`
	Gold     []struct {
		Slug string `json:"slug"`
		No   int    `json:"no"`
		Sub  int    `json:"sub"`
	} `json:"gold"`
}

// TestHowOftenTheRightArticleIsFound tells figures on the laws and questions that lie beside the project; where
// there are none, on its own texts.
func TestHowOftenTheRightArticleIsFound(t *testing.T) {
	laws, questions := own(), []question{}
	for asked, gold := range map[string]string{"挖井要不要备案？": "water", "老板拖欠工资怎么办？": "labour"} {
		q := question{Question: asked}
		require.NoError(t, json.Unmarshal([]byte(`[{"slug":"`+gold+`","no":`+map[string]string{"water": "2", "labour": "1"}[gold]+`}]`), &q.Gold))
		questions = append(questions, q)
	}
	if file, err := os.Open("../../../shared/data/law_questions_dev.jsonl"); err == nil {
		defer file.Close()
		laws, questions = nil, nil
		paths, err := filepath.Glob("../../../shared/data/laws/*.json")
		require.NoError(t, err)
		for _, path := range paths {
			if filepath.Base(path) == "index.json" {
				continue
			}
			raw, err := os.ReadFile(path)
			require.NoError(t, err)
			law, err := directory.ReadLaw(raw)
			require.NoError(t, err, path)
			laws = append(laws, law)
		}
		for lines := bufio.NewScanner(file); lines.Scan(); {
			var q question
			require.NoError(t, json.Unmarshal(lines.Bytes(), &q))
			questions = append(questions, q)
		}
	}
	app := open(t)
	store(t, app, laws...)
	_, err := Ensure(app)
	require.NoError(t, err)
	among5, among10 := 0, 0
	begin := time.Now()
	for _, q := range questions {
		list, _, err := Search(app.DB(), q.Question, today, 1)
		require.NoError(t, err)
		at := PageSize
		for i, f := range list {
			for _, g := range q.Gold {
				if g.Slug == f.Slug && g.No == f.No && g.Sub == f.Sub {
					at = min(at, i)
				}
			}
		}
		if at < 5 {
			among5++
		}
		if at < 10 {
			among10++
		}
	}
	n := len(questions)
	t.Logf("%d questions, %d laws: right article among 5: %.1f %%, among 10: %.1f %%; %s a search", n, len(laws), 100*float64(among5)/float64(n), 100*float64(among10)/float64(n), time.Since(begin)/time.Duration(n))
	assert.Greater(t, 2*among10, n, "the right article is among ten for more than half")
}
