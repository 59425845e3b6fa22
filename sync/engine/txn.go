package engine

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/pocketbase/dbx"

	"cunju/sync/change"
	"cunju/sync/feed"
	"cunju/sync/install"
	"cunju/sync/oplog"
	"cunju/sync/statement"
)

// txn is what one transaction carries: the next places in both orders, and what it
// has read already, so that nothing is read twice.
type txn struct {
	db     dbx.Builder
	e      *Engine
	seq    int64 // newest place in the order of records
	n      int64 // newest place in the order of changes
	tally  feed.Tally
	known  map[ref]*feed.Record                           // nil: there is no such record
	grants map[string]func(region string, tau int64) bool // by staff member
}

// ref names a record.
type ref struct{ c, r string }

// transact runs do in one durable transaction of its own.
func (e *Engine) transact(do func(*txn) error) error {
	db, ok := e.app.NonconcurrentDB().(*dbx.DB)
	if !ok {
		return errors.New("the engine's app must not be one of a transaction")
	}
	return e.statements.Transact(db, func(tx *statement.Tx) error {
		t, err := e.begin(tx)
		if err != nil {
			return err
		}
		if err := do(t); err != nil {
			return err
		}
		return t.end()
	})
}

func (e *Engine) begin(db dbx.Builder) (*txn, error) {
	t := &txn{db: db, e: e, known: map[ref]*feed.Record{}, grants: map[string]func(string, int64) bool{}}
	v, err := oplog.State(db, "seq")
	if err != nil {
		return nil, err
	}
	if v != "" {
		if t.seq, err = strconv.ParseInt(v, 10, 64); err != nil {
			return nil, fmt.Errorf("read order of records: %w", err)
		}
	}
	t.n, err = oplog.LastChange(db)
	return t, err
}

func (t *txn) end() error {
	if err := t.tally.Write(t.db); err != nil {
		return err
	}
	return oplog.SetStateValue(t.db, "seq", strconv.FormatInt(t.seq, 10))
}

// record is where a record stands, nil when it is unknown.
func (t *txn) record(c, r string) (*feed.Record, error) {
	if row, ok := t.known[ref{c, r}]; ok {
		return row, nil
	}
	row, err := feed.Find(t.db, c, r)
	if err == nil {
		t.known[ref{c, r}] = row
	}
	return row, err
}

// meet reads at once where the records stand that a run of changes is about.
func (t *txn) meet(records []ref) error {
	ids := map[string][]string{}
	for _, at := range records {
		if _, ok := t.known[at]; !ok {
			ids[at.c] = append(ids[at.c], at.r)
			t.known[at] = nil
		}
	}
	for c, list := range ids {
		rows, err := feed.FindAll(t.db, c, list)
		if err != nil {
			return err
		}
		for i := range rows {
			t.known[ref{c, rows[i].R}] = &rows[i]
		}
	}
	return nil
}

// base is the place and stamp of the change that an edit's author saw last, zeros when it is unknown here. It is one
// of the record's history, or one of the author's own that was refused.
func (t *txn) base(ed change.Edit, author string) (n, tau int64, err error) {
	if ed.Base == "" {
		return 0, 0, nil
	}
	if n, tau, err = oplog.FindTouch(t.db, ed.C, ed.R, ed.Base); err != nil || n != 0 {
		return n, tau, err
	}
	return oplog.FindOpen(t.db, author, ed.Base)
}

// mayWrite asks for a person's rights, once for all edits when the answer tells everything.
func (t *txn) mayWrite(staff, region string, tau int64) (bool, error) {
	granter, ok := t.e.cfg.Rights.(Granter)
	if !ok {
		return t.e.cfg.Rights.MayWrite(t.db, staff, region, tau)
	}
	may := t.grants[staff]
	if may == nil {
		var err error
		if may, err = granter.Granted(t.db, staff); err != nil {
			return false, err
		}
		t.grants[staff] = may
	}
	return may(region, tau), nil
}

// parsedCert is a certificate that was read before; a renewed one has another text.
type parsedCert struct {
	text string
	cert install.Cert
}

// maxCerts bounds the memory: about a city's phones at 1 KB each.
const maxCerts = 20000

// CertOf parses a stored certificate, or remembers it.
func (e *Engine) CertOf(row *oplog.Install) (install.Cert, error) {
	if c, ok := e.knownCert(row.ID); ok && c.text == row.Cert {
		return c.cert, nil
	}
	c, err := install.Parse(row.Cert)
	if err != nil {
		return c, fmt.Errorf("read stored certificate: %w", err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.certs == nil || len(e.certs) >= maxCerts {
		e.certs = map[string]parsedCert{}
	}
	e.certs[row.ID] = parsedCert{row.Cert, c}
	return c, nil
}

func (e *Engine) knownCert(id string) (parsedCert, bool) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	c, ok := e.certs[id]
	return c, ok
}
