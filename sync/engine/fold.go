package engine

import (
	"encoding/json/v2"
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/pocketbase/dbx"

	"cunju/sync/change"
	"cunju/sync/feed"
	"cunju/sync/install"
	"cunju/sync/merge"
	"cunju/sync/oplog"
	"cunju/sync/stamp"
)

// txn is what one transaction carries: the next place in the order of changes,
// and certificates already parsed.
type txn struct {
	db    dbx.Builder
	e     *Engine
	seq   int64
	certs map[string]install.Cert
}

func (e *Engine) begin(db dbx.Builder) (*txn, error) {
	t := &txn{db: db, e: e, certs: map[string]install.Cert{}}
	v, err := oplog.State(db, "seq")
	if err != nil || v == "" {
		return t, err
	}
	if t.seq, err = strconv.ParseInt(v, 10, 64); err != nil {
		return nil, fmt.Errorf("read order of changes: %w", err)
	}
	return t, nil
}

func (t *txn) end() error {
	return oplog.SetStateValue(t.db, "seq", strconv.FormatInt(t.seq, 10))
}

func (t *txn) certOf(id string) (install.Cert, error) {
	if c, ok := t.certs[id]; ok {
		return c, nil
	}
	row, err := oplog.FindInstall(t.db, id)
	if err != nil || row == nil {
		return install.Cert{}, err
	}
	c, err := install.Parse(row.Cert)
	t.certs[id] = c
	return c, err
}

// apply folds a judged change into its records and returns the verdict.
func (e *Engine) apply(t *txn, plan []*planned, at stamp.Stamp, n int64, in incoming) (string, error) {
	verdict := Applied
	for _, p := range plan {
		overwritten, lost := p.state.Fold(p.edit.Set, at, p.col.groups())
		if len(lost) > 0 && verdict == Applied {
			verdict = Merged
		}
		if in.via == nil {
			unseen, err := e.conflicts(t, p, overwritten, lost, n, in)
			if err != nil {
				return "", err
			}
			if unseen {
				verdict = Conflict
			}
		}
		if err := e.place(t, p, in); err != nil {
			return "", err
		}
		if err := oplog.Touch(t.db, p.edit.C, p.edit.R, n); err != nil {
			return "", err
		}
	}
	if verdict != Applied {
		_, err := t.db.NewQuery("UPDATE sync_changes SET verdict = {:v} WHERE n = {:n}").Bind(dbx.Params{"v": verdict, "n": n}).Execute()
		if err != nil {
			return "", fmt.Errorf("store verdict: %w", err)
		}
	}
	return verdict, nil
}

// conflicts keeps every value that does not stand although one author had not
// seen the other's: overwritten ones whose change arrived after base did, and lost ones.
func (e *Engine) conflicts(t *txn, p *planned, overwritten, lost []merge.Lost, n int64, in incoming) (bool, error) {
	if p.row == nil {
		return false, nil
	}
	base, _, err := oplog.FindChange(t.db, p.edit.Base)
	if err != nil {
		return false, err
	}
	var unseen []merge.Lost
	for _, l := range overwritten {
		was, _, err := oplog.FindChange(t.db, l.By.ID)
		if err != nil {
			return false, err
		}
		if l.By.ID != p.edit.Base && was > base && !equal(l.Value, p.state.Set[l.Field]) {
			unseen = append(unseen, l)
		}
	}
	for _, l := range lost {
		if !equal(l.Value, p.state.Set[l.Field]) {
			unseen = append(unseen, l)
		}
	}
	for _, l := range unseen {
		value, err := change.Compact(l.Value)
		if err != nil {
			return false, fmt.Errorf("encode conflict: %w", err)
		}
		err = oplog.AddConflict(t.db, oplog.Conflict{C: p.edit.C, R: p.edit.R, Field: l.Field, Value: string(value),
			Change: l.By.ID, Stands: l.Over.ID, Install: in.author.Install, At: in.received})
		if err != nil {
			return false, err
		}
	}
	return len(unseen) > 0, nil
}

func equal(a, b any) bool {
	x, err1 := change.Compact(a)
	y, err2 := change.Compact(b)
	return err1 == nil && err2 == nil && string(x) == string(y)
}

// place writes the record's row and moves it to the end of its feed.
func (e *Engine) place(t *txn, p *planned, in incoming) error {
	install := in.author.Install
	if p.row != nil && p.state.Head.ID == p.row.Rev {
		install = p.row.Install
	}
	source := in.source
	if p.row != nil && p.row.Source != source {
		source = "" // what others wrote before may be unknown to the node that brought this: it is given all of it
	}
	return t.store(p.col, p.edit.R, p.row, p.state, install, source)
}

