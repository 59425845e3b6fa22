package codes

import "time"

// Window of acceptance in days around today: a phone's clock may be a day
// ahead, and a sheet may lie about for six weeks before it is scanned.
const (
	DaysAhead = 1
	DaysBack  = 45
)

// shanghai has had no summer time since 1991, and the node may lack zone files.
var shanghai = time.FixedZone("CST", 8*60*60)

var dayZero = time.Date(2024, 1, 1, 0, 0, 0, 0, shanghai)

// Day is the day of an instant in Shanghai, counted from 2024-01-01. ok is false
// where the two bytes of a code cannot hold it.
func Day(t time.Time) (day uint16, ok bool) {
	y, m, d := t.In(shanghai).Date()
	n := time.Date(y, m, d, 0, 0, 0, 0, shanghai).Sub(dayZero) / (24 * time.Hour)
	if n < 0 || n > 0xffff {
		return 0, false
	}
	return uint16(n), true
}

// Date is the midnight in Shanghai at which a day begins.
func Date(day uint16) time.Time {
	return dayZero.AddDate(0, 0, int(day))
}

// Year is the year of a day; it chooses the key.
func Year(day uint16) int {
	return Date(day).Year()
}

// InWindow says whether a code of that day may be used today.
func InWindow(day, today uint16) bool {
	return int(day) <= int(today)+DaysAhead && int(day) >= int(today)-DaysBack
}
