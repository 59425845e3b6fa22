// Package fault turns what went wrong into a stable code, an HTTP status and a
// sentence that tells a person what to do next, in Chinese and English. It is
// the only place that does so. It imports nothing of ours.
package fault

import (
	"database/sql"
	"errors"
	"io/fs"
	"net/http"

	"github.com/pocketbase/pocketbase/tools/router"
)

// Error is an error that may be shown: its code is stable and its texts hold no
// detail. The wrapped Err is for the operator's log only.
type Error struct {
	Status int    // HTTP status
	Code   string // stable, for programs
	Key    string // message key, for pages that hold their own texts
	Hint   string // what to do next, in Chinese
	Err    error  // the cause, never shown to the user
}

// New makes the error of a code. A code that the table lacks is a mistake of
// the programmer and becomes internal.
func New(code string) *Error {
	entry, ok := table[code]
	if !ok {
		code, entry = Internal, table[Internal]
	}
	return &Error{Status: entry.Status, Code: code, Key: "fault." + code, Hint: entry.Hint.Zh}
}

// Wrap gives a copy of the error that carries its cause.
func (e *Error) Wrap(err error) *Error {
	copied := *e
	copied.Err = err
	return &copied
}

// Error is for logs: the code and the cause.
func (e *Error) Error() string {
	if e.Err == nil {
		return e.Code
	}
	return e.Code + ": " + e.Err.Error()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether the target is a fault of the same code, so that
// errors.Is(err, fault.New("gap")) asks for the code.
func (e *Error) Is(target error) bool {
	other, ok := target.(*Error)
	return ok && other.Code == e.Code
}

// From finds the fault in any error: our own, one of PocketBase's API errors by
// its status, a missing row; everything else is internal.
func From(err error) *Error {
	var own *Error
	if errors.As(err, &own) {
		return own
	}
	var api *router.ApiError
	if errors.As(err, &api) {
		return New(codeOf(api.Status)).Wrap(err)
	}
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return New("too_large").Wrap(err)
	case errors.Is(err, sql.ErrNoRows), errors.Is(err, fs.ErrNotExist):
		return New("not_found").Wrap(err)
	}
	return New(Internal).Wrap(err)
}

// Code gives the code of any error, "" for none.
func Code(err error) string {
	if err == nil {
		return ""
	}
	return From(err).Code
}

func codeOf(status int) string {
	switch status {
	case http.StatusBadRequest:
		return "malformed"
	case http.StatusUnauthorized:
		return "unauthorized"
	case http.StatusForbidden:
		return "forbidden"
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		return "not_found"
	case http.StatusRequestEntityTooLarge:
		return "too_large"
	case http.StatusTooManyRequests:
		return "too_many"
	}
	return Internal
}
