package httpapi

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"cunju/sync/blob"
	"cunju/sync/install"
)

// Headers of the calls on blobs (docs/sync.md §9).
const (
	HeaderOffset = "Upload-Offset"
	HeaderLength = "Upload-Length"
)

// uploads is how many chunks are held in memory at once, 1 MB each.
const uploads = 16

// Naming tells which records name a blob, oldest first. The product knows which
// collection that is and what is sealed.
type Naming interface {
	Naming(db dbx.Builder, hash string) ([]blob.Name, error)
}

type blobs struct {
	*API
	store  *blob.Store
	naming Naming
	slots  chan struct{}
}

// Blobs puts the calls on attachments on the app's router. The store is started with the app.
func (a *API) Blobs(app core.App, store *blob.Store, naming Naming) {
	b := &blobs{API: a, store: store, naming: naming, slots: make(chan struct{}, uploads)}
	app.OnBootstrap().BindFunc(func(ev *core.BootstrapEvent) error {
		if err := ev.Next(); err != nil {
			return err
		}
		return store.Start(app.NonconcurrentDB())
	})
	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		se.Router.GET("/api/sync/blobs", b.missing)
		se.Router.HEAD("/api/sync/blobs/{sha256}", b.admitted(b.files, b.head))
		se.Router.GET("/api/sync/blobs/{sha256}", b.admitted(b.files, b.get))
		se.Router.PATCH("/api/sync/blobs/{sha256}", b.admitted(b.files, b.patch)).Bind(apis.BodyLimit(blob.MaxChunk))
		return se.Next()
	})
}

// reach is what an install may do with a blob.
type reach struct {
	read, write []string // regions of the records through which it may
	image       bool
}

// reachOf judges by the records that name the blob, oldest first. One that is sealed from the
// asker hides every later one: whoever learned a sealed photo's hash gains nothing by naming it himself.
// The author of a record may send its file even after the region was taken from him.
func reachOf(cert install.Cert, regions []string, names []blob.Name) reach {
	var r reach
	for _, n := range names {
		author := n.Install == cert.Install
		own := author || (cert.Staff != "" && n.Owner == cert.Staff)
		if n.Sealed && !own && !cert.IsNode() {
			break
		}
		readable := mayRead(cert, regions, n.Region)
		if cert.IsNode() {
			readable = install.Covers(cert.Region(), n.Region)
		}
		if readable {
			r.read = add(r.read, n.Region)
		}
		if readable || author {
			r.write = add(r.write, n.Region)
			r.image = r.image || n.Image
		}
	}
	return r
}

func add(list []string, region string) []string {
	for _, r := range list {
		if r == region {
			return list
		}
	}
	return append(list, region)
}

// asked verifies who asks and what for. done means that the answer is written.
func (b *blobs) asked(e *core.RequestEvent) (cert install.Cert, r reach, hash string, done bool, err error) {
	row, cert, err := b.caller(e)
	if row == nil {
		return cert, r, "", true, err
	}
	hash = e.Request.PathValue("sha256")
	if !blob.ValidHash(hash) {
		return cert, r, "", true, b.fail(e, http.StatusBadRequest, "malformed", nil)
	}
	db := e.App.DB()
	regions, err := b.readable(cert)
	if err != nil {
		return cert, r, "", true, err
	}
	names, err := b.naming.Naming(db, hash)
	if err != nil {
		return cert, r, "", true, err
	}
	if r = reachOf(cert, regions, names); len(r.write) == 0 {
		return cert, r, "", true, b.fail(e, http.StatusNotFound, "not_found", nil)
	}
	e.Response.Header().Set("Cache-Control", "no-store")
	return cert, r, hash, false, nil
}

func (b *blobs) head(e *core.RequestEvent) error {
	cert, r, hash, done, err := b.asked(e)
	if done {
		return err
	}
	at, err := b.store.Progress(e.App.DB(), hash, cert.Install, r.write)
	if err != nil {
		return b.broken(e, err)
	}
	return b.answer(e, at)
}

