package peer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"cunju/sync/blob"
	"cunju/sync/dial"
	"cunju/sync/engine"
)

const (
	// laneChunk is small, so that a change that comes up meanwhile waits 10 s at most on 50 kbit/s.
	laneChunk = 64 << 10
	// laneYields is how long a change may wait before photos stop making way for it: one that
	// the upstream cannot take must not hold them up for ever.
	laneYields = 5 * time.Minute
)

// errYield stops the lane while changes wait; it goes on from the same byte the next time.
var errYield = errors.New("changes go first")

// Blobs is the lane of attachments to the node above: apart from the line of changes, and
// behind it. It keeps no state of its own: the upstream says what it misses, file by file and byte by byte.
type Blobs struct {
	eng   *engine.Engine
	store *blob.Store
	conn  *dial.Conn
	mu    sync.Mutex
}

// NewBlobs makes the lane. client nil: a plain one whose timeout suits a slow link.
func NewBlobs(eng *engine.Engine, store *blob.Store, url string, client *http.Client) *Blobs {
	if client == nil {
		client = &http.Client{Timeout: 4 * time.Minute}
	}
	return &Blobs{eng: eng, store: store, conn: &dial.Conn{URL: url, HTTP: client, Now: eng.Now}}
}

// Run sends every file that the upstream misses and this node has. One that the upstream refuses does not stop the others.
func (b *Blobs) Run(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.conn.Key = b.eng.Key()
	var refused error
	for after, first := "", true; first || after != ""; first = false {
		if err := b.yield(); err != nil {
			return refused
		}
		list, next, err := b.conn.Missing(ctx, after)
		if err != nil {
			return fmt.Errorf("ask for missing blobs: %w", err)
		}
		for _, w := range list {
			err := b.send(ctx, w)
			var s *dial.Status
			switch {
			case err == nil, errors.Is(err, blob.ErrMissing):
			case errors.Is(err, errYield):
				return refused
			case errors.As(err, &s) && s.HTTP >= 400 && s.HTTP < 500 && s.HTTP != http.StatusTooManyRequests:
				refused = fmt.Errorf("send blob: %w", err)
			default:
				return fmt.Errorf("send blob: %w", err)
			}
		}
		after = next
	}
	return refused
}

func (b *Blobs) send(ctx context.Context, w dial.Wanted) error {
	db := b.eng.App().DB()
	if !blob.ValidHash(w.Hash) {
		return blob.ErrMissing
	}
	f, row, err := b.store.Open(db, w.Hash)
	if err != nil {
		return err
	}
	defer f.Close()
	return b.conn.SendBlob(ctx, row.Hash, row.Size, readerAt{f}, laneChunk, b.yield)
}

// readerAt reads a file that only this lane holds.
type readerAt struct{ io.ReadSeeker }

// ReadAt seeks and fills p.
func (r readerAt) ReadAt(p []byte, at int64) (int, error) {
	if _, err := r.Seek(at, io.SeekStart); err != nil {
		return 0, err
	}
	return io.ReadFull(r, p)
}

// yield is an error while a fresh change waits to go up.
func (b *Blobs) yield() error {
	var n int
	err := b.eng.App().DB().NewQuery("SELECT count(*) FROM (SELECT received FROM sync_batches WHERE up = 0 ORDER BY n LIMIT 1) WHERE received > {:t}").
		Bind(map[string]any{"t": b.eng.Now().Add(-laneYields).UnixMilli()}).Row(&n)
	if err == nil && n > 0 {
		err = errYield
	}
	return err
}
