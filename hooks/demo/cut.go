package demo

import (
	"errors"
	"io"
	"net/http"
	"strings"
)

// errCut is what a phone sees of a line that broke.
var errCut = errors.New("the line was cut")

// cutter is a phone's line. It cuts that many pushes in the middle of the request,
// or loses that many answers after the server has committed.
type cutter struct {
	requests, answers int
}

// RoundTrip sends a request over the line.
func (c *cutter) RoundTrip(r *http.Request) (*http.Response, error) {
	push := strings.HasSuffix(r.URL.Path, "/batches")
	if push && c.requests > 0 {
		c.requests--
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(io.MultiReader(io.LimitReader(r.Body, r.ContentLength/2), broken{}))
		r.ContentLength = -1
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err == nil && push && c.answers > 0 {
		c.answers--
		_, _ = io.Copy(io.Discard, res.Body)
		res.Body.Close()
		return nil, errCut
	}
	return res, err
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errCut }
