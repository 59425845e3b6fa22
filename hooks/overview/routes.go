package overview

import (
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/access"
	"cunju/hooks/fault"
	"cunju/hooks/region"
)

// Deps is what the routes need from the rest of the house.
type Deps struct {
	Now func() time.Time
	// Own is the node's own install, which is never behind itself; nil: none.
	Own func() string
	// Category gives the names of a 2-digit category of topics.
	Category func(code string) (zh, en string, ok bool)
}

// local is the zone in which a month begins.
var local = time.FixedZone("UTC+8", 8*60*60)

// Register puts the city's routes on.
func Register(app core.App, d Deps) {
	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		se.Router.GET("/api/city/overview", d.by(d.overview))
		se.Router.GET("/api/city/export.csv", d.by(d.export))
		return se.Next()
	})
}

// ask is what a request may see: the month, inside the codes of its staff member's region.
type ask struct {
	staff, role, region, from, to string
	month                         string
}

// below says that the townships of one county are shown, not the counties of a city.
func (a ask) below() bool { return len(region.Prefix(a.region)) >= 6 }

func (d Deps) by(route func(*core.RequestEvent, ask) error) func(*core.RequestEvent) error {
	return func(e *core.RequestEvent) error {
		e.Response.Header().Set("Cache-Control", "no-store")
		a, err := d.ask(e)
		if err == nil {
			err = route(e, a)
		}
		return fault.Write(e, err)
	}
}

var cityRoles = map[access.Role]bool{access.Supervisor: true, access.Admin: true}

func (d Deps) ask(e *core.RequestEvent) (ask, error) {
	if e.Auth == nil {
		if e.Request.Header.Get("Authorization") != "" {
			return ask{}, fault.New("login_expired")
		}
		return ask{}, fault.New("unauthorized")
	}
	staff := access.StaffOf(e.Auth)
	if !cityRoles[staff.Role] || !staff.Active(d.Now()) {
		return ask{}, fault.New("forbidden")
	}
	a := ask{staff: staff.ID, role: string(staff.Role), region: staff.Region}
	if code := e.Request.URL.Query().Get("region"); code != "" {
		if !region.Valid(code) {
			return ask{}, fault.New("region_unknown")
		}
		if !region.Covers(a.region, code) {
			return ask{}, fault.New("scope")
		}
		a.region = code
	}
	a.from, a.to = region.Range(a.region)
	now := d.Now().In(local)
	a.month = e.Request.URL.Query().Get("month")
	if a.month == "" {
		a.month = now.Format("2006-01")
	}
	if _, err := time.Parse("2006-01", a.month); err != nil {
		return ask{}, fault.New("malformed")
	}
	return a, nil
}

// Named is a code with its names.
type Named struct {
	Code string `json:"code"`
	Zh   string `json:"zh"`
	En   string `json:"en"`
}

func (d Deps) overview(e *core.RequestEvent, a ask) error {
	db := e.App.DB()
	totals, err := month(db, a.month, a.from, a.to, a.below())
	if err != nil {
		return err
	}
	last, _ := time.Parse("2006-01", a.month)
	course, err := year(db, last.AddDate(0, -11, 0).Format("2006-01"), a.month, a.from, a.to)
	if err != nil {
		return err
	}
	behind, err := lags(db, a.from, a.to, d.own())
	if err != nil {
		return err
	}
	names, err := namesOf(db, a.region)
	if err != nil {
		return err
	}
	level := "county"
	if a.below() {
		level = "township"
	}
	return e.JSON(http.StatusOK, map[string]any{"region": a.region, "below": level, "names": names, "totals": totals, "months": course,
		"topics": d.topics(totals), "lag": behind, "few": Few, "now": d.Now().UnixMilli()})
}

func (d Deps) own() string {
	if d.Own == nil {
		return ""
	}
	return d.Own()
}

// topics names the categories that occur.
func (d Deps) topics(t Totals) []Named {
	named := []Named{}
	for _, code := range keys(t.ByTopic) {
		zh, en, _ := d.Category(code)
		named = append(named, Named{code, zh, en})
	}
	return named
}
