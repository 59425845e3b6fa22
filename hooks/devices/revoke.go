package devices

import (
	"errors"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/audit"
	"cunju/hooks/fault"
	"cunju/sync/engine"
	"cunju/sync/oplog"
)

// maxReason is what the trail keeps of a reason, in characters.
const maxReason = 500

// revoke takes a phone back, or at the city a township: lost, stolen, handed in. What it had sent stands; what it sends later waits
// in the inbox.
func (s *devices) revoke(e *core.RequestEvent) error {
	var in struct {
		Reason string `json:"reason"`
	}
	if err := read(e, &in); err != nil {
		return fault.Write(e, err)
	}
	in.Reason = strings.TrimSpace(in.Reason)
	switch {
	case in.Reason == "":
		return fault.Write(e, fault.New("malformed"))
	case utf8.RuneCountInString(in.Reason) > maxReason:
		return fault.Write(e, fault.New("text_too_long"))
	}
	err := s.app.RunInTransaction(func(tx core.App) error { return s.takeBack(tx, e.Auth, e.Request.PathValue("id"), in.Reason) })
	if err != nil {
		return fault.Write(e, err)
	}
	s.Engine.Committed()
	e.Response.Header().Set("Cache-Control", "no-store")
	return e.JSON(http.StatusOK, map[string]any{"state": oplog.Revoked})
}

func (s *devices) takeBack(tx core.App, who *core.Record, id, reason string) error {
	row, err := oplog.FindInstall(tx.DB(), id)
	if err != nil {
		return err
	}
	if row == nil {
		return fault.New("not_found")
	}
	if ok, err := s.MayPair(tx.DB(), who, row.Region); err != nil || !ok {
		return orForbidden(err)
	}
	if err := s.Engine.Revoke(tx, id); errors.Is(err, engine.ErrNotRevocable) {
		return fault.New("state").Wrap(err)
	} else if err != nil {
		return err
	}
	return audit.Write(tx.DB(), audit.Entry{At: s.Now(), Who: who.Id, Role: who.GetString("role"), Action: "device.revoke", Collection: "installs",
		Record: id, Purpose: reason, Region: row.Region})
}
