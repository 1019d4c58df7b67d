package transfer_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"partway/transfer"
)

// fails answers every request with such an error.
func fails(e transfer.Error) func(context.Context, string) *transfer.Error {
	return func(context.Context, string) *transfer.Error {
		its := e
		return &its
	}
}

var (
	noNetwork   = transfer.Error{Kind: transfer.KindOffline}
	unavailable = transfer.Error{Kind: transfer.KindTransient, Status: 503, Unknown: true}
)

// wait lets time pass for a request, or ends with it.
func wait(ctx context.Context, d time.Duration) *transfer.Error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return &transfer.Error{Kind: transfer.KindCanceled, Unknown: true, Err: ctx.Err()}
	}
}

// TestC3NetworkGoesAndComes cuts the network for minutes and for hours: all uploads say so,
// only probes are sent, and all go on within 5 s of its return.
func TestC3NetworkGoesAndComes(t *testing.T) {
	t.Parallel()
	for _, away := range []time.Duration{10 * time.Second, 3 * time.Minute, time.Hour} {
		t.Run(away.String(), func(t *testing.T) {
			t.Parallel()
			inBubble(t, transfer.Settings{}, func(b *bubble) {
				t := b.t
				b.oss.script(fails(noNetwork))
				b.add("big", 40)
				for n := range 20 {
					b.add(fmt.Sprint("small", n), 1)
				}
				b.rests(transfer.StatusNoNetwork, 5*time.Second)
				before := b.oss.total()
				b.sleep(away)
				if n, most := b.oss.total()-before, int(away/(3*time.Second))+1; n > most {
					t.Errorf("%d requests in %v without a network, want %d probes at most", n, away, most)
				}
				if len(b.m.Snapshot().Offline) != 1 {
					t.Errorf("endpoints that do not answer: %v", b.m.Snapshot().Offline)
				}
				b.oss.script(nil)
				b.until(transfer.StatusCompleted, 5*time.Second)
			})
		})
	}
}

// TestC3SilentNetworkIsOneIncident lets 64 parts hang until their clock cuts them, and every
// dial after that take 20 s: a cable that was pulled. The network's return is seen at once,
// at whatever moment between two probes it comes.
func TestC3SilentNetworkIsOneIncident(t *testing.T) {
	t.Parallel()
	// A part that took the slot of the first to fail hangs as long again: for a minute in all.
	for _, away := range []time.Duration{61 * time.Second, 63 * time.Second, 67 * time.Second} {
		t.Run(away.String(), func(t *testing.T) {
			t.Parallel()
			inBubble(t, transfer.Settings{Slots: 64}, func(b *bubble) {
				t := b.t
				b.oss.script(pulledCable(time.Now().Add(time.Second)))
				b.add("big", 70)
				for b.m.Snapshot().InFlight < 64 {
					b.sleep(10 * time.Millisecond)
				}
				b.sleep(away)
				if rows := b.rows(); rows[transfer.StatusNoNetwork] != 1 {
					t.Fatalf("after %v without a network: %v", away, rows)
				}
				b.oss.script(nil)
				b.until(transfer.StatusCompleted, 5*time.Second)
				for id, l := range b.m.Snapshot().Live {
					if l.Tries > 1 {
						t.Errorf("upload %d counts %d tries for one incident", id, l.Tries)
					}
				}
			})
		})
	}
}

// pulledCable lets what is under way at a moment time out, and then every dial.
func pulledCable(cut time.Time) func(context.Context, string) *transfer.Error {
	return func(ctx context.Context, op string) *transfer.Error {
		hangs, ends := 20*time.Second, &transfer.Error{Kind: transfer.KindOffline}
		switch now := time.Now(); {
		case op != "UploadPart" && now.Before(cut):
			return nil
		case now.Before(cut.Add(30 * time.Second)):
			hangs, ends = 30*time.Second, &transfer.Error{Kind: transfer.KindTransient, Unknown: true, Err: context.DeadlineExceeded}
		}
		if err := wait(ctx, hangs); err != nil {
			return err
		}
		return ends
	}
}

// TestC3RouteChangeIsAsked sees that a change of routes asks at once, and Start too.
func TestC3RouteChangeIsAsked(t *testing.T) {
	t.Parallel()
	for name, ask := range map[string]func(*bubble){
		"route": func(b *bubble) { b.routes <- struct{}{} },
		"start": func(b *bubble) { check(b.t, b.m.Resume(transfer.Everything())) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, transfer.Settings{}, func(b *bubble) {
				b.oss.script(fails(noNetwork))
				b.add("file", 1)
				b.until(transfer.StatusNoNetwork, 5*time.Second)
				probes := b.oss.count("HeadObject")
				for b.oss.count("HeadObject") == probes { // right after a probe, the next is 3 s away
					b.sleep(10 * time.Millisecond)
				}
				b.oss.script(nil)
				ask(b)
				b.until(transfer.StatusCompleted, 500*time.Millisecond)
			})
		})
	}
}

