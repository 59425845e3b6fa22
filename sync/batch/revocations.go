package batch

import (
	"strconv"
	"strings"

	"cunju/sync/install"
)

// MaxRevoked is how many installs one list holds: a line of 256 KB has room for more. A county revokes some
// hundred phones a year.
const MaxRevoked = 2000

// Revoked is an install that its server took back. What it sealed up to batch No stands, because a server had
// seen it by then; whatever comes later is held.
type Revoked struct {
	Install string `json:"install"`
	No      int64  `json:"no"`
	At      int64  `json:"at"` // ms
}

// Revocations is a server's signed list. No counts its versions: a lower one is old.
type Revocations struct {
	Suite  string    `json:"suite,omitempty"` // left out for std
	Server string    `json:"server"`
	No     int64     `json:"no"`
	At     int64     `json:"at"`
	List   []Revoked `json:"list"`
	Sig    string    `json:"sig"`
}

// Text is what a list signs.
func (r Revocations) Text() string {
	lines := []string{install.Title("cunju revocations v1", r.Suite), r.Server, strconv.FormatInt(r.No, 10), strconv.FormatInt(r.At, 10)}
	for _, e := range r.List {
		lines = append(lines, e.Install+" "+strconv.FormatInt(e.No, 10)+" "+strconv.FormatInt(e.At, 10))
	}
	return strings.Join(lines, "\n")
}

// Signed returns r signed by the server.
func (r Revocations) Signed(k *install.Key) Revocations {
	r.Suite, r.Server = install.Unnamed(k.Suite()), k.ID()
	r.Sig = b64.EncodeToString(k.Sign(r.Text()))
	return r
}

// Verify checks form and signature.
func (r Revocations) Verify(public []byte) error {
	if r.No < 1 || r.No > maxNumber || r.At < 0 || r.At > maxNumber || len(r.List) > MaxRevoked {
		return ErrMalformed
	}
	for _, e := range r.List {
		if len(e.Install) != 16 || strings.Trim(e.Install, "abcdefghijklmnopqrstuvwxyz234567") != "" || e.No < 0 || e.No > maxNumber || e.At < 0 || e.At > maxNumber {
			return ErrMalformed
		}
	}
	return verify(r.Suite, public, r.Text(), r.Sig)
}
