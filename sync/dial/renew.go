package dial

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

// Renew asks for a new certificate for the same key. A clock that is off is learned from the refusal and the
// request repeated once.
func (c *Conn) Renew(ctx context.Context) (Enrolled, error) {
	const uri = "/api/sync/renew"
	var out Enrolled
	var err error
	for range 2 {
		var req *http.Request
		if req, err = http.NewRequestWithContext(ctx, http.MethodPost, c.URL+uri, nil); err != nil {
			return out, fmt.Errorf("make request: %w", err)
		}
		req.Header.Set("Authorization", c.Key.Authorization(http.MethodPost, uri, c.nowMs()+c.offset.Load()))
		err = c.object(req, &out)
		var refused *Status
		if !errors.As(err, &refused) || refused.Code != "clock" {
			return out, err
		}
	}
	return out, err
}
