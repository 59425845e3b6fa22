package devices

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/fault"
	"cunju/sync/dial"
	"cunju/sync/feed"
	"cunju/sync/install"
)

// joinAsk is the body of POST /api/cunju/join.
type joinAsk struct {
	Code string `json:"code"`
}

// join makes this township a node of the city: the city's administrator made the code.
func (s *devices) join(e *core.RequestEvent) error {
	var in joinAsk
	if err := read(e, &in); err != nil {
		return fault.Write(e, err)
	}
	if e.Auth.GetString("role") != "admin" {
		return fault.Write(e, fault.New("forbidden"))
	}
	code, ok := Normal(in.Code)
	switch {
	case !ok:
		return fault.Write(e, fault.New("pairing_wrong"))
	case s.Upstream == "" || s.Engine.Tier() != install.Township:
		return fault.Write(e, fault.New("no_upstream"))
	}
	if err := s.joinCity(e.Request.Context(), code); err != nil {
		return fault.Write(e, err)
	}
	s.Engine.Committed()
	return e.JSON(http.StatusOK, map[string]any{"chain": s.Engine.Chain()})
}

func (s *devices) joinCity(ctx context.Context, code string) error {
	conn := &dial.Conn{URL: s.Upstream, HTTP: s.HTTP, Key: s.Engine.Key(), Now: s.Now}
	var out dial.Enrolled
	err := conn.Call(ctx, "/api/sync/enrol", dial.Enrol{Suite: s.Engine.Key().Suite(), Code: code,
		Key: base64.RawURLEncoding.EncodeToString(s.Engine.Key().Public()), Name: s.Engine.Cert().Name, Region: s.Engine.Region()}, &out)
	var refused *dial.Status
	if errors.As(err, &refused) {
		return fault.New(refused.Code).Wrap(err)
	}
	if err != nil {
		return fault.New("upstream").Wrap(err)
	}
	if err := s.Engine.Join(out.Chain); err != nil {
		return fault.New("signature").Wrap(err)
	}
	return s.Tokens.Adopt(out.Tokens, s.Now())
}

// checkpoints lists what this node holds of every feed in the asker's region, so
// that a person or a program can compare two nodes.
func (s *devices) checkpoints(e *core.RequestEvent) error {
	if role := e.Auth.GetString("role"); role != "admin" && role != "officer" && role != "supervisor" {
		return fault.Write(e, fault.New("forbidden"))
	}
	list, err := feed.Under(s.app.DB(), e.Auth.GetString("scope_from"), e.Auth.GetString("scope_to"))
	if err != nil {
		return fault.Write(e, err)
	}
	type line struct {
		Feed  string `json:"feed"`
		Count int64  `json:"count"`
		Sum   string `json:"sum"`
	}
	out := []line{}
	for _, c := range list {
		out = append(out, line{c.Feed, c.Count, c.Hex()})
	}
	e.Response.Header().Set("Cache-Control", "no-store")
	return e.JSON(http.StatusOK, map[string]any{"epoch": s.Engine.Epoch(), "feeds": out})
}
