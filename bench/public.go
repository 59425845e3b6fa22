package main

import (
	"bufio"
	"encoding/json/v2"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

const (
	crowd        = 8    // residents at a time
	crowdPages   = 4000 // pages they open
	pagesEach    = 100  // pages one address opens before its bucket is empty
	staticFile   = "/js/core/sha256.js"
	busyRequests = 400
)

// public measures the pages that anybody may open, on the whole product with a day's work in it: a crowd
// that scans codes, each from its own address, beside the same crowd reading a static file of the same process.
func public(l *lab, t *table) (err error) {
	p, err := startProduct(l.dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	static, err := p.rush(crowdPages, 1, func(int) string { return staticFile })
	if err != nil {
		return err
	}
	pages, err := p.rush(crowdPages, 2, p.code)
	if err != nil {
		return err
	}
	board, err := p.rush(crowdPages, 3, func(int) string { return "/v/" + p.village })
	if err != nil {
		return err
	}
	t.shown("rating page: requests/s, a static file", pages.rate, static.rate)
	t.shown("rating page: p99 ms, a static file", pages.p99, static.p99)
	t.shown("village page: requests/s, a static file", board.rate, static.rate)
	t.shown("village page: p99 ms, a static file", board.p99, static.p99)
	rated, err := p.rate(crowd)
	if err != nil {
		return err
	}
	t.shown("page read and rating stored: residents/s, a static file", rated.rate, static.rate)
	t.shown("rating stored (power-cut-safe): p99 ms, a static file", rated.p99, static.p99)
	if err := guesses(p, t); err != nil {
		return err
	}
	return busy(p, t, pages)
}

// guesses compares what wrong codes cost: those that name a phone that exists, and those that name none. A
// step between the two would tell a stranger which phones exist.
func guesses(p *product, t *table) error {
	const tries = 4000
	var named, unnamed []time.Duration
	var b *browser
	for i := range tries {
		if i%40 == 0 { // a wrong code costs five pages of an address
			b = p.browser(address(5, i/40))
		}
		at, path, list := time.Now(), wrong(p.code(i/2), i%2 == 0), &named
		if i%2 == 1 {
			list = &unnamed
		}
		status, _, err := b.get(path)
		if err != nil {
			return err
		}
		if status != http.StatusNotFound {
			return fmt.Errorf("a wrong code was answered %d", status)
		}
		*list = append(*list, time.Since(at))
	}
	slices.Sort(named)
	slices.Sort(unnamed)
	t.shown("wrong code, median µs: names a phone, names none", float64(named[tries/4].Microseconds()), float64(unnamed[tries/4].Microseconds()))
	return nil
}

// wrong spoils the tag of a code, or also the phone that it names.
func wrong(path string, named bool) string {
	token := []byte(path)
	spoil := func(at int) { // another letter of the alphabet
		if token[at]++; token[at] > 'Z' || token[at] < 'A' {
			token[at] = 'A'
		}
	}
	spoil(len(token) - 3)
	if !named {
		spoil(len("/R/") + 4)
	}
	return string(token)
}

// busy empties one address's bucket, then shows that neighbours behind it still get in for a little work.
func busy(p *product, t *table, pages rush) error {
	b := p.browser(address(9, 0))
	refused, err := b.flood(p.code(0), busyRequests)
	if err != nil {
		return err
	}
	worked, solving, err := b.working(p.code(0), busyRequests)
	if err != nil {
		return err
	}
	t.shown("busy address, no work done: refusals/s, rating page", refused.rate, pages.rate)
	t.shown("busy address, work done: requests/s, rating page", worked.rate, pages.rate)
	t.shown("busy address: ms of work for 30 pages, natively", solving, 0)
	return nil
}

// product is the program itself, a city and a township with made-up data, as processes of their own.
type product struct {
	process *exec.Cmd
	url     string
	village string
	codes   []string
}

// startProduct builds the program and starts its demonstration.
func startProduct(tmp string) (*product, error) {
	exe := filepath.Join(tmp, "cunju")
	if out, err := exec.Command("go", "build", "-tags", "no_ui", "-o", exe, "cunju").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build the product: %w: %.300s", err, out)
	}
	p := &product{process: exec.Command(exe, "demo", "--json", "--port", "0")}
	p.process.Stderr = os.Stderr
	out, err := p.process.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("read from the product: %w", err)
	}
	if err := p.process.Start(); err != nil {
		return nil, fmt.Errorf("start the product: %w", err)
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		return nil, errors.Join(errors.New("the product ended before it was ready"), p.process.Wait())
	}
	var ready struct {
		City  string   `json:"city"`
		Codes []string `json:"codes"`
	}
	if err := json.Unmarshal(line, &ready); err != nil {
		return nil, fmt.Errorf("read the product's addresses: %w", err)
	}
	go io.Copy(io.Discard, out)
	p.url, p.codes, p.village = ready.City, ready.Codes, demoVillage
	if len(p.codes) < crowd {
		return nil, fmt.Errorf("the product left %d codes to rate", len(p.codes))
	}
	time.Sleep(time.Second) // projections of the day end
	return p, nil
}

// demoVillage is one of the demonstration's villages.
const demoVillage = "500238101201"

// stop asks the demonstration to end, which also removes its data.
func (p *product) stop() error {
	if err := p.process.Process.Signal(os.Interrupt); err != nil {
		return fmt.Errorf("stop the product: %w", err)
	}
	return p.process.Wait()
}

func (p *product) code(i int) string { return p.codes[i%len(p.codes)] }
