// Package change holds the smallest unit that travels: one user action as one
// JSON line that is kept verbatim. It parses strictly, hashes, and names every
// limit. It imports the standard library only.
package change

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json/jsontext"
	"encoding/json/v2"
	"errors"
	"fmt"
	"math"
	"time"
)

// Limits of one change. They bound what a hostile line can cost; an honest
// record is about 1 KB.
const (
	MaxLine   = 256 << 10 // bytes of one line
	MaxEdits  = 64        // edits of one change
	MaxFields = 200       // fields of one edit
	MaxDepth  = 8         // nesting inside a field's value
	maxNumber = 1 << 53   // beyond it float64 loses integers
)

// ErrMalformed is the answer to every line that does not follow the protocol.
var ErrMalformed = errors.New("malformed")

// Change is one atomic user action (docs/sync.md §3).
type Change struct {
	ID    string   `json:"id"`
	Salt  string   `json:"x"`
	At    string   `json:"at"`
	By    string   `json:"by"`
	Form  int      `json:"form"`
	Edits []Edit   `json:"edits"`
	Blobs []string `json:"blobs,omitempty"`
}

// Edit sets fields of one record. Base is the rev its author saw, "" to create.
type Edit struct {
	C    string         `json:"c"`
	R    string         `json:"r"`
	Base string         `json:"base"`
	Set  map[string]any `json:"set"`
}

// Line makes a change's verbatim line, without the newline, with a fresh id and salt.
func Line(at time.Time, by string, form int, edits []Edit) (Change, []byte, error) {
	salt := make([]byte, 16)
	rand.Read(salt)
	c := Change{ID: NewID(), Salt: base64.RawURLEncoding.EncodeToString(salt),
		At: at.Format("2006-01-02T15:04:05.000Z07:00"), By: by, Form: form, Edits: edits}
	line, err := json.Marshal(c, json.Deterministic(true))
	if err != nil {
		return Change{}, nil, fmt.Errorf("encode change: %w", err)
	}
	// Parsing what was made keeps author and reader to one set of limits.
	parsed, err := Parse(line)
	return parsed, line, err
}

// Parse reads one line. Duplicate keys, invalid UTF-8, unknown keys, numbers
// beyond 2^53, and anything over a limit give ErrMalformed.
func Parse(line []byte) (Change, error) {
	if len(line) > MaxLine {
		return Change{}, fmt.Errorf("%w: line of %d bytes", ErrMalformed, len(line))
	}
	c, ok := usual(line)
	if !ok {
		var err error
		if c, err = strict(line); err != nil {
			return Change{}, err
		}
	}
	if err := c.check(); err != nil {
		return Change{}, err
	}
	return c, nil
}

func strict(line []byte) (c Change, err error) {
	if err := json.Unmarshal(line, &c, json.RejectUnknownMembers(true)); err != nil {
		return Change{}, fmt.Errorf("%w: not a change", ErrMalformed)
	}
	return c, nil
}

func (c *Change) check() error {
	salt, err := base64.RawURLEncoding.DecodeString(c.Salt)
	switch {
	case !ValidID(c.ID):
		return fmt.Errorf("%w: change id", ErrMalformed)
	case err != nil || len(salt) != 16:
		return fmt.Errorf("%w: salt", ErrMalformed)
	case len(c.By) > 64 || c.Form < 0:
		return fmt.Errorf("%w: author or form", ErrMalformed)
	case len(c.Edits) == 0 || len(c.Edits) > MaxEdits:
		return fmt.Errorf("%w: %d edits", ErrMalformed, len(c.Edits))
	}
	if _, err := c.Time(); err != nil {
		return fmt.Errorf("%w: at", ErrMalformed)
	}
	for i := range c.Edits {
		if err := c.Edits[i].check(); err != nil {
			return err
		}
	}
	return nil
}

func (e *Edit) check() error {
	if !validName(e.C) || !ValidID(e.R) || (e.Base != "" && !ValidID(e.Base)) {
		return fmt.Errorf("%w: collection, record or base", ErrMalformed)
	}
	if len(e.Set) == 0 || len(e.Set) > MaxFields {
		return fmt.Errorf("%w: %d fields", ErrMalformed, len(e.Set))
	}
	for name, value := range e.Set {
		if !validName(name) || !plain(value, MaxDepth) {
			return fmt.Errorf("%w: field", ErrMalformed)
		}
	}
	return nil
}

// Time is the claimed time of the action. It is never trusted by itself.
func (c *Change) Time() (time.Time, error) {
	return time.Parse(time.RFC3339, c.At)
}

// Hash is the body hash that a batch signs.
func Hash(line []byte) [32]byte { return sha256.Sum256(line) }

const idAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789"

// NewID makes a record or change id: 15 characters a-z0-9, 77 bits.
func NewID() string {
	var id [15]byte
	for i := 0; i < len(id); {
		var b [24]byte
		rand.Read(b[:])
		for _, v := range b {
			if v < 252 && i < len(id) { // 252 = 7 × 36: no letter is likelier than another
				id[i] = idAlphabet[v%36]
				i++
			}
		}
	}
	return string(id[:])
}

// ValidID tells whether s can be a change or record id.
func ValidID(s string) bool {
	if len(s) < 1 || len(s) > 32 {
		return false
	}
	for _, r := range []byte(s) {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') {
			return false
		}
	}
	return true
}

func validName(s string) bool {
	if s == "" || len(s) > 64 || s[0] < 'a' || s[0] > 'z' {
		return false
	}
	for _, r := range []byte(s) {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_' {
			return false
		}
	}
	return true
}

// plain tells whether a decoded value is within depth and number limits.
func plain(v any, depth int) bool {
	switch v := v.(type) {
	case nil, string, bool:
		return true
	case float64:
		return !math.IsInf(v, 0) && !math.IsNaN(v) && math.Abs(v) < maxNumber
	case []any:
		for _, e := range v {
			if depth == 0 || !plain(e, depth-1) {
				return false
			}
		}
		return true
	case map[string]any:
		for _, e := range v {
			if depth == 0 || !plain(e, depth-1) {
				return false
			}
		}
		return true
	}
	return false
}

// Compact writes a field value the one way every replica writes it.
func Compact(v any) ([]byte, error) {
	b, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		return nil, err
	}
	return bytes.TrimSpace(jsontext.Value(b)), nil
}
