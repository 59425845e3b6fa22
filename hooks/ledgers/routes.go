package ledgers

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/access"
	"cunju/hooks/audit"
	"cunju/hooks/fault"
	"cunju/hooks/region"
)

// previewRows are what the page shows; the file holds all.
const previewRows = 200

// Deps is what the subject needs from others.
type Deps struct{ Now func() time.Time }

type ledgers struct {
	app  core.App
	deps Deps
	jobs *jobs
}

// RegisterRoutes puts the office's routes on.
func RegisterRoutes(app core.App, deps Deps) {
	l := &ledgers{app, deps, &jobs{list: map[string]*job{}, now: deps.Now}}
	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		g := se.Router.Group("/api/office/ledgers")
		g.GET("/{kind}", access.Desk(deps.Now, l.preview))
		g.POST("/files", access.Desk(deps.Now, l.order))
		g.GET("/files/{id}", access.Desk(deps.Now, l.state))
		g.GET("/files/{id}/content", access.Desk(deps.Now, l.content))
		g.GET("/subsidy/terms", access.Desk(deps.Now, l.terms))
		g.POST("/subsidy/terms", access.Desk(deps.Now, l.decide))
		g.POST("/subsidy/rates", access.Desk(deps.Now, l.rate))
		return se.Next()
	})
}

var kinds = []string{Register, Volume, Orders, Payable}

// ask judges which ledger is wanted by whom. Supervisors see; officers and admins also print.
func (l *ledgers) ask(e *core.RequestEvent, who access.Staff, kind, period, code string) (Ask, error) {
	if !slices.Contains(kinds, kind) {
		return Ask{}, fault.New("not_found")
	}
	p, err := ParsePeriod(period)
	if err != nil {
		return Ask{}, fault.New("malformed").Wrap(err)
	}
	if kind == Payable || kind == Volume {
		p.Month = 0
	}
	if code == "" {
		code = who.Region
	}
	if !region.Valid(code) {
		return Ask{}, fault.New("region_unknown")
	}
	if !region.Covers(who.Region, code) {
		return Ask{}, fault.New("scope")
	}
	if kind == Volume && len(region.Prefix(code)) != 12 {
		return Ask{}, fault.New("region_unknown") // one village, one volume
	}
	return Ask{Kind: kind, Period: p, Region: code, Sealed: who.Role == access.Admin, Limit: MaxRows}, nil
}

func (l *ledgers) preview(e *core.RequestEvent, who access.Staff) error {
	q := e.Request.URL.Query()
	ask, err := l.ask(e, who, e.Request.PathValue("kind"), q.Get("period"), q.Get("region"))
	if err != nil {
		return err
	}
	ask.Limit = previewRows
	found, err := Read(e.App.DB(), ask)
	if err != nil {
		return err
	}
	columns, lang := []map[string]any{}, fault.Lang(e.Request)
	for _, c := range found.Columns {
		name := c.Zh
		if lang == "en" {
			name = c.En
		}
		columns = append(columns, map[string]any{"key": c.Key, "name": name, "right": c.Form == Whole || c.Form == Yuan})
	}
	rows := make([]map[string]any, len(found.Rows))
	for i, row := range found.Rows {
		rows[i] = map[string]any{"link": row.Link, "cells": texts(found.Columns, row.Cells)}
	}
	answer := map[string]any{"title": found.Title, "office": found.Office, "period": found.Period, "columns": columns, "rows": rows, "more": found.More, "note": found.Note}
	if found.Totals != nil && found.More == 0 {
		answer["totals"] = texts(found.Columns, found.Totals)
	}
	return e.JSON(http.StatusOK, answer)
}

// order begins a file. Full names need a purpose; both ways the export is written to the audit trail (D1, D4).
func (l *ledgers) order(e *core.RequestEvent, who access.Staff) error {
	var in struct {
		Kind    string `json:"kind"`
		Period  string `json:"period"`
		Region  string `json:"region"`
		Format  string `json:"format"`
		Full    bool   `json:"full"`
		Purpose string `json:"purpose"`
	}
	if err := access.DeskBody(e, &in); err != nil {
		return err
	}
	ask, err := l.ask(e, who, in.Kind, in.Period, in.Region)
	if err != nil {
		return err
	}
	if in.Format != "xlsx" && in.Format != "pdf" {
		return fault.New("malformed")
	}
	purpose, action := strings.TrimSpace(in.Purpose), "ledger.export"
	if ask.Full = in.Full; in.Full {
		action = "ledger.reveal"
		if who.Role == access.Supervisor {
			return fault.New("forbidden")
		}
		if purpose == "" {
			return fault.New("purpose_required")
		}
	}
	err = e.App.RunInTransaction(func(tx core.App) error {
		return audit.Write(tx.DB(), audit.Entry{At: l.deps.Now(), Who: who.ID, Role: string(who.Role), Action: action, Collection: "services",
			Record: ask.Kind + " " + ask.Period.String(), Purpose: purpose, Region: ask.Region})
	})
	if err != nil {
		return err
	}
	return l.begin(e, who, ask, in.Format)
}

var mimes = map[string]string{"pdf": "application/pdf", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}

