package access

import (
	"strings"
)

// Rules are the five API rules of a collection in PocketBase's language. Nil
// leaves the verb to superusers.
type Rules struct {
	List, View, Create, Update, Delete *string
}

// utc brings any RFC 3339 text to the form of @now, so that the two compare. A
// text that is no time becomes "", which never passes.
const utc = `"%Y-%m-%d %H:%M:%fZ"`

const (
	account  = "@request.auth."
	assigned = "@request.auth.assignments_via_staff."
)

// RulesOf generates the rules of one line.
func RulesOf(e Entry) Rules {
	return Rules{
		List: e.rule(List), View: e.rule(View), Create: e.rule(Create), Update: e.rule(Update), Delete: e.rule(Delete),
	}
}

// AuthRule is asked at login and at refreshing a token.
func AuthRule() string { return valid("", "") }

// ManageRule lets an administrator set the password of an account in the region.
func ManageRule() string {
	return strings.Join([]string{active(), inRegion, account + `role = "admin"`}, and)
}

const (
	and = " && "
	or  = " || "
)

// inRegion compares with both ends, so that SQLite walks an index of region.
const inRegion = account + "scope_from <= region" + and + account + "scope_to >= region"

func active() string {
	return account + `collectionName = "staff"` + and + valid(account, "")
}

// valid asks for an account that is active and inside its interval.
func valid(prefix, any string) string {
	return prefix + `state = "active"` + and + interval(prefix, any)
}

// interval asks that now lies in [valid_from, valid_until). any is "?" where
// one row out of several is enough.
func interval(prefix, any string) string {
	from, until := prefix+"valid_from", prefix+"valid_until"
	return "(" + from + " " + any + `= ""` + or + "(" + moment(from) + " " + any + `> ""` + and + moment(from) + " " + any + "<= @now))" +
		and + "(" + until + " " + any + `= ""` + or + moment(until) + " " + any + "> @now)"
}

func moment(field string) string { return "strftime(" + utc + ", " + field + ")" }

func (e Entry) rule(verb Verb) *string {
	grants := e.grants(verb)
	if len(grants) == 0 {
		return nil
	}
	parts := []string{active()}
	if grants[Admin] != Everything {
		parts = append(parts, inRegion)
	}
	parts = append(parts, e.who(grants))
	if e.Sealed && verb != Create {
		parts = append(parts, e.unsealed())
	}
	switch verb {
	case Create:
		for _, field := range e.Unset {
			parts = append(parts, field+` = ""`)
		}
		parts = append(parts, oneOf("state", e.First)...)
	case Update:
		for _, field := range e.Fixed {
			parts = append(parts, unchanged(field))
		}
		if len(e.Kept) > 0 {
			kept := make([]string, 0, len(e.Kept))
			for _, field := range e.Kept {
				kept = append(kept, unchanged(field))
			}
			parts = append(parts, "("+account+`role = "admin"`+or+"("+strings.Join(kept, and)+"))")
		}
		parts = append(parts, oneOf("state", e.While)...)
	case List, View, Delete:
	}
	rule := strings.Join(parts, and)
	return &rule
}

// unsealed is the condition of secrecy: of the record itself, or of the service that it
// belongs to, which has to be there (it has a region then).
func (e Entry) unsealed() string {
	if e.SealedBy == "" {
		return `(secrecy != "sealed"` + or + e.Owner + " = " + account + "id" + or + account + `role = "admin")`
	}
	service := e.SealedBy + "."
	return service + `region != ""` + and + "(" + service + `secrecy != "sealed"` + or + service + "counsel = " + account + "id" + or + account + `role = "admin")`
}

func unchanged(field string) string { return "@request.body." + field + ":changed = false" }

// who joins the roles that reach equally far.
func (e Entry) who(grants Grants) string {
	var choices []string
	for scope := Everything; scope <= AssignedOwn; scope++ {
		var roles []string
		for _, role := range Roles {
			if grants[role] == scope {
				roles = append(roles, account+`role = "`+string(role)+`"`)
			}
		}
		if len(roles) == 0 {
			continue
		}
		choice := "(" + strings.Join(roles, or) + ")"
		if reach := e.reach(scope); reach != "" {
			choice = "(" + choice + and + reach + ")"
		}
		choices = append(choices, choice)
	}
	return "(" + strings.Join(choices, or) + ")"
}

// reach is the condition of a scope beside the region.
func (e Entry) reach(scope Scope) string {
	own := e.Owner + " = " + account + "id"
	village := "(" + assigned + "region ?= region" + and + interval(assigned, "?") + ")"
	switch scope {
	case Nothing, Everything, InRegion:
		return ""
	case Own:
		return own
	case Assigned:
		return village
	case AssignedOrOwn:
		return "(" + own + or + village + ")"
	case AssignedOwn:
		return own + and + village
	}
	return ""
}

func oneOf(field string, states []string) []string {
	if len(states) == 0 {
		return nil
	}
	var choices []string
	for _, state := range states {
		choices = append(choices, field+` = "`+state+`"`)
	}
	return []string{"(" + strings.Join(choices, or) + ")"}
}
