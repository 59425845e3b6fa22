package cases

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/access"
	"cunju/hooks/fault"
	"cunju/hooks/region"
	"cunju/sync/change"
)

// The random call-backs: of each counsel's services of a week at least one, and one
// in so many. Which ones is drawn by chance here, after the fact, so that nobody can know them.
const (
	sampleDays  = 7
	sampleOneIn = 20
)

// draw tops up the sample of the last week.
func (c *Cases) draw(ctx context.Context) error {
	now := c.deps.Now()
	since := now.AddDate(0, 0, -sampleDays)
	var pool []struct {
		Counsel, Region string
		ID              string `db:"id"`
	}
	err := c.app.DB().NewQuery(`SELECT s.counsel, s.region, s.id FROM services s LEFT JOIN case_samples x ON x.service = s.id
		WHERE s.counsel <> '' AND s.occurred_at >= {:since} AND s.state IN ('submitted', 'verified') AND s.client_phone <> '' AND s.secrecy <> 'sealed'
		AND x.service IS NULL ORDER BY s.counsel, s.id LIMIT 20000`).Bind(dbx.Params{"since": since.Format(time.DateOnly)}).All(&pool)
	if err != nil {
		return fmt.Errorf("read services to draw from: %w", err)
	}
	for len(pool) > 0 && ctx.Err() == nil {
		n := 1
		for n < len(pool) && pool[n].Counsel == pool[0].Counsel {
			n++
		}
		group := pool[:n]
		pool = pool[n:]
		var drawn int
		err := c.app.DB().NewQuery("SELECT count(*) FROM case_samples WHERE counsel = {:c} AND drawn_at >= {:since}").
			Bind(dbx.Params{"c": group[0].Counsel, "since": since.UnixMilli()}).Row(&drawn)
		if err != nil {
			return fmt.Errorf("count sample: %w", err)
		}
		for need := (n + drawn + sampleOneIn - 1) / sampleOneIn; drawn < need && len(group) > 0; drawn++ {
			at, err := rand.Int(rand.Reader, big.NewInt(int64(len(group))))
			if err != nil {
				return fmt.Errorf("draw: %w", err)
			}
			i := int(at.Int64())
			_, err = c.app.NonconcurrentDB().Insert("case_samples", dbx.Params{"service": group[i].ID, "counsel": group[i].Counsel,
				"region": group[i].Region, "drawn_at": now.UnixMilli()}).Execute()
			if err != nil {
				return fmt.Errorf("store sample: %w", err)
			}
			group[i] = group[len(group)-1]
			group = group[:len(group)-1]
		}
	}
	return ctx.Err()
}

// sampleRow is one drawn service as the office sees it; the number to call is
// revealed with the record, for a purpose.
type sampleRow struct {
	Service    string `db:"service" json:"service"`
	Region     string `db:"region" json:"region"`
	Village    string `db:"village" json:"village"`
	Counsel    string `db:"counsel" json:"counsel"`
	OccurredAt string `db:"occurred_at" json:"occurred_at"`
	DrawnAt    int64  `db:"drawn_at" json:"drawn_at"`
	Answer     string `db:"answer" json:"answer"`
	Note       string `db:"note" json:"note"`
}

func (c *Cases) samples(e *core.RequestEvent, who access.Staff) error {
	code, err := access.AskedRegion(e, who)
	if err != nil {
		return err
	}
	from, to := region.Range(code)
	rows := []sampleRow{}
	err = e.App.DB().NewQuery(`SELECT x.service, x.region, coalesce(r.short_name, '') AS village, coalesce(p.name, '') AS counsel, coalesce(s.occurred_at, '') AS occurred_at,
		x.drawn_at, coalesce(o.answer, '') AS answer, coalesce(o.note, '') AS note
		FROM case_samples x LEFT JOIN services s ON s.id = x.service LEFT JOIN regions r ON r.id = x.region
		LEFT JOIN staff p ON p.id = x.counsel LEFT JOIN rating_events o ON o.service = x.service AND o.kind = 'sample'
		WHERE x.region BETWEEN {:from} AND {:to} AND x.counsel <> {:who} ORDER BY x.drawn_at DESC, x.service LIMIT 200`).
		Bind(dbx.Params{"from": from, "to": to, "who": who.ID}).All(&rows)
	if err != nil {
		return fmt.Errorf("list sample: %w", err)
	}
	return e.JSON(200, map[string]any{"items": rows})
}

// sampled notes what a person of the sample answered.
func (c *Cases) sampled(e *core.RequestEvent, who access.Staff) error {
	var in struct {
		Answer string `json:"answer"`
		Note   string `json:"note"`
	}
	if err := access.DeskBody(e, &in); err != nil {
		return err
	}
	var row struct{ Region, Counsel, Answer string }
	err := e.App.DB().NewQuery(`SELECT x.region, x.counsel, coalesce(o.answer, '') AS answer FROM case_samples x
		LEFT JOIN rating_events o ON o.service = x.service AND o.kind = 'sample' WHERE x.service = {:s}`).
		Bind(dbx.Params{"s": e.Request.PathValue("service")}).One(&row)
	switch {
	case err != nil:
		return err
	case !region.Covers(who.Region, row.Region):
		return fault.New("not_found")
	case row.Counsel == who.ID:
		return fault.New("case_rated")
	case row.Answer != "":
		return fault.New("state")
	case in.Answer != Unreached && !slices.Contains(AskedAnswers, in.Answer):
		return fault.New("case_answer")
	case len([]rune(in.Note)) > MaxNote:
		return fault.New("text_too_long")
	}
	event := Event{Kind: Sample, By: who.ID, Answer: in.Answer, Note: in.Note, At: c.deps.Now().UnixMilli()}
	err = c.append(e.Request.Context(), change.NewID(), "", row.Region[:9]+"000", event, map[string]any{"service": e.Request.PathValue("service")})
	if err != nil {
		return err
	}
	return e.JSON(200, map[string]any{"answer": in.Answer})
}
