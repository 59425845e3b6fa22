package cases

import (
	"context"

	"github.com/pocketbase/dbx"

	"cunju/sync/change"
)

// Stage tells the resident's page how far the case of a code is: its state, ""
// where there is none, whether the page asks again, and what was answered before.
func (c *Cases) Stage(db dbx.Builder, code string) (state string, asks bool, answer string, err error) {
	found, _, ok, err := load(db, code)
	if err != nil || !ok {
		return "", false, "", err
	}
	return string(found.State), found.Answerable(), found.Answer, nil
}

// Again takes the resident's second answer. It says false, and writes nothing, where
// the page does not ask.
func (c *Cases) Again(ctx context.Context, code, region, answer string) (bool, error) {
	found, _, ok, err := load(c.app.DB(), code)
	if err != nil || !ok {
		return false, err
	}
	event := Event{Kind: Asked, Answer: answer, At: found.after(c.deps.Now().UnixMilli())}
	if found.Allows(event) != "" {
		return false, nil
	}
	return true, c.append(ctx, change.NewID(), code, region, event, nil)
}
