package board

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/csv"
	"encoding/hex"
	"encoding/json/jsontext"
	"encoding/json/v2"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/fault"
)

//go:embed page/board.html page/board.css
var files embed.FS

var (
	pageTemplate = template.Must(template.ParseFS(files, "page/board.html"))
	pageStyle, _ = files.ReadFile("page/board.css") // embedded
	styleVersion = hex.EncodeToString(sum(pageStyle))
)

func sum(b []byte) []byte {
	s := sha256.Sum256(b)
	return s[:6]
}

// policy: text and one style sheet, nothing else.
const policy = "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'"

// view is what the template sees.
type view struct {
	Lang, Title, Switch string
	Gone                bool
	V                   Village
}

// T is a text in the page's language.
func (v view) T(key string) string { return say(v.Lang, key) }

// Kind is the name of a kind of service.
func (v view) Kind(k Kind) string {
	if v.Lang == "en" && k.En != "" {
		return k.En
	}
	return k.Zh
}

// Percent writes a rate.
func (v view) Percent(rate *float64) string { return percent(rate, v.T("none")) }

func percent(rate *float64, none string) string {
	if rate == nil {
		return none
	}
	return strconv.FormatFloat(*rate, 'f', 1, 64) + "%"
}

// OtherLang is the language of the link at the top.
func (v view) OtherLang() string {
	if v.Lang == "en" {
		return "zh-CN"
	}
	return "en"
}

// Style is the version of the style sheet.
func (v view) Style() string { return styleVersion }

func headers(h http.Header, kind string) {
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Set("Vary", "Accept-Language")
	h.Set("Cache-Control", "public, max-age=300")
	h.Set("Content-Type", kind)
}

// html writes the page; a village that is none has a page of its own.
func html(e *core.RequestEvent, v Village, ok bool) error {
	lang := fault.Lang(e.Request)
	page := view{Lang: lang, V: v, Gone: !ok, Title: v.Name + say(lang, "title"), Switch: "?lang=en"}
	status := http.StatusOK
	if lang == "en" {
		page.Switch = "?lang=zh"
	}
	if !ok {
		page.Title, status = say(lang, "gone.title"), http.StatusNotFound
	}
	var out bytes.Buffer
	if err := pageTemplate.ExecuteTemplate(&out, "board", page); err != nil {
		return fmt.Errorf("render board: %w", err)
	}
	headers(e.Response.Header(), "text/html; charset=utf-8")
	e.Response.WriteHeader(status)
	_, err := e.Response.Write(out.Bytes())
	return err
}

func asJSON(e *core.RequestEvent, v Village) error {
	raw, err := json.Marshal(v, jsontext.WithIndent(" "))
	if err != nil {
		return fmt.Errorf("encode board: %w", err)
	}
	headers(e.Response.Header(), "application/json; charset=utf-8")
	_, err = e.Response.Write(append(raw, '\n'))
	return err
}

// asCSV writes one line a fact, with a byte order mark so that spreadsheets read it.
func asCSV(e *core.RequestEvent, v Village) error {
	lines := [][]string{{"区划代码", v.Region}, {"村（社区）", v.Name}, {"乡镇（街道）", v.Township}, {"区县", v.County}}
	for _, c := range v.Counsel {
		lines = append(lines, []string{say("zh", "counsel"), c.Name}, []string{say("zh", "firm"), c.Firm}, []string{say("zh", "licence"), c.Licence}, []string{say("zh", "phone"), c.Phone})
	}
	lines = append(lines, []string{say("zh", "duty"), v.Duty}, []string{say("zh", "lecture"), v.Lecture}, []string{"投诉电话", v.Tell.Phone}, []string{"投诉渠道", v.Tell.Note})
	for _, k := range v.Kinds {
		lines = append(lines, []string{strconv.Itoa(v.Year) + "年 " + k.Zh, strconv.Itoa(k.N)})
	}
	if v.Total > 0 {
		lines = append(lines, []string{strconv.Itoa(v.Year) + "年 其他", strconv.Itoa(v.Others)}, []string{strconv.Itoa(v.Year) + "年 合计", strconv.Itoa(v.Total)})
	}
	if v.N > 0 {
		lines = append(lines, []string{say("zh", "rated"), strconv.Itoa(v.N)}, []string{say("zh", "good_rate"), percent(v.Rates.Good, "")},
			[]string{say("zh", "rated_rate"), percent(v.Rates.Rated, "")},
			[]string{say("zh", "settled_rate"), percent(v.Rates.Settled, "")}, []string{say("zh", "call_back_rate"), percent(v.Rates.CallBack, "")})
	}
	lines = append(lines, []string{say("zh", "asof"), v.Asof})
	var out bytes.Buffer
	out.WriteString("\ufeff")
	w := csv.NewWriter(&out)
	for _, line := range lines {
		for i := range line {
			line[i] = harmless(line[i])
		}
		if err := w.Write(line); err != nil {
			return fmt.Errorf("write board: %w", err)
		}
	}
	w.Flush()
	headers(e.Response.Header(), "text/csv; charset=utf-8")
	e.Response.Header().Set("Content-Disposition", `attachment; filename="`+v.Region+`.csv"`)
	_, err := e.Response.Write(out.Bytes())
	return err
}

// harmless keeps a spreadsheet from taking a text for a formula.
func harmless(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\n", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
