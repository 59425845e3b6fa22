package laws

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/access"
	"cunju/hooks/fault"
)

// maxAsked is how many characters a question may have.
const maxAsked = 200

// Deps is what the routes need from others.
type Deps struct{ Now func() time.Time }

// Register puts the routes on. Laws are public: every role of staff reads them, of any region.
func Register(app core.App, d Deps) {
	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		if _, err := Ensure(se.App); err != nil {
			return err
		}
		se.Router.GET("/api/laws/search", d.staff(d.search))
		se.Router.GET("/api/laws/{slug}/{no}", d.staff(d.article))
		return se.Next()
	})
}

// staff lets every active account of staff in.
func (d Deps) staff(route func(*core.RequestEvent) error) func(*core.RequestEvent) error {
	return func(e *core.RequestEvent) error {
		switch {
		case e.Auth == nil && e.Request.Header.Get("Authorization") != "":
			return fault.Write(e, fault.New("login_expired"))
		case e.Auth == nil:
			return fault.Write(e, fault.New("unauthorized"))
		case e.Auth.Collection().Name != "staff" || !access.StaffOf(e.Auth).Active(d.Now()):
			return fault.Write(e, fault.New("forbidden"))
		}
		return fault.Write(e, route(e))
	}
}

// on is the day that is asked about; today if none is named.
func (d Deps) on(e *core.RequestEvent) (time.Time, error) {
	asked := e.Request.URL.Query().Get("on")
	if asked == "" {
		return d.Now(), nil
	}
	at, err := time.Parse(time.DateOnly, asked)
	if err != nil {
		return at, fault.New("malformed").Wrap(err)
	}
	return at, nil
}

func (d Deps) search(e *core.RequestEvent) error {
	q := e.Request.URL.Query()
	asked, page := strings.TrimSpace(q.Get("q")), 1
	if utf8.RuneCountInString(asked) > maxAsked {
		return fault.New("text_too_long")
	}
	if s := q.Get("page"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > MaxPages {
			return fault.New("malformed")
		}
		page = n
	}
	on, err := d.on(e)
	if err != nil {
		return err
	}
	if _, err := Ensure(e.App); err != nil {
		return err
	}
	list, more, err := Search(e.App.DB(), asked, on, page)
	if err != nil {
		return err
	}
	if list == nil {
		list = []Found{}
	}
	return e.JSON(http.StatusOK, map[string]any{"items": list, "page": page, "more": more})
}

func (d Deps) article(e *core.RequestEvent) error {
	on, err := d.on(e)
	if err != nil {
		return err
	}
	found, err := Article(e.App.DB(), e.Request.PathValue("slug"), e.Request.PathValue("no"), on)
	if errors.Is(err, ErrNone) {
		return fault.New("not_found").Wrap(err)
	}
	if err != nil {
		return err
	}
	return e.JSON(http.StatusOK, found)
}
