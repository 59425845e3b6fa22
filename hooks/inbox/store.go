package inbox

import (
	"fmt"
	"slices"

	"github.com/pocketbase/dbx"

	"cunju/hooks/standard"
	"cunju/sync/change"
)

// scope is the region whose items are asked for, and whether sealed matters are shown.
type scope struct {
	from, to string
	sealed   bool
}

func (s scope) params(id int64) dbx.Params {
	return dbx.Params{"from": s.from, "to": s.to, "limit": perKind, "id": id}
}

const who = `coalesce(i.name, '') AS phone, coalesce(i.state, '') AS install_state, coalesce(i.region, '') AS region,
	coalesce((SELECT name FROM staff WHERE id = i.staff), '') AS staff_name`

// decided leaves out what was decided already.
const undecided = "NOT EXISTS (SELECT 1 FROM inbox_decisions d WHERE d.kind = '%s' AND d.item = %s)"

// row is an item as it is read.
type row struct {
	ID      int64  `db:"id"`
	At      int64  `db:"at"`
	Made    int64  `db:"made"`
	Install string `db:"install"`
	Phone   string `db:"phone"`
	State   string `db:"install_state"`
	Staff   string `db:"staff_name"`
	Region  string `db:"region"`
	Code    string `db:"code"`
	Body    []byte `db:"body"`
	C       string `db:"c"`
	R       string `db:"r"`
	Field   string `db:"field"`
	Value   string `db:"value"`
	Stands  string `db:"stands"`
}

func (r row) item(kind string) Item {
	return Item{Kind: kind, ID: r.ID, At: r.At, Made: r.Made, Install: r.Install, Phone: r.Phone, State: r.State, Staff: r.Staff, Region: r.Region,
		Code: r.Code, Edits: []Edit{}}
}

// changes lists changes that this node was the first to receive and that were held or refused: what a township decided is not decided again
// above it. Newest first; id 0: all.
func changes(db dbx.Builder, s scope, kind, verdict string, id int64) ([]Item, error) {
	var rows []row
	err := db.NewQuery(`SELECT c.n AS id, b.received AS at, c.tau AS made, c.install, c.verdict AS code, coalesce(c.body, x'') AS body, ` + who +
		changesFrom(kind, verdict) + ` AND ({:id} = 0 OR c.n = {:id}) ORDER BY c.n DESC LIMIT {:limit}`).Bind(s.params(id)).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", kind, err)
	}
	list := make([]Item, len(rows))
	for i, r := range rows {
		list[i] = r.item(kind)
		list[i].Edits = editsOf(r.Body)
		if list[i].Sealed, err = anySealed(db, list[i].Edits, r.Body); err != nil {
			return nil, err
		}
		if list[i].Sealed && !s.sealed {
			list[i].Edits = []Edit{}
		}
	}
	return list, nil
}

func changesFrom(kind, verdict string) string {
	return ` FROM sync_changes c JOIN sync_batches b ON b.n = c.batch LEFT JOIN sync_installs i ON i.id = c.install
		WHERE c.verdict <> 'applied' AND ` + verdict + ` AND b.via = '' AND i.region >= {:from} AND i.region <= {:to} AND ` + fmt.Sprintf(undecided, kind, "c.n")
}

// The verdicts of two kinds, as conditions.
const (
	isHeld    = "c.verdict = 'held'"
	isRefused = "c.verdict LIKE 'refused:%' AND c.verdict NOT IN ('refused:duplicate', 'refused:dismissed')"
)

// conflicts lists open conflicts, and with decided those that were decided last and can be taken back.
func conflicts(db dbx.Builder, s scope, decided bool) ([]row, error) {
	where := "x.state = 'open'"
	if decided {
		where = "EXISTS (SELECT 1 FROM inbox_decisions d WHERE d.kind = 'conflict' AND d.item = x.id AND d.action = 'choose')"
	}
	var rows []row
	err := db.NewQuery(conflictColumns + ` WHERE ` + where + ` AND s.region >= {:from} AND s.region <= {:to} ORDER BY x.id DESC LIMIT {:limit}`).Bind(s.params(0)).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("list conflicts: %w", err)
	}
	return rows, nil
}

const conflictColumns = `SELECT x.id, x.at, x.install, x.c, x.r, x.field, x.value, x.change AS code, x.stands, s.region, coalesce(i.name, '') AS phone, coalesce(i.state, '') AS install_state,
	coalesce((SELECT name FROM staff WHERE id = i.staff), '') AS staff_name FROM sync_conflicts x JOIN sync_records s ON s.c = x.c AND s.r = x.r
	LEFT JOIN sync_installs i ON i.id = x.install`

