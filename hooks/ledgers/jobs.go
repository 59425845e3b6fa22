package ledgers

import (
	"bytes"
	"crypto/rand"
	"sync"
	"sync/atomic"
	"time"
)

// Jobs are files that are being made: the page shows how far they are and fetches them when they are
// ready. They live in memory, for a quarter of an hour or until newer ones need the room; after a restart one asks again.
const (
	maxJobs = 8
	keepJob = 15 * time.Minute
)

type job struct {
	staff, name, mime string
	made              time.Time
	done, total       atomic.Int64

	mu    sync.Mutex
	file  []byte
	err   error
	ready bool
}

type jobs struct {
	mu   sync.Mutex
	list map[string]*job
	now  func() time.Time
}

// add takes a job in, or says no while too many are being made.
func (j *jobs) add(one *job) (id string, ok bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for id, old := range j.list {
		if j.now().Sub(old.made) > keepJob {
			delete(j.list, id)
		}
	}
	if len(j.list) >= maxJobs && !j.dropOldest() {
		return "", false
	}
	id = rand.Text()
	j.list[id] = one
	return id, true
}

// dropOldest forgets the oldest file that is made; false while all are being made.
func (j *jobs) dropOldest() bool {
	oldest := ""
	for id, one := range j.list {
		if _, _, ready := one.result(); ready && (oldest == "" || one.made.Before(j.list[oldest].made)) {
			oldest = id
		}
	}
	delete(j.list, oldest)
	return oldest != ""
}

// of finds somebody's own job.
func (j *jobs) of(id, staff string) *job {
	j.mu.Lock()
	defer j.mu.Unlock()
	if one := j.list[id]; one != nil && one.staff == staff {
		return one
	}
	return nil
}

func (j *jobs) drop(id string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	delete(j.list, id)
}

// run makes the file and keeps it.
func (one *job) run(make func(into *bytes.Buffer) error) {
	var file bytes.Buffer
	err := make(&file)
	one.mu.Lock()
	defer one.mu.Unlock()
	one.file, one.err, one.ready = file.Bytes(), err, true
}

func (one *job) result() (file []byte, err error, ready bool) {
	one.mu.Lock()
	defer one.mu.Unlock()
	return one.file, one.err, one.ready
}
