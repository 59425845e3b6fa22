package services

import (
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/fault"
	"cunju/sync/change"
)

// verify takes a record into the count and gives it its number.
func (d Deps) verify(e *core.RequestEvent, a actor) error {
	if err := body(e, &struct{}{}); err != nil {
		return err
	}
	return d.decide(e, a, Verified, "")
}

func (d Deps) sendBack(e *core.RequestEvent, a actor) error { return d.withReason(e, a, Returned) }

func (d Deps) void(e *core.RequestEvent, a actor) error { return d.withReason(e, a, Voided) }

func (d Deps) withReason(e *core.RequestEvent, a actor, to State) error {
	var in struct {
		Reason string `json:"reason"`
	}
	if err := body(e, &in); err != nil {
		return err
	}
	reason := strings.TrimSpace(in.Reason)
	switch {
	case reason == "":
		return fault.New("malformed")
	case utf8.RuneCountInString(reason) > MaxReason:
		return fault.New("text_too_long")
	}
	return d.decide(e, a, to, reason)
}

// decide moves a record, takes its number and writes the trail in one transaction.
func (d Deps) decide(e *core.RequestEvent, a actor, to State, reason string) error {
	id := e.Request.PathValue("id")
	err := e.App.RunInTransaction(func(tx core.App) error {
		f, err := find(tx.DB(), a, id, d.Now())
		if err != nil {
			return err
		}
		if State(f.State) == to || !MayMove(State(f.State), to, true) {
			return fault.New("state")
		}
		set := map[string]any{"state": string(to), "return_reason": reason, "no": f.No, "verified_by": f.VerifiedBy, "verified_at": f.VerifiedAt}
		if to == Verified {
			now := d.Now().In(local)
			if set["no"], err = nextNumber(tx.DB(), d.Tier, f.Region, now); err != nil {
				return err
			}
			set["verified_by"], set["verified_at"] = a.ID, now.Format(time.RFC3339)
		}
		if _, err := d.Engine.FoldIn(tx, []change.Edit{{C: Collection, R: id, Base: f.Rev, Set: set}}, a.ID); err != nil {
			return refused(err)
		}
		return d.trail(tx, a, "service."+string(to), f, reason)
	})
	if err != nil {
		return err
	}
	if d.Committed != nil {
		d.Committed()
	}
	f, err := find(e.App.DB(), a, id, d.Now())
	if err != nil {
		return err
	}
	return answer(e, map[string]any{"service": d.Rules.detail(f), "may": f.may()})
}

// reveal shows everything to who says what for, and leaves a trace (D1, D4). The
// trace is written first: what was not logged is not shown.
func (d Deps) reveal(e *core.RequestEvent, a actor) error {
	var in struct {
		Purpose string `json:"purpose"`
	}
	if err := body(e, &in); err != nil {
		return err
	}
	purpose := strings.TrimSpace(in.Purpose)
	switch n := utf8.RuneCountInString(purpose); {
	case n < MinPurpose:
		return fault.New("purpose_required")
	case n > MaxPurpose:
		return fault.New("text_too_long")
	}
	f, err := find(e.App.DB(), a, e.Request.PathValue("id"), d.Now())
	if err != nil {
		return err
	}
	err = e.App.RunInTransaction(func(tx core.App) error {
		return d.trail(tx, a, "service.reveal", f, purpose)
	})
	if err != nil {
		return err
	}
	voices, err := ratingsOf(e.App.DB(), f.ID)
	if err != nil {
		return err
	}
	if a.ID == f.Counsel { // who is rated never sees whom the resident wants to be called by (Q4)
		for i := range voices {
			voices[i].Phone = ""
		}
	}
	return answer(e, revealed(f, voices))
}

func revealed(f full, voices []Voice) map[string]any {
	groups := []string{}
	if f.ClientGroups != "" && json.Unmarshal([]byte(f.ClientGroups), &groups) != nil {
		groups = []string{}
	}
	remarks := map[string]any{}
	for _, v := range voices {
		remarks[v.ID] = map[string]string{"remark": v.Remark, "call_back_phone": v.Phone}
	}
	return map[string]any{"title": f.Title, "client_name": f.ClientName, "client_phone": f.ClientPhone, "client_id_no": f.ClientIDNo,
		"client_groups": groups, "summary": f.Summary, "advice": f.Advice, "details": object(f.Details), "ratings": remarks}
}

// read notes that the office has read a record's bad ratings.
func (d Deps) read(e *core.RequestEvent, a actor) error {
	if err := body(e, &struct{}{}); err != nil {
		return err
	}
	f, err := find(e.App.DB(), a, e.Request.PathValue("id"), d.Now())
	if err != nil {
		return err
	}
	err = e.App.RunInTransaction(func(tx core.App) error {
		_, err := tx.DB().NewQuery(`INSERT INTO service_rating_reads (service, rating, staff, at)
			SELECT service, rating, {:staff}, {:at} FROM rating_joins WHERE service = {:s} ON CONFLICT DO NOTHING`).
			Bind(dbx.Params{"s": f.ID, "staff": a.ID, "at": d.Now().UnixMilli()}).Execute()
		return err
	})
	if err != nil {
		return err
	}
	return answer(e, map[string]any{"read": true})
}
