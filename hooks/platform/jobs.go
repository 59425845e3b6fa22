package platform

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/go-co-op/gocron/v2"
	"github.com/google/uuid"
	"github.com/jonboulle/clockwork"
	"github.com/pocketbase/pocketbase/core"
)

// China is the zone of every schedule. It has had no summer time since 1991, so
// a fixed offset also serves a Windows box without zone files.
var China = time.FixedZone("CST", 8*60*60)

const (
	// look is how often a job that runs rarely is asked whether it is due. A box
	// that slept or was off at the appointed time is so caught up soon.
	look = 10 * time.Minute
	// again is how long a rare job that failed is left alone.
	again = time.Hour
)

// Jobs runs the node's background work: one run of a job at a time, failures
// told to the operator, and nothing lost by a machine that was off.
type Jobs struct {
	app    core.App
	clock  clockwork.Clock
	list   []*job
	cron   gocron.Scheduler
	ready  atomic.Bool // handles are set and may be kicked
	ctx    context.Context
	cancel context.CancelFunc
}

type job struct {
	name   string
	when   schedule
	run    func(context.Context) error
	kicked atomic.Bool
	handle gocron.Job
}

// NewJobs binds the jobs to an app: they start with the server and are waited
// for at its end.
func NewJobs(app core.App, clock clockwork.Clock) *Jobs {
	j := &Jobs{app: app, clock: clock}
	j.ctx, j.cancel = context.WithCancel(context.Background())
	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		if err := se.Next(); err != nil {
			return err
		}
		return j.start()
	})
	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		return errors.Join(j.stop(), e.Next())
	})
	return j
}

// Add has run called every so often, first at once.
func (j *Jobs) Add(name string, every time.Duration, run func(context.Context) error) {
	j.list = append(j.list, &job{name: name, when: schedule{every: every}, run: run})
}

// AddDaily has run called once a day at a time such as "02:30", China time.
func (j *Jobs) AddDaily(name, at string, run func(context.Context) error) {
	j.list = append(j.list, &job{name: name, when: schedule{at: at}, run: run})
}

// Kick asks for a run of a frequent job as soon as may be; it does not block.
// Asked for during a run, one more run follows it, so nothing that was written before
// the call is missed.
func (j *Jobs) Kick(name string) {
	for _, one := range j.list {
		if one.name == name && !one.kicked.Swap(true) && j.ready.Load() {
			go func() {
				if err := one.handle.RunNow(); err != nil && !errors.Is(err, gocron.ErrJobNotFound) {
					slog.Warn("job could not be started at once", "job", name, "error", err)
				}
			}()
		}
	}
}

func (j *Jobs) start() error {
	cron, err := gocron.NewScheduler(
		gocron.WithLocation(China), gocron.WithClock(j.clock), gocron.WithStopTimeout(20*time.Second),
		gocron.WithGlobalJobOptions(
			gocron.WithSingletonMode(gocron.LimitModeReschedule),
			gocron.WithStartAt(gocron.WithStartImmediately()),
			gocron.WithEventListeners(gocron.AfterJobRunsWithError(tell), gocron.AfterJobRunsWithPanic(tellPanic)),
		))
	if err != nil {
		return fmt.Errorf("make scheduler: %w", err)
	}
	j.cron = cron
	for _, one := range j.list {
		handle, err := cron.NewJob(gocron.DurationJob(one.when.tick()), gocron.NewTask(func() error { return j.turn(one) }), gocron.WithName(one.name))
		if err != nil {
			return fmt.Errorf("schedule %s: %w", one.name, err)
		}
		one.handle = handle
	}
	cron.Start()
	j.ready.Store(true)
	return nil
}

func (j *Jobs) stop() error {
	j.cancel()
	if !j.ready.Swap(false) {
		return nil
	}
	return j.cron.Shutdown()
}

func tell(_ uuid.UUID, name string, err error) {
	if !errors.Is(err, context.Canceled) {
		slog.Error("job failed", "job", name, "error", err)
	}
}

func tellPanic(_ uuid.UUID, name string, what any) {
	slog.Error("job panicked", "job", name, "error", fmt.Sprint(what))
}

// turn is one call by the scheduler.
func (j *Jobs) turn(one *job) error {
	for {
		one.kicked.Store(false)
		err := j.once(one)
		if err != nil || !one.kicked.Load() || j.ctx.Err() != nil {
			return err
		}
	}
}

func (j *Jobs) once(one *job) error {
	if !one.when.remembered() {
		return one.run(j.ctx)
	}
	last, err := lastRun(j.app.DB(), one.name)
	if err != nil {
		return err
	}
	now := j.clock.Now()
	if !one.when.due(now, last) {
		return nil
	}
	if err := markStarted(j.app.NonconcurrentDB(), one.name, now); err != nil {
		return err
	}
	failed := one.run(j.ctx)
	return errors.Join(failed, markEnded(j.app.NonconcurrentDB(), one.name, j.clock.Now(), failed))
}
