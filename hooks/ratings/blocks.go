package ratings

import (
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/codes"
)

// No address is ever stored. Of its block, the network in which neighbours sit, a
// keyed hash is kept; the key is this node's and the day's, and is thrown away a
// day later. What is left says that two ratings of a day came from one block, and of no
// block which it was.

// blocks remembers what was noted already, so that a phone that syncs all day
// costs one write.
type blocks struct {
	mu    sync.Mutex
	day   uint16
	key   []byte
	noted map[string]bool
}

// blockBits are the networks that count as one block.
const (
	blockBits4 = 24
	blockBits6 = 48
)

func blockOf(address string) string {
	addr, err := netip.ParseAddr(address)
	if err != nil {
		return ""
	}
	addr = addr.Unmap().WithZone("")
	bits := blockBits4
	if addr.Is6() {
		bits = blockBits6
	}
	prefix, _ := addr.Prefix(bits)
	return prefix.String()
}

// blockHash is the block of an address under today's key, "" for none.
func (r *Ratings) blockHash(db dbx.Builder, address string) (string, error) {
	block := blockOf(address)
	today, ok := codes.Day(r.deps.Now())
	if block == "" || !ok {
		return "", nil
	}
	key, err := r.blockKey(db, today)
	if err != nil {
		return "", err
	}
	return keyed(key, "cunju v1 block", block)[:16], nil
}

// blockKey is the key of today; the first use of a day makes it and forgets the old ones.
func (r *Ratings) blockKey(db dbx.Builder, today uint16) ([]byte, error) {
	r.blocks.mu.Lock()
	defer r.blocks.mu.Unlock()
	if r.blocks.key != nil && r.blocks.day == today {
		return r.blocks.key, nil
	}
	var text string
	err := db.NewQuery("SELECT key FROM rating_block_keys WHERE day = {:d}").Bind(dbx.Params{"d": int(today)}).Row(&text)
	if errors.Is(err, sql.ErrNoRows) {
		var fresh [32]byte
		rand.Read(fresh[:])
		text = hex.EncodeToString(fresh[:])
		err = newBlockKey(db, today, text)
	}
	if err != nil {
		return nil, wrap("read key of the day", err)
	}
	key, err := hex.DecodeString(text)
	if err != nil {
		return nil, wrap("read key of the day", err)
	}
	r.blocks.day, r.blocks.key, r.blocks.noted = today, key, map[string]bool{}
	return key, nil
}

func newBlockKey(db dbx.Builder, today uint16, text string) error {
	for _, q := range []string{
		"INSERT INTO rating_block_keys (day, key) VALUES ({:d}, {:k})",
		"DELETE FROM rating_block_keys WHERE day < {:d}",
		"DELETE FROM rating_phone_blocks WHERE day < {:d}",
	} {
		query := db.NewQuery(q).Bind(dbx.Params{"d": int(today)})
		if strings.Contains(q, "{:k}") {
			query.Bind(dbx.Params{"k": text})
		}
		if _, err := query.Execute(); err != nil {
			return fmt.Errorf("renew key of the day: %w", err)
		}
	}
	return nil
}

// noteSide remembers from which block a counsel's phone spoke today, once its request
// was answered well: a stranger cannot speak for it.
func (r *Ratings) noteSide(e *core.RequestEvent) error {
	install, ok := strings.CutPrefix(e.Request.Header.Get("Authorization"), "Cunju ")
	if !ok || !strings.HasPrefix(e.Request.URL.Path, "/api/sync/") {
		return e.Next()
	}
	install, _, _ = strings.Cut(install, ".")
	err := e.Next()
	// Noted once the call is over: while it runs it may hold the database.
	if err != nil || e.Status() < 200 || e.Status() >= 300 {
		return err
	}
	if err := r.side(e.App, install, e.RealIP()); err != nil {
		e.App.Logger().Error("phone's block not noted", "error", err)
	}
	return nil
}

func (r *Ratings) side(app core.App, install, address string) error {
	hash, err := r.blockHash(app.NonconcurrentDB(), address)
	if err != nil || hash == "" {
		return err
	}
	r.blocks.mu.Lock()
	day, known := r.blocks.day, r.blocks.noted[install+hash]
	r.blocks.noted[install+hash] = true
	r.blocks.mu.Unlock()
	if known {
		return nil
	}
	_, err = app.NonconcurrentDB().NewQuery("INSERT INTO rating_phone_blocks (install, day, block) VALUES ({:i}, {:d}, {:b}) ON CONFLICT DO NOTHING").
		Bind(dbx.Params{"i": install, "d": int(day), "b": hash}).Execute()
	return wrap("note phone's block", err)
}

// where flags a rating with its block, and whether the counsel's phone spoke from
// the same one today.
func (r *Ratings) where(e *core.RequestEvent, install string, f *Flags) error {
	hash, err := r.blockHash(e.App.NonconcurrentDB(), e.RealIP())
	if err != nil || hash == "" {
		return err
	}
	f.Block = hash
	var n int
	err = e.App.DB().NewQuery("SELECT count(*) FROM rating_phone_blocks WHERE install = {:i} AND block = {:b}").
		Bind(dbx.Params{"i": install, "b": hash}).Row(&n)
	f.Side = n > 0
	return wrap("compare blocks", err)
}