// answer says how much is here: 200 with the length when whole, 204 with the offset otherwise.
func (b *blobs) answer(e *core.RequestEvent, at blob.Progress) error {
	h := e.Response.Header()
	h.Set(HeaderOffset, strconv.FormatInt(at.Offset, 10))
	if !at.Whole {
		e.Response.WriteHeader(http.StatusNoContent)
		return nil
	}
	if e.Request.Method == http.MethodHead {
		h.Set("Content-Length", strconv.FormatInt(at.Offset, 10))
	}
	e.Response.WriteHeader(http.StatusOK)
	return nil
}

func (b *blobs) get(e *core.RequestEvent) error {
	_, r, hash, done, err := b.asked(e)
	if done {
		return err
	}
	shown, err := blob.Shown(e.App.DB(), hash, r.read)
	if err != nil {
		return err
	}
	if shown == 0 {
		return b.fail(e, http.StatusNotFound, "not_found", nil)
	}
	f, row, err := b.store.Open(e.App.DB(), hash)
	if errors.Is(err, blob.ErrMissing) {
		return b.fail(e, http.StatusNotFound, "not_found", nil)
	}
	if err != nil {
		return err
	}
	defer f.Close()
	Download(e, row, f)
	return nil
}

// Download hands out a file, also in ranges. A browser that is led to it shows nothing of it.
func Download(e *core.RequestEvent, row *blob.Row, f io.ReadSeeker) {
	h := e.Response.Header()
	h.Set("Content-Type", row.Mime)
	h.Set("Content-Disposition", "attachment")
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	h.Set("ETag", `"`+row.Hash+`"`)
	http.ServeContent(e.Response, e.Request, "", time.Time{}, f)
}

func (b *blobs) patch(e *core.RequestEvent) error {
	cert, r, hash, done, err := b.asked(e)
	if done {
		return err
	}
	offset, ok1 := blob.ParseCount(e.Request.Header.Get(HeaderOffset))
	length, ok2 := blob.ParseCount(e.Request.Header.Get(HeaderLength))
	if !ok1 || !ok2 || e.Request.Header.Get("Content-Encoding") != "" {
		return b.fail(e, http.StatusBadRequest, "malformed", nil)
	}
	select {
	case b.slots <- struct{}{}:
		defer func() { <-b.slots }()
	default:
		e.Response.Header().Set("Retry-After", "5")
		return b.fail(e, http.StatusTooManyRequests, "too_many", nil)
	}
	data, cut := io.ReadAll(e.Request.Body)
	var tooLarge *http.MaxBytesError
	if errors.As(cut, &tooLarge) {
		return b.fail(e, http.StatusRequestEntityTooLarge, "too_large", nil)
	}
	// What came before the line was cut is kept: on a slow link half a chunk is minutes of sending.
	at, err := b.store.Append(e.App.DB(), blob.Piece{Hash: hash, Install: cert.Install, Regions: r.write, Offset: offset, Length: length,
		Data: data, Image: r.image, NoQuota: cert.IsNode()})
	switch {
	case err != nil:
		return b.broken(e, err)
	case cut != nil:
		return nil // nobody listens any more
	}
	return b.answer(e, at)
}

// broken answers what went wrong with a piece.
func (b *blobs) broken(e *core.RequestEvent, err error) error {
	var off *blob.OffsetError
	switch {
	case errors.As(err, &off):
		e.Response.Header().Set(HeaderOffset, strconv.FormatInt(off.Offset, 10))
		return b.fail(e, http.StatusConflict, "blob_offset", map[string]any{"offset": off.Offset})
	case errors.Is(err, blob.ErrTooLarge):
		return b.fail(e, http.StatusRequestEntityTooLarge, "too_large", nil)
	case errors.Is(err, blob.ErrHash):
		return b.fail(e, http.StatusUnprocessableEntity, "blob_hash", nil)
	case errors.Is(err, blob.ErrKind):
		return b.fail(e, http.StatusUnprocessableEntity, "blob_kind", nil)
	case errors.Is(err, blob.ErrQuota):
		return b.fail(e, http.StatusInsufficientStorage, "blob_quota", nil)
	}
	e.App.Logger().Error("blob", "error", err)
	return b.fail(e, http.StatusInternalServerError, "internal", nil)
}
