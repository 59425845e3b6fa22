package ratings

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"

	"cunju/hooks/codes"
	"cunju/sync/engine"
)

// Keys gives the key of an install's rating codes of a year, and the install
// that the alias stands for. ok is false where the node cannot derive it.
type Keys interface {
	InstallKey(db dbx.Builder, installAlias string, year int) (key []byte, install string, ok bool)
}

// Projection keeps rating_tags, rating_joins and rating_services.
func (r *Ratings) Projection() engine.Projection {
	return engine.Projection{Name: "ratings", Collections: []string{servicesTable, Collection, eventsTable}, Apply: r.apply, Reset: reset}
}

// reset leaves rating_tags: its rows are written anew, and when a service was
// first seen here is a fact that the feed cannot tell again.
func reset(db dbx.Builder) error {
	for _, table := range []string{"rating_joins", "rating_services", "rating_holds", "rating_decisions"} {
		if _, err := db.NewQuery("DELETE FROM " + table).Execute(); err != nil {
			return fmt.Errorf("empty %s: %w", table, err)
		}
	}
	return nil
}

// apply takes services and ratings in any order. A record that cannot be read
// is left out; only the database can make it fail.
func (r *Ratings) apply(db dbx.Builder, items []engine.Item) error {
	touched, services := map[codeKey]bool{}, map[string]bool{}
	if err := r.applyServices(db, items, touched, services); err != nil {
		return err
	}
	for _, item := range items {
		if item.Collection != Collection {
			continue
		}
		if rating, ok := fromItem(item); ok {
			touched[codeKey{rating.Alias, rating.Tag}] = true
			if err := putJoin(db, rating); err != nil {
				return err
			}
		}
	}
	if err := joinAll(db, touched, services); err != nil {
		return err
	}
	if err := applyDecisions(db, items, services); err != nil {
		return err
	}
	for service := range services {
		if err := settle(db, service); err != nil {
			return err
		}
	}
	return nil
}

// joinAll leads the touched codes to their services and looks at the ratings of
// their installs anew: one more may make others suspicious.
func joinAll(db dbx.Builder, touched map[codeKey]bool, services map[string]bool) error {
	installs := map[string]bool{}
	for code := range touched {
		service, err := join(db, code)
		if err != nil {
			return err
		}
		if service != "" {
			services[service] = true
		}
		installs[code.Alias] = true
	}
	for alias := range installs {
		changed, err := hold(db, alias)
		if err != nil {
			return err
		}
		for _, service := range changed {
			services[service] = true
		}
	}
	return nil
}

func applyDecisions(db dbx.Builder, items []engine.Item, services map[string]bool) error {
	for _, item := range items {
		if kind := textOf(item.Set, "kind"); item.Collection != eventsTable || kind != decideCount && kind != decideExclude {
			continue
		}
		service, err := putDecision(db, item)
		if err != nil {
			return err
		}
		if service != "" {
			services[service] = true
		}
	}
	return nil
}

func (r *Ratings) applyServices(db dbx.Builder, items []engine.Item, touched map[codeKey]bool, services map[string]bool) error {
	var s *sealer
	for _, item := range items {
		if item.Collection != servicesTable {
			continue
		}
		if s == nil {
			var err error
			if s, err = r.newSealer(db); err != nil {
				return err
			}
		}
		services[item.Record] = true
		for _, tag := range s.tags(item) {
			touched[tag.codeKey] = true
			if err := putTag(db, tag); err != nil {
				return err
			}
		}
		if err := refreshTags(db, item); err != nil {
			return err
		}
	}
	return nil
}

// codeKey is what a rating and a service meet by.
type codeKey struct{ Alias, Tag string }

type tagRow struct {
	codeKey
	Service, Install, Region, Counsel, State string
	Arrived                                  int64
}

// sealer makes the tags under which a service may have been given a code.
type sealer struct {
	db      dbx.Builder
	keys    Keys
	byID    map[string]string   // install id → alias
	byStaff map[string][]string // staff id → aliases
	cache   map[string]sealKey
}

type sealKey struct {
	key     []byte
	install string
	ok      bool
}

