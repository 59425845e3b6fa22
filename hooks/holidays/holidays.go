// Package holidays knows which days are worked in China: weekends, the statutory
// holidays and the days moved against them (调休), as the State Council's office
// publishes them each November for the year to come. The table is data in the
// program, so that clocks run without a network; a newer one may be loaded. A year
// that is not published counts its weekends only. It imports the standard library
// alone.
package holidays

import (
	_ "embed"
	"encoding/json/v2"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"
)

// Format is the first field of a table.
const Format = "holidays/1"

// China has had no summer time since 1991, and a box may lack zone files.
var China = time.FixedZone("CST", 8*60*60)

//go:embed table.json
var builtin []byte

// ErrTable is wrapped by every error about the content of a table.
var ErrTable = errors.New("not a table of holidays")

// Year is one year as it is published. Off and Work hold days "01-31" or, for Off,
// stretches "02-15..02-23"; Published names the notice, empty while there is none.
type Year struct {
	Year      int      `json:"year"`
	Published string   `json:"published"`
	Off       []string `json:"off"`
	Work      []string `json:"work"`
}

type table struct {
	Format string `json:"format"`
	Years  []Year `json:"years"`
}

// Calendar answers for days. The zero value knows weekends only.
type Calendar struct {
	days      map[string]bool // 2026-02-14 → worked; only where it differs from the week
	published map[int]string
}

// Builtin is the calendar of the program's own table.
func Builtin() Calendar {
	c, err := Parse(builtin)
	if err != nil {
		panic(err) // embedded: a test reads it
	}
	return c
}

// Parse reads a table.
func Parse(raw []byte) (Calendar, error) {
	var t table
	if err := json.Unmarshal(raw, &t, json.RejectUnknownMembers(true)); err != nil {
		return Calendar{}, fmt.Errorf("%w: %w", ErrTable, err)
	}
	if t.Format != Format {
		return Calendar{}, fmt.Errorf("%w: format %q", ErrTable, t.Format)
	}
	c := Calendar{days: map[string]bool{}, published: map[int]string{}}
	for _, y := range t.Years {
		if err := c.add(y); err != nil {
			return Calendar{}, err
		}
	}
	return c, nil
}

// add takes one year in; a day that is both off and worked is a mistake.
func (c Calendar) add(y Year) error {
	if _, twice := c.published[y.Year]; twice || y.Year < 2000 || y.Year > 2200 {
		return fmt.Errorf("%w: year %d", ErrTable, y.Year)
	}
	c.published[y.Year] = y.Published
	for _, work := range []bool{false, true} {
		list := y.Off
		if work {
			list = y.Work
		}
		for _, text := range list {
			days, err := stretch(y.Year, text)
			if err != nil {
				return err
			}
			for _, day := range days {
				if _, twice := c.days[day]; twice {
					return fmt.Errorf("%w: %s comes twice", ErrTable, day)
				}
				c.days[day] = work
			}
		}
	}
	return nil
}

// stretch gives the days of "02-15..02-23" or "02-15".
func stretch(year int, text string) ([]string, error) {
	from, to, ranged := strings.Cut(text, "..")
	if !ranged {
		to = from
	}
	start, err1 := time.Parse(time.DateOnly, fmt.Sprintf("%04d-%s", year, from))
	end, err2 := time.Parse(time.DateOnly, fmt.Sprintf("%04d-%s", year, to))
	if err1 != nil || err2 != nil || end.Before(start) || end.Sub(start) > 30*24*time.Hour {
		return nil, fmt.Errorf("%w: %d %q", ErrTable, year, text)
	}
	var days []string
	for day := start; !day.After(end); day = day.AddDate(0, 0, 1) {
		days = append(days, day.Format(time.DateOnly))
	}
	return days, nil
}

// With lays another table over this one: the years that it names are replaced whole.
func (c Calendar) With(newer Calendar) Calendar {
	out := Calendar{days: map[string]bool{}, published: map[int]string{}}
	maps.Copy(out.published, c.published)
	maps.Copy(out.published, newer.published)
	for day, worked := range c.days {
		if year, err := strconv.Atoi(day[:4]); err == nil {
			if _, replaced := newer.published[year]; !replaced {
				out.days[day] = worked
			}
		}
	}
	maps.Copy(out.days, newer.days)
	return out
}

// Published names the notice of a year; ok is false where none is known, and
// weekends alone are counted.
func (c Calendar) Published(year int) (notice string, ok bool) {
	notice = c.published[year]
	return notice, notice != ""
}

// Years counts the years that the calendar has a notice of.
func (c Calendar) Years() (n int) {
	for _, notice := range c.published {
		if notice != "" {
			n++
		}
	}
	return n
}

// Works says whether the day of an instant, in China, is a working day.
func (c Calendar) Works(at time.Time) bool {
	at = at.In(China)
	if worked, known := c.days[at.Format(time.DateOnly)]; known {
		return worked
	}
	return at.Weekday() != time.Saturday && at.Weekday() != time.Sunday
}

// After gives the end of the n-th working day after the day of at: the day itself
// does not count, as with all periods of days in civil law. n is at least 1.
func (c Calendar) After(at time.Time, n int) time.Time {
	y, m, d := at.In(China).Date()
	day := time.Date(y, m, d, 0, 0, 0, 0, China)
	for left := max(n, 1); left > 0; {
		day = day.AddDate(0, 0, 1)
		if c.Works(day) {
			left--
		}
	}
	return day.AddDate(0, 0, 1)
}

// Between counts the working days after the day of from up to the day of to.
func (c Calendar) Between(from, to time.Time) (n int) {
	last := to.In(China).Format(time.DateOnly)
	for day := from.In(China).AddDate(0, 0, 1); day.Format(time.DateOnly) <= last; day = day.AddDate(0, 0, 1) {
		if c.Works(day) {
			n++
		}
	}
	return n
}
