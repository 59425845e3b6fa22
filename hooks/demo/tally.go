package demo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// Tally is what came of the day, computed by reading both nodes back.
type Tally struct {
	Services             int  `json:"services"`
	Documents            int  `json:"documents"`
	Ratings              int  `json:"ratings"`
	AcknowledgedTownship int  `json:"acknowledged_township"`
	AcknowledgedCity     int  `json:"acknowledged_city"`
	Missing              int  `json:"missing"`
	CheckpointsEqual     bool `json:"checkpoints_equal"`
}

// problem says what is wrong with a tally: the command must not end well then.
func (t Tally) problem() error {
	switch {
	case t.Missing > 0:
		return fmt.Errorf("%d services that a phone saw as saved are missing", t.Missing)
	case !t.CheckpointsEqual:
		return errors.New("township and city do not hold the same")
	}
	return nil
}

// tally compares what the phones saved with what each node answers.
func (h *house) tally(ctx context.Context, d *day) (Tally, error) {
	var t Tally
	town, err := h.town.admin.ids(ctx, "services")
	if err != nil {
		return t, err
	}
	city, err := h.city.admin.ids(ctx, "services")
	if err != nil {
		return t, err
	}
	for _, w := range d.workers {
		for _, id := range w.services {
			t.Services++
			if town[id] {
				t.AcknowledgedTownship++
			}
			if city[id] {
				t.AcknowledgedCity++
			}
			if !town[id] || !city[id] {
				t.Missing++
			}
		}
	}
	documents, err := h.city.admin.ids(ctx, "documents")
	if err != nil {
		return t, err
	}
	t.Documents = len(documents)
	return h.compare(ctx, d, t)
}

// compare waits until ratings taken on either side are on both, then compares every
// feed of the township, and the third phone's own.
func (h *house) compare(ctx context.Context, d *day, t Tally) (Tally, error) {
	for try := 0; ; try++ {
		ratings, err := h.town.admin.ids(ctx, "ratings")
		if err != nil {
			return t, err
		}
		t.Ratings = len(ratings)
		town, err := h.feeds(ctx, h.town)
		if err != nil {
			return t, err
		}
		city, err := h.feeds(ctx, h.city)
		if err != nil {
			return t, err
		}
		t.CheckpointsEqual = same(town, city) && len(town) > 0
		if (t.CheckpointsEqual && t.Ratings >= d.ratings) || try == 120 {
			return t, nil
		}
		select {
		case <-ctx.Done():
			return t, ctx.Err()
		case <-time.After(500 * time.Millisecond):
		}
	}
}

type checkpoint struct {
	Feed  string `json:"feed"`
	Count int64  `json:"count"`
	Sum   string `json:"sum"`
}

func (h *house) feeds(ctx context.Context, n *node) (map[string]checkpoint, error) {
	var out struct {
		Feeds []checkpoint `json:"feeds"`
	}
	if err := n.admin.call(ctx, http.MethodGet, "/api/cunju/checkpoints", nil, &out); err != nil {
		return nil, err
	}
	m := map[string]checkpoint{}
	for _, f := range out.Feeds {
		if f.Count > 0 && len(f.Feed) >= 9 && f.Feed[:9] == townCode[:9] {
			m[f.Feed] = f
		}
	}
	return m, nil
}

func same(a, b map[string]checkpoint) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if b[k] != v {
			return false
		}
	}
	return true
}

// desk is the office's part: verify some records, send one back.
func (h *house) desk(ctx context.Context, d *day) error {
	officer, err := login(ctx, h.town.url, h.cast.officer.login, h.cast.officer.password)
	if err != nil {
		return err
	}
	for i, id := range d.workers[0].services[:12] {
		path, body := "/verify", map[string]any{}
		if i == 5 {
			path, body = "/return", map[string]any{"reason": "请补充谈话地点和在场人。"}
		}
		if err := officer.call(ctx, http.MethodPost, "/api/office/services/"+id+path, body, nil); err != nil {
			return err
		}
	}
	return nil
}
