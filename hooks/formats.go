package hooks

import (
	"maps"
	"regexp"
	"slices"

	"cunju/hooks/standard"
	"cunju/sync/engine"
)

// inForm asks last, after the subject, whose own codes say more, whether each text
// that the edit changes has the form that the standard gives its field. Over REST
// PocketBase asks the same; a synced edit never meets PocketBase's fields. The
// refusal is "rule:format_<field>". An old value that a newer standard no longer
// knows blocks nothing: it may travel again with its group.
func inForm(c standard.Collection, next rule) rule {
	forms := map[string]*regexp.Regexp{}
	for _, f := range c.Fields {
		if pattern := f.Match(); pattern != "" && kinds[f.Type] == engine.Text {
			forms[f.Name] = regexp.MustCompile(pattern)
		}
	}
	names := slices.Sorted(maps.Keys(forms))
	return func(p engine.Proposed) string {
		if next != nil {
			if code := next(p); code != "" {
				return code
			}
		}
		for _, name := range names {
			s, _ := p.Set[name].(string)
			if s != "" && s != p.Current[name] && !forms[name].MatchString(s) {
				return "rule:format_" + name
			}
		}
		return ""
	}
}
