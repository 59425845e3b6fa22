package fault

import (
	"net/http"
	"strings"

	"github.com/pocketbase/pocketbase/core"
)

// Answer is the body of every error answer.
type Answer struct {
	Status  int    `json:"status"`
	Code    string `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint"`
}

// Write answers the request with the error's code, message and hint. An error
// that is not a fault is answered as internal, without its text; its cause goes
// to the application's log. A nil error writes nothing.
func Write(e *core.RequestEvent, err error) error {
	if err == nil {
		return nil
	}
	found := From(err)
	if found.Code == Internal && e.App != nil {
		e.App.Logger().Error("request failed", "path", e.Request.URL.Path, "error", err)
	}
	e.Response.Header().Set("Cache-Control", "no-store")
	return e.JSON(found.Status, found.Answer(Lang(e.Request)))
}

// Answer gives the body for a language, "zh" or "en".
func (e *Error) Answer(lang string) Answer {
	entry := table[e.Code]
	return Answer{Status: entry.Status, Code: e.Code, Message: entry.Message.In(lang), Hint: entry.Hint.In(lang)}
}

// Lang is the language of a request: ?lang=zh or ?lang=en, else English when
// Accept-Language begins with en, else Chinese.
func Lang(r *http.Request) string {
	switch r.URL.Query().Get("lang") {
	case "en":
		return "en"
	case "zh":
		return "zh"
	}
	if strings.HasPrefix(strings.ToLower(strings.TrimSpace(r.Header.Get("Accept-Language"))), "en") {
		return "en"
	}
	return "zh"
}
