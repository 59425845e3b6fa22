package devices

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json/v2"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/codes"
)

// Tokens holds the secret that rating codes are made under. The city has the
// secret itself; a township that joined has its own share of it by year; one that joined no
// city has a random secret. It lives in the key folder, outside data and backups.
type Tokens struct {
	path string
	own  func() string // install id of this node
	city bool

	mu   sync.Mutex
	file tokenFile
}

type tokenFile struct {
	Secret string            `json:"secret"` // this node's own root, b64
	Years  map[string]string `json:"years"`  // shares given by the city, b64
	Since  int64             `json:"since"`  // ms, when keys given out before became wrong
}

// BindTokens opens or makes the secret in the key folder when the app starts.
func BindTokens(app core.App, keyDir string, city bool, own func() string) *Tokens {
	t := &Tokens{path: filepath.Join(keyDir, "tokens.json"), own: own, city: city}
	app.OnBootstrap().BindFunc(func(e *core.BootstrapEvent) error {
		if err := e.Next(); err != nil {
			return err
		}
		return t.open()
	})
	return t
}

func (t *Tokens) open() error {
	raw, err := os.ReadFile(t.path)
	if errors.Is(err, os.ErrNotExist) {
		var secret [32]byte
		rand.Read(secret[:])
		t.file.Secret = b64(secret[:])
		return t.write()
	}
	if err != nil {
		return fmt.Errorf("read token secret: %w", err)
	}
	if err := json.Unmarshal(raw, &t.file); err != nil {
		return fmt.Errorf("read %s: not a token file", t.path)
	}
	return nil
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// write replaces the file so that a power cut leaves the old or the new one.
func (t *Tokens) write() error {
	raw, err := json.Marshal(t.file)
	if err != nil {
		return fmt.Errorf("encode token secret: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(t.path), 0o700); err != nil {
		return fmt.Errorf("make key folder: %w", err)
	}
	tmp := t.path + ".new"
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("write token secret: %w", err)
	}
	defer f.Close()
	if _, err := f.Write(raw); err != nil {
		return fmt.Errorf("write token secret: %w", err)
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("flush token secret: %w", err)
	}
	return os.Rename(tmp, t.path)
}

// Adopt takes the shares that the city gave. Where they differ from what was used so far, phones
// hold wrong keys and are given new ones at their next contact.
func (t *Tokens) Adopt(years map[string]string, now time.Time) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	for year, share := range years {
		if had, ok := t.file.Years[year]; (ok && had != share) || len(t.file.Years) == 0 {
			t.file.Since = now.UnixMilli()
		}
	}
	t.file.Years = years
	return t.write()
}

// Since is the time, ms, before which keys that were given out are wrong; 0: none are.
func (t *Tokens) Since() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.file.Since
}

// township is the key of a year of a township node.
func (t *Tokens) township(node string, year int) ([]byte, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if share := t.file.Years[strconv.Itoa(year)]; !t.city && share != "" {
		return base64.RawURLEncoding.DecodeString(share)
	}
	secret, err := base64.RawURLEncoding.DecodeString(t.file.Secret)
	if err != nil {
		return nil, fmt.Errorf("read token secret: %w", err)
	}
	return codes.DeriveTownship(secret, node, year)
}

// Shares are what the city gives a joining township: this year and the two after.
func (t *Tokens) Shares(node string, year int) (map[string]string, error) {
	return years(year, 3, func(y int) ([]byte, error) { return t.township(node, y) })
}

// Keys are what a phone gets: this year and the next.
func (t *Tokens) Keys(install string, year int) (map[string]string, error) {
	return years(year, 2, func(y int) ([]byte, error) {
		key, err := t.township(t.own(), y)
		if err != nil {
			return nil, err
		}
		return codes.DeriveInstall(key, install, y)
	})
}

func years(from, n int, key func(int) ([]byte, error)) (map[string]string, error) {
	m := map[string]string{}
	for y := from; y < from+n; y++ {
		k, err := key(y)
		if err != nil {
			return nil, err
		}
		m[strconv.Itoa(y)] = b64(k)
	}
	return m, nil
}

// InstallKey finds the key of the install that an alias in a code stands for.
// ok is false when this node knows no such install or holds no key for it; then the
// same keys are derived for nobody, so that the time taken does not tell which phones exist.
func (t *Tokens) InstallKey(db dbx.Builder, alias string, year int) (key []byte, install string, ok bool) {
	var rows []struct{ ID, Kind, Issuer string }
	err := db.NewQuery("SELECT id, kind, issuer FROM sync_installs WHERE alias = {:a} LIMIT 2").Bind(dbx.Params{"a": alias}).All(&rows)
	known := err == nil && len(rows) == 1 && rows[0].Kind == KindPhone
	id, issuer := nobody, t.own()
	if known {
		id, issuer = rows[0].ID, rows[0].Issuer
	}
	node, err := t.township(issuer, year)
	if err != nil {
		return nil, "", false
	}
	key, err = codes.DeriveInstall(node, id, year)
	if !known || err != nil {
		return nil, "", false
	}
	return key, id, true
}

// nobody stands in for an install that does not exist.
const nobody = "nobodynobodynob"
