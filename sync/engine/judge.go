package engine

import (
	"strconv"
	"unicode/utf8"

	"cunju/sync/change"
	"cunju/sync/feed"
	"cunju/sync/install"
	"cunju/sync/merge"
	"cunju/sync/oplog"
)

// Verdicts on a change (docs/sync.md §6).
const (
	Applied  = "applied"
	Merged   = "merged"
	Conflict = "conflict"
)

// planned is one edit that passed every check.
type planned struct {
	col    *Collection
	edit   change.Edit
	row    *feed.Record // nil: new
	state  merge.State
	region string // after the edit
}

// judge asks every rule before anything is written: a change is applied whole or
// not at all. It returns a refusal code, or "" with the plan.
func (e *Engine) judge(t *txn, c *change.Change, in *incoming, tau int64) ([]*planned, string, error) {
	if in.via != nil {
		if code := in.via.Refused[strconv.Itoa(in.i)]; code != "" {
			return nil, code, nil
		}
	}
	if !in.author.IsNode() && c.By != in.author.Staff {
		return nil, "rights", nil
	}
	var plan []*planned
	for _, ed := range c.Edits {
		p, code, err := e.plan(t, c.ID, ed, plan)
		if err != nil || code != "" {
			return nil, code, err
		}
		if code, err = e.permitted(t, c, in, p, tau); err != nil || code != "" {
			return nil, code, err
		}
		if code := e.ruled(c, in, p, tau); code != "" {
			return nil, code, nil
		}
		plan = append(plan, p)
	}
	return plan, "", nil
}

// plan loads what an edit meets and checks its form.
func (e *Engine) plan(t *txn, id string, ed change.Edit, before []*planned) (*planned, string, error) {
	col := e.collections[ed.C]
	if col == nil || !col.formOK(ed.Set) || (ed.Base != "" && !col.groupsWhole(ed.Set)) {
		return nil, "schema", nil
	}
	for _, p := range before {
		if p.edit.C == ed.C && p.edit.R == ed.R {
			return nil, "schema", nil // two edits of one record belong in one
		}
	}
	row, err := t.record(ed.C, ed.R)
	if err != nil {
		return nil, "", err
	}
	p := &planned{col: col, edit: ed, row: row}
	if row != nil {
		if p.state, err = t.load(col, row); err != nil {
			return nil, "", err
		}
		p.region = row.Region
		// An id names one change of a record for good: with it as rev, checkpoints tell states apart.
		if n, _, err := oplog.FindTouch(t.db, ed.C, ed.R, id); err != nil || n != 0 {
			return nil, duplicate, err
		}
	}
	if r, ok := ed.Set["region"].(string); ok {
		p.region = r
	}
	switch {
	case row == nil && ed.Base != "":
		return nil, "state", nil
	case len(p.region) != 12:
		return nil, "schema", nil
	case row != nil && col.Policy == Append:
		return nil, "frozen", nil
	}
	return p, "", nil
}

// permitted judges rights in the region where the record is and, when it moves, where it goes.
func (e *Engine) permitted(t *txn, c *change.Change, in *incoming, p *planned, tau int64) (string, error) {
	regions := []string{p.region}
	if p.row != nil && p.row.Region != p.region {
		regions = append(regions, p.row.Region)
	}
	for _, r := range regions {
		if in.via != nil {
			// The forwarding node judged its own people; what it may not do is write elsewhere.
			if !install.Covers(in.via.region, r) {
				return "scope", nil
			}
			continue
		}
		if in.author.IsNode() {
			if !install.Covers(in.author.Region(), r) {
				return "scope", nil
			}
			continue
		}
		if p.col.Policy == Authority || p.col.Lane == feed.OfficeLane || !certNames(in.author, r) {
			return "rights", nil
		}
		if in.allowed {
			continue
		}
		ok, err := t.mayWrite(c.By, r, tau)
		if err != nil {
			return "", err
		}
		if !ok {
			return "rights", nil
		}
	}
	return "", nil
}

func certNames(c install.Cert, region string) bool {
	for _, r := range c.Regions {
		if r == region {
			return true
		}
	}
	return false
}

// ruled asks the subject's pure rule. What a forwarding node already judged is not judged again.
func (e *Engine) ruled(c *change.Change, in *incoming, p *planned, tau int64) string {
	if p.col.Check == nil || in.via != nil || in.checked {
		return ""
	}
	var current map[string]any
	if p.row != nil {
		current = p.state.Set
	}
	return p.col.Check(Proposed{Collection: p.edit.C, Record: p.edit.R, Current: current, Set: p.edit.Set, By: c.By,
		Node: in.author.IsNode(), Tau: tau})
}

// formOK checks fields, types and lengths.
func (c *Collection) formOK(set map[string]any) bool {
	for name, v := range set {
		if f := c.field(name); f == nil || !f.valueOK(v) {
			return false
		}
	}
	return true
}

// groupsWhole checks that a field group is set as one. The edit that creates a
// record may leave members out: they are empty, and nothing older can differ.
func (c *Collection) groupsWhole(set map[string]any) bool {
	if len(c.groupOf) == 0 {
		return true
	}
	groups := map[string]bool{}
	for name := range set {
		groups[c.field(name).Group] = true
	}
	for i := range c.Fields {
		f := &c.Fields[i]
		if _, ok := set[f.Name]; !ok && f.Group != "" && groups[f.Group] {
			return false
		}
	}
	return true
}

func (f *Field) valueOK(v any) bool {
	limit := f.Max
	if limit == 0 {
		limit = 5000
	}
	switch f.Kind {
	case Text:
		s, ok := v.(string)
		return ok && (len(s) <= limit || (len(s) <= 4*limit && utf8.RuneCountInString(s) <= limit))
	case Number:
		_, ok := v.(float64)
		return ok
	case Bool:
		_, ok := v.(bool)
		return ok
	case JSON:
		b, err := change.Compact(v)
		return err == nil && len(b) <= limit
	}
	return false
}
