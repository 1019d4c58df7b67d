package ui

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"partway/transfer"
)

// lookPause is how long a destination must stay as it is before it is looked at: nobody wants
// to know what is there at each letter typed.
const lookPause = 400 * time.Millisecond

// survey looks, while the drop sheet is open, at what was dropped and at what is there
// already. Nothing waits for it. Its fields belong to Fyne's goroutine.
type survey struct {
	u       *UI
	changed func()

	paths  []string
	ignore []string
	tally  transfer.Tally
	whole  bool // all is counted

	to       transfer.Destination // what is looked at; a zero account: nothing
	looking  bool
	existing transfer.Existing
	problem  *transfer.Error // why the looking ended early

	stopCounting, stopLooking context.CancelFunc
}

func (u *UI) newSurvey(changed func()) *survey {
	return &survey{u: u, changed: changed, stopCounting: func() {}, stopLooking: func() {}}
}

func (s *survey) close() {
	s.stopCounting()
	s.stopLooking()
}

// count counts files and bytes, from the start: a sum of sums would count a file twice
// that was dropped alone and in its folder.
func (s *survey) count(paths, ignore []string) {
	s.stopCounting()
	ctx, cancel := context.WithCancel(s.u.ctx)
	s.stopCounting = cancel
	s.paths, s.ignore = slices.Clone(paths), ignore
	s.tally, s.whole = transfer.Tally{}, false
	s.look(s.to)
	settings := s.u.c.Settings
	m := transfer.Measuring{Paths: s.paths, Ignore: ignore, Rate: s.u.prefs.Rate / float64(max(1, s.u.c.Engine.Snapshot().Slots)), PartSize: settings.PartSize}
	tell := latest(s.u, ctx, func(t transfer.Tally) {
		if !s.whole {
			s.tally = t
			s.changed()
		}
	})
	load(s.u, ctx, func(ctx context.Context) (transfer.Tally, error) {
		return transfer.Measure(ctx, m, tell)
	}, func(t transfer.Tally, err error) {
		if err != nil {
			s.u.log.Warn("dropped files not counted", "err", err)
		}
		s.tally, s.whole = t, true
		s.look(s.to)
		s.changed()
	})
}

// look looks up what is at a destination already, once all is counted. A zero destination
// ends the looking.
func (s *survey) look(to transfer.Destination) {
	s.stopLooking()
	s.to, s.looking = to, false
	s.existing, s.problem = transfer.Existing{}, nil
	if to.Account == 0 || !s.whole || len(s.tally.Sample) == 0 {
		return
	}
	ctx, cancel := context.WithCancel(s.u.ctx)
	s.stopLooking, s.looking = cancel, true
	files, u := s.tally.Sample, s.u
	account := accountOf(u.accounts, to.Account)
	tell := latest(u, ctx, func(e transfer.Existing) {
		if s.looking {
			s.existing = e
			s.changed()
		}
	})
	load(u, ctx, func(ctx context.Context) (transfer.Existing, error) {
		select {
		case <-time.After(lookPause):
		case <-ctx.Done():
			return transfer.Existing{}, ctx.Err()
		}
		store, err := u.dial(ctx, account, to.Bucket)
		if err != nil {
			return transfer.Existing{}, err
		}
		defer store.Close()
		return transfer.LookUp(ctx, store, to.Prefix, files, tell)
	}, func(e transfer.Existing, err error) {
		s.looking, s.existing = false, e
		if err != nil {
			s.problem = transfer.AsError(err)
		}
		s.changed()
	})
}

func accountOf(accounts []transfer.Account, id transfer.AccountID) transfer.Account {
	for _, a := range accounts {
		if a.ID == id {
			return a
		}
	}
	return transfer.Account{}
}

// latest returns a func that any goroutine may tell progress to: show is called with it on
// Fyne's goroutine, not more often than that comes round, until ctx ends.
func latest[T any](u *UI, ctx context.Context, show func(T)) func(T) { //nolint:revive // as load
	var newest atomic.Pointer[T]
	return func(t T) {
		if newest.Swap(&t) != nil {
			return // what is queued will show this one
		}
		u.do(func() {
			if t := newest.Swap(nil); t != nil && ctx.Err() == nil {
				show(*t)
			}
		})
	}
}

// left says how long sending takes at a rate, in bytes per second; 0 when that is not known.
func left(bytes int64, rate float64) time.Duration {
	if rate < 1 {
		return 0
	}
	return time.Duration(float64(bytes) / rate * float64(time.Second))
}
