package cases

import (
	"slices"
	"time"

	"cunju/hooks/holidays"
)

// Clock is one time limit of rule Q6.
type Clock struct {
	Name string // accept, contact, settle, limit
	From int64  // ms
	Due  int64  // ms
	Done int64  // ms, 0 while it runs
}

// The limits: the first in hours, since a night or a holiday is no reason to leave
// a complaint unread; the others in working days.
const (
	acceptHours = 24
	contactDays = 1
	settleDays  = 5
	limitDays   = 15
	// remindAt is the share of a clock, in percent, after which the office is reminded.
	remindAt = 80
)

// Clocks gives the limits of a case. Nobody can be contacted who left no number.
func (c *Case) Clocks(cal holidays.Calendar) []Clock {
	from := time.UnixMilli(c.At)
	list := []Clock{{Name: "accept", From: c.At, Due: from.Add(acceptHours * time.Hour).UnixMilli(), Done: c.AcceptedAt}}
	if c.PhoneAt > 0 {
		list = append(list, Clock{Name: "contact", From: c.PhoneAt, Due: cal.After(time.UnixMilli(c.PhoneAt), contactDays).UnixMilli(), Done: c.ContactAt})
	}
	return append(list,
		Clock{Name: "settle", From: c.At, Due: cal.After(from, settleDays).UnixMilli(), Done: c.SettledAt},
		Clock{Name: "limit", From: c.At, Due: cal.After(from, limitDays).UnixMilli(), Done: c.ClosedAt})
}

// Late says whether the limit has been or was passed.
func (k Clock) Late(now int64) bool {
	if k.Done > 0 {
		return k.Done > k.Due
	}
	return now > k.Due
}

// near says that most of the time is gone.
func (k Clock) near(now int64) bool {
	return k.Done == 0 && (now-k.From)*100 >= (k.Due-k.From)*remindAt
}

// Due lists what the node has to tell now and has not told yet: a reminder to the
// office for a clock that runs out, a report to the county for one that has.
func (c *Case) Due(cal holidays.Calendar, now int64) (remind, escalate []string) {
	if c.State == Closed {
		return nil, nil
	}
	for _, k := range c.Clocks(cal) {
		if k.Done > 0 {
			continue
		}
		if k.near(now) && !slices.Contains(c.Reminded, k.Name) {
			remind = append(remind, k.Name)
		}
		if k.Late(now) && !slices.Contains(c.Escalated, k.Name) {
			escalate = append(escalate, k.Name)
		}
	}
	return remind, escalate
}
