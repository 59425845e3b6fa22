// Package blob keeps the files that records name by their SHA-256: partly sent ones with
// their offset, whole ones under their hash, and which are still missing. A file counts only
// after it was hashed, flushed and given its name, and its folder flushed; then comes the row. It knows nothing of
// who may ask; it may import the query builder, not PocketBase.
package blob

import (
	"errors"
	"fmt"
	"strconv"
)

// Limits of the protocol (docs/sync.md §9).
const (
	MaxSize   = 20 << 20 // bytes of one file
	MaxChunk  = 1 << 20  // bytes of one request: what a 2G link sends in three minutes
	MaxPixels = 40e6     // of a photo: 160 MB once decoded
	// DefaultQuota is what one phone may store: 100 photos a day for three months.
	DefaultQuota = 4 << 30
	// maxParts is how many files of one install may be on their way at once.
	maxParts = 32
)

// Errors of this package; callers map them to the protocol's codes.
var (
	ErrHash     = errors.New("content has another hash")
	ErrKind     = errors.New("content is not the photo that its record says")
	ErrQuota    = errors.New("quota of the install is used up")
	ErrTooLarge = errors.New("file or chunk too large")
	ErrMissing  = errors.New("blob is not here")
)

// OffsetError says that a chunk does not begin where the part ends.
type OffsetError struct{ Offset int64 }

func (e *OffsetError) Error() string { return fmt.Sprintf("the part ends at byte %d", e.Offset) }

// ValidHash tells whether s is 64 lower-case hexadecimal digits.
func ValidHash(s string) bool {
	if len(s) != 64 {
		return false
	}
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// ParseCount reads a header that counts bytes: decimal digits, no sign, no leading
// zero, at most 15 of them.
func ParseCount(s string) (int64, bool) {
	if len(s) == 0 || len(s) > 15 || (len(s) > 1 && s[0] == '0') {
		return 0, false
	}
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0, false
		}
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}

// Name is one record that names a blob, oldest first in a list of them.
type Name struct {
	Region  string
	Install string // who made the record
	Owner   string // staff whose work it belongs to
	Sealed  bool   // only for Owner; also while nobody knows yet
	Image   bool   // the record says photo: the content must be one
}

// Piece is what an install sends of a file.
type Piece struct {
	Hash    string
	Install string
	Regions []string // of the records through which the install may send it
	Offset  int64
	Length  int64 // of the whole file
	Data    []byte
	Image   bool
	NoQuota bool // a node forwards what its phones sent
}

// Progress is how much of a file is here for an asker.
type Progress struct {
	Offset int64
	Whole  bool
}
