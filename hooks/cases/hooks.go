package cases

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"cunju/hooks/access"
	"cunju/hooks/holidays"
	"cunju/sync/change"
)

// Folder writes a change of the node's own install; a refusal is an error.
type Folder interface {
	Fold(ctx context.Context, edits []change.Edit, by string) (verdict string, err error)
}

// Deps is what the subject needs from others.
type Deps struct {
	Folder Folder
	// Reminds: this node tells its office of clocks that run out. Escalates: it reports
	// those that have to the county. A township with a line to the city does the first,
	// the city the second, a township alone both.
	Reminds, Escalates bool
	// Draws: this node chooses the services whose clients are called at random.
	Draws bool
	Now   func() time.Time
}

// Cases is the subject, bound to an app.
type Cases struct {
	app  core.App
	deps Deps
}

// Register puts the office's routes on. The caller adds Projection to the engine
// after the ratings' and runs Remind as a job.
func Register(app core.App, deps Deps) *Cases {
	c := &Cases{app, deps}
	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		g := se.Router.Group("/api/office")
		g.GET("/cases", access.Desk(deps.Now, c.list))
		g.GET("/cases/{code}", access.Desk(deps.Now, c.one))
		g.POST("/cases/{code}/steps", access.Desk(deps.Now, c.step))
		g.POST("/cases/{code}/reveal", access.Desk(deps.Now, c.reveal))
		g.GET("/samples", access.Desk(deps.Now, c.samples))
		g.POST("/samples/{service}", access.Desk(deps.Now, c.sampled))
		return se.Next()
	})
	return c
}

// append folds one step. at is moved behind the steps that its author has seen, should
// another node's clock be ahead.
func (c *Cases) append(ctx context.Context, id, code, region string, e Event, more map[string]any) error {
	set := map[string]any{"region": region, "kind": string(e.Kind), "by": e.By, "at": time.UnixMilli(e.At).In(holidays.China).Format(timeForm)}
	for field, value := range map[string]string{"code": code, "answer": e.Answer, "note": e.Note} {
		if value != "" {
			set[field] = value
		}
	}
	for field, value := range more {
		set[field] = value
	}
	_, err := c.deps.Folder.Fold(ctx, []change.Edit{{C: Collection, R: id, Set: set}}, e.By)
	return err
}

// Work is the job: it looks at every open case and appends what is due, each once,
// and draws the sample.
func (c *Cases) Work(ctx context.Context) error {
	db := c.app.DB()
	cal, err := Calendar(db)
	if err != nil {
		return err
	}
	var open []struct{ Code, Region string }
	err = db.NewQuery("SELECT code, region FROM case_states WHERE state <> 'closed' ORDER BY received_at LIMIT 5000").All(&open)
	if err != nil {
		return fmt.Errorf("list open cases: %w", err)
	}
	var failed error
	for _, row := range open {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		failed = errors.Join(failed, c.tell(ctx, cal, row.Code, row.Region))
	}
	if c.deps.Draws {
		failed = errors.Join(failed, c.draw(ctx))
	}
	return failed
}

// tell appends the reminders and reports of one case.
func (c *Cases) tell(ctx context.Context, cal holidays.Calendar, code, region string) error {
	found, _, ok, err := load(c.app.DB(), code)
	if err != nil || !ok {
		return err
	}
	now := c.deps.Now().UnixMilli()
	remind, escalate := found.Due(cal, now)
	for kind, clocks := range map[Kind][]string{Remind: remind, Escalate: escalate} {
		if kind == Remind && !c.deps.Reminds || kind == Escalate && !c.deps.Escalates {
			continue
		}
		for _, clock := range clocks {
			// The id follows from what is told, so that it cannot be told twice.
			e := Event{Kind: kind, Note: clock, At: found.after(now)}
			if err := c.append(ctx, toldID(code, kind, clock, found.Reopened), code, region, e, nil); err != nil {
				return fmt.Errorf("%s of case: %w", kind, err)
			}
		}
	}
	return nil
}

// after is now, or just behind the newest step where a clock was ahead.
func (c *Case) after(now int64) int64 {
	for _, s := range c.Steps {
		now = max(now, s.At+1)
	}
	return now
}

func toldID(code string, kind Kind, clock string, round int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "cunju v1 told %s %s %s %d", code, kind, clock, round))
	const letters = "abcdefghijklmnopqrstuvwxyz012345"
	id := sum[:15]
	for i := range id {
		id[i] = letters[id[i]%32]
	}
	return string(id)
}

// ImportCommand is "import holidays": a newer table than the program's own.
func ImportCommand(app core.App) *cobra.Command {
	var from string
	command := &cobra.Command{
		Use: "holidays", Short: "Load working days and holidays from a json of the form holidays/1", Args: cobra.NoArgs, SilenceUsage: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := app.RunAllMigrations(); err != nil {
				return fmt.Errorf("prepare the database: %w", err)
			}
			raw, err := os.ReadFile(from)
			if err != nil {
				return err
			}
			table, err := holidays.Parse(raw)
			if err != nil {
				return fmt.Errorf("%s: %w", filepath.Base(from), err)
			}
			_, err = app.NonconcurrentDB().NewQuery(`INSERT INTO holiday_tables (id, body, loaded) VALUES (1, {:body}, {:at})
				ON CONFLICT (id) DO UPDATE SET body = excluded.body, loaded = excluded.loaded`).
				Bind(dbx.Params{"body": string(raw), "at": time.Now().Format(time.RFC3339)}).Execute()
			if err != nil {
				return fmt.Errorf("store holidays: %w", err)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%d published years loaded; they take the place of the program's own. Start the server again.\n", table.Years())
			return nil
		},
	}
	command.Flags().StringVar(&from, "from", "", "file to read")
	if err := command.MarkFlagRequired("from"); err != nil {
		panic(err) // the flag is declared in the line above
	}
	return command
}