// TestC3CredentialsOverTheNetwork loses the network before any credentials were got: uploads go on
// at once when it is back by a change of routes, else within 5 s, however long it was away, and
// they ask for credentials no more often than one would.
func TestC3CredentialsOverTheNetwork(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		comeBack func(b *bubble)
		within   time.Duration
	}{
		"by a change of routes": {func(b *bubble) { b.routes <- struct{}{} }, 500 * time.Millisecond},
		"without one":           {func(*bubble) {}, 5 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, transfer.Settings{}, func(b *bubble) {
				b.unknown.Store(true)
				for n := range 20 {
					b.add(fmt.Sprint("file", n), 1)
				}
				b.rests(transfer.StatusStalled, 10*time.Minute)
				before := b.asked.Load()
				b.sleep(time.Hour)
				if n, most := b.asked.Load()-before, int64(time.Hour/(3*time.Second))+1; n > most {
					b.t.Errorf("credentials were asked for %d times in an hour, want %d at most", n, most)
				}
				b.sleep(10 * time.Millisecond) // the next try is 3 s away
				b.unknown.Store(false)
				test.comeBack(b)
				b.until(transfer.StatusCompleted, test.within)
			})
		})
	}
}

// TestC4ServerErrors has OSS answer 503 to everything for minutes, then to 30 % at random:
// the first is load no more, and the second ends well.
func TestC4ServerErrors(t *testing.T) {
	t.Parallel()
	t.Run("all", func(t *testing.T) {
		t.Parallel()
		inBubble(t, transfer.Settings{Slots: 16}, func(b *bubble) {
			t := b.t
			b.oss.script(fails(unavailable))
			b.add("big", 200)
			for n := range 50 {
				b.add(fmt.Sprint("small", n), 1)
			}
			b.rests(transfer.StatusStalled, time.Minute)
			before := b.oss.total()
			b.sleep(5 * time.Minute)
			if n := b.oss.total() - before; n > 101 {
				t.Errorf("%d requests in 5 minutes to a server that is down, want 100 probes", n)
			}
			if s := b.m.Snapshot(); len(s.Stalled) != 1 || len(s.Offline) != 0 {
				t.Errorf("the snapshot tells of %q, and that %q cannot be reached", s.Stalled, s.Offline)
			}
			b.oss.script(nil)
			b.until(transfer.StatusCompleted, 10*time.Second)
			if s := b.m.Snapshot(); len(s.Stalled) != 0 {
				t.Errorf("the snapshot tells of %q, which is well", s.Stalled)
			}
		})
	})
	t.Run("30 percent", func(t *testing.T) {
		t.Parallel()
		refused := 0
		chance := rand.New(rand.NewPCG(1, 2)) // the same storm in each run
		asked := loaded(t, 200, func(int) bool {
			fails := chance.Float64() < 0.3
			if fails {
				refused++
			}
			return fails
		})
		if refused < asked/5 || refused > asked/2 {
			t.Errorf("%d of %d requests were refused: this shows nothing", refused, asked)
		}
		// What was refused has to be sent again, and nothing else.
		if clean := loaded(t, 200, func(int) bool { return false }); 10*(asked-refused) > 11*clean {
			t.Errorf("%d requests, of which %d were refused, where %d do without refusals", asked, refused, clean)
		}
	})
	t.Run("outage", func(t *testing.T) {
		t.Parallel()
		var begun time.Time
		refused := 0
		asked := loaded(t, 600, func(n int) bool {
			if begun.IsZero() && n > 300 {
				begun = time.Now()
			}
			down := !begun.IsZero() && time.Since(begun) < time.Minute
			if down {
				refused++
			}
			return down
		})
		if refused == 0 {
			t.Error("nothing met the outage: this shows nothing")
		}
		if clean := loaded(t, 600, func(int) bool { return false }); 10*asked > 11*clean {
			t.Errorf("%d requests, of which %d met an outage of a minute, where %d do without it", asked, refused, clean)
		}
	})
}

// loaded sends a file of so many parts, and twenty small ones, to an endpoint that needs 100 ms
// for a request and then refuses those of its choice, by how many have come. It returns how many
// there were until all had arrived.
func loaded(t *testing.T, parts int, refuses func(n int) bool) (asked int) {
	t.Helper()
	inBubble(t, transfer.Settings{Slots: 8}, func(b *bubble) {
		var mu sync.Mutex
		b.oss.script(func(ctx context.Context, _ string) *transfer.Error {
			if err := wait(ctx, 100*time.Millisecond); err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			if refuses(b.oss.total()) {
				return &transfer.Error{Kind: transfer.KindTransient, Status: 503}
			}
			return nil
		})
		b.add("big", parts)
		b.addSmall(20)
		b.until(transfer.StatusCompleted, 5*time.Minute)
		asked = b.oss.total()
	})
	return asked
}

