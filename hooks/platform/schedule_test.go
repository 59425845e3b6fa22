package platform

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func at(text string) time.Time {
	moment, err := time.ParseInLocation("2006-01-02 15:04", text, China)
	if err != nil {
		panic(err)
	}
	return moment
}

func TestWhenAJobIsDue(t *testing.T) {
	nightly := schedule{at: "02:30"}
	sixHourly := schedule{every: 6 * time.Hour}
	never := time.Time{}
	cases := []struct {
		name          string
		when          schedule
		now           time.Time
		started, good time.Time
		due           bool
	}{
		{"never ran", nightly, at("2026-11-24 10:00"), never, never, true},
		{"ran last night", nightly, at("2026-11-24 10:00"), at("2026-11-24 02:30"), at("2026-11-24 02:31"), false},
		{"a minute before its time", nightly, at("2026-11-25 02:29"), at("2026-11-24 02:30"), at("2026-11-24 02:31"), false},
		{"its time", nightly, at("2026-11-25 02:30"), at("2026-11-24 02:30"), at("2026-11-24 02:31"), true},
		{"off for the night", nightly, at("2026-11-25 09:00"), at("2026-11-24 02:30"), at("2026-11-24 02:31"), true},
		{"ran late, next night comes", nightly, at("2026-11-26 02:30"), at("2026-11-25 09:00"), at("2026-11-25 09:01"), true},
		{"failed just now", nightly, at("2026-11-25 02:40"), at("2026-11-25 02:30"), at("2026-11-24 02:31"), false},
		{"failed an hour ago", nightly, at("2026-11-25 03:30"), at("2026-11-25 02:30"), at("2026-11-24 02:31"), true},
		{"the clock had been ahead", nightly, at("2026-11-25 03:30"), at("2036-11-25 02:30"), at("2036-11-25 02:30"), true},
		{"interval not over", sixHourly, at("2026-11-25 05:59"), at("2026-11-25 00:00"), at("2026-11-25 00:00"), false},
		{"interval over", sixHourly, at("2026-11-25 06:00"), at("2026-11-25 00:00"), at("2026-11-25 00:00"), true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, c.due, c.when.due(c.now, ran{started: c.started, good: c.good}))
		})
	}
	assert.False(t, schedule{every: 30 * time.Second}.remembered(), "a frequent job leaves no notes")
	assert.True(t, nightly.remembered())
}

func TestHealthLevels(t *testing.T) {
	now := at("2026-11-24 10:00")
	cases := []struct {
		name  string
		found Finding
		level string
	}{
		{"disk with room", checkDisk(20_000*megabyte, 100_000*megabyte), Good},
		{"disk under 15 %", checkDisk(10_000*megabyte, 100_000*megabyte), Warn},
		{"disk under 500 MB", checkDisk(499*megabyte, 1000*megabyte), Warn},
		{"disk under 200 MB", checkDisk(199*megabyte, 1000*megabyte), Bad},
		{"clock after the floor", checkClock(now, now.Add(-time.Hour)), Good},
		{"clock corrected a little", checkClock(now, now.Add(5*time.Minute)), Good},
		{"clock in 1970", checkClock(time.Unix(0, 0), now), Bad},
		{"new node without backup", checkBackup(time.Time{}, now.Add(-time.Hour), now), Good},
		{"old node without backup", checkBackup(time.Time{}, now.Add(-100*time.Hour), now), Bad},
		{"backup of last night", checkBackup(now.Add(-8*time.Hour), now.Add(-1000*time.Hour), now), Good},
		{"one night missed", checkBackup(now.Add(-40*time.Hour), now.Add(-1000*time.Hour), now), Warn},
		{"three nights missed", checkBackup(now.Add(-80*time.Hour), now.Add(-1000*time.Hour), now), Bad},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, c.level, c.found.Level)
			assert.Equal(t, c.level != Good, c.found.Next != "", "what is not good says what to do")
		})
	}
	assert.Equal(t, Bad, worst([]Finding{{Level: Warn}, {Level: Bad}, {Level: Good}}))
	assert.Equal(t, Warn, worst([]Finding{{Level: Good}, {Level: Warn}, {Level: Good}}))
	assert.Equal(t, Good, worst(nil))
}
