package demo

import (
	"context"
	"fmt"
	"net/http"
)

// The place of the demonstration.
const (
	cityCode   = "500000000000"
	countyCode = "500238000000"
	townCode   = "500238101000"
	townName   = "巫溪县凤凰镇"
)

var villages = []string{"500238101200", "500238101201", "500238101202", "500238101203", "500238101204"}

// person is somebody with a login.
type person struct {
	name, login, password, role, region string
	firm, licence, phone                string
	villages                            []string
	id                                  string
}

// cast is everybody in the demonstration. The logins exist in its data only; no
// installed node has them.
type cast struct {
	cityAdmin, townAdmin, officer, supervisor person
	counsel                                   []*person
}

func newCast() *cast {
	return &cast{
		cityAdmin:  person{name: "周建国", login: "city@demo.cunju", password: "Wuxi-Mountain-2026", role: "admin", region: cityCode},
		townAdmin:  person{name: "冉启明", login: "admin@demo.cunju", password: "Fenghuang-Box-2026", role: "admin", region: townCode},
		officer:    person{name: "向秀英", login: "office@demo.cunju", password: "Two-Clerks-One-Desk", role: "officer", region: townCode},
		supervisor: person{name: "谭志远", login: "county@demo.cunju", password: "County-Looks-On-26", role: "supervisor", region: countyCode},
		counsel: []*person{
			{name: "王𬭩", login: "wang@demo.cunju", password: "First-Phone-In-Hills", role: "counsel", region: townCode, firm: "重庆大宁河律师事务所",
				licence: "15001201010000001", phone: "13800000001", villages: villages[:2]},
			{name: "田小芳", login: "tian@demo.cunju", password: "Second-Phone-In-Hills", role: "counsel", region: townCode, firm: "重庆大宁河律师事务所",
				licence: "15001201010000002", phone: "13800000002", villages: villages[2:4]},
			{name: "龚大山", login: "gong@demo.cunju", password: "Third-Phone-In-Hills", role: "counsel", region: townCode, firm: "巫溪县凤凰镇法律服务所",
				licence: "35001201010000003", phone: "13800000003", villages: villages[4:]},
		},
	}
}

// furnish sets both nodes up as their people would: first administrators, the
// township joined to the city, staff, directory, assignments.
func (h *house) furnish(ctx context.Context) error {
	h.cast = newCast()
	var err error
	if h.city.admin, err = firstAdmin(ctx, h.city, h.cast.cityAdmin); err != nil {
		return err
	}
	if h.town.admin, err = firstAdmin(ctx, h.town, h.cast.townAdmin); err != nil {
		return err
	}
	var code struct {
		Code string `json:"code"`
	}
	if err := h.city.admin.call(ctx, http.MethodPost, "/api/cunju/pairings", map[string]string{"region": townCode}, &code); err != nil {
		return err
	}
	if err := h.town.admin.call(ctx, http.MethodPost, "/api/cunju/join", map[string]string{"code": code.Code}, nil); err != nil {
		return err
	}
	if _, err := addStaff(ctx, h.city.admin, h.cast.supervisor); err != nil {
		return err
	}
	if _, err := addStaff(ctx, h.town.admin, h.cast.officer); err != nil {
		return err
	}
	firms := map[string]string{}
	for _, p := range h.cast.counsel {
		if err := h.hire(ctx, p, firms); err != nil {
			return fmt.Errorf("register counsel: %w", err)
		}
	}
	return nil
}

func firstAdmin(ctx context.Context, n *node, p person) (*session, error) {
	s := &session{url: n.url}
	err := s.call(ctx, http.MethodPost, "/api/cunju/setup", map[string]string{"name": p.name, "login": p.login, "password": p.password}, nil)
	if err != nil {
		return nil, err
	}
	return login(ctx, n.url, p.login, p.password)
}

func addStaff(ctx context.Context, admin *session, p person) (string, error) {
	from, to := scope(p.region)
	return admin.create(ctx, "staff", map[string]any{"email": p.login, "password": p.password, "passwordConfirm": p.password, "verified": true,
		"name": p.name, "role": p.role, "region": p.region, "scope_from": from, "scope_to": to, "phone": p.phone,
		"valid_from": "2026-01-01T00:00:00Z", "state": "active"})
}

// scope is the range of codes inside a region.
func scope(region string) (from, to string) {
	digits := 12
	for _, n := range []int{2, 4, 6, 9} {
		if region[n:] == "000000000000"[n:] {
			digits = n
			break
		}
	}
	return region, region[:digits] + "999999999999"[digits:]
}

// hire registers a counsel: account, firm, licence, villages.
func (h *house) hire(ctx context.Context, p *person, firms map[string]string) error {
	admin := h.town.admin
	var err error
	if firms[p.firm] == "" {
		kind := "law_firm"
		if p.licence[0] == '3' {
			kind = "grassroots_law_office"
		}
		firms[p.firm], err = admin.create(ctx, "institutions", map[string]any{"region": townCode, "name": p.firm, "kind": kind, "state": "active"})
		if err != nil {
			return err
		}
	}
	if p.id, err = addStaff(ctx, admin, *p); err != nil {
		return err
	}
	practitioner, err := admin.create(ctx, "practitioners", map[string]any{"region": townCode, "staff": p.id, "name": p.name, "institution": firms[p.firm],
		"institution_name": p.firm, "licence_no": p.licence, "kind": "counsel", "phone": p.phone, "valid_from": "2026-01-01T00:00:00Z", "state": "active"})
	if err != nil {
		return err
	}
	for _, v := range p.villages {
		_, err := admin.create(ctx, "assignments", map[string]any{"region": v, "staff": p.id, "practitioner": practitioner,
			"valid_from": "2026-01-01T00:00:00Z", "grace_days": 7})
		if err != nil {
			return err
		}
	}
	return nil
}
