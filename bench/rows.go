package main

import "fmt"

// slowVisits is how many visits reference A gets, unless whole batches need more: it costs ten to
// twenty times as much, and its cost per visit hardly grows with the table.
const slowVisits = 2000

// pushes measures the whole push: verify, store verbatim, judge, fold, stamp, place in the feed, receipt,
// all in transactions that survive a power cut.
func pushes(l *lab, t *table) error {
	n := l.plan.n
	for _, size := range []int{100, 1000} {
		if l.plan.size != 0 && l.plan.size != size {
			continue
		}
		requests, err := l.bodies(n, size)
		if err != nil {
			return err
		}
		for _, clients := range []int{1, 8} {
			if l.plan.clients != 0 && l.plan.clients != clients {
				continue
			}
			got, err := l.median([]target{ours, limit, packed, limitGz, pbBatch}, requests, clients)
			if err != nil {
				return err
			}
			name := fmt.Sprintf("push, batches of %d, %d client", size, clients)
			if clients > 1 {
				name += "s"
			}
			t.ratio(name+": CPU s/1,000, B", got[ours.name].cpu, got[limit.name].cpu, 2)
			t.ratio(name+": CPU s/1,000, A", got[ours.name].cpu, got[pbBatch.name].cpu, 0.1)
			t.ratio(name+", both gzip: CPU, B", got[packed.name].cpu, got[limitGz.name].cpu, 2)
			t.shown(name+": visits/s, B", got[ours.name].rate, got[limit.name].rate)
			if size == 1000 && clients == 8 {
				t.under(fmt.Sprintf("memory: peak MB during %d, B", n), got[ours.name].peak, got[limit.name].peak, 120)
				t.under("disk: bytes a visit, B", got[ours.name].disk, got[limit.name].disk, 2500)
			}
		}
	}
	return nil
}

func (l *lab) bodies(n, size int) (map[string][]request, error) {
	out := map[string][]request{}
	for _, t := range []target{ours, pbBatch, limit} {
		count := n
		if t.name == pbBatch.name {
			count = min(n, max(slowVisits, devices*size))
		}
		list, err := l.fleet.requests(count, size, t.make)
		if err != nil {
			return nil, fmt.Errorf("make bodies: %w", err)
		}
		out[t.name] = list
	}
	var err error
	if out[packed.name], err = gzipped(out[ours.name]); err != nil {
		return nil, err
	}
	out[limitGz.name], err = gzipped(out[limit.name])
	return out, err
}
