package access_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/hooks/access"
)

// oracle says, written by hand and not from the table of the product, which
// verbs (l list, v view, c create, u update, d delete) each role may use on a
// record of its own village, the neighbouring one of the same township, a village
// of another township and one of another county. The counsel is of the county
// and assigned to the own village; the officer and the administrator are of the
// township; the supervisor and the provider of the county. "mine" records belong
// to the account, "theirs" to another.
const oracle = `
collection     whose   role        own   neighbour  town  abroad

institutions   theirs  counsel     lv    lv         lv    -
institutions   theirs  officer     lvcu  lvcu       -     -
institutions   theirs  supervisor  lvcu  lvcu       lvcu  -
institutions   theirs  provider    lv    lv         lv    -
institutions   theirs  admin       lvcu  lvcu       -     -

practitioners  theirs  counsel     lv    lv         lv    -
practitioners  theirs  officer     lvcu  lvcu       -     -
practitioners  theirs  supervisor  lvcu  lvcu       lvcu  -
practitioners  theirs  provider    lv    lv         lv    -
practitioners  theirs  admin       lvcu  lvcu       -     -

assignments    theirs  counsel     lv    lv         lv    -
assignments    theirs  officer     lvcu  lvcu       -     -
assignments    theirs  supervisor  lvcu  lvcu       lvcu  -
assignments    theirs  provider    lv    lv         lv    -
assignments    theirs  admin       lvcu  lvcu       -     -

residents      theirs  counsel     lvcu  -          -     -
residents      theirs  officer     lvcu  lvcu       -     -
residents      theirs  supervisor  lv    lv         lv    -
residents      theirs  provider    -     -          -     -
residents      theirs  admin       lv    lv         -     -

enterprises    theirs  counsel     lvcu  -          -     -
enterprises    theirs  officer     lvcu  lvcu       -     -
enterprises    theirs  supervisor  lv    lv         lv    -
enterprises    theirs  provider    -     -          -     -
enterprises    theirs  admin       lv    lv         -     -

visits         mine    counsel     lvcu  lv         lv    -
visits         theirs  counsel     lv    -          -     -
visits         theirs  officer     lvcu  lvcu       -     -
visits         theirs  supervisor  lv    lv         lv    -
visits         theirs  provider    -     -          -     -
visits         theirs  admin       lv    lv         -     -

services       mine    counsel     lvcu  lv         lv    -
services       theirs  counsel     lv    -          -     -
services       theirs  officer     lvcu  lvcu       -     -
services       theirs  supervisor  lv    lv         lv    -
services       theirs  provider    -     -          -     -
services       theirs  admin       lv    lv         -     -

documents      theirs  counsel     lvcu  -          -     -
documents      theirs  officer     lvcu  lvcu       -     -
documents      theirs  supervisor  lv    lv         lv    -
documents      theirs  provider    -     -          -     -
documents      theirs  admin       lv    lv         -     -

attachments    theirs  counsel     lvc   -          -     -
attachments    theirs  officer     lvc   lvc        -     -
attachments    theirs  supervisor  lv    lv         lv    -
attachments    theirs  provider    -     -          -     -
attachments    theirs  admin       lv    lv         -     -

ratings        theirs  counsel     -     -          -     -
ratings        theirs  officer     lv    lv         -     -
ratings        theirs  supervisor  lv    lv         lv    -
ratings        theirs  provider    -     -          -     -
ratings        theirs  admin       lv    lv         -     -

rating_events  theirs  counsel     -     -          -     -
rating_events  theirs  officer     lv    lv         -     -
rating_events  theirs  supervisor  lv    lv         lv    -
rating_events  theirs  provider    -     -          -     -
rating_events  theirs  admin       lv    lv         -     -

village_boards theirs  counsel     lv    lv         lv    -
village_boards theirs  officer     lv    lv         -     -
village_boards theirs  supervisor  lv    lv         lv    -
village_boards theirs  provider    lv    lv         lv    -
village_boards theirs  admin       lv    lv         -     -

orders         mine    counsel     lv    lv         lv    -
orders         mine    provider    lv    lv         lv    -
orders         theirs  counsel     lv    -          -     -
orders         theirs  officer     lvcu  lvcu       -     -
orders         theirs  supervisor  lvcu  lvcu       lvcu  -
orders         theirs  provider    -     -          -     -
orders         theirs  admin       lvcu  lvcu       -     -

order_events   mine    counsel     lvc   lv         lv    -
order_events   mine    officer     lvc   lvc        -     -
order_events   mine    supervisor  lvc   lvc        lvc   -
order_events   mine    provider    lv    lv         lv    -
order_events   mine    admin       lvc   lvc        -     -
order_events   theirs  counsel     lv    -          -     -
order_events   theirs  officer     lv    lv         -     -
order_events   theirs  supervisor  lv    lv         lv    -
order_events   theirs  provider    -     -          -     -
order_events   theirs  admin       lv    lv         -     -

audit          theirs  counsel     -     -          -     -
audit          theirs  officer     -     -          -     -
audit          theirs  supervisor  lv    lv         lv    -
audit          theirs  provider    -     -          -     -
audit          theirs  admin       lv    lv         -     -

pairings       theirs  counsel     -     -          -     -
pairings       theirs  officer     -     -          -     -
pairings       theirs  supervisor  -     -          -     -
pairings       theirs  provider    -     -          -     -
pairings       theirs  admin       -     -          -     -

installs       mine    counsel     lv    lv         lv    -
installs       mine    provider    lv    lv         lv    -
installs       theirs  counsel     -     -          -     -
installs       theirs  officer     lv    lv         -     -
installs       theirs  supervisor  lv    lv         lv    -
installs       theirs  provider    -     -          -     -
installs       theirs  admin       lv    lv         -     -

staff          theirs  counsel     -     -          -     -
staff          theirs  officer     lv    lv         -     -
staff          theirs  supervisor  lv    lv         lv    -
staff          theirs  provider    -     -          -     -
staff          theirs  admin       lvcu  lvcu       -     -

regions        theirs  counsel     lv    lv         lv    lv
regions        theirs  officer     lv    lv         lv    lv
regions        theirs  supervisor  lv    lv         lv    lv
regions        theirs  provider    lv    lv         lv    lv
regions        theirs  admin       lv    lv         lv    lv

topics         theirs  counsel     lv    lv         lv    lv
topics         theirs  officer     lv    lv         lv    lv
topics         theirs  supervisor  lv    lv         lv    lv
topics         theirs  provider    lv    lv         lv    lv
topics         theirs  admin       lv    lv         lv    lv

service_types  theirs  counsel     lv    lv         lv    lv
service_types  theirs  officer     lv    lv         lv    lv
service_types  theirs  supervisor  lv    lv         lv    lv
service_types  theirs  provider    lv    lv         lv    lv
service_types  theirs  admin       lv    lv         lv    lv
`

