package devices

import (
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/access"
	"cunju/hooks/fault"
	"cunju/hooks/region"
	"cunju/sync/dial"
	"cunju/sync/install"
	"cunju/sync/oplog"
)

func (s *devices) enrol(e *core.RequestEvent) error {
	var in dial.Enrol
	if err := read(e, &in); err != nil {
		return fault.Write(e, err)
	}
	public, err := base64.RawURLEncoding.DecodeString(in.Key)
	if err != nil || len(public) != 65 || len([]rune(in.Name)) > 60 {
		return fault.Write(e, fault.New("malformed"))
	}
	if !install.KnownSuite(in.Suite) {
		return fault.Write(e, fault.New("suite"))
	}
	block := addressBlock(e.RealIP())
	if s.tries.spent(block) {
		return fault.Write(e, fault.New("pairing_tries"))
	}
	code, ok := Normal(in.Code)
	if !ok {
		s.tries.add(block)
		return fault.Write(e, fault.New("pairing_wrong"))
	}
	var out *dial.Enrolled
	err = s.app.RunInTransaction(func(tx core.App) error {
		var err error
		out, err = s.redeem(tx, code, public, in)
		return err
	})
	if errors.Is(err, fault.New("pairing_wrong")) {
		s.tries.add(block)
	}
	if err != nil {
		return fault.Write(e, err)
	}
	s.Engine.Committed()
	e.Response.Header().Set("Cache-Control", "no-store")
	return e.JSON(http.StatusOK, out)
}

// redeem uses up a code and certifies the key, in one transaction: a code that
// was answered cannot be used again, whatever happens to the answer.
func (s *devices) redeem(tx core.App, code string, public []byte, in dial.Enrol) (*dial.Enrolled, error) {
	r, err := tx.FindFirstRecordByData("pairings", "code_hash", hashOf(code))
	if err != nil {
		return nil, fault.New("pairing_wrong")
	}
	if r.GetString("used_at") != "" {
		return nil, fault.New("pairing_used")
	}
	expires, err := time.Parse(time.RFC3339, r.GetString("expires_at"))
	if err != nil || s.Now().After(expires) {
		return nil, fault.New("pairing_expired")
	}
	r.Set("used_at", s.Now().UTC().Format(time.RFC3339))
	if err := tx.Save(r); err != nil {
		return nil, fmt.Errorf("use pairing: %w", err)
	}
	if known, err := oplog.FindInstall(tx.DB(), install.ID(in.Suite, public)); err != nil || (known != nil && known.Kind != r.GetString("kind")) {
		return nil, fault.New("pairing_wrong")
	}
	var out *dial.Enrolled
	if r.GetString("kind") == KindTownship {
		out, err = s.township(tx.DB(), r.GetString("region"), public, in)
	} else {
		out, err = s.phone(tx, r.GetString("staff"), public, in, nil)
	}
	if err != nil {
		return nil, err
	}
	return s.complete(out), nil
}

// complete adds what every certified install is told of this node.
func (s *devices) complete(out *dial.Enrolled) *dial.Enrolled {
	out.Epoch, out.Now, out.RatingBase = s.Engine.Epoch(), s.Now().UnixMilli(), s.RatingBase
	if s.Box != nil {
		box := s.Box()
		out.Box = &box
	}
	return out
}

// phone certifies a person's phone for the villages assigned now, and those of before whose work may still come.
func (s *devices) phone(tx core.App, staff string, public []byte, in dial.Enrol, before []string) (*dial.Enrolled, error) {
	person, err := tx.FindRecordById("staff", staff)
	if err != nil || person.GetString("state") != "active" {
		return nil, fault.New("pairing_wrong")
	}
	regions, err := s.villages(tx.DB(), staff)
	if err != nil {
		return nil, err
	}
	if len(regions) == 0 {
		return nil, fault.New("no_villages")
	}
	text, err := s.certify(tx.DB(), public, install.Cert{Suite: in.Suite, Kind: install.Phone, Staff: staff, Name: in.Name, Regions: union(codesOf(regions), before)}, PhoneLife)
	if err != nil {
		return nil, err
	}
	tokens, err := s.Tokens.Keys(install.ID(in.Suite, public), s.Now().Year())
	if err != nil {
		return nil, err
	}
	above, err := s.above(tx.DB(), regions[0].Code)
	if err != nil {
		return nil, err
	}
	who := dial.Person{ID: staff, Name: person.GetString("name"), Role: person.GetString("role")}
	_ = tx.DB().NewQuery("SELECT institution_name FROM practitioners WHERE staff = {:s} LIMIT 1").Bind(dbx.Params{"s": staff}).Row(&who.Firm)
	return &dial.Enrolled{Install: install.ID(in.Suite, public), Chain: append([]string{text}, s.Engine.Chain()...), Staff: who,
		Regions: append(regions, above...), Tokens: tokens}, nil
}

func (s *devices) township(db dbx.Builder, code string, public []byte, in dial.Enrol) (*dial.Enrolled, error) {
	if s.Engine.Tier() != install.City || in.Region != code {
		return nil, fault.New("region_unknown")
	}
	text, err := s.certify(db, public, install.Cert{Suite: in.Suite, Kind: install.Township, Name: in.Name, Regions: []string{code}}, NodeLife)
	if err != nil {
		return nil, err
	}
	shares, err := s.Tokens.Shares(install.ID(in.Suite, public), s.Now().Year())
	if err != nil {
		return nil, err
	}
	return &dial.Enrolled{Install: install.ID(in.Suite, public), Chain: append([]string{text}, s.Engine.Chain()...), Tokens: shares}, nil
}

func (s *devices) certify(db dbx.Builder, public []byte, c install.Cert, life time.Duration) (string, error) {
	now := s.Now()
	c.From, c.Until = now.Add(-10*time.Minute).UnixMilli(), now.Add(life).UnixMilli()
	known, err := oplog.FindInstall(db, install.ID(c.Suite, public))
	if err != nil {
		return "", err
	}
	if known != nil {
		c.Alias = known.Alias // it is printed in rating codes
	}
	return s.Engine.Certify(db, public, c)
}

// villages lists the villages that a person is assigned to now.
func (s *devices) villages(db dbx.Builder, staff string) ([]dial.Named, error) {
	assigned, err := access.Villages(db, staff, s.Now())
	if err != nil {
		return nil, fmt.Errorf("list villages: %w", err)
	}
	list := []dial.Named{}
	for _, code := range assigned {
		one := dial.Named{Code: code}
		err := db.NewQuery("SELECT name FROM regions WHERE id = {:id}").Bind(dbx.Params{"id": code}).Row(&one.Name)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("name village: %w", err)
		}
		list = append(list, one)
	}
	return list, nil
}

// above names the township, county and city of a village.
func (s *devices) above(db dbx.Builder, village string) ([]dial.Named, error) {
	list := []dial.Named{}
	for code := region.Parent(village); code != ""; code = region.Parent(code) {
		one := dial.Named{Code: code}
		err := db.NewQuery("SELECT name FROM regions WHERE id = {:id}").Bind(dbx.Params{"id": code}).Row(&one.Name)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return nil, fmt.Errorf("name region: %w", err)
		}
		if err == nil {
			list = append(list, one)
		}
	}
	return list, nil
}

func codesOf(regions []dial.Named) []string {
	list := make([]string, len(regions))
	for i, r := range regions {
		list[i] = r.Code
	}
	return list
}
