package platform

import (
	"net/http"
	"strings"
	"sync"
	"time"
)

// space knows whether the data folder's disk still takes changes. Below the
// limit the node reads and exports only: the rest is kept for SQLite's own
// files, so that nothing already acknowledged is in danger.
type space struct {
	free func() (uint64, error)
	now  func() time.Time

	mu   sync.Mutex
	at   time.Time
	full bool
}

// spaceEvery is how long an answer of the disk is believed.
const spaceEvery = 10 * time.Second

// refuses says whether a request would write onto a disk that is all but full.
// Logging in stays possible, because reading and exporting need it.
func (s *space) refuses(r *http.Request) bool {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return false
	}
	if strings.Contains(r.URL.Path, "/auth-") {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := s.now(); s.at.IsZero() || now.Sub(s.at) >= spaceEvery || now.Before(s.at) {
		free, err := s.free()
		s.at, s.full = now, err == nil && free < readOnly // a disk that does not answer is the write probe's finding
	}
	return s.full
}
