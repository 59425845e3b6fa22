// Package setup makes the first administrator of a new node, once. The rules are
// pure; the routes may import PocketBase and hooks/fault.
package setup

import (
	"net/mail"
	"strings"
	"unicode/utf8"

	"cunju/hooks/fault"
)

// Collection and fields of the account this package writes.
const (
	staffCollection = "staff"
	roleAdmin       = "admin"
	stateActive     = "active"
)

// Request is what the page sends.
type Request struct {
	Name     string `json:"name"`     // person's name
	Login    string `json:"login"`    // e-mail address with which the person logs in
	Email    string `json:"email"`    // same as Login, for clients that name it so
	Password string `json:"password"` // in clear, over the loopback or TLS
	Code     string `json:"code"`     // from the server's start message; not needed on the machine itself
}

// clean trims what people paste with blanks; a password stays as it is.
func (r Request) clean() Request {
	r.Name = strings.TrimSpace(r.Name)
	r.Login = strings.ToLower(strings.TrimSpace(r.Login))
	if r.Login == "" {
		r.Login = strings.ToLower(strings.TrimSpace(r.Email))
	}
	r.Code = strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(r.Code))
	return r
}

// Validate says what stands against making this account.
func (r Request) Validate() error {
	if r.Name == "" || utf8.RuneCountInString(r.Name) > 60 {
		return fault.New("malformed")
	}
	if parsed, err := mail.ParseAddress(r.Login); err != nil || parsed.Address != r.Login || len(r.Login) > 120 {
		return fault.New("malformed")
	}
	if Weak(r.Password, r.Login, r.Name) {
		return fault.New("weak_password")
	}
	return nil
}
