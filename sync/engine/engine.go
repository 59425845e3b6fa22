// Package engine receives batches, folds their changes into PocketBase tables,
// captures local edits as changes of the node's own install, and runs projections. It
// knows nothing of what the records mean: a subject hands over Collections with pure rules.
package engine

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"cunju/sync/batch"
	"cunju/sync/feed"
	"cunju/sync/install"
	"cunju/sync/oplog"
	"cunju/sync/statement"
)

// Config is what a node is.
type Config struct {
	Tier        string // install.Township or install.City
	Region      string // 12-digit code that the node answers for
	Name        string // shown in its certificate
	KeyDir      string // outside data and backups
	Suite       string // of a key that is made here; "": std. A key that is there keeps its own
	Collections []Collection
	Rights      Rights
	Now         func() time.Time // nil: time.Now
}

// Engine is one node's sync engine.
type Engine struct {
	app         core.App
	cfg         Config
	collections map[string]*Collection
	projections []Projection
	key         *install.Key
	epoch       string

	room       room
	committer  committer
	statements statement.Cache
	reader     atomic.Pointer[reader]
	pages      pages

	mu    sync.RWMutex
	cert  install.Cert
	chain []string
	certs map[string]parsedCert // of other installs, by id

	wake     chan struct{} // a commit happened: projections look
	watchers []func()
	stop     context.CancelFunc // ends the projections; nil until they run
	done     chan struct{}
}

// New binds an engine to an app: its tables, key and epoch come at bootstrap, the
// projections run while the app serves.
func New(app core.App, cfg Config) *Engine {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	e := &Engine{app: app, cfg: cfg, collections: map[string]*Collection{}, wake: make(chan struct{}, 1)}
	e.committer.together = e.together
	e.room.left.L = &e.room.mu
	for i := range cfg.Collections {
		cfg.Collections[i].plan()
		e.collections[cfg.Collections[i].Name] = &cfg.Collections[i]
	}
	app.OnBootstrap().BindFunc(func(ev *core.BootstrapEvent) error {
		if err := ev.Next(); err != nil {
			return err
		}
		return e.open()
	})
	app.OnServe().BindFunc(func(ev *core.ServeEvent) error {
		e.start()
		return ev.Next()
	})
	app.OnTerminate().BindFunc(func(ev *core.TerminateEvent) error {
		e.close()
		return ev.Next()
	})
	e.capture()
	return e
}

// AddProjection registers a projection before the app serves.
func (e *Engine) AddProjection(p Projection) { e.projections = append(e.projections, p) }

// OnChange registers a function that is called after each commit, on its own
// goroutine's time: it must not block.
func (e *Engine) OnChange(f func()) { e.watchers = append(e.watchers, f) }

// Install is the node's own install id.
func (e *Engine) Install() string { return e.key.ID() }

// Key signs for the node.
func (e *Engine) Key() *install.Key { return e.key }

// Epoch is this incarnation of the node's data.
func (e *Engine) Epoch() string {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return e.epoch
}

// Tier is the node's level, also the level of its receipts.
func (e *Engine) Tier() string { return e.cfg.Tier }

// Region is the code that the node answers for.
func (e *Engine) Region() string { return e.cfg.Region }

// App is the PocketBase app that the engine is bound to.
func (e *Engine) App() core.App { return e.app }

// reader is the database for reading while it stays open.
type reader struct {
	of *dbx.DB
	*statement.Reader
}

// Reads is the database for reading outside a transaction.
func (e *Engine) Reads() dbx.Builder {
	db, ok := e.app.ConcurrentDB().(*dbx.DB)
	if !ok {
		return e.app.DB()
	}
	r := e.reader.Load()
	if r == nil || r.of != db {
		r = &reader{db, statement.NewReader(db)}
		e.reader.Store(r)
	}
	return r.Reader
}

// Now is the node's clock.
func (e *Engine) Now() time.Time { return e.cfg.Now() }

func (e *Engine) nowMs() int64 { return e.cfg.Now().UnixMilli() }

// Cert is the node's own certificate, Chain the certificates up to the root.
func (e *Engine) Cert() install.Cert {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return e.cert
}

// Chain lists the node's certificate and those above it.
func (e *Engine) Chain() []string {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return append([]string{}, e.chain...)
}

// level is the level of receipts that this node signs.
func (e *Engine) level() string {
	if e.cfg.Tier == install.City {
		return batch.LevelCity
	}
	return batch.LevelTownship
}

func (e *Engine) open() error {
	for _, schema := range []string{oplog.Schema, feed.Schema} {
		if _, err := e.app.NonconcurrentDB().NewQuery(schema).Execute(); err != nil {
			return fmt.Errorf("create sync tables: %w", err)
		}
	}
	key, err := openKey(e.cfg.KeyDir, install.Named(e.cfg.Suite))
	if err != nil {
		return err
	}
	e.key = key
	return e.app.RunInTransaction(func(tx core.App) error {
		epoch, err := ensureEpoch(tx.DB())
		if err != nil {
			return err
		}
		e.setEpoch(epoch)
		return e.ensureOwn(tx.DB())
	})
}