var owners = map[string]string{"visits": "counsel", "services": "counsel", "orders": "assignee", "order_events": "by", "installs": "staff", "assignments": "staff"}

// cell is one question of the matrix.
type cell struct {
	collection, whose, place, code string
	role                           access.Role
	allowed                        string
}

func cells(t *testing.T) []cell {
	t.Helper()
	var all []cell
	for i, line := range strings.Split(strings.TrimSpace(oracle), "\n") {
		words := strings.Fields(line)
		if i == 0 || len(words) == 0 {
			continue
		}
		require.Len(t, words, 7, line)
		for j, place := range places {
			all = append(all, cell{words[0], words[1], place.name, place.code, access.Role(words[2]), words[3+j]})
		}
	}
	return all
}

func TestMatrixOfRoleRegionCollectionAndVerbOverHTTP(t *testing.T) {
	w := newWorld(t)
	actors := w.actors()
	stranger := w.staff(access.Counsel, town, nil)
	root := w.superuser()
	asked := 0
	for _, c := range cells(t) {
		who := actors[c.role]
		owner := stranger.Id
		if c.whose == "mine" {
			owner = who.Id
		}
		id := w.target(c, owner)
		for _, verb := range access.Verbs {
			asked++
			name := fmt.Sprintf("%s %s: %s of %s", c.role, verb, c.collection, c.place)
			want := strings.Contains(c.allowed, string(verb[0]))
			body := w.body(c, verb, owner)
			assert.Equal(t, want, w.try(who, verb, c.collection, id, body), "HTTP: %s (%s)", name, c.whose)
			if c.collection != "staff" { // an account's owner is its id, which a new one does not have
				may, err := access.MayRecord(w.app.DB(), access.StaffOf(who), verb, c.collection,
					access.Target{Region: c.code, Owner: owner, State: stateOf(c.collection)}, time.Now())
				require.NoError(t, err)
				assert.Equal(t, want, may, "Go: %s (%s)", name, c.whose)
			}
			if verb == access.Create || verb == access.Update {
				w.control(root, c, verb, id, body)
			}
			assert.False(t, w.try(nil, verb, c.collection, id, body), "without a login: %s", name)
		}
	}
	t.Logf("%d questions", asked)
}

