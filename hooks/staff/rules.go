package staff

import (
	"crypto/rand"
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"cunju/hooks/access"
	"cunju/hooks/fault"
	"cunju/hooks/region"
)

// local is the zone in which a day of an office ends.
var local = time.FixedZone("UTC+8", 8*60*60)

// Roles lists the roles that an account of a region may have: those who oversee
// stand above a township. Counsel are entered with their villages instead.
func Roles(code string) []access.Role {
	switch region.LevelOf(code) {
	case region.Province, region.City, region.County:
		return []access.Role{access.Supervisor, access.Officer, access.Provider, access.Admin}
	case region.Township:
		return []access.Role{access.Officer, access.Provider, access.Admin}
	case region.Village:
	}
	return nil
}

// Clean trims what people paste with blanks.
func (n Newcomer) Clean(own string) Newcomer {
	n.Name = strings.TrimSpace(n.Name)
	n.Login = strings.ToLower(strings.TrimSpace(n.Login))
	if n.Region == "" {
		n.Region = own
	}
	return n
}

// Validate says what stands against making this account.
func (n Newcomer) Validate() error {
	switch {
	case n.Name == "":
		return fault.New("malformed")
	case utf8.RuneCountInString(n.Name) > MaxName || len(n.Login) > MaxLogin:
		return fault.New("text_too_long")
	case !slices.Contains(Roles(n.Region), n.Role):
		return fault.New("malformed")
	}
	if parsed, err := mail.ParseAddress(n.Login); err != nil || parsed.Address != n.Login {
		return fault.New("malformed")
	}
	return nil
}

// NewPassword makes a password that can be read aloud and copied by hand: four
// groups of four out of 32 signs that no other can be taken for, 80 bits.
func NewPassword() string {
	const letters = "abcdefghijkmnpqrstuvwxyz23456789"
	raw := make([]byte, 16)
	rand.Read(raw) // never fails since Go 1.24
	var b strings.Builder
	for i, r := range raw {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(letters[int(r)%len(letters)])
	}
	return b.String()
}

// End gives the moment at which an assignment ends, in UTC: after its last day in
// China, or now when no day is named. A day that is over is no last day.
func End(lastDay string, now time.Time) (time.Time, error) {
	if lastDay == "" {
		return now.UTC().Truncate(time.Second), nil
	}
	day, err := time.ParseInLocation(time.DateOnly, lastDay, local)
	if err != nil {
		return time.Time{}, fault.New("malformed")
	}
	end := day.AddDate(0, 0, 1).UTC()
	if !end.After(now) {
		return time.Time{}, fault.New("malformed")
	}
	return end, nil
}

// PhaseOf tells where an interval stands. A bound that is no time ends it: who
// cannot be judged has no rights, as hooks/access says.
func PhaseOf(from, until string, graceDays float64, now time.Time) Phase {
	if from != "" {
		start, err := time.Parse(time.RFC3339, from)
		if err != nil {
			return Ended
		}
		if now.Before(start) {
			return Future
		}
	}
	if until == "" {
		return Now
	}
	end, err := time.Parse(time.RFC3339, until)
	switch {
	case err != nil:
		return Ended
	case now.Before(end):
		return Now
	case now.Before(end.Add(time.Duration(graceDays * float64(24*time.Hour)))):
		return Grace
	}
	return Ended
}

// graceOf bounds the days of grace; nothing said means the usual ones.
func graceOf(days *float64) (float64, error) {
	if days == nil {
		return GraceDays, nil
	}
	if *days < 0 || *days > MaxGraceDays || *days != float64(int(*days)) {
		return 0, fault.New("malformed")
	}
	return *days, nil
}
