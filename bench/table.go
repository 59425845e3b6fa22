package main

import (
	"fmt"
	"io"
)

// table prints rows as they are measured and counts those over their goal.
type table struct {
	out        io.Writer
	rows, over int
}

func newTable(out io.Writer) *table {
	t := &table{out: out}
	fmt.Fprintf(out, "%-52s %11s %11s %8s %10s\n", "figure", "ours", "reference", "ratio", "goal")
	return t
}

// ratio prints a figure whose goal is a share of its reference.
func (t *table) ratio(name string, ours, reference, goal float64) {
	t.row(name, number(ours), number(reference), fmt.Sprintf("%.3g", ours/reference), fmt.Sprintf("≤ %.3g x", goal), ours > goal*reference)
}

// under prints a figure with an absolute goal; reference 0: none was taken.
func (t *table) under(name string, ours, reference, goal float64) {
	t.row(name, number(ours), orNone(reference), share(ours, reference), "≤ "+number(goal), ours > goal)
}

// shown prints a figure without a goal of its own.
func (t *table) shown(name string, ours, reference float64) {
	t.row(name, number(ours), orNone(reference), share(ours, reference), "-", false)
}

func (t *table) row(name, ours, reference, ratio, goal string, over bool) {
	t.rows++
	state := "ok"
	if over {
		t.over++
		state = "over"
	}
	fmt.Fprintf(t.out, "%-52s %11s %11s %8s %10s  %s\n", name, ours, reference, ratio, goal, state)
}

func (t *table) end() { fmt.Fprintf(t.out, "bench: rows=%d over=%d\n", t.rows, t.over) }

func share(a, b float64) string {
	if b == 0 {
		return "-"
	}
	return fmt.Sprintf("%.3g", a/b)
}

func orNone(v float64) string {
	if v == 0 {
		return "-"
	}
	return number(v)
}

// number prints three digits that say something, whole numbers whole.
func number(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	case v >= 1:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.4f", v)
}
