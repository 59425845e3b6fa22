package ratings

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"cunju/sync/change"
)

// errBusy: the same browser rated on several lines at once and lost each race.
var errBusy = errors.New("rate: lost every race")

// rate takes a rating, or what is added to one.
func (r *Ratings) rate(e *core.RequestEvent) error {
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
	if err := e.Request.ParseForm(); err != nil {
		return r.answer(e, k, http.StatusBadRequest, problem{key: "rate.again"})
	}
	form, browser := e.Request.PostForm, browserOf(e.Request)
	if browser == "" || !sameToken(form.Get("form"), formToken(k.key, browser, k.id)) {
		return r.answer(e, k, http.StatusBadRequest, problem{key: "rate.again"})
	}
	if form.Get("step") == "again" {
		return r.again(e, k, form, browser)
	}
	for range 3 {
		done, err := r.attempt(e, k, form, browser)
		if done {
			return err
		}
	}
	return r.broken(e, errBusy)
}

// again takes the answer to the second question from the browser that complained.
func (r *Ratings) again(e *core.RequestEvent, k *known, form url.Values, browser string) error {
	existing, err := codeRatings(e.App.DB(), k.id)
	if err != nil {
		return r.broken(e, err)
	}
	answer := form.Get("answer")
	if !slices.Contains(SecondAnswers, answer) || !r.admit(k, existing, browser).SaidBad() {
		return r.answer(e, k, http.StatusBadRequest, problem{key: "rate.choose"})
	}
	if _, err := r.deps.Handling.Again(e.Request.Context(), k.id.Alias+k.id.Tag, k.install.Region[:9]+"000", answer); err != nil {
		return r.broken(e, err)
	}
	return redirect(e, k.code.Text())
}

// attempt reads the state, decides and writes. done is false when another
// request of the same browser wrote between: then the state is read again.
func (r *Ratings) attempt(e *core.RequestEvent, k *known, form url.Values, browser string) (done bool, err error) {
	existing, err := codeRatings(e.App.DB(), k.id)
	if err != nil {
		return true, r.broken(e, err)
	}
	admission := r.admit(k, existing, browser)
	before, rated := admission.Latest()
	rating, wrong := said(form, before, rated)
	if wrong != (problem{}) {
		return true, r.answer(e, k, http.StatusBadRequest, wrong)
	}
	if rated && rating.Says(before) {
		return true, redirect(e, k.code.Text())
	}
	if admission.Refused != "" {
		return true, r.refused(e, k, rated)
	}
	now := r.deps.Now()
	hash := browserHash(browser)
	others, err := otherCodes(e.App.DB(), hash, k.id, now.UnixMilli())
	if err != nil {
		return true, r.broken(e, err)
	}
	rating.Flags = admission.Flags
	rating.Flags.Crowd = others+1 >= CrowdCodes
	if err := r.where(e, k.install.ID, &rating.Flags); err != nil {
		return true, r.broken(e, err)
	}
	rating.ID = ratingID(k.key, r.deps.Tier, rating.Flags.Voice, k.id, len(admission.Own))
	if err := r.store(e, k, rating, now); err != nil {
		if r.deps.Refusal(err) == "frozen" {
			return false, nil // the record exists: another tap of this browser made it
		}
		return true, r.broken(e, err)
	}
	if err := noteBrowser(e.App.NonconcurrentDB(), hash, k.id, now.UnixMilli()); err != nil {
		e.App.Logger().Error("rating stored, browser not noted", "error", err)
	}
	return true, redirect(e, k.code.Text())
}

// refused says why no more is taken: to its author on the page of thanks, to
// another browser on a page of its own.
func (r *Ratings) refused(e *core.RequestEvent, k *known, rated bool) error {
	if rated {
		return r.answer(e, k, http.StatusConflict, problem{})
	}
	return notice(e, http.StatusConflict, "full", "full.text")
}

// said reads a form on top of what the browser said before. The first form holds
// a grade; the second keeps it and adds the rest; the third changes the grade and keeps the rest.
func said(form url.Values, before Rating, rated bool) (Rating, problem) {
	if form.Get("step") == "more" && rated {
		return supplemented(form, before)
	}
	grade, err := strconv.Atoi(form.Get("grade"))
	if err != nil || !slices.Contains(Grades, grade) {
		return Rating{}, problem{key: "rate.choose"}
	}
	r := Rating{Grade: grade, Remark: before.Remark, Phone: before.Phone, AssistedBy: before.AssistedBy}
	if IsBad(grade) {
		r.Reasons = before.Reasons
	}
	return r, problem{}
}

func supplemented(form url.Values, before Rating) (Rating, problem) {
	r := Rating{Grade: before.Grade, Remark: Clean(form.Get("remark"))}
	if IsBad(r.Grade) {
		for _, reason := range Reasons {
			if slices.Contains(form["reason"], reason) {
				r.Reasons = append(r.Reasons, reason)
			}
		}
	}
	if helper := form.Get("helper"); slices.Contains(Helpers, helper) {
		r.AssistedBy = helper
	}
	var ok bool
	if r.Phone, ok = Phone(form.Get("phone")); !ok {
		r.Phone = firstRunes(Clean(form.Get("phone")), MaxPhone)
		return r, problem{phoneBad: true, typed: &r}
	}
	return r, problem{}
}

// store folds the rating as a change of the node's own install.
func (r *Ratings) store(e *core.RequestEvent, k *known, rating Rating, now time.Time) error {
	if len(k.install.Region) != 12 {
		return fmt.Errorf("install %s has no region", k.install.ID)
	}
	_, err := r.deps.Folder.Fold(e.Request.Context(), []change.Edit{r.edit(k, rating, now)}, "")
	return err
}

// edit is the rating as a record.
func (r *Ratings) edit(k *known, rating Rating, now time.Time) change.Edit {
	set := map[string]any{
		"region": k.install.Region[:9] + "000", "tag": k.id.Tag, "install_alias": k.id.Alias,
		"day": int(k.code.Day), "grade": rating.Grade, "flags": rating.Flags.List(),
		"rated_at": now.In(zone).Format(timeForm), "origin": r.deps.Tier,
	}
	if len(rating.Reasons) > 0 {
		set["reasons"] = rating.Reasons
	}
	for field, text := range map[string]string{"remark": rating.Remark, "call_back_phone": rating.Phone, "assisted_by": rating.AssistedBy} {
		if text != "" {
			set[field] = text
		}
	}
	return change.Edit{C: Collection, R: rating.ID, Set: set}
}

func firstRunes(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}
