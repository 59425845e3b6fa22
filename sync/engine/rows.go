package engine

import (
	"encoding/json/v2"
	"fmt"
	"strings"

	"github.com/pocketbase/dbx"
)

// readRows reads the synced fields of records by id, as decoded values.
func readRows(db dbx.Builder, col *Collection, ids []string) (map[string]map[string]any, error) {
	names := make([]string, len(col.Fields))
	for i, f := range col.Fields {
		names[i] = "[[" + f.Name + "]]"
	}
	out := make(map[string]map[string]any, len(ids))
	for start := 0; start < len(ids); start += 200 {
		part := ids[start:min(start+200, len(ids))]
		params, marks := dbx.Params{}, make([]string, len(part))
		for i, id := range part {
			key := fmt.Sprintf("i%d", i)
			params[key], marks[i] = id, "{:"+key+"}"
		}
		rows, err := db.NewQuery(fmt.Sprintf("SELECT [[id]], %s FROM {{%s}} WHERE [[id]] IN (%s)",
			strings.Join(names, ", "), col.Name, strings.Join(marks, ", "))).Bind(params).Rows()
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", col.Name, err)
		}
		if err := scan(rows, col, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func scan(rows *dbx.Rows, col *Collection, out map[string]map[string]any) error {
	defer rows.Close()
	for rows.Next() {
		cells := make([]any, len(col.Fields)+1)
		targets := make([]any, len(cells))
		for i := range cells {
			targets[i] = &cells[i]
		}
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
