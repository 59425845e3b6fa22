package services

import (
	"encoding/json"
	"strings"
)

// edit reads a record before and after what is proposed.
type edit struct {
	cur, set map[string]any
}

func (e edit) was(f string) string { return text(e.cur[f]) }

func (e edit) will(f string) string {
	if v, ok := e.set[f]; ok {
		return text(v)
	}
	return text(e.cur[f])
}

func (e edit) edited(f string) (string, bool) {
	v, ok := e.set[f]
	return text(v), ok
}

func (e edit) number(f string) (float64, bool) {
	v, ok := e.set[f]
	if !ok {
		return 0, false
	}
	n, _ := number(v)
	return n, true
}

func (e edit) merged() map[string]any {
	m := make(map[string]any, len(e.cur)+len(e.set))
	for k, v := range e.cur {
		m[k] = v
	}
	for k, v := range e.set {
		m[k] = v
	}
	return m
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

func number(v any) (float64, bool) {
	switch n := v.(type) {
	case float64:
		return n, true
	case int64:
		return float64(n), true
	case int:
		return float64(n), true
	case json.Number:
		f, err := n.Float64()
		return f, err == nil
	}
	return 0, false
}

// object reads a json field, which is a map when it comes from a change and text
// when it comes from a row.
func object(v any) map[string]any {
	switch o := v.(type) {
	case map[string]any:
		return o
	case string:
		return decode([]byte(o))
	case []byte:
		return decode(o)
	case json.RawMessage:
		return decode(o)
	}
	return nil
}

func decode(b []byte) map[string]any {
	var m map[string]any
	if json.Unmarshal(b, &m) != nil {
		return nil
	}
	return m
}

// filled reports whether a required field says anything. Zero people or minutes
// is nothing; false is an answer.
func filled(v any) bool {
	switch x := v.(type) {
	case nil:
		return false
	case string:
		s := strings.TrimSpace(x)
		return s != "" && s != "null" && s != "{}" && s != "[]" && s != `""`
	case []byte:
		return filled(string(x))
	case json.RawMessage:
		return filled(string(x))
	case []any:
		return len(x) > 0
	case map[string]any:
		return len(x) > 0
	case bool:
		return true
	}
	n, ok := number(v)
	return ok && n > 0
}
