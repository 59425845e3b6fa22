package demo

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"cunju/sync/change"
	"cunju/sync/phone"
)

// How much the scripted day holds.
const (
	servicesEach = 70 // by each of three counsel
	offlineDays  = 3
	ratedEach    = 14
	ratedStep    = 3 // every third service of a phone is rated
)

// worker is a counsel with a phone in the hand.
type worker struct {
	*person
	phone    *phone.Phone
	clock    *clock
	cut      *cutter
	rand     *rand.Rand
	services []string // ids, in the order in which they were saved
	days     map[string]time.Time
	visits   map[string]string // village and date → visit
	events   []string          // what went wrong on the way, to be shown
}

// clock is a phone's clock that the script can set back.
type clock struct{ at time.Time }

func (c *clock) now() time.Time {
	if c.at.IsZero() {
		return time.Now()
	}
	return c.at
}

// day is what the script did, to be compared with what the nodes hold.
type day struct {
	workers []*worker
	early   string // a service that was rated before its record had left the phone
	ratings int
}

// day runs the scripted phones, the residents, and the office.
func (h *house) day(ctx context.Context, o options) (*day, error) {
	d := &day{}
	for i, p := range h.cast.counsel {
		w, err := h.equip(ctx, p, rand.New(rand.NewPCG(o.seed, uint64(i))))
		if err != nil {
			return nil, fmt.Errorf("equip %s: %w", p.login, err)
		}
		d.workers = append(d.workers, w)
	}
	defer func() {
		for _, w := range d.workers {
			w.phone.Close()
		}
	}()
	if err := h.work(ctx, d); err != nil {
		return nil, err
	}
	for _, w := range d.workers[:2] {
		if len(w.events) == 0 {
			return nil, fmt.Errorf("the line of %s was to be cut and was not", w.login)
		}
	}
	if err := h.residents(ctx, d); err != nil {
		return nil, err
	}
	if err := d.settle(ctx); err != nil {
		return nil, err
	}
	if err := h.judge(ctx, d); err != nil {
		return nil, err
	}
	for _, w := range d.workers {
		if list := w.refused(); len(list) > 0 {
			return nil, fmt.Errorf("%d changes of %s were refused, the first as %s", len(list), w.login, list[0])
		}
	}
	return d, h.desk(ctx, d)
}

// equip pairs a new phone by a code that the officer makes.
func (h *house) equip(ctx context.Context, p *person, r *rand.Rand) (*worker, error) {
	officer, err := login(ctx, h.town.url, h.cast.officer.login, h.cast.officer.password)
	if err != nil {
		return nil, err
	}
	var code struct {
		Code string `json:"code"`
	}
	if err := officer.call(ctx, http.MethodPost, "/api/cunju/pairings", map[string]string{"staff": p.id}, &code); err != nil {
		return nil, err
	}
	dir := filepath.Join(h.dir, "phones")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make folder: %w", err)
	}
	w := &worker{person: p, clock: &clock{}, cut: &cutter{}, rand: r, days: map[string]time.Time{}, visits: map[string]string{}}
	client := &http.Client{Transport: w.cut, Timeout: time.Minute}
	if w.phone, err = phone.Open(filepath.Join(dir, p.login), h.town.url, client, w.clock.now); err != nil {
		return nil, err
	}
	return w, w.phone.Enrol(ctx, code.Code, p.name+"的手机")
}

// work is the day itself: the first counsel's line is cut in the middle of a push, the
// second's answer is lost after the commit, the third has no network for three days.
func (h *house) work(ctx context.Context, d *day) error {
	now := time.Now()
	for i := range servicesEach {
		for _, w := range d.workers[:2] {
			at := now.Add(-8*time.Hour + time.Duration(i)*6*time.Minute)
			if err := w.serve(at); err != nil {
				return err
			}
		}
		w := d.workers[2]
		w.clock.at = now.AddDate(0, 0, -offlineDays+i*offlineDays/servicesEach).Add(-time.Hour + time.Duration(i)*time.Second)
		if err := w.serve(w.clock.at); err != nil {
			return err
		}
		if i%10 != 9 {
			continue
		}
		if err := d.meetNetwork(ctx, i); err != nil {
			return err
		}
	}
	d.workers[2].clock.at = time.Time{}
	return nil
}

