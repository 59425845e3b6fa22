package demo

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// undecided ratings are left for whoever looks at the demonstration.
const undecided = 3

// judge has the office decide about the ratings that the rules held back: here all
// residents sit at one machine and rate within a minute, which looks like fraud.
func (h *house) judge(ctx context.Context, d *day) error {
	for range 60 {
		seen, held, err := h.heldRatings(ctx)
		if err != nil {
			return err
		}
		for i, id := range held {
			if i < undecided {
				continue
			}
			err := h.town.admin.call(ctx, http.MethodPost, "/api/office/ratings/"+id+"/decide",
				map[string]any{"counts": true, "note": "示例：群众同在一处评价，已逐一核对"}, nil)
			if err != nil {
				return fmt.Errorf("decide about a rating: %w", err)
			}
		}
		if seen >= d.ratings && len(held) <= undecided {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(250 * time.Millisecond):
		}
	}
	return nil // the city's ratings are still on their way down; they stay for whoever looks
}

func (h *house) heldRatings(ctx context.Context) (seen int, held []string, err error) {
	var all, waiting struct {
		Items []struct {
			ID string `json:"id"`
		} `json:"items"`
	}
	if err := h.town.admin.call(ctx, http.MethodGet, "/api/office/ratings?list=all", nil, &all); err != nil {
		return 0, nil, err
	}
	if err := h.town.admin.call(ctx, http.MethodGet, "/api/office/ratings?list=held", nil, &waiting); err != nil {
		return 0, nil, err
	}
	for _, item := range waiting.Items {
		held = append(held, item.ID)
	}
	return len(all.Items), held, nil
}