// actors are one account of each role, the counsel assigned to the own village.
func (w *world) actors() map[access.Role]*core.Record {
	actors := map[access.Role]*core.Record{
		access.Counsel:    w.staff(access.Counsel, county, nil),
		access.Officer:    w.staff(access.Officer, town, nil),
		access.Supervisor: w.staff(access.Supervisor, county, nil),
		access.Provider:   w.staff(access.Provider, county, nil),
		access.Admin:      w.staff(access.Admin, town, nil),
	}
	w.assign(actors[access.Counsel], own, "2026-01-01T00:00:00+08:00", "")
	return actors
}

// target makes the record that the cell asks about.
func (w *world) target(c cell, owner string) string {
	w.t.Helper()
	w.n++
	switch c.collection {
	case "installs":
		id := fmt.Sprintf("install%09d", w.n)
		_, err := w.app.DB().NewQuery(fmt.Sprintf("INSERT INTO sync_installs (id, kind, staff, region, issuer, cert, created_at) VALUES ('%s', 'phone', '%s', '%s', 'i', 'c', 1)", id, owner, c.code)).Execute()
		require.NoError(w.t, err)
		return id
	case "staff":
		return w.staff(access.Counsel, c.code, nil).Id
	case "regions":
		return w.record("regions", map[string]any{"id": fmt.Sprintf("5999%08d", w.n), "name": "村", "level": "village"}).Id
	case "topics":
		code := fmt.Sprintf("%04d", w.n%10000)
		return w.record("topics", map[string]any{"id": code, "code": code, "name": "事"}).Id
	case "service_types":
		code := "T_" + strings.NewReplacer("0", "A", "1", "B", "2", "C", "3", "D", "4", "E", "5", "F", "6", "G", "7", "H", "8", "I", "9", "J").Replace(fmt.Sprint(w.n))
		return w.record("service_types", map[string]any{"id": code, "code": code, "name": "事"}).Id
	}
	fields, _ := sample(c.collection, c.code)
	if field := owners[c.collection]; field != "" {
		fields[field] = owner
	}
	switch c.collection {
	case "audit":
		fields["hash"], fields["prev"] = fmt.Sprintf("%064d", w.n), fmt.Sprintf("%064d", w.n-1)
	case "pairings":
		fields["code_hash"] = fmt.Sprint(w.n)
	}
	return w.record(c.collection, fields).Id
}

func (w *world) body(c cell, verb access.Verb, owner string) map[string]any {
	w.n++
	if c.collection == "staff" {
		if verb == access.Update {
			return map[string]any{"name": "改"}
		}
		return map[string]any{"name": "新", "role": "counsel", "region": c.code, "scope_from": c.code, "scope_to": c.code, "state": "active",
			"email": fmt.Sprintf("new%d@example.org", w.n), "password": "correct horse", "passwordConfirm": "correct horse"}
	}
	fields, change := sample(c.collection, c.code)
	if verb != access.Create {
		return change
	}
	if field := owners[c.collection]; field != "" && c.collection != "orders" {
		fields[field] = owner
	}
	return fields
}

// control shows that a refused body would have been good. Nobody at all writes
// reference data, audit, pairings, installs and ratings over REST.
func (w *world) control(root *core.Record, c cell, verb access.Verb, id string, body map[string]any) {
	switch c.collection {
	case "regions", "topics", "service_types", "audit", "pairings", "installs":
		return
	case "staff":
		if verb == access.Create {
			body["email"] = fmt.Sprintf("control%d@example.org", w.n)
		}
	}
	assert.True(w.t, w.try(root, verb, c.collection, id, body), "control: %s %s", c.collection, verb)
}

func stateOf(collection string) string {
	fields, _ := sample(collection, own)
	state, _ := fields["state"].(string)
	return state
}
