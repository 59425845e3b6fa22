package engine

import (
	"database/sql"
	"encoding/json/v2"
	"fmt"
	"sort"
	"strings"

	"github.com/pocketbase/dbx"

	"cunju/sync/change"
	"cunju/sync/statement"
)

// layout is what a collection's fields come to, worked out once.
type layout struct {
	byName  map[string]*Field
	groupOf map[string]string // field → its group, of those that have one
	create  string            // SQL that writes a new row with every field
	read    string            // SQL that reads rows by a JSON list of ids
}

func (c *Collection) plan() {
	c.layout = layout{byName: map[string]*Field{}, groupOf: map[string]string{}}
	names := make([]string, len(c.Fields))
	for i := range c.Fields {
		f := &c.Fields[i]
		c.byName[f.Name], names[i] = f, quote(f.Name)
		if f.Group != "" {
			c.groupOf[f.Name] = f.Group
		}
	}
	columns := quote("id") + ", " + strings.Join(names, ", ")
	c.create = fmt.Sprintf("INSERT INTO %s (%s) VALUES (?%s) ON CONFLICT (id) DO NOTHING", quote(c.Name), columns, strings.Repeat(", ?", len(names)))
	c.read = fmt.Sprintf("SELECT %s FROM %s WHERE id IN (SELECT value FROM json_each(?))", columns, quote(c.Name))
}

func quote(name string) string { return `"` + name + `"` }

func (c *Collection) field(name string) *Field { return c.byName[name] }

// insert writes the row of a new record. One that PocketBase saved a moment ago is there already.
func (c *Collection) insert(db dbx.Builder, id string, set map[string]any) error {
	cells := make([]any, 1, len(c.Fields)+1)
	cells[0] = id
	for i := range c.Fields {
		f := &c.Fields[i]
		v, ok := set[f.Name]
		if !ok && f.Kind == JSON {
			cells = append(cells, nil) // as PocketBase leaves it
			continue
		}
		cell, err := f.column(v)
		if err != nil {
			return err
		}
		cells = append(cells, cell)
	}
	res, err := statement.Exec(db, c.create, cells...)
	if err != nil {
		return fmt.Errorf("write %s: %w", c.Name, err)
	}
	if n, err := res.RowsAffected(); err != nil || n > 0 {
		return err
	}
	return c.update(db, id, set)
}

// update writes the fields of a record that are set.
func (c *Collection) update(db dbx.Builder, id string, set map[string]any) error {
	names := make([]string, 0, len(set))
	for name := range set {
		names = append(names, name)
	}
	sort.Strings(names) // few different statements, each prepared once
	cells := make([]any, 0, len(set)+1)
	for i, name := range names {
		v, err := c.field(name).column(set[name])
		if err != nil {
			return err
		}
		cells, names[i] = append(cells, v), quote(name)+" = ?"
	}
	res, err := statement.Exec(db, fmt.Sprintf("UPDATE %s SET %s WHERE id = ?", quote(c.Name), strings.Join(names, ", ")), append(cells, id)...)
	if err != nil {
		return fmt.Errorf("write %s: %w", c.Name, err)
	}
	if n, err := res.RowsAffected(); err != nil || n > 0 {
		return err
	}
	return fmt.Errorf("write %s: the row is gone", c.Name)
}

// readRows reads the synced fields of records by id, as decoded values.
func readRows(db dbx.Builder, col *Collection, ids []string) (map[string]map[string]any, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, fmt.Errorf("list ids: %w", err)
	}
	rows, err := statement.Rows(db, col.read, string(list))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", col.Name, err)
	}
	out := make(map[string]map[string]any, len(ids))
	return out, scan(rows, col, out)
}

func scan(rows *sql.Rows, col *Collection, out map[string]map[string]any) error {
	defer rows.Close()
	cells, targets := make([]any, len(col.Fields)+1), make([]any, len(col.Fields)+1)
	for i := range cells {
		targets[i] = &cells[i]
	}
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return fmt.Errorf("scan %s: %w", col.Name, err)
		}
		set := make(map[string]any, len(col.Fields))
		for i, f := range col.Fields {
			v, err := f.value(cells[i+1])
			if err != nil {
				return fmt.Errorf("read %s.%s: %w", col.Name, f.Name, err)
			}
			set[f.Name] = v
		}
		id, _ := cells[0].(string)
		out[id] = set
	}
	return rows.Err()
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

// value turns a column back into the value that travels.
func (f *Field) value(cell any) (any, error) {
	switch c := cell.(type) {
	case []byte:
		return f.value(string(c))
	case string:
		if f.Kind != JSON {
			return c, nil
		}
		if c == "" || c == "null" {
			return nil, nil
		}
		var v any
		err := json.Unmarshal([]byte(c), &v)
		return v, err
	case int64:
		if f.Kind == Bool {
			return c != 0, nil
		}
		return float64(c), nil
	case nil:
		return nil, nil
	}
	return cell, nil
}