// openKey reads the node's key or makes one. The file is readable by its owner only.
func openKey(dir, suite string) (*install.Key, error) {
	path := filepath.Join(dir, "node.key")
	raw, err := os.ReadFile(path)
	if err == nil {
		key, err := install.ParseKeyText(string(raw))
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", path, err)
		}
		return key, nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("read key file: %w", err)
	}
	key, err := install.NewKeyOf(suite)
	if err != nil {
		return nil, err
	}
	text, err := key.Text()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make key folder: %w", err)
	}
	return key, writeSynced(path, []byte(text))
}

// writeSynced writes a small secret file that survives a power cut right after.
func writeSynced(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("create key file: %w", err)
	}
	defer f.Close()
	if _, err := f.Write(data); err != nil {
		return fmt.Errorf("write key file: %w", err)
	}
	return f.Sync()
}

func (e *Engine) setEpoch(epoch string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.epoch = epoch
}

func ensureEpoch(db dbx.Builder) (string, error) {
	epoch, err := oplog.State(db, "epoch")
	if err != nil || epoch != "" {
		return epoch, err
	}
	return newEpoch(db)
}

func newEpoch(db dbx.Builder) (string, error) {
	var b [6]byte
	rand.Read(b[:])
	epoch := hex.EncodeToString(b[:])
	return epoch, oplog.SetStateValue(db, "epoch", epoch)
}

// ensureOwn makes sure that the node is an install of its own with a
// certificate: self-signed until it joins a city.
func (e *Engine) ensureOwn(db dbx.Builder) error {
	row, err := oplog.FindInstall(db, e.key.ID())
	if err != nil {
		return err
	}
	if row == nil {
		now := e.nowMs()
		text, err := install.Issue(e.key, install.Cert{Suite: e.key.Suite(), Install: e.key.ID(), Key: b64(e.key.Public()), Kind: e.cfg.Tier, Name: e.cfg.Name,
			Regions: []string{e.cfg.Region}, From: now - dayMs, Until: now + 3650*dayMs})
		if err != nil {
			return err
		}
		return e.setOwn(db, []string{text})
	}
	chain, err := oplog.State(db, "chain")
	if err != nil {
		return err
	}
	return e.useChain(splitLines(chain))
}

const dayMs = 24 * 3600 * 1000

// Join takes the chain that a city issued for this node's key. What the node
// signed before stays valid: its id is the same.
func (e *Engine) Join(chain []string) error {
	if len(chain) < 2 {
		return install.ErrChain
	}
	root, err := install.Parse(chain[len(chain)-1])
	if err != nil {
		return err
	}
	for i := len(chain) - 1; i >= 0; i-- {
		if root, err = install.VerifiedBy(chain[i], root, e.nowMs()); err != nil {
			return err
		}
	}
	if root.Install != e.key.ID() {
		return install.ErrChain
	}
	return e.app.RunInTransaction(func(tx core.App) error { return e.setOwn(tx.DB(), chain) })
}

func (e *Engine) setOwn(db dbx.Builder, chain []string) error {
	for _, text := range chain {
		c, err := install.Parse(text)
		if err != nil {
			return err
		}
		if err := oplog.PutInstall(db, rowOf(c, text, e.nowMs())); err != nil {
			return err
		}
	}
	if err := oplog.SetStateValue(db, "chain", joinLines(chain)); err != nil {
		return err
	}
	return e.useChain(chain)
}

func (e *Engine) useChain(chain []string) error {
	c, err := install.Parse(chain[0])
	if err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.cert, e.chain = c, chain
	return nil
}

func rowOf(c install.Cert, text string, now int64) oplog.Install {
	return oplog.Install{ID: c.Install, Kind: c.Kind, Staff: c.Staff, Region: c.Region(), Name: c.Name, Alias: c.Alias,
		Issuer: c.Issuer, Cert: text, CreatedAt: now}
}

// Certify signs a certificate for a public key under this node and stores the
// install in the caller's transaction. The caller says who and where; the engine fills in the rest.
func (e *Engine) Certify(db dbx.Builder, public []byte, c install.Cert) (string, error) {
	c.Suite = install.Named(c.Suite)
	c.Install, c.Key = install.ID(c.Suite, public), b64(public)
	if c.Alias == "" {
		var a [4]byte
		rand.Read(a[:])
		c.Alias = hex.EncodeToString(a[:])
	}
	c.No, c.Issuer = e.nowMs(), e.key.ID()
	known, err := oplog.FindInstall(db, c.Install)
	if err != nil {
		return "", err
	}
	if known != nil {
		was, err := e.CertOf(known)
		if err != nil {
			return "", err
		}
		c.No = max(c.No, was.No+1) // newer than the one before, whatever the clock did
	}
	text, err := install.Issue(e.key, c)
	if err != nil {
		return "", err
	}
	if _, err := install.VerifiedBy(text, e.Cert(), e.nowMs()); err != nil {
		return "", err
	}
	return text, oplog.PutInstall(db, rowOf(c, text, e.nowMs()))
}

// Committed tells projections and watchers that something was committed. FoldIn leaves this
// call to whoever commits its transaction.
func (e *Engine) Committed() {
	select {
	case e.wake <- struct{}{}:
	default:
	}
	for _, f := range e.watchers {
		f()
	}
}
