package inbox

import (
	"encoding/json"
	"fmt"
	"regexp"
	"unicode/utf8"

	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/identity"
	"cunju/hooks/standard"
	"cunju/sync/change"
)

// textOf writes a JSON value the way a person reads it.
func textOf(raw string) string {
	var s string
	if json.Unmarshal([]byte(raw), &s) == nil {
		return s
	}
	if raw == "null" {
		return ""
	}
	return raw
}

// currentOf is the value that a record has now, as JSON.
func currentOf(r *core.Record, f standard.Field) (string, error) {
	v, err := valueOf(r, f)
	if err != nil {
		return "", err
	}
	b, err := change.Compact(v)
	if err != nil {
		return "", fmt.Errorf("encode value: %w", err)
	}
	return string(b), nil
}

// valueOf is the value as a change sets it.
func valueOf(r *core.Record, f standard.Field) (any, error) {
	switch f.Type {
	case standard.Number:
		return r.GetFloat(f.Name), nil
	case standard.Bool:
		return r.GetBool(f.Name), nil
	case standard.JSON:
		var v any
		if text := r.GetString(f.Name); text != "" {
			if err := json.Unmarshal([]byte(text), &v); err != nil {
				return nil, fmt.Errorf("read %s: %w", f.Name, err)
			}
		}
		return v, nil
	case standard.Text, standard.Relation:
	}
	return r.GetString(f.Name), nil
}

// number finds what may be a telephone or identity number in free text.
var number = regexp.MustCompile(`[0-9]{17}[0-9Xx]|[0-9]{7,}`)

func masked(s string) string {
	return number.ReplaceAllStringFunc(s, func(run string) string {
		if len(run) >= 15 {
			return identity.MaskID(run)
		}
		return identity.MaskPhone(run)
	})
}

// shown is a value as the list shows it: hidden when its field is, else with numbers masked.
func shown(raw string, f standard.Field, reveal bool) *Value {
	text := textOf(raw)
	v := &Value{Long: utf8.RuneCountInString(text) >= long}
	switch {
	case reveal:
		v.Text = text
	case f.Hidden:
		v.Hidden = text != ""
	default:
		v.Text = masked(text)
	}
	return v
}
