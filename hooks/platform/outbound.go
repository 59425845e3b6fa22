package platform

import (
	"net/http"
	"time"
)

// Outbound is the client for calls to the node above, whose address the
// operator set. It follows no redirect: an address that moved is a setting to change.
func Outbound() *http.Client {
	return &http.Client{Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}