// meetNetwork is a moment in which the first two phones have a line, not always a good one.
func (d *day) meetNetwork(ctx context.Context, i int) error {
	if i == 29 {
		d.workers[0].cut.requests = 1
		d.workers[1].cut.answers = 1
	}
	for _, w := range d.workers[:2] {
		err := w.phone.Sync(ctx)
		if errors.Is(err, errCut) {
			w.events = append(w.events, err.Error())
			err = nil // tried again at the next moment with a line
		}
		if err != nil {
			return fmt.Errorf("sync %s: %w", w.login, err)
		}
	}
	return nil
}

// serve logs one matter, with the visit that it belongs to and now and then a document, as one change.
func (w *worker) serve(at time.Time) error {
	s := stories[w.rand.IntN(len(stories))]
	village := w.villages[w.rand.IntN(len(w.villages))]
	var edits []change.Edit
	visit := w.visits[village+at.Format("2006-01-02")]
	if visit == "" {
		visit = change.NewID()
		w.visits[village+at.Format("2006-01-02")] = visit
		edits = append(edits, change.Edit{C: "visits", R: visit, Set: map[string]any{"region": village, "counsel": w.id,
			"started_at": stampOf(at.Add(-20 * time.Minute)), "presence_kind": "none", "presence_note": "村委会无人值班", "state": "open"}})
	}
	id := change.NewID()
	w.services = append(w.services, id)
	w.days[id] = at
	edits = append(edits, change.Edit{C: "services", R: id, Set: w.record(s, village, visit, at)})
	if s.document != "" {
		edits = append(edits, change.Edit{C: "documents", R: change.NewID(), Set: map[string]any{"region": village, "service": id, "template": s.document,
			"title": s.title, "body": map[string]any{"text": s.advice}, "state": "submitted"}})
	}
	_, err := w.phone.Save(edits)
	return err
}

func (w *worker) record(s story, village, visit string, at time.Time) map[string]any {
	set := map[string]any{"region": village, "visit": visit, "counsel": w.id, "kind": s.kind, "topic": s.topic, "topic_suggested": s.topic,
		"title": s.title, "summary": fmt.Sprintf(s.summary, s.number(w.rand)), "advice": s.advice, "outcome": s.outcome, "mode": "onsite", "place": "村委会",
		"occurred_at": stampOf(at), "duration_min": float64(10 + 5*w.rand.IntN(9)), "client_kind": "resident", "persons": 1.0,
		"secrecy": "normal", "state": "submitted", "device_no": fmt.Sprintf("T-%s-%d", w.phone.Alias(), len(w.services))}
	if s.kind == "CONTRACT" {
		set["client_kind"] = "committee"
		set["details"] = map[string]any{"target_text": "土地流转合同", "findings": []any{"付款方式", "期限", "复耕责任"}, "conclusion": "ok_after_change"}
		return set
	}
	if w.rand.IntN(8) == 0 && s.kind == "CONSULT" {
		set["client_kind"] = "anonymous"
		return set
	}
	set["client_name"], set["client_phone"] = residentName(w.rand), phoneNumber(w.rand)
	set["consent"] = map[string]any{"given": true}
	switch s.kind {
	case "MEDIATE":
		set["details"] = map[string]any{"parties": []any{residentName(w.rand), residentName(w.rand)}, "dispute_type": "邻里纠纷", "difficulty": "simple", "agreement": s.advice}
	case "AID":
		set["details"] = map[string]any{"aid_basis": "low_income"}
	case "DRAFT":
		set["details"] = map[string]any{"documents": []any{s.document}}
	}
	return set
}

// beijing is the offset that devices here write times with.
var beijing = time.FixedZone("+08:00", 8*3600)

func stampOf(t time.Time) string { return t.In(beijing).Format("2006-01-02T15:04:05.000-07:00") }

// settle lets every phone meet the network until the city has acknowledged everything.
func (d *day) settle(ctx context.Context) error {
	deadline := time.Now().Add(2 * time.Minute)
	for {
		open := 0
		for _, w := range d.workers {
			if err := w.phone.Sync(ctx); err != nil {
				return fmt.Errorf("sync %s: %w", w.login, err)
			}
			for _, c := range w.phone.Changes() {
				if c.Level != "city" {
					open++
				}
			}
		}
		if open == 0 {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%d changes have no receipt of the city after two minutes", open)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(300 * time.Millisecond):
		}
	}
}

// refused lists changes that a rule did not let through, with the rule's word.
func (w *worker) refused() []string {
	var list []string
	for _, c := range w.phone.Changes() {
		if c.Verdict != "" && c.Verdict != "applied" && c.Verdict != "merged" {
			list = append(list, c.Verdict)
		}
	}
	return list
}
