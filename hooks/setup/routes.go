package setup

import (
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"log/slog"
	"net/http"
	"sync"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"

	"cunju/hooks/fault"
)

// Deps is what the routes need from the node.
type Deps struct {
	Tier, Region, Name string
	// Scope gives the lowest and the highest code inside a region.
	Scope func(region string) (from, to string)
	// Local says that a request was made on this machine.
	Local func(*core.RequestEvent) bool
	// Audit writes the trail inside the same transaction.
	Audit func(tx core.App, who, role, action, collection, record, region string) error
}

// routes holds the one-time code, which lives only as long as the process: an
// administrator on the machine reads a new one after a restart.
type routes struct {
	Deps
	mu   sync.Mutex
	code string
}

// Register puts the routes on. Whoever reaches a new node first over the network
// must not become its administrator, so a request from elsewhere needs the code
// that the server prints where only its operator sees it.
func Register(app core.App, d Deps) {
	s := &routes{Deps: d, code: newCode()}
	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		s.bind(se.Router)
		needed, err := needed(se.App)
		if err != nil {
			return err
		}
		if needed {
			slog.Info("this node has no administrator yet: open /setup/ on this machine, or from another one with the code", "code", s.code[:5]+"-"+s.code[5:])
		}
		return se.Next()
	})
}

func (s *routes) bind(router *router.Router[*core.RequestEvent]) {
	router.GET("/api/cunju/setup", s.get)
	router.POST("/api/cunju/setup", s.post).Bind(apis.BodyLimit(4 << 10))
}

// newCode makes 10 characters (50 bits) without the ones that look alike.
func newCode() string {
	const letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
	raw := make([]byte, 10)
	rand.Read(raw) // never fails since Go 1.24
	for i := range raw {
		raw[i] = letters[int(raw[i])%len(letters)]
	}
	return string(raw)
}

func needed(app core.App) (bool, error) {
	var admins int
	err := app.DB().Select("count(*)").From(staffCollection).Where(dbx.HashExp{"role": roleAdmin}).Row(&admins)
	if err != nil {
		return false, fmt.Errorf("count administrators: %w", err)
	}
	return admins == 0, nil
}

func (s *routes) get(e *core.RequestEvent) error {
	needed, err := needed(e.App)
	if err != nil {
		return fault.Write(e, err)
	}
	return e.JSON(http.StatusOK, map[string]any{
		"needed": needed, "needs_code": needed && !s.Local(e),
		"tier": s.Tier, "region": s.Region, "name": s.Name,
	})
}

func (s *routes) post(e *core.RequestEvent) error {
	var sent Request
	if err := e.BindBody(&sent); err != nil {
		return fault.Write(e, fault.New("malformed").Wrap(err))
	}
	sent = sent.clean()
	s.mu.Lock() // two people at once: the second must see the first's account
	defer s.mu.Unlock()
	open, err := needed(e.App)
	if err != nil {
		return fault.Write(e, err)
	}
	if !open {
		return fault.Write(e, fault.New("setup_done"))
	}
	if !s.Local(e) && subtle.ConstantTimeCompare([]byte(sent.Code), []byte(s.code)) != 1 {
		return fault.Write(e, fault.New("pairing_wrong"))
	}
	if err := sent.Validate(); err != nil {
		return fault.Write(e, err)
	}
	id, err := s.create(e.App, sent)
	if err != nil {
		return fault.Write(e, err)
	}
	return e.JSON(http.StatusCreated, map[string]any{"id": id, "login": sent.Login, "next": "/office/"})
}

func (s *routes) create(app core.App, r Request) (string, error) {
	var id string
	err := app.RunInTransaction(func(tx core.App) error {
		staff, err := tx.FindCollectionByNameOrId(staffCollection)
		if err != nil {
			return err
		}
		from, to := s.Scope(s.Region)
		account := core.NewRecord(staff)
		account.SetEmail(r.Login)
		account.SetVerified(true)
		account.SetPassword(r.Password)
		account.Load(map[string]any{
			"name": r.Name, "role": roleAdmin, "region": s.Region,
			"scope_from": from, "scope_to": to, "state": stateActive,
		})
		if err := tx.Save(account); err != nil {
			return fmt.Errorf("save the first administrator: %w", err)
		}
		id = account.Id
		return s.Audit(tx, id, roleAdmin, "setup", staffCollection, id, s.Region)
	})
	return id, err
}
