package main

import (
	"bytes"
	"encoding/json/v2"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"cunju/sync/wire"
)

// target is one way of writing visits: ours, A or B.
type target struct {
	name     string
	path     string
	encoding string
	make     shape
	check    func(answer []byte, n int) error
}

var (
	ours    = target{"ours", "/api/sync/batches", "", sealed, allApplied}
	packed  = target{"ours, gzip", "/api/sync/batches", "gzip", sealed, allApplied}
	pbBatch = target{"A", "/api/batch", "", batched, anyAnswer}
	limit   = target{"B", "/bench/bare", "", array, anyAnswer}
	limitGz = target{"B, gzip", "/bench/bare", "gzip", array, anyAnswer}
)

func anyAnswer([]byte, int) error { return nil }

// allApplied demands a receipt that says that every change was applied.
func allApplied(answer []byte, n int) error {
	first, _, _ := bytes.Cut(answer, []byte("\n"))
	var a wire.Answer
	if err := json.Unmarshal(first, &a); err != nil {
		return fmt.Errorf("read receipt: %w", err)
	}
	if a.Receipt == nil || a.Receipt.N != n || len(a.Receipt.Verdicts) > 0 {
		return fmt.Errorf("not everything was applied: %.200s", first)
	}
	return nil
}

// pushed is what one run of a target cost.
type pushed struct {
	cpu     float64 // s of the server per 1,000 visits
	rate    float64 // visits per second
	peak    float64 // MB
	disk    float64 // bytes a visit
	bytesUp float64 // a visit
}

// lab makes fresh servers from one prepared folder.
type lab struct {
	dir      string
	template string
	fleet    *fleet
	plan     plan
	count    int
}

func newLab(dir string, p plan) (*lab, error) {
	f, err := newFleet(p.only != "growth")
	if err != nil {
		return nil, err
	}
	l := &lab{dir: dir, template: filepath.Join(dir, "template"), fleet: f, plan: p}
	n, err := start(l.template)
	if err != nil {
		return nil, err
	}
	return l, errors.Join(n.enrol(f.enrolments()), n.stop())
}

// fresh starts a server on a copy of the prepared folder.
func (l *lab) fresh() (*node, string, error) {
	l.count++
	dir := filepath.Join(l.dir, fmt.Sprintf("run%d", l.count))
	if err := os.CopyFS(dir, os.DirFS(l.template)); err != nil {
		return nil, "", fmt.Errorf("copy prepared folder: %w", err)
	}
	n, err := start(dir)
	return n, dir, err
}

// median runs every target the same number of times, one after the other in turn so
// that a noisy moment hits all of them, and returns the median of each figure.
func (l *lab) median(targets []target, requests map[string][]request, clients int) (map[string]pushed, error) {
	all := map[string][]pushed{}
	for run := range l.plan.runs {
		for _, t := range targets {
			p, err := l.once(t, requests[t.name], clients, run == 0)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", t.name, err)
			}
			all[t.name] = append(all[t.name], p)
		}
	}
	out := map[string]pushed{}
	for name, list := range all {
		out[name] = pushed{cpu: middle(list, func(p pushed) float64 { return p.cpu }), rate: middle(list, func(p pushed) float64 { return p.rate }),
			peak: middle(list, func(p pushed) float64 { return p.peak }), disk: middle(list, func(p pushed) float64 { return p.disk }),
			bytesUp: middle(list, func(p pushed) float64 { return p.bytesUp })}
	}
	return out, nil
}

func middle(list []pushed, of func(pushed) float64) float64 {
	values := make([]float64, len(list))
	for i, p := range list {
		values[i] = of(p)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// once pushes all requests to a fresh server.
func (l *lab) once(t target, requests []request, clients int, profiled bool) (pushed, error) {
	n, dir, err := l.fresh()
	if err != nil {
		return pushed{}, err
	}
	defer os.RemoveAll(dir)
	p, err := l.measure(n, t, requests, clients, profiled)
	return p, errors.Join(err, n.stop())
}

func (l *lab) measure(n *node, t target, requests []request, clients int, profiled bool) (pushed, error) {
	before, err := n.figures(true)
	if err != nil {
		return pushed{}, err
	}
	profiled = profiled && l.plan.profile != "" && t.name == ours.name
	if profiled {
		if err := n.profile(l.plan.profile); err != nil {
			return pushed{}, err
		}
	}
	up, at := n.up.Load(), time.Now()
	if err := drive(n, t, requests, clients); err != nil {
		return pushed{}, err
	}
	took, up := time.Since(at), n.up.Load()-up
	if profiled {
		if err := n.profile(""); err != nil {
			return pushed{}, err
		}
	}
	after, err := n.figures(false)
	if err != nil {
		return pushed{}, err
	}
	full, err := n.figures(true)
	if err != nil {
		return pushed{}, err
	}
	total := 0
	for _, r := range requests {
		total += r.n
	}
	var stored int
	if err := n.get("/bench/count", &stored); err != nil {
		return pushed{}, err
	}
	if stored != total {
		return pushed{}, fmt.Errorf("%d of %d visits are there", stored, total)
	}
	visits := float64(total)
	return pushed{cpu: float64(after.CPU-before.CPU) / 1e6 / visits * 1000, rate: visits / took.Seconds(), peak: float64(after.Peak) / (1 << 20),
		disk: float64(full.Disk-before.Disk) / visits, bytesUp: float64(up) / visits}, nil
}

// drive sends the requests with a number of clients; each phone's go in order through one client.
func drive(n *node, t target, requests []request, clients int) error {
	var wait sync.WaitGroup
	failed := make([]error, clients)
	for c := range clients {
		wait.Go(func() {
			for _, r := range requests {
				if r.device%clients != c {
					continue
				}
				answer, err := n.post(t.path, t.encoding, r.body)
				if err == nil {
					err = t.check(answer, r.n)
				}
				if err != nil {
					failed[c] = err
					return
				}
			}
		})
	}
	wait.Wait()
	return errors.Join(failed...)
}
