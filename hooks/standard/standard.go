// Package standard is the unified data standard: every collection and field of
// the product with its type, unit, rule, source and class of personal data, as
// plain data. The migrations must equal it, the sync engine is told the synced
// collections from it and docs/data-standard.md is printed from it. It imports
// nothing of ours.
package standard

import "regexp"

// Base is the kind of a collection in the database.
type Base string

// The kinds of collections.
const (
	Plain Base = "base" // ordinary records
	Auth  Base = "auth" // accounts; carries email and password besides its fields
	View  Base = "view" // read-only, computed from another table
)

// Policy says how synced changes of a collection meet each other.
type Policy string

// The policies, as in docs/sync.md.
const (
	Local     Policy = ""          // does not travel
	Merge     Policy = "merge"     // the newer stamp wins, field by field or group by group
	Append    Policy = "append"    // created once, never edited
	Authority Policy = "authority" // only nodes write
)

// Type is what a field holds.
type Type string

// The types of fields.
const (
	Text     Type = "text"
	Number   Type = "number"
	Bool     Type = "bool"
	JSON     Type = "json"
	Relation Type = "relation" // one id, stored as text; its target is Field.Of
)

// PII is the class of personal data of a field.
type PII string

// The classes, after the Personal Information Protection Law.
const (
	None      PII = "none"
	Personal  PII = "personal"
	Sensitive PII = "sensitive"
)

// DefaultMax is the length of a text whose field names none, in characters.
const DefaultMax = 5000

// Field is one column.
type Field struct {
	Name    string
	Type    Type
	Zh      string
	Unit    string   // minutes, bytes, persons …
	Rule    string   // what a value must satisfy, in words
	Source  string   // law, standard or id of a business rule
	PII     PII      // empty means none
	Hidden  bool     // never returned by the REST interface; own routes mask it
	Max     int      // characters of a text, bytes of a json; 0: DefaultMax
	Options []string // closed list of values; "" is always allowed unless Needed
	Pattern string   // what a text that is not empty must match
	Needed  bool     // must not be empty
	Group   string   // fields of one group move together when changes meet
	Of      string   // target collection of a relation
}

// Collection is one kind of record.
type Collection struct {
	Name   string
	Zh, En string
	Base   Base
	Policy Policy
	Lane   string // "office": only nodes read it; "" : phones too
	Note   string
	Fields []Field
	// Indexes are the column lists, a leading "unique " makes the index unique.
	Indexes []string
}

// Synced reports whether the collection travels by sync.
func (c Collection) Synced() bool { return c.Policy != Local }

// Field finds a field by its name.
func (c Collection) Field(name string) (Field, bool) {
	for _, field := range c.Fields {
		if field.Name == name {
			return field, true
		}
	}
	return Field{}, false
}

// Collections lists all collections in the order of the printed standard.
var Collections = []Collection{
	regions, topics, serviceTypes,
	staff, institutions, practitioners, assignments,
	residents, enterprises,
	visits, services, documents, attachments, ratings, ratingEvents, villageBoards,
	orders, orderEvents,
	audit, pairings, installs,
}

// Find gives the collection of a name.
func Find(name string) (Collection, bool) {
	for _, collection := range Collections {
		if collection.Name == name {
			return collection, true
		}
	}
	return Collection{}, false
}

// Patterns of texts. An empty text is judged by Needed alone.
const (
	regionPattern = `^[0-9]{12}$`
	momentPattern = `^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})$`
	dayPattern    = `^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2}))?$`
	hashPattern   = `^[0-9a-f]{64}$`
)

// Match gives the pattern that a text that is not empty must match: the field's
// own, or one made of its options; "" when anything goes.
func (f Field) Match() string {
	if len(f.Options) == 0 {
		return f.Pattern
	}
	pattern := "^("
	for i, option := range f.Options {
		if i > 0 {
			pattern += "|"
		}
		pattern += regexp.QuoteMeta(option)
	}
	return pattern + ")$"
}

// Limit is the greatest length: characters of a text, bytes of a json.
func (f Field) Limit() int {
	if f.Max > 0 {
		return f.Max
	}
	return DefaultMax
}

func region(zh string) Field {
	return Field{Name: "region", Type: Text, Zh: zh, Rule: "12 digits; exists and is valid", Source: "GB/T 2260, GB/T 10114", Max: 12, Pattern: regionPattern, Needed: true}
}

func id(name, zh, rule string) Field {
	return Field{Name: name, Type: Text, Zh: zh, Rule: rule, Source: "docs/sync.md §1", Max: 15}
}

func moment(name, zh string) Field {
	return Field{Name: name, Type: Text, Zh: zh, Unit: "RFC 3339 with offset", Rule: "a moment; the device's own offset is kept", Source: "GB/T 7408", Max: 40, Pattern: momentPattern}
}

func day(name, zh string) Field {
	return Field{Name: name, Type: Text, Zh: zh, Unit: "date or RFC 3339", Rule: "a date or a moment", Source: "GB/T 7408", Max: 40, Pattern: dayPattern}
}

func choice(name, zh, source string, options ...string) Field {
	return Field{Name: name, Type: Text, Zh: zh, Rule: "one of the list", Source: source, Max: 40, Options: options}
}

func text(name, zh string, max int, source string) Field {
	return Field{Name: name, Type: Text, Zh: zh, Max: max, Source: source}
}

func number(name, zh, unit, source string) Field {
	return Field{Name: name, Type: Number, Zh: zh, Unit: unit, Source: source}
}

func list(name, zh string, max int, rule, source string) Field {
	return Field{Name: name, Type: JSON, Zh: zh, Max: max, Rule: rule, Source: source}
}

// personal marks a field as personal data that REST never returns.
func personal(f Field) Field { return class(f, Personal) }

// sensitive marks a field as sensitive personal data that REST never returns.
func sensitive(f Field) Field { return class(f, Sensitive) }

func class(f Field, pii PII) Field {
	f.PII, f.Hidden = pii, true
	return f
}

// open marks personal data that belongs to the public board or to statistics
// and is returned.
func open(f Field) Field {
	f.PII = Personal
	return f
}

func needed(f Field) Field {
	f.Needed = true
	return f
}

func grouped(group string, f Field) Field {
	f.Group = group
	return f
}