func (r *Ratings) newSealer(db dbx.Builder) (*sealer, error) {
	s := &sealer{db: db, keys: r.deps.Keys, byID: map[string]string{}, byStaff: map[string][]string{}, cache: map[string]sealKey{}}
	var rows []struct{ ID, Staff, Alias string }
	if err := db.NewQuery("SELECT id, staff, alias FROM sync_installs WHERE alias <> ''").All(&rows); err != nil {
		return nil, fmt.Errorf("read installs: %w", err)
	}
	for _, row := range rows {
		s.byID[row.ID] = row.Alias
		if row.Staff != "" {
			s.byStaff[row.Staff] = append(s.byStaff[row.Staff], row.Alias)
		}
	}
	return s, nil
}

func (s *sealer) key(alias string, year int) sealKey {
	id := fmt.Sprintf("%s %d", alias, year)
	k, ok := s.cache[id]
	if !ok {
		k.key, k.install, k.ok = s.keys.InstallKey(s.db, alias, year)
		s.cache[id] = k
	}
	return k
}

var deviceNo = regexp.MustCompile(`^[Tt]-([0-9A-Fa-f]{8})-`)

// aliases lists the installs that may have made a code for the service, the
// likeliest first: the one that its provisional number names, the one that wrote
// it last (an office's own records), the other phones of its counsel.
func (s *sealer) aliases(install string, set map[string]any) []string {
	var out []string
	add := func(alias string) {
		if alias != "" && !slices.Contains(out, alias) {
			out = append(out, alias)
		}
	}
	if m := deviceNo.FindStringSubmatch(textOf(set, "device_no")); m != nil {
		add(strings.ToLower(m[1]))
	}
	add(s.byID[install])
	for _, alias := range s.byStaff[textOf(set, "counsel")] {
		add(alias)
	}
	return out
}

// years lists the years whose keys may have sealed the code: it may have been
// shown until the window closes, and a record may be entered late.
func years(occurredAt string, tau int64) []int {
	var out []int
	add := func(t time.Time) {
		if day, ok := codes.Day(t); ok && !slices.Contains(out, codes.Year(day)) {
			out = append(out, codes.Year(day))
		}
	}
	if t, err := time.Parse(time.RFC3339, occurredAt); err == nil {
		add(t)
		add(t.AddDate(0, 0, codes.DaysBack))
	}
	add(time.UnixMilli(tau))
	return out
}

func (s *sealer) tags(item engine.Item) []tagRow {
	var out []tagRow
	for _, alias := range s.aliases(item.Install, item.Set) {
		for _, year := range years(textOf(item.Set, "occurred_at"), item.Tau) {
			k := s.key(alias, year)
			if !k.ok {
				continue
			}
			out = append(out, tagRow{
				codeKey: codeKey{alias, fmt.Sprintf("%x", codes.Tag(k.key, item.Record))},
				Service: item.Record, Install: k.install, Region: item.Region,
				Counsel: textOf(item.Set, "counsel"), State: textOf(item.Set, "state"), Arrived: item.Tau,
			})
		}
	}
	return out
}

func fromItem(item engine.Item) (Rating, bool) {
	at, err := time.Parse(time.RFC3339, textOf(item.Set, "rated_at"))
	grade, isGrade := number(item.Set["grade"])
	day, isDay := number(item.Set["day"])
	flags, isFlags := readFlags(item.Set["flags"])
	if err != nil || !isGrade || !isDay || !isFlags {
		return Rating{}, false
	}
	reasons, _ := decode[[]string](item.Set["reasons"])
	return Rating{
		Reasons: reasons, Remark: textOf(item.Set, "remark"), Phone: textOf(item.Set, "call_back_phone"),
		ID: item.Record, Region: item.Region, Alias: textOf(item.Set, "install_alias"), Tag: textOf(item.Set, "tag"),
		Day: int(day), Grade: int(grade), AssistedBy: textOf(item.Set, "assisted_by"), Flags: flags,
		Origin: textOf(item.Set, "origin"), RatedAt: at.UnixMilli(),
	}, true
}

func textOf(set map[string]any, field string) string {
	s, _ := set[field].(string)
	return s
}
