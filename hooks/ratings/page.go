package ratings

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/pocketbase/pocketbase/core"
)

//go:embed page/page.html page/page.css
var pageFiles embed.FS

var (
	pageTemplate = template.Must(template.ParseFS(pageFiles, "page/page.html"))
	pageStyle    = mustRead("page/page.css")
	styleVersion = hashOf(pageStyle)
)

// policy lets the page be text, its one style sheet and a form to itself. There
// is no script on it.
const policy = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// view is what the template sees.
type view struct {
	Kind   string // rate, thanks, entry, or the name of a notice
	Title  string // message key
	Site   string // message key of what stands above the page
	Lang   string
	Action string // where the forms go
	Switch string // this page in the other language
	Lines  []string
	Facts  Facts
	Form   string
	Error  string // message key
	Mine   Rating // thanks: what this browser said last
	Typed  Rating // thanks: what stands in the fields, Mine or what was refused
	Open   bool   // thanks: it may still be changed

	PhoneBad bool // the telephone number was refused

	Stage  string // thanks: how far the handling of a bad rating is, "" where there is none
	Asks   bool   // thanks: the page asks again
	Answer string // thanks: what was answered to that

	Paper paper // genuine, replaced: what a document's code stands for

	Challenge string // busy: what the page works on
	Bits      int
}

// T is a text of the page in its language.
func (v view) T(key string) string { return say(v.Lang, key) }

// Grade is the word of a grade.
func (v view) Grade(grade int) string { return v.T("grade." + strconv.Itoa(grade)) }

// Grades, Reasons and Helpers are the choices, in the order of the page.
func (v view) Grades() []int { return Grades }

// Reasons that may be ticked.
func (v view) Reasons() []string { return Reasons }

// Helpers who may be named.
func (v view) Helpers() []string { return Helpers }

// Bad asks for reasons.
func (v view) Bad() bool { return IsBad(v.Mine.Grade) }

// Answers to the second question.
func (v view) Answers() []string { return SecondAnswers }

// Has says whether a reason was ticked before.
func (v view) Has(reason string) bool { return slices.Contains(v.Typed.Reasons, reason) }

// OtherLang is the language of the link at the top.
func (v view) OtherLang() string {
	if v.Lang == "en" {
		return "zh-CN"
	}
	return "en"
}

// Style is the version of the style sheet.
func (v view) Style() string { return styleVersion }

// show writes a page. path is where the forms and the language link lead.
func show(e *core.RequestEvent, status int, path string, v view) error {
	v.Lang = languageOf(e.Request)
	v.Action, v.Switch = path, path+"?lang=en"
	if e.Request.URL.Query().Get("lang") != "" {
		v.Action = path + "?lang=" + v.Lang
	}
	if v.Lang == "en" {
		v.Switch = path + "?lang=zh"
	}
	if v.Site == "" {
		v.Site = "site"
	}
	if v.Title == "" {
		v.Title = v.Kind + ".title"
	}
	var page bytes.Buffer
	if err := pageTemplate.ExecuteTemplate(&page, "page", v); err != nil {
		return fmt.Errorf("render page: %w", err)
	}
	header := e.Response.Header()
	setHeaders(header)
	if v.Challenge != "" {
		header.Set("Content-Security-Policy", workPolicy)
	}
	header.Set("Cache-Control", "no-store")
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Length", strconv.Itoa(page.Len()))
	e.Response.WriteHeader(status)
	_, err := e.Response.Write(page.Bytes())
	return err
}

// notice shows a page without a form. Its size and headers depend on its kind
// and the language only.
func notice(e *core.RequestEvent, status int, kind string, lines ...string) error {
	return show(e, status, entryPath, view{Kind: kind, Lines: lines})
}

func setHeaders(header http.Header) {
	header.Set("Content-Security-Policy", policy)
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("X-Robots-Tag", "noindex, nofollow")
	header.Set("Vary", "Accept-Language")
}

// languageOf is "en" or "zh": the query decides, then the browser's wish.
func languageOf(r *http.Request) string {
	wish := r.URL.Query().Get("lang")
	if wish == "" {
		wish = r.Header.Get("Accept-Language")
	}
	if strings.HasPrefix(strings.ToLower(wish), "en") {
		return "en"
	}
	return "zh"
}

func mustRead(name string) []byte {
	b, err := pageFiles.ReadFile(name)
	if err != nil {
		panic(err) // embedded: it is there or nothing starts
	}
	return b
}

func hashOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:6])
}
