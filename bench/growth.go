package main

import (
	"errors"
	"fmt"
	"os"
)

// step is how many visits lie between two looks.
const step = 10000

// growth pushes visits to one server and to reference B, and shows at each power of ten what the
// last 10,000 cost and what reading costs by then.
func growth(l *lab, t *table) error {
	for _, target := range []target{limit, ours} { // B first: its figures are the references
		if err := l.grow(target, t); err != nil {
			return fmt.Errorf("%s: %w", target.name, err)
		}
	}
	return nil
}

func (l *lab) grow(target target, t *table) error {
	n, dir, err := l.fresh()
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	return errors.Join(l.fill(n, target, t), n.stop())
}

func (l *lab) fill(n *node, target target, t *table) error {
	at, next := chains(), step
	for done := step; done <= l.plan.n; done += step {
		requests, err := l.fleet.more(at, step, 100, target.make)
		if err != nil {
			return err
		}
		cost, err := costOf(n, func() error { return drive(n, target, requests, 1) })
		if err != nil {
			return err
		}
		if done != next {
			continue
		}
		next *= 10
		if err := l.look(n, target, t, done, cost.cpu/step); err != nil {
			return err
		}
	}
	return nil
}

func (l *lab) look(n *node, target target, t *table, done int, cpu float64) error {
	f, err := n.figures(true)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("%s with %d visits: ", target.name, done)
	t.shown(name+"CPU s/1,000 of the last 10,000", cpu, 0)
	t.shown(name+"bytes a visit on disk", float64(f.Disk)/float64(done), 0)
	t.shown(name+"peak memory, MB", float64(f.Peak)/(1<<20), 0)
	if target.name != ours.name {
		return nil
	}
	r := &reader{n: n, key: l.fleet.keys[0], feeds: l.fleet.regions[:1]}
	first, err := costOf(n, r.all)
	if err != nil {
		return err
	}
	t.shown(fmt.Sprintf("%sCPU ms a first sync of a village of %d", name, r.records), first.cpu, 0)
	again, err := costOf(n, func() error {
		for range polls {
			if err := r.all(); err != nil {
				return err
			}
		}
		return nil
	})
	t.shown(name+"CPU ms when nothing is new", again.cpu/polls, 0)
	return err
}
