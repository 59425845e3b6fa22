package orders

import (
	"slices"
	"strconv"
	"time"

	"cunju/hooks/holidays"
)

// Clock is one time limit of rules §5.
type Clock struct {
	Name string // dispatch, sign, contact, ruling, close, call_back
	From int64  // ms
	Due  int64  // ms
	Done int64  // ms, 0 while it runs
}

const (
	dispatchHours  = 2 * time.Hour // of the office
	dispatchUrgent = 15 * time.Minute
	signHours      = 4 * time.Hour // of the office
	signUrgent     = 2 * time.Hour
	contactHours   = 24 * time.Hour
	rulingDays     = 1
	extensionDays  = 7
	callBackDays   = 1
	reportDays     = 5 // working days overdue until the next level is told in writing
)

// closeDays are the working days for closing, by matter.
var closeDays = map[Matter]int{Consultation: 3, Help: 7, Complaint: 15}

// remindAt are the shares of a clock, in percent, after which the owner is reminded.
var remindAt = []int64{50, 80}

// Clocks gives the limits that have begun. Working days count, holds and the time in
// which an order could not reach its phone do not (O7).
func (o *Order) Clocks(cal holidays.Calendar, now int64) []Clock {
	pauses := o.pausesUntil(now)
	office := func(from int64, length, urgent time.Duration) int64 {
		if o.Urgent {
			return shifted(from, urgent, pauses)
		}
		return officeAfter(cal, from, length, pauses)
	}
	dispatched := o.DispatchedAt
	list := []Clock{{Name: "dispatch", From: o.WaitingAt, Due: office(o.WaitingAt, dispatchHours, dispatchUrgent), Done: o.PlacedAt}}
	if dispatched > 0 {
		list = append(list, Clock{Name: "sign", From: dispatched, Due: office(dispatched, signHours, signUrgent), Done: o.SignedAt})
		if o.Requester != "" {
			list = append(list, Clock{Name: "contact", From: dispatched, Due: shifted(dispatched, contactHours, pauses), Done: o.ContactAt})
		}
	}
	if o.ReturnedAt > 0 {
		list = append(list, Clock{Name: "ruling", From: o.ReturnedAt, Due: daysAfter(cal, o.ReturnedAt, rulingDays, pauses)})
	}
	list = append(list, o.closing(cal, pauses))
	if o.DoneAt > 0 && o.Matter != Consultation {
		list = append(list, Clock{Name: "call_back", From: o.DoneAt, Due: daysAfter(cal, o.DoneAt, callBackDays, nil), Done: o.CalledAt})
	}
	return list
}

// closing is the clock of the whole order, or of its second round.
func (o *Order) closing(cal holidays.Calendar, pauses []Span) Clock {
	from := max(o.At, o.ReopenedAt)
	days := closeDays[o.Matter]
	if o.Extended {
		days += extensionDays
	}
	due := daysAfter(cal, from, days, pauses)
	if o.Urgent && !o.Extended {
		due = daysAfter(cal, from-int64(24*time.Hour/time.Millisecond), 1, pauses)
	}
	return Clock{Name: "close", From: from, Due: max(due, from+1), Done: o.DoneAt}
}

// Late says whether the limit has been or was passed.
func (k Clock) Late(now int64) bool {
	if k.Done > 0 {
		return k.Done > k.Due
	}
	return now > k.Due
}

// Due lists the steps that the node has to append now: reminders at half and at four
// fifths of a clock, supervision once it has run out, a report to the next level
// when the whole order is overdue for five more working days. Each comes once.
func (o *Order) Due(cal holidays.Calendar, now int64) []Event {
	if o.State == Closed || o.Held {
		return nil
	}
	var out []Event
	tell := func(kind Kind, what string) {
		if !slices.Contains(o.Told, string(kind)+":"+what) {
			out = append(out, Event{Kind: kind, Target: what, At: now})
		}
	}
	for _, k := range o.Clocks(cal, now) {
		if k.Done > 0 {
			continue
		}
		for _, share := range remindAt {
			if (now-k.From)*100 >= (k.Due-k.From)*share {
				tell(Remind, k.Name+":"+strconv.FormatInt(share, 10))
			}
		}
		if k.Late(now) {
			tell(Supervise, k.Name)
		}
		if k.Name == "close" && now > cal.After(time.UnixMilli(k.Due), reportDays).UnixMilli() {
			tell(Report, k.Name)
		}
	}
	return out
}

// pausesUntil closes a hold that still lasts at now.
func (o *Order) pausesUntil(now int64) []Span {
	out := slices.Clone(o.Pauses)
	for i := range out {
		if out[i].To == 0 {
			out[i].To = max(now, out[i].From)
		}
	}
	slices.SortFunc(out, func(a, b Span) int { return int(a.From - b.From) })
	var joined []Span // counted once where they overlap
	for _, s := range out {
		if n := len(joined); n > 0 && s.From <= joined[n-1].To {
			joined[n-1].To = max(joined[n-1].To, s.To)
			continue
		}
		joined = append(joined, s)
	}
	return joined
}

// shifted is from + length, moved by what of the pauses falls between.
func shifted(from int64, length time.Duration, pauses []Span) int64 {
	due := from + length.Milliseconds()
	for _, p := range pauses {
		if p.To > from && p.From < due {
			due += p.To - max(p.From, from)
		}
	}
	return due
}

// daysAfter is the end of the n-th working day, those that lay in a pause not counted.
func daysAfter(cal holidays.Calendar, from int64, n int, pauses []Span) int64 {
	due := cal.After(time.UnixMilli(from), n).UnixMilli()
	for _, p := range pauses {
		if p.To > from && p.From < due {
			n += cal.Between(time.UnixMilli(max(p.From, from)), time.UnixMilli(p.To))
			due = cal.After(time.UnixMilli(from), n).UnixMilli()
		}
	}
	return due
}

// officeHours are the hours in which an office is open.
var officeHours = [][2]int{{9, 12}, {14, 18}}

// officeAfter is when so much of the office's hours has gone by since from.
func officeAfter(cal holidays.Calendar, from int64, length time.Duration, pauses []Span) int64 {
	left := length.Milliseconds()
	y, m, d := time.UnixMilli(from).In(holidays.China).Date()
	for day := time.Date(y, m, d, 0, 0, 0, 0, holidays.China); ; day = day.AddDate(0, 0, 1) {
		if !cal.Works(day) {
			continue
		}
		for _, hours := range officeHours {
			at := max(from, day.Add(time.Duration(hours[0])*time.Hour).UnixMilli())
			end := day.Add(time.Duration(hours[1]) * time.Hour).UnixMilli()
			for _, p := range pauses {
				if p.From > at && p.From < end && p.From-at < left {
					left -= p.From - at
					at = p.From
				}
				if p.From <= at && p.To > at {
					at = p.To
				}
			}
			if at < end && end-at >= left {
				return at + left
			}
			left -= max(end-at, 0)
		}
	}
}
