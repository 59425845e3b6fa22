package platform

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

func notEmpty(v string) error {
	if v == "" {
		return errors.New("must not be empty")
	}
	return nil
}

func optional(check func(string) error) func(string) error {
	return func(v string) error {
		if v == "" {
			return nil
		}
		return check(v)
	}
}

func oneOf(words ...string) func(string) error {
	return func(v string) error {
		if !slices.Contains(words, v) {
			return fmt.Errorf("%q is none of %s", v, strings.Join(words, ", "))
		}
		return nil
	}
}

func between(low, high int) func(string) error {
	return func(v string) error {
		n, err := strconv.Atoi(v)
		if err != nil || n < low || n > high {
			return fmt.Errorf("%q is no number from %d to %d", v, low, high)
		}
		return nil
	}
}

func shortText(v string) error {
	if utf8.RuneCountInString(v) > 60 || !utf8.ValidString(v) {
		return errors.New("must be at most 60 characters of UTF-8")
	}
	return nil
}

func regionCode(v string) error {
	if len(v) != 12 || strings.Trim(v, "0123456789") != "" || v[0] == '0' {
		return fmt.Errorf("%q is not a 12-digit code", v)
	}
	return nil
}

// regionOfTier: a township's code has nine digits and three zeros; a city's
// ends at the province, city or county level.
func regionOfTier(tier, code string) error {
	if code == "" {
		return nil
	}
	below := strings.HasSuffix(code, "000000")
	if tier == City && !below {
		return fmt.Errorf("%s is no city or county: it must end in 000000", code)
	}
	if tier == Township && (below || !strings.HasSuffix(code, "000")) {
		return fmt.Errorf("%s is no township: its nine digits must be followed by 000", code)
	}
	return nil
}

// baseURL accepts scheme://host[:port] alone; a path would be cut from every
// code that is printed.
func baseURL(v string) error {
	u, err := url.Parse(v)
	if err != nil || u.Host == "" || u.User != nil {
		return fmt.Errorf("%q is no URL", v)
	}
	if scheme := strings.ToLower(u.Scheme); scheme != "http" && scheme != "https" {
		return fmt.Errorf("%q must begin with https:// or http://", v)
	}
	if strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("%q must be scheme and host alone", v)
	}
	return nil
}

func address(v string) error {
	_, port, err := net.SplitHostPort(v)
	if err != nil {
		return fmt.Errorf("%q is no host:port", v)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return fmt.Errorf("%q has no port from 0 to 65535", v)
	}
	return nil
}

func timeOfDay(v string) error {
	if _, err := time.Parse("15:04", v); err != nil {
		return fmt.Errorf("%q is no time of day such as 02:30", v)
	}
	return nil
}

func trimSlash(v string) string { return strings.TrimRight(v, "/") }

func orElse(v, fallback string) string {
	if v == "" {
		return fallback
	}
	return v
}
