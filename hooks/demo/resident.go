package demo

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"cunju/hooks/codes"
)

// residents scan the codes that the phones made offline and say what they think,
// some at the township, some at the city, one before the record has left the phone.
func (h *house) residents(ctx context.Context, d *day) error {
	far := d.workers[2]
	if far.phone.Unsent() == 0 {
		return fmt.Errorf("the script expected unsent work on the third phone")
	}
	d.early = far.services[len(far.services)-1]
	if err := h.rate(ctx, d, far, d.early, h.city, 5); err != nil {
		return fmt.Errorf("rate before the record arrived: %w", err)
	}
	for _, w := range d.workers[:2] {
		for i := range ratedEach {
			at := h.town
			if i%2 == 1 {
				at = h.city
			}
			grade := []int{5, 5, 4, 5, 4, 3, 5, 2}[i%8]
			if err := h.rate(ctx, d, w, w.services[i*ratedStep], at, grade); err != nil {
				return fmt.Errorf("rate: %w", err)
			}
		}
	}
	return nil
}

// unrated are the paths of the codes that the script left for whoever tries them.
func (d *day) unrated() ([]string, error) {
	var list []string
	for _, w := range d.workers[:2] {
		for i, service := range w.services {
			if i%ratedStep == 0 && i < ratedEach*ratedStep {
				continue
			}
			token, err := w.token(service)
			if err != nil {
				return nil, err
			}
			list = append(list, "/R/"+token)
		}
	}
	return list, nil
}

// token makes a service's rating code the way the phone does.
func (w *worker) token(service string) (string, error) {
	day, ok := codes.Day(w.days[service])
	if !ok {
		return "", fmt.Errorf("no code day for %s", w.days[service])
	}
	var alias [codes.AliasSize]byte
	if _, err := hex.Decode(alias[:], []byte(w.phone.Alias())); err != nil {
		return "", fmt.Errorf("read alias: %w", err)
	}
	key := w.phone.TokenKey(codes.Year(day))
	if key == nil {
		return "", fmt.Errorf("no code key for %d", codes.Year(day))
	}
	return codes.Make(key, alias, day, service).Text(), nil
}

var hidden = regexp.MustCompile(`name="form" value="([^"]*)"`)

// rate opens the page as a browser of its own and sends one grade. The city may
// not have heard of the phone yet; a resident would scan again.
func (h *house) rate(ctx context.Context, d *day, w *worker, service string, at *node, grade int) error {
	token, err := w.token(service)
	if err != nil {
		return err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return fmt.Errorf("make cookie jar: %w", err)
	}
	browser := &http.Client{Jar: jar, Timeout: 20 * time.Second}
	page, err := h.scan(ctx, browser, at.url+"/R/"+token)
	if err != nil {
		return err
	}
	form := hidden.FindStringSubmatch(page)
	if form == nil {
		return fmt.Errorf("no rating form on the page")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, at.url+"/R/"+token,
		strings.NewReader(url.Values{"form": {form[1]}, "grade": {strconv.Itoa(grade)}}.Encode()))
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := browser.Do(req)
	if err != nil {
		return fmt.Errorf("send rating: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("rating answered %d", res.StatusCode)
	}
	d.ratings++
	return nil
}

// scan reads the page; a code that the node cannot check yet is tried again for some seconds.
func (h *house) scan(ctx context.Context, browser *http.Client, url string) (string, error) {
	for try := 0; ; try++ {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return "", fmt.Errorf("make request: %w", err)
		}
		res, err := browser.Do(req)
		if err != nil {
			return "", fmt.Errorf("open rating page: %w", err)
		}
		page, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
		res.Body.Close()
		if err != nil {
			return "", fmt.Errorf("read rating page: %w", err)
		}
		if hidden.Match(page) || try == 20 {
			return string(page), nil
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-time.After(500 * time.Millisecond):
		}
	}
}
