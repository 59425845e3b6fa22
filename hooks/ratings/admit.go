package ratings

import (
	"cmp"
	"slices"
)

// CrowdDays and CrowdCodes: one browser that rates so many services of one
// install in so many days may be one hand filling in for many.
const (
	CrowdDays  = 30
	CrowdCodes = 3
)

// Admission is what a node decides when a browser wants to rate.
type Admission struct {
	Refused string // a fault code, "" when admitted
	Flags   Flags
	Own     []Rating // what this browser said before, oldest first
}

// Admit applies the windows and the limits. existing are all ratings of the code,
// oldest first; today is the day of now.
func Admit(existing []Rating, origin, voice string, day, today uint16, now int64) Admission {
	a := Admission{Flags: Flags{Voice: voice}}
	for _, r := range existing {
		if r.Origin == origin && r.Flags.Voice == voice {
			a.Own = append(a.Own, r)
		}
	}
	a.Flags.Amends = len(a.Own) > 0
	a.Flags.SecondVoice = len(existing) > 0 && (existing[0].Origin != origin || existing[0].Flags.Voice != voice)
	a.Flags.Late = int(today) > int(day)+CountDays
	switch {
	case len(a.Own) > 0 && now > a.Own[0].RatedAt+AmendDays*dayMS, len(a.Own) >= MaxPerVoice:
		a.Refused = "rate_window"
	case len(existing) >= MaxPerCode:
		a.Refused = "too_many"
	}
	return a
}

// Latest is what this browser said last; ok is false when it said nothing yet.
func (a Admission) Latest() (r Rating, ok bool) {
	if len(a.Own) == 0 {
		return Rating{}, false
	}
	return a.Own[len(a.Own)-1], true
}

// SaidBad tells whether this browser gave a bad rating, now or before it changed its
// mind: it is told what became of it and asked again.
func (a Admission) SaidBad() bool {
	return slices.ContainsFunc(a.Own, func(r Rating) bool { return IsBad(r.Grade) })
}

// Says tells whether two ratings say the same: the second of two taps is no amendment.
func (r Rating) Says(other Rating) bool {
	return r.Grade == other.Grade && r.Remark == other.Remark && r.Phone == other.Phone &&
		r.AssistedBy == other.AssistedBy && slices.Equal(r.Reasons, other.Reasons)
}

// bare says that nothing was added to the grade.
func (r Rating) bare() bool { return r.Remark == "" && r.Phone == "" && len(r.Reasons) == 0 }

func sortRatings(all []Rating) {
	slices.SortFunc(all, func(a, b Rating) int {
		return cmp.Or(cmp.Compare(a.RatedAt, b.RatedAt), cmp.Compare(a.ID, b.ID))
	})
}
