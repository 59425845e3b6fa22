package staff

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/access"
	"cunju/hooks/fault"
	"cunju/hooks/region"
	"cunju/sync/engine"
)

// ending is how an assignment is ended: on a day, or at once.
type ending struct {
	LastDay   string   `json:"last_day"` // YYYY-MM-DD in China; "" ends it now
	GraceDays *float64 `json:"grace_days"`
}

// assign gives a counsel more villages from now on. Those that are already the
// counsel's stay as they are. What is saved is captured by the sync engine and
// reaches city and phones.
func (d Deps) assign(e *core.RequestEvent, a actor) error {
	var in struct {
		Villages  []string `json:"villages"`
		GraceDays *float64 `json:"grace_days"`
	}
	if err := read(e, &in); err != nil {
		return err
	}
	days, err := graceOf(in.GraceDays)
	if err != nil {
		return err
	}
	slices.Sort(in.Villages)
	in.Villages = slices.Compact(in.Villages)
	if len(in.Villages) == 0 || len(in.Villages) > MaxVillages {
		return fault.New("malformed")
	}
	added := 0
	err = e.App.RunInTransaction(func(tx core.App) error {
		r, err := account(tx, e)
		if err != nil {
			return err
		}
		if r.GetString("role") != string(access.Counsel) || r.GetString("state") != Active {
			return fault.New("state")
		}
		added, err = d.give(engine.WithAuthor(e.Request.Context(), a.ID), tx, a, r.Id, in.Villages, days)
		return err
	})
	if err != nil {
		return err
	}
	return answer(e, map[string]any{"added": added})
}

func (d Deps) give(ctx context.Context, tx core.App, a actor, staff string, villages []string, days float64) (int, error) {
	rows, err := assignmentsOf(tx.DB(), staff, d.Now())
	if err != nil {
		return 0, err
	}
	var held []string
	for _, row := range rows {
		if row.Phase == Now || row.Phase == Future {
			held = append(held, row.Region)
		}
	}
	board, err := boardOf(tx.DB(), staff)
	if err != nil {
		return 0, err
	}
	added := 0
	for _, code := range villages {
		if slices.Contains(held, code) {
			continue
		}
		if len(held)+added >= MaxVillages {
			return 0, fault.New("too_many_villages")
		}
		if err := d.giveOne(ctx, tx, a, map[string]any{"region": code, "staff": staff, "practitioner": board,
			"valid_from": d.Now().UTC().Format(time.RFC3339), "grace_days": days}); err != nil {
			return 0, err
		}
		added++
	}
	return added, nil
}

func (d Deps) giveOne(ctx context.Context, tx core.App, a actor, values map[string]any) error {
	code := values["region"].(string)
	level, err := levelOf(tx.DB(), code)
	if err != nil {
		return err
	}
	if level != region.Village {
		return fault.New("region_unknown")
	}
	if err := d.may(tx.DB(), a, access.Create, Assignments, code); err != nil {
		return err
	}
	r, err := fresh(tx, Assignments, values)
	if err != nil {
		return err
	}
	if err := tx.SaveWithContext(ctx, r); err != nil {
		return fmt.Errorf("save assignment: %w", err)
	}
	return d.trail(tx, a, "assignment.add", Assignments, r.Id, code)
}

// end puts an end to an assignment: the phone's feed of the village is gone from
// then on, and finished work may arrive for the days of grace.
func (d Deps) end(e *core.RequestEvent, a actor) error {
	var in ending
	if err := read(e, &in); err != nil {
		return err
	}
	days, err := graceOf(in.GraceDays)
	if err != nil {
		return err
	}
	until, err := End(in.LastDay, d.Now())
	if err != nil {
		return err
	}
	err = e.App.RunInTransaction(func(tx core.App) error {
		r, err := tx.FindRecordById(Assignments, e.Request.PathValue("id"))
		if err != nil {
			return fault.New("not_found").Wrap(err)
		}
		code := r.GetString("region")
		if err := d.may(tx.DB(), a, access.Update, Assignments, code); err != nil {
			return err
		}
		switch PhaseOf(r.GetString("valid_from"), r.GetString("valid_until"), 0, d.Now()) {
		case Grace, Ended:
			return fault.New("state") // what is over stays over: rights once lost are not moved back into
		case Now, Future:
		}
		r.Set("valid_until", until.Format(time.RFC3339))
		r.Set("grace_days", days)
		if err := tx.SaveWithContext(engine.WithAuthor(e.Request.Context(), a.ID), r); err != nil {
			return fmt.Errorf("save assignment: %w", err)
		}
		return d.trail(tx, a, "assignment.end", Assignments, r.Id, code)
	})
	if err != nil {
		return err
	}
	return answer(e, map[string]any{"valid_until": until.Format(time.RFC3339)})
}
