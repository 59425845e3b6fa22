package attachments

import (
	"encoding/json/v2"
	"errors"
	"io"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/access"
	"cunju/hooks/fault"
	"cunju/sync/blob"
	"cunju/sync/httpapi"
)

func (f *Files) routes() {
	f.app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		se.Router.GET("/api/office/attachments", f.worded(f.list)).Bind(apis.RequireAuth("staff"))
		se.Router.POST("/api/office/attachments/{id}/open", f.worded(f.open)).Bind(apis.RequireAuth("staff"), apis.BodyLimit(4<<10))
		return se.Next()
	})
}

func (f *Files) worded(route func(*core.RequestEvent) error) func(*core.RequestEvent) error {
	return func(e *core.RequestEvent) error {
		e.Response.Header().Set("Cache-Control", "no-store")
		return fault.Write(e, route(e))
	}
}

// may is an error unless the person may see what belongs to a service.
func (f *Files) may(e *core.RequestEvent, region, owner, secrecy string) error {
	target := access.Target{Region: region, Owner: owner, Sealed: secrecy == Sealed}
	ok, err := access.MayRecord(f.app.DB(), access.StaffOf(e.Auth), access.View, Collection, target, f.Now())
	if err != nil {
		return err
	}
	if !ok {
		return fault.New("not_found") // that it exists is not told either
	}
	return nil
}

// list names the attachments of a service and whether their files have come.
func (f *Files) list(e *core.RequestEvent) error {
	service, err := f.app.FindRecordById(Services, e.Request.URL.Query().Get("service"))
	if err != nil {
		return err
	}
	if err := f.may(e, service.GetString("region"), service.GetString("counsel"), service.GetString("secrecy")); err != nil {
		return err
	}
	items, err := ofService(f.app.DB(), service.Id)
	if err != nil {
		return err
	}
	return e.JSON(http.StatusOK, map[string]any{"items": items})
}

// open hands out a file. What is on it is personal: a purpose is asked and the trail keeps it.
func (f *Files) open(e *core.RequestEvent) error {
	purpose, err := purposeOf(e.Request.Body)
	if err != nil {
		return err
	}
	id := e.Request.PathValue("id")
	att, err := find(f.app.DB(), id)
	if err != nil {
		return err
	}
	if err := f.may(e, att.Region, att.Owner, att.Secrecy); err != nil {
		return err
	}
	shown, err := blob.Shown(f.app.DB(), att.Hash, []string{att.Region})
	if err != nil {
		return err
	}
	file, row, err := f.Store.Open(f.app.DB(), att.Hash)
	if shown == 0 || errors.Is(err, blob.ErrMissing) {
		return fault.New("not_found")
	}
	if err != nil {
		return err
	}
	defer file.Close()
	err = f.app.RunInTransaction(func(tx core.App) error {
		return f.Audit(tx.DB(), e.Auth, "open", id, att.Region, purpose)
	})
	if err != nil {
		return err
	}
	httpapi.Download(e, row, file)
	return nil
}

func purposeOf(body io.Reader) (string, error) {
	raw, err := io.ReadAll(body)
	if err != nil {
		return "", err
	}
	var in struct {
		Purpose string `json:"purpose"`
	}
	if err := json.Unmarshal(raw, &in, json.RejectUnknownMembers(true)); err != nil {
		return "", fault.New("malformed").Wrap(err)
	}
	in.Purpose = strings.TrimSpace(in.Purpose)
	switch {
	case in.Purpose == "":
		return "", fault.New("purpose_required")
	case utf8.RuneCountInString(in.Purpose) > 500:
		return "", fault.New("text_too_long")
	}
	return in.Purpose, nil
}
