package ratings

import (
	"net/http"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/codes"
)

// guard stands before every page but the style sheet.
func (r *Ratings) guard(e *core.RequestEvent) error {
	if !r.throttle.take(e.RealIP(), costPage) && !r.paid(e, costPage) {
		return r.wait(e)
	}
	return e.Next()
}

// entry is the page for who cannot scan.
func (r *Ratings) entry(e *core.RequestEvent) error {
	return show(e, http.StatusOK, entryPath, view{Kind: "entry"})
}

// open leads from a typed code to its page.
func (r *Ratings) open(e *core.RequestEvent) error {
	code, err := codes.Typed(e.Request.PostFormValue("code"))
	if err != nil {
		return r.gone(e)
	}
	return redirect(e, code.Text())
}

// known is a code that this node can vouch for, and what came with it.
type known struct {
	code    codes.Code
	id      codeKey
	key     []byte
	install installRow
	service string
}

// noKey stands in where the install is unknown, so that every code costs one MAC.
var noKey = make([]byte, codes.KeySize)

// find reads the code of the request. It answers nil without an error for every
// code that must not be used: mistyped, forged, of another kind, outside its
// window, of a revoked install whose record never came.
func (r *Ratings) find(e *core.RequestEvent) (*known, error) {
	code, err := codes.Parse(e.Request.PathValue("code"))
	if err != nil {
		return nil, nil
	}
	return r.knownCode(e.App.DB(), code)
}

func (r *Ratings) knownCode(db dbx.Builder, code codes.Code) (*known, error) {
	k := known{code: code, id: keyOf(code)}
	today, clockOK := codes.Day(r.deps.Now())
	key, install, ok := r.deps.Keys.InstallKey(db, k.id.Alias, codes.Year(code.Day))
	if !ok {
		key = noKey
	}
	genuine := code.Verify(key)
	if !genuine || !ok || !clockOK || code.Kind != codes.Rating || !codes.InWindow(code.Day, today) {
		return nil, nil
	}
	k.key = key
	var err error
	if k.install, err = findInstall(db, install); err != nil {
		return nil, err
	}
	if k.service, err = serviceOf(db, k.id); err != nil {
		return nil, err
	}
	if k.install.State == "revoked" && k.service == "" {
		return nil, nil
	}
	return &k, nil
}

// page shows the question, or what this browser said. It changes nothing.
func (r *Ratings) page(e *core.RequestEvent) error {
	k, err := r.find(e)
	if err != nil {
		return r.broken(e, err)
	}
	if k == nil {
		return r.gone(e)
	}
	if isStaffBrowser(e.Request) {
		return staffNotice(e)
	}
	return r.answer(e, k, http.StatusOK, problem{})
}

// problem is what was wrong with a form.
type problem struct {
	key      string  // message above the page
	phoneBad bool    // message at the telephone number
	typed    *Rating // what was typed, to be shown again
}

// answer shows the page of a code: the thanks once this browser has rated.
func (r *Ratings) answer(e *core.RequestEvent, k *known, status int, p problem) error {
	facts, err := readFacts(e.App.DB(), k.code, k.service, k.install)
	if err != nil {
		return r.broken(e, err)
	}
	browser := nameBrowser(e)
	existing, err := codeRatings(e.App.DB(), k.id)
	if err != nil {
		return r.broken(e, err)
	}
	v := view{Kind: "rate", Facts: facts, Form: formToken(k.key, browser, k.id), Error: p.key, PhoneBad: p.phoneBad}
	admission := r.admit(k, existing, browser)
	if mine, ok := admission.Latest(); ok {
		v.Kind, v.Mine, v.Typed, v.Open = "thanks", mine, mine, admission.Refused == ""
		if p.typed != nil {
			v.Typed = *p.typed
		}
		if admission.SaidBad() {
			if v.Stage, v.Asks, v.Answer, err = r.deps.Handling.Stage(e.App.DB(), k.id.Alias+k.id.Tag); err != nil {
				return r.broken(e, err)
			}
		}
	}
	return show(e, status, "/r/"+k.code.Text(), v)
}

func (r *Ratings) admit(k *known, existing []Rating, browser string) Admission {
	now := r.deps.Now()
	today, _ := codes.Day(now) // find looked at the clock
	return Admit(existing, r.deps.Tier, voiceOf(browser, k.id), k.code.Day, today, now.UnixMilli())
}

// gone is the one page for every code that is none.
func (r *Ratings) gone(e *core.RequestEvent) error {
	if !r.throttle.take(e.RealIP(), costNoCode) {
		r.paid(e, costNoCode) // who guesses works more
	}
	return notice(e, http.StatusNotFound, "gone", "gone.text")
}

func (r *Ratings) broken(e *core.RequestEvent, err error) error {
	e.App.Logger().Error("rating page failed", "error", err)
	return notice(e, http.StatusInternalServerError, "broken", "broken.text")
}

func staffNotice(e *core.RequestEvent) error {
	return notice(e, http.StatusForbidden, "staff", "staff.text", "staff.paper")
}

// redirect uses 303, so that going back or reloading sends nothing twice.
func redirect(e *core.RequestEvent, code string) error {
	setHeaders(e.Response.Header())
	e.Response.Header().Set("Cache-Control", "no-store")
	to := entryPath + code
	if lang := e.Request.URL.Query().Get("lang"); lang != "" {
		to += "?lang=" + languageOf(e.Request)
	}
	return e.Redirect(http.StatusSeeOther, to)
}