// one reads an open or decided conflict.
func one(db dbx.Builder, s scope, id int64) (*row, error) {
	var rows []row
	err := db.NewQuery(conflictColumns + ` WHERE x.id = {:id} AND s.region >= {:from} AND s.region <= {:to}`).Bind(s.params(id)).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("read conflict: %w", err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	return &rows[0], nil
}

// writer names who made a change of a record and when.
func writer(db dbx.Builder, c, r, id string) (by string, at int64, err error) {
	var rows []struct {
		Body []byte `db:"body"`
		Tau  int64  `db:"tau"`
	}
	err = db.NewQuery(`SELECT coalesce(s.body, x'') AS body, s.tau FROM sync_history h CROSS JOIN sync_changes s ON s.n = h.n WHERE h.c = {:c} AND h.r = {:r} AND s.id = {:id}`).
		Bind(dbx.Params{"c": c, "r": r, "id": id}).All(&rows)
	if err != nil || len(rows) == 0 {
		return "", 0, err
	}
	made, err := change.Parse(rows[0].Body)
	if err != nil {
		return "", rows[0].Tau, nil // erased by law
	}
	var names []string
	if err := db.NewQuery("SELECT name FROM staff WHERE id = {:id}").Bind(dbx.Params{"id": made.By}).Column(&names); err != nil {
		return "", 0, fmt.Errorf("name writer: %w", err)
	}
	if len(names) == 1 {
		by = names[0]
	}
	return by, rows[0].Tau, nil
}

// kept lists what is in quarantine; id 0: all.
func kept(db dbx.Builder, s scope, kind string, id int64) ([]Item, error) {
	var rows []row
	err := db.NewQuery(`SELECT q.id, q.at, q.at AS made, q.install, q.reason AS code, q.bytes AS body, ` + who + keptFrom(kind) + ` AND ({:id} = 0 OR q.id = {:id}) ORDER BY q.id DESC LIMIT {:limit}`).
		Bind(s.params(id)).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", kind, err)
	}
	list := make([]Item, len(rows))
	for i, r := range rows {
		list[i] = r.item(kind)
		list[i].Size = len(r.Body)
	}
	return list, nil
}

func keptFrom(kind string) string {
	reason := "q.reason <> 'fork'"
	if kind == Fork {
		reason = "q.reason = 'fork'"
	}
	return ` FROM sync_quarantine q LEFT JOIN sync_installs i ON i.id = q.install WHERE ` + reason + ` AND i.region >= {:from} AND i.region <= {:to} AND ` + fmt.Sprintf(undecided, kind, "q.id")
}

// counts tells how much waits of each kind.
func counts(db dbx.Builder, s scope) (map[string]int, error) {
	from := map[string]string{
		Held: changesFrom(Held, isHeld), Refused: changesFrom(Refused, isRefused), Fork: keptFrom(Fork), Quarantine: keptFrom(Quarantine),
		Conflict: ` FROM sync_conflicts x JOIN sync_records s ON s.c = x.c AND s.r = x.r WHERE x.state = 'open' AND s.region >= {:from} AND s.region <= {:to}`,
	}
	m := map[string]int{}
	for _, kind := range Kinds {
		var n int
		if err := db.NewQuery("SELECT count(*)" + from[kind]).Bind(s.params(0)).Row(&n); err != nil {
			return nil, fmt.Errorf("count %s: %w", kind, err)
		}
		m[kind] = n
	}
	return m, nil
}

// editsOf names what a line touches; a line that cannot be read touches nothing.
func editsOf(body []byte) []Edit {
	list := []Edit{}
	c, err := change.Parse(body)
	if err != nil {
		return list
	}
	for _, e := range c.Edits {
		edit := Edit{Collection: e.C, Record: e.R, Creates: e.Base == "", Fields: []string{}}
		for f := range e.Set {
			edit.Fields = append(edit.Fields, f)
		}
		slices.Sort(edit.Fields)
		list = append(list, edit)
	}
	return list
}

// anySealed tells whether an edit is about a sealed matter, as it is stored or as the line itself would make it.
func anySealed(db dbx.Builder, edits []Edit, body []byte) (bool, error) {
	c, err := change.Parse(body)
	if err == nil {
		for _, e := range c.Edits {
			if e.Set["secrecy"] == "sealed" {
				return true, nil
			}
		}
	}
	for _, e := range edits {
		if s, err := sealed(db, e.Collection, e.Record); err != nil || s {
			return s, err
		}
	}
	return false, nil
}

// sealed tells whether a record belongs to a sealed matter.
func sealed(db dbx.Builder, c, r string) (bool, error) {
	sql := ""
	switch c {
	case "services":
		sql = "SELECT count(*) FROM services WHERE id = {:r} AND secrecy = 'sealed'"
	case "documents":
		sql = "SELECT count(*) FROM documents d JOIN services s ON s.id = d.service WHERE d.id = {:r} AND s.secrecy = 'sealed'"
	case "attachments":
		sql = "SELECT count(*) FROM attachments a JOIN services s ON s.id = a.service WHERE a.id = {:r} AND s.secrecy = 'sealed'"
	default:
		return false, nil
	}
	var n int
	if err := db.NewQuery(sql).Bind(dbx.Params{"r": r}).Row(&n); err != nil {
		return false, fmt.Errorf("ask for secrecy: %w", err)
	}
	return n > 0, nil
}

// fieldOf is a field of the standard; a collection or field that it lacks counts as hidden.
func fieldOf(c, name string) standard.Field {
	col, ok := standard.Find(c)
	if !ok {
		return standard.Field{Hidden: true}
	}
	f, ok := col.Field(name)
	if !ok {
		return standard.Field{Hidden: true}
	}
	return f
}
