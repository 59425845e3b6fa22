package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// rush is what a crowd met: requests a second together, and the 99th percentile of one request in ms.
type rush struct{ rate, p99 float64 }

func rushOf(took []time.Duration, all time.Duration) rush {
	slices.Sort(took)
	return rush{rate: float64(len(took)) / all.Seconds(), p99: float64(took[len(took)*99/100].Microseconds()) / 1000}
}

// address is one of the machine's own, so that every resident is somebody else to the limits.
func address(net4, i int) net.IP { return net.IPv4(127, byte(net4), byte(i/250), byte(1+i%250)) }

// browser is a resident's: its own address, its own cookies, redirects followed.
type browser struct {
	base   string
	client *http.Client
}

func (p *product) browser(from net.IP) *browser {
	jar, _ := cookiejar.New(nil) // never fails without options
	dialer := &net.Dialer{Timeout: 10 * time.Second, LocalAddr: &net.TCPAddr{IP: from}}
	return &browser{base: p.url, client: &http.Client{Jar: jar, Timeout: 30 * time.Second, Transport: &http.Transport{
		DialContext: func(ctx context.Context, network, to string) (net.Conn, error) {
			return dialer.DialContext(ctx, network, to)
		}}}}
}

func (b *browser) get(path string) (int, string, error) {
	res, err := b.client.Get(b.base + path)
	if err != nil {
		return 0, "", fmt.Errorf("open page: %w", err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return res.StatusCode, string(body), err
}

// rush lets the crowd open n pages, a new address after every few; anything but 200 is an error.
func (p *product) rush(n, net4 int, path func(int) string) (rush, error) {
	took, errs := make([]time.Duration, n), make([]error, crowd)
	began := time.Now()
	var all sync.WaitGroup
	for who := range crowd {
		all.Go(func() { errs[who] = p.stroll(who, net4, took, path) })
	}
	all.Wait()
	return rushOf(took, time.Since(began)), errors.Join(errs...)
}

func (p *product) stroll(who, net4 int, took []time.Duration, path func(int) string) error {
	var b *browser
	for k, i := 0, who; i < len(took); k, i = k+1, i+crowd {
		if k%pagesEach == 0 {
			b = p.browser(address(net4, who+crowd*(k/pagesEach)))
		}
		at := time.Now()
		status, _, err := b.get(path(i))
		if err != nil {
			return err
		}
		if status != http.StatusOK {
			return fmt.Errorf("%s answered %d to a calm crowd", path(i), status)
		}
		took[i] = time.Since(at)
	}
	b.client.CloseIdleConnections()
	return nil
}

var formField = regexp.MustCompile(`name="form" value="([^"]*)"`)

// rate lets residents, so many at a time, each open one code's page and send a grade: the rate counts
// residents, the percentile the request that stores.
func (p *product) rate(atATime int) (rush, error) {
	took, errs := make([]time.Duration, len(p.codes)), make([]error, atATime)
	began := time.Now()
	var all sync.WaitGroup
	for who := range atATime {
		all.Go(func() {
			for i := who; i < len(p.codes) && errs[who] == nil; i += atATime {
				took[i], errs[who] = p.browser(address(4, i)).say(p.codes[i])
			}
		})
	}
	all.Wait()
	return rushOf(took, time.Since(began)), errors.Join(errs...)
}

func (b *browser) say(path string) (time.Duration, error) {
	status, page, err := b.get(path)
	if err != nil {
		return 0, err
	}
	form := formField.FindStringSubmatch(page)
	if form == nil {
		return 0, fmt.Errorf("no form on the page, it answered %d", status)
	}
	b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	at := time.Now()
	res, err := b.client.PostForm(b.base+path, url.Values{"form": {form[1]}, "grade": {"5"}})
	if err != nil {
		return 0, fmt.Errorf("send rating: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusSeeOther {
		return 0, fmt.Errorf("rating answered %d", res.StatusCode)
	}
	return time.Since(at), nil
}

// flood empties the address's bucket and measures what comes after.
func (b *browser) flood(path string, n int) (rush, error) {
	for range 2 * n {
		if status, _, err := b.get(path); err != nil || status == http.StatusTooManyRequests {
			return b.repeat(path, n, http.StatusTooManyRequests)
		}
	}
	return rush{}, errors.New("one address was never refused")
}

// repeat opens the page n times and insists on the status.
func (b *browser) repeat(path string, n, want int) (rush, error) {
	took := make([]time.Duration, 0, n)
	began := time.Now()
	for len(took) < n {
		at := time.Now()
		status, _, err := b.get(path)
		if err != nil {
			return rush{}, err
		}
		if status != want && status != http.StatusOK { // the bucket fills while we ask
			return rush{}, fmt.Errorf("answered %d instead of %d", status, want)
		}
		took = append(took, time.Since(at))
	}
	return rushOf(took, time.Since(began)), nil
}

var challengeField = regexp.MustCompile(`data-challenge="([0-9a-f]+)" data-bits="([0-9]+)"`)

// working opens pages behind a busy address, and works when it is asked to. It tells how long the work took, in ms a time.
func (b *browser) working(path string, n int) (worked rush, solving float64, err error) {
	var took []time.Duration
	var solved int
	began := time.Now()
	for len(took) < n {
		at := time.Now()
		status, page, err := b.get(path)
		if err != nil {
			return rush{}, 0, err
		}
		if status == http.StatusOK {
			took = append(took, time.Since(at))
			continue
		}
		asked := challengeField.FindStringSubmatch(page)
		if asked == nil {
			return rush{}, 0, fmt.Errorf("busy page without work, it answered %d", status)
		}
		u, _ := url.Parse(b.base)
		b.client.Jar.SetCookies(u, []*http.Cookie{{Name: "cunju_work", Value: solve(asked[1], asked[2], solved*10_000_000), Path: "/"}})
		solving += float64(time.Since(at).Microseconds()) / 1000
		solved++
	}
	return rushOf(took, time.Since(began)), solving / float64(max(1, solved)), nil
}

// solve looks for a number whose hash begins with enough zero bits, from a start of its own so that no solution is used twice.
func solve(challenge, zeroBits string, from int) string {
	want, _ := strconv.Atoi(zeroBits)
	for nonce := from % 1_000_000_000; ; nonce++ {
		text := strings.Join([]string{challenge, strconv.Itoa(nonce)}, ".")
		sum := sha256.Sum256([]byte(text))
		if int(bits.LeadingZeros32(uint32(sum[0])<<24|uint32(sum[1])<<16|uint32(sum[2])<<8|uint32(sum[3]))) >= want {
			return text
		}
	}
}
