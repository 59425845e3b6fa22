package services

import "time"

// Mark is a remark on a record that refuses nothing (R6, R7): the office looks
// first at marked ones.
type Mark string

// The marks.
const (
	MarkLate     Mark = "late"         // entered more than LateDays after the event
	MarkShort    Mark = "short"        // shorter than its kind's minimum
	MarkFollowUp Mark = "no_follow_up" // "answer later" without a day for it
)

// Marks lists the remarks on a record that first arrived at the given stamp.
func (r Rules) Marks(record map[string]any, arrived int64) []Mark {
	e := edit{cur: record}
	var marks []Mark
	if at, err := time.Parse(time.RFC3339, e.was("occurred_at")); err == nil && arrived > at.AddDate(0, 0, LateDays).UnixMilli() {
		marks = append(marks, MarkLate)
	}
	kind, _ := r.Catalog.ServiceType(e.was("kind"))
	if n, _ := number(record["duration_min"]); kind.MinMinutes > 0 && n < float64(kind.MinMinutes) {
		marks = append(marks, MarkShort)
	}
	if e.was("outcome") == "to_follow" && e.was("follow_up_at") == "" {
		marks = append(marks, MarkFollowUp)
	}
	return marks
}