func (l *ledgers) begin(e *core.RequestEvent, who access.Staff, ask Ask, format string) error {
	one := &job{staff: who.ID, made: l.deps.Now(), mime: mimes[format], name: fmt.Sprintf("cunju-%s-%s-%s.%s", ask.Kind, ask.Region, ask.Period, format)}
	id, ok := l.jobs.add(one)
	if !ok {
		return fault.New("too_many")
	}
	go one.run(func(into *bytes.Buffer) error {
		found, err := Read(l.app.DB(), ask)
		if err != nil {
			return err
		}
		one.total.Store(int64(len(found.Rows)))
		told := func(done int) { one.done.Store(int64(done)) }
		if format == "pdf" {
			return WritePaper(into, found, l.deps.Now(), told)
		}
		return WriteExcel(into, found, told)
	})
	return e.JSON(http.StatusAccepted, map[string]any{"id": id})
}

func (l *ledgers) state(e *core.RequestEvent, who access.Staff) error {
	one := l.jobs.of(e.Request.PathValue("id"), who.ID)
	if one == nil {
		return fault.New("not_found")
	}
	_, err, ready := one.result()
	if err != nil {
		l.jobs.drop(e.Request.PathValue("id"))
		return err
	}
	return e.JSON(http.StatusOK, map[string]any{"ready": ready, "done": one.done.Load(), "total": one.total.Load(), "name": one.name})
}

// content gives the file once; it stays for who lost the answer, until it is too old.
func (l *ledgers) content(e *core.RequestEvent, who access.Staff) error {
	one := l.jobs.of(e.Request.PathValue("id"), who.ID)
	if one == nil {
		return fault.New("not_found")
	}
	file, err, ready := one.result()
	if err != nil {
		return err
	}
	if !ready {
		return fault.New("state")
	}
	e.Response.Header().Set("Content-Disposition", `attachment; filename="`+one.name+`"`)
	return e.Blob(http.StatusOK, one.mime, file)
}

// terms are the rates of a year, for the page that decides about a village.
func (l *ledgers) terms(e *core.RequestEvent, who access.Staff) error {
	p, err := ParsePeriod(e.Request.URL.Query().Get("period"))
	if err != nil {
		return fault.New("malformed").Wrap(err)
	}
	rates, err := ReadRates(e.App.DB(), p.Year)
	if err != nil {
		return err
	}
	return e.JSON(http.StatusOK, map[string]any{"village": rates.Village, "case": rates.Case, "grades": Grades, "difficulties": Difficulties})
}

// mostFen keeps a slip of the keyboard from becoming a payment: 100,000 yuan.
const mostFen = 100_000_00

// decide writes down the grade and the deduction of a village's year.
func (l *ledgers) decide(e *core.RequestEvent, who access.Staff) error {
	var in struct {
		Region    string `json:"region"`
		Year      int    `json:"year"`
		Grade     string `json:"grade"`
		Deduction int64  `json:"deduction"` // fen
		Reason    string `json:"reason"`
	}
	if err := access.DeskBody(e, &in); err != nil {
		return err
	}
	switch {
	case who.Role == access.Supervisor:
		return fault.New("forbidden")
	case !region.Valid(in.Region) || len(region.Prefix(in.Region)) != 12:
		return fault.New("region_unknown")
	case !region.Covers(who.Region, in.Region):
		return fault.New("scope")
	case !slices.Contains(Grades, in.Grade) || in.Year < 2000 || in.Year > 2999 || in.Deduction < 0 || in.Deduction > mostFen:
		return fault.New("malformed")
	case in.Deduction > 0 && strings.TrimSpace(in.Reason) == "":
		return fault.New("reason_required")
	case len([]rune(in.Reason)) > 200:
		return fault.New("text_too_long")
	}
	return l.write(e, who, "ledger.terms", in.Region, "INSERT INTO ledger_terms (region, year, grade, deduction, reason, by, at) VALUES ({:r}, {:y}, {:g}, {:d}, {:w}, {:by}, {:at})",
		dbx.Params{"r": in.Region, "y": in.Year, "g": in.Grade, "d": in.Deduction, "w": strings.TrimSpace(in.Reason)})
}

// rate sets a rate of a year.
func (l *ledgers) rate(e *core.RequestEvent, who access.Staff) error {
	var in struct {
		Year  int    `json:"year"`
		Kind  string `json:"kind"`
		Grade string `json:"grade"`
		Fen   int64  `json:"fen"`
	}
	if err := access.DeskBody(e, &in); err != nil {
		return err
	}
	list := map[string][]string{"village": Grades, "case": Difficulties}[in.Kind]
	switch {
	case who.Role != access.Admin:
		return fault.New("forbidden")
	case !slices.Contains(list, in.Grade) || in.Year < 2000 || in.Year > 2999 || in.Fen < 0 || in.Fen > mostFen:
		return fault.New("malformed")
	}
	return l.write(e, who, "ledger.rates", who.Region, "INSERT INTO ledger_rates (year, kind, grade, fen, by, at) VALUES ({:y}, {:k}, {:g}, {:f}, {:by}, {:at})",
		dbx.Params{"y": in.Year, "k": in.Kind, "g": in.Grade, "f": in.Fen})
}

// write adds a row and its line of the audit trail, both or neither.
func (l *ledgers) write(e *core.RequestEvent, who access.Staff, action, code, query string, params dbx.Params) error {
	now := l.deps.Now()
	params["by"], params["at"] = who.ID, now.UnixMilli()
	err := e.App.RunInTransaction(func(tx core.App) error {
		if _, err := tx.DB().NewQuery(query).Bind(params).Execute(); err != nil {
			return fmt.Errorf("write terms: %w", err)
		}
		return audit.Write(tx.DB(), audit.Entry{At: now, Who: who.ID, Role: string(who.Role), Action: action, Collection: "ledger_terms", Region: code})
	})
	if err != nil {
		return err
	}
	return e.NoContent(http.StatusNoContent)
}