// TestC5ThrottlingShrinksAndRegrows has OSS refuse what is more than 4 requests at once.
func TestC5ThrottlingShrinksAndRegrows(t *testing.T) {
	t.Parallel()
	inBubble(t, transfer.Settings{Slots: 16}, func(b *bubble) {
		t := b.t
		var mu sync.Mutex
		most, inside, refused, takes := 4, 0, 0, 200*time.Millisecond
		b.oss.script(func(ctx context.Context, op string) *transfer.Error {
			mu.Lock()
			inside++
			over := op == "UploadPart" && inside > most
			if over {
				refused++
			}
			takes := takes
			mu.Unlock()
			defer func() { mu.Lock(); inside--; mu.Unlock() }()
			if over {
				return &transfer.Error{Kind: transfer.KindThrottled, Status: 503}
			}
			return wait(ctx, takes)
		})
		b.add("big", 600)
		for slots := 16; slots > 4 || slots == 0; slots = b.m.Snapshot().Slots { // 0: nothing is told yet
			b.sleep(10 * time.Millisecond)
			if b.rows()[transfer.StatusCompleted] > 0 {
				t.Fatalf("done with %d slots", slots)
			}
		}
		mu.Lock()
		storm := refused
		most, takes = 64, 2*time.Second // OSS takes more, and it is minutes until that is tried
		mu.Unlock()
		if storm < 12 {
			t.Errorf("%d requests were refused of 16 at once", storm)
		}
		if storm > 16+8+4 {
			t.Errorf("%d requests refused until the slots had shrunk", storm)
		}
		for b.m.Snapshot().Slots < 16 {
			b.sleep(100 * time.Millisecond)
			if b.rows()[transfer.StatusCompleted] > 0 {
				t.Fatalf("done with %d slots", b.m.Snapshot().Slots)
			}
		}
		b.until(transfer.StatusCompleted, time.Hour)
	})
}

// TestC5RetryAfterIsObeyed has OSS say how long to wait: that long nothing of the upload is
// sent, and no try is spent, however often it says so.
func TestC5RetryAfterIsObeyed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ asked, want time.Duration }{
		{90 * time.Second, 90 * time.Second}, {time.Hour, 5 * time.Minute},
	} {
		t.Run(c.asked.String(), func(t *testing.T) {
			t.Parallel()
			inBubble(t, transfer.Settings{Slots: 2}, func(b *bubble) {
				t := b.t
				var mu sync.Mutex
				var asked []time.Time
				b.oss.script(func(_ context.Context, op string) *transfer.Error {
					mu.Lock()
					defer mu.Unlock()
					if op == "UploadPart" && len(asked) < 12 {
						asked = append(asked, time.Now())
						return &transfer.Error{Kind: transfer.KindThrottled, RetryAfter: c.asked}
					}
					return nil
				})
				b.add("big", 50)
				b.until(transfer.StatusCompleted, 2*time.Hour)
				for i := 2; i < len(asked); i++ { // the first two left together
					if gap := asked[i].Sub(asked[i-1]); gap < c.want-time.Second && gap > time.Second {
						t.Errorf("request %d came %v after the last, want %v", i, gap, c.want)
					}
				}
				if last := asked[len(asked)-1].Sub(asked[0]); last < 5*c.want {
					t.Errorf("12 refusals within %v", last)
				}
			})
		})
	}
}

// TestStalledGoesOnForEver has Complete fail for hours: the upload says
// Stalled, is tried twice a minute, and ends well by itself.
func TestStalledGoesOnForEver(t *testing.T) {
	t.Parallel()
	inBubble(t, transfer.Settings{Slots: 2}, func(b *bubble) {
		t := b.t
		b.oss.script(func(_ context.Context, op string) *transfer.Error {
			if op == "CompleteMultipartUpload" {
				return &transfer.Error{Kind: transfer.KindTransient, Status: 500}
			}
			return nil
		})
		b.add("big", 20)
		b.until(transfer.StatusStalled, 10*time.Minute)
		before := b.oss.count("CompleteMultipartUpload")
		b.sleep(2 * time.Hour)
		if n := b.oss.count("CompleteMultipartUpload") - before; n < 2*60 || n > 2*2*60 {
			t.Errorf("tried %d times in 2 hours", n)
		}
		if b.rows()[transfer.StatusStalled] != 1 {
			t.Errorf("after 2 hours: %v", b.rows())
		}
		b.oss.script(nil)
		b.until(transfer.StatusCompleted, 31*time.Second)
		if n := b.oss.count("UploadPart"); n != 20 {
			t.Errorf("%d parts sent for 20", n)
		}
	})
}
