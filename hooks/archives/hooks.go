package archives

import (
	"time"

	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/fault"
)

// Deps is what the desk's requests need from the rest of the house.
type Deps struct {
	Now func() time.Time
}

// Register looks at what a desk writes over REST, and marks false numbers in what
// it reads.
func Register(app core.App, d Deps) {
	app.OnRecordCreateRequest(Residents, Enterprises).BindFunc(d.written)
	app.OnRecordUpdateRequest(Residents, Enterprises).BindFunc(d.written)
	app.OnRecordEnrich(Residents, Enterprises).BindFunc(d.marked)
}

// Unchecked is the query parameter (?unchecked=1) by which a request says that
// the paper really shows the number so. It is then stored as written.
const Unchecked = "unchecked"

// written takes the personal fields of a request, which PocketBase leaves out
// because they are hidden, and verifies the numbers among all fields. It runs after
// the API rules have let the request in. The answer never repeats a number.
func (d Deps) written(e *core.RecordRequestEvent) error {
	body := map[string]any{}
	if err := e.BindBody(&body); err != nil {
		return fault.Write(e.RequestEvent, fault.New("malformed").Wrap(err))
	}
	for _, name := range personal[e.Record.Collection().Name] {
		if v, sent := body[name]; sent {
			e.Record.Set(name, v)
		}
	}
	if e.Request.URL.Query().Get(Unchecked) == "1" {
		return e.Next()
	}
	sent := map[string]string{}
	for _, name := range Numbers {
		if _, ok := body[name]; ok && e.Record.Collection().Fields.GetByName(name) != nil {
			sent[name] = e.Record.GetString(name)
		}
	}
	if err := Verify(sent, d.Now()); err != nil {
		return fault.Write(e.RequestEvent, err)
	}
	for name, number := range sent {
		e.Record.Set(name, number)
	}
	return e.Next()
}

// marked adds to an answer which of its numbers are false, without the numbers.
func (d Deps) marked(e *core.RecordEnrichEvent) error {
	fields := map[string]string{}
	for _, name := range Numbers {
		fields[name] = e.Record.GetString(name)
	}
	e.Record.WithCustomData(true)
	e.Record.Set("marks", Marks(fields, d.Now()))
	return e.Next()
}
