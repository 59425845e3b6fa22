// Bench measures a node as a process of its own and prints a row per figure: ours beside two
// references taken in the same run, and the goal. A is PocketBase's own /api/batch, B the bare limit: a
// handler that parses the JSON and inserts with one prepared statement, no less durable. Ratios count;
// absolute figures are the machine's. docs/performance.md says how to read them.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	var (
		dir     = flag.String("serve", "", "run a server on this folder (used by bench itself)")
		n       = flag.Int("n", 10000, "visits of a run")
		runs    = flag.Int("runs", 5, "runs of which the median counts")
		profile = flag.String("cpuprofile", "", "write a CPU profile of the first run of each push to this file")
		only    = flag.String("only", "", "measure only push, feed, bytes, public or growth (not part of a plain run)")
		size    = flag.Int("batch", 0, "push only batches of this size")
		clients = flag.Int("clients", 0, "push only with this many clients")
	)
	flag.Parse()
	var err error
	if *dir != "" {
		err = serve(*dir)
	} else {
		err = run(plan{n: *n, runs: *runs, profile: *profile, only: *only, size: *size, clients: *clients})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// plan is what to measure.
type plan struct {
	n, runs       int
	profile, only string
	size, clients int // 0: all
}

func run(p plan) error {
	tmp, err := os.MkdirTemp("", "bench")
	if err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	defer os.RemoveAll(tmp)
	l, err := newLab(tmp, p)
	if err != nil {
		return err
	}
	t := newTable(os.Stdout)
	for _, part := range []struct {
		name    string
		measure func(*lab, *table) error
	}{{"push", pushes}, {"bytes", bytesOfADay}, {"feed", firstSync}, {"public", public}, {"growth", growth}} {
		if p.only != part.name && (p.only != "" || part.name == "growth") {
			continue
		}
		if err := part.measure(l, t); err != nil {
			return fmt.Errorf("measure %s: %w", part.name, err)
		}
	}
	t.end()
	return nil
}