// store writes row and feed entry of a record's state.
func (t *txn) store(col *Collection, id string, old *feed.Record, s merge.State, author, source string) error {
	region, _ := s.Set["region"].(string)
	if err := t.write(col, id, s.Set); err != nil {
		return err
	}
	stamps, err := encodeStamps(s)
	if err != nil {
		return err
	}
	t.seq++
	return feed.Put(t.db, old, feed.Record{C: col.Name, R: id, Feed: feed.Name(region, col.Lane), Region: region, Rev: s.Head.ID,
		Tau: s.Head.Tau, Install: author, Source: source, Stamps: stamps}, t.seq)
}

// encodeStamps writes the stamps that differ from the head, and those of emptied
// fields: an empty column alone does not tell "emptied" from "never set".
func encodeStamps(s merge.State) (string, error) {
	m := map[string][]any{}
	for f, st := range s.Stamps {
		m[f] = []any{st.Tau, st.ID}
	}
	for f, v := range s.Set {
		if _, ok := m[f]; !ok && empty(v) {
			m[f] = []any{s.Head.Tau, s.Head.ID}
		}
	}
	if len(m) == 0 {
		return "", nil
	}
	b, err := json.Marshal(m, json.Deterministic(true))
	return string(b), err
}

func decodeStamps(text string) (map[string]stamp.Stamp, error) {
	if text == "" {
		return nil, nil
	}
	var raw map[string][]any
	if err := json.Unmarshal([]byte(text), &raw); err != nil {
		return nil, fmt.Errorf("read field stamps: %w", err)
	}
	return parseStamps(raw)
}

func parseStamps(raw map[string][]any) (map[string]stamp.Stamp, error) {
	m := make(map[string]stamp.Stamp, len(raw))
	for f, v := range raw {
		if len(v) != 2 {
			return nil, fmt.Errorf("read field stamps: %d parts", len(v))
		}
		tau, ok1 := v[0].(float64)
		id, ok2 := v[1].(string)
		if !ok1 || !ok2 || !change.ValidID(id) {
			return nil, fmt.Errorf("read field stamps: not a stamp")
		}
		m[f] = stamp.Stamp{Tau: int64(tau), ID: id}
	}
	return m, nil
}

func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case float64:
		return v == 0
	case bool:
		return !v
	}
	return false
}

// load reads a record's state back from its row and stamps.
func (t *txn) load(col *Collection, row *feed.Record) (merge.State, error) {
	rows, err := readRows(t.db, col, []string{row.R})
	if err != nil {
		return merge.State{}, err
	}
	return stateOf(col, rows[row.R], row)
}

func stateOf(col *Collection, set map[string]any, row *feed.Record) (merge.State, error) {
	s := merge.State{Set: map[string]any{}, Head: stamp.Stamp{Tau: row.Tau, ID: row.Rev}}
	stamps, err := decodeStamps(row.Stamps)
	if err != nil {
		return s, err
	}
	for _, f := range col.Fields {
		v := set[f.Name]
		if _, stamped := stamps[f.Name]; stamped || !empty(v) {
			s.Set[f.Name] = v
		}
	}
	for f, st := range stamps {
		if st == s.Head {
			delete(stamps, f)
		}
	}
	s.Stamps = stamps
	return s, nil
}

// write upserts the row of a record with all its set fields.
func (t *txn) write(col *Collection, id string, set map[string]any) error {
	names := make([]string, 0, len(set))
	for name := range set {
		names = append(names, name)
	}
	sort.Strings(names)
	params := dbx.Params{"id": id}
	var columns, values, updates strings.Builder
	for i, name := range names {
		f := col.field(name)
		p := "p" + strconv.Itoa(i)
		v, err := f.column(set[name])
		if err != nil {
			return err
		}
		params[p] = v
		fmt.Fprintf(&columns, ", [[%s]]", name)
		fmt.Fprintf(&values, ", {:%s}", p)
		fmt.Fprintf(&updates, "[[%s]] = excluded.[[%s]], ", name, name)
	}
	sql := fmt.Sprintf("INSERT INTO {{%s}} ([[id]]%s) VALUES ({:id}%s) ON CONFLICT ([[id]]) DO UPDATE SET %s",
		col.Name, columns.String(), values.String(), strings.TrimSuffix(updates.String(), ", "))
	if _, err := t.db.NewQuery(sql).Bind(params).Execute(); err != nil {
		return fmt.Errorf("write %s: %w", col.Name, err)
	}
	return nil
}

// column turns a value into what its column stores.
func (f *Field) column(v any) (any, error) {
	switch {
	case f.Kind == JSON:
		b, err := change.Compact(v)
		return string(b), err
	case v != nil:
		return v, nil
	case f.Kind == Number:
		return 0, nil
	case f.Kind == Bool:
		return false, nil
	}
	return "", nil
}
