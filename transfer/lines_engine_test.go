package transfer_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"partway/transfer"
)

// wire is a memory store behind a line, in the bubble's time: parts take as long as their
// bytes, which nobody reads, and the line want.
type wire struct {
	*memoryStore
	latency time.Duration

	line    sync.Mutex
	each    float64 // bytes a second of a connection; 0: any number
	all     float64 // and of all
	most    int     // parts in flight from which on more are refused; 0: any number
	flying  map[*flyingPart]bool
	carried float64
	refused int
}

type flyingPart struct {
	left float64
	sent atomic.Int64
	over chan struct{}
}

// newWire makes a line of so many MiB a second.
func newWire(latency time.Duration, each, all float64) *wire {
	return &wire{latency: latency, each: each * transfer.MiB, all: all * transfer.MiB}
}

// wireStep is how finely the line carries.
const wireStep = 5 * time.Millisecond

// run carries until the test is over.
func (w *wire) run(ctx context.Context) {
	tick := time.NewTicker(wireStep)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			w.carry()
		}
	}
}

func (w *wire) carry() {
	w.line.Lock()
	defer w.line.Unlock()
	moving := 0
	for p := range w.flying {
		if p.left > 0 {
			moving++
		}
	}
	for p := range w.flying {
		if p.left <= 0 {
			continue
		}
		n := min(w.each, w.all/float64(moving)) * wireStep.Seconds()
		n = min(n, p.left)
		p.left -= n
		w.carried += n
		p.sent.Add(int64(n))
		if p.left <= 0 {
			close(p.over)
		}
	}
}

// enter begins a part, if it may be one more.
func (w *wire) enter(size int64) *flyingPart {
	w.line.Lock()
	defer w.line.Unlock()
	if w.most > 0 && len(w.flying) >= w.most {
		w.refused++
		return nil
	}
	p := &flyingPart{left: float64(size), over: make(chan struct{})}
	w.flying[p] = true
	return p
}

func (w *wire) leave(p *flyingPart) {
	w.line.Lock()
	defer w.line.Unlock()
	delete(w.flying, p)
}

func (w *wire) UploadPart(ctx context.Context, r transfer.PartRequest) (a transfer.PartAnswer, err error) {
	p := w.enter(r.Size)
	if p == nil {
		if e := wait(ctx, w.latency); e != nil {
			return a, e
		}
		return a, &transfer.Error{Kind: transfer.KindThrottled, Op: "UploadPart", Status: 503, Code: "SlowDown"}
	}
	defer w.leave(p)
	r.Left.Follow(p.sent.Load)
	defer r.Left.Follow(nil)
	select {
	case <-p.over:
	case <-ctx.Done():
		return a, transfer.AsError(ctx.Err())
	}
	if e := wait(ctx, w.latency); e != nil {
		return a, e
	}
	d := transfer.Digest{CRC64: 1, HasCRC: true}
	return transfer.PartAnswer{ETag: "tag", Stored: d, Sent: d}, nil
}

// over lets time pass, and tells what was carried meanwhile in bytes a second, and how many
// parts were in flight on average.
func (w *wire) over(b *bubble, d time.Duration) (rate, flying float64) {
	count := func() (float64, int) {
		w.line.Lock()
		defer w.line.Unlock()
		return w.carried, len(w.flying)
	}
	before, _ := count()
	looks := 0
	for begun := time.Now(); time.Since(begun) < d; looks++ {
		b.sleep(50 * time.Millisecond)
		_, n := count()
		flying += float64(n)
	}
	after, _ := count()
	return (after - before) / d.Seconds(), flying / float64(looks)
}

// onLine runs a test with a large file on its way over a line.
func onLine(t *testing.T, w *wire, test func(b *bubble, w *wire)) {
	t.Helper()
	inBubble(t, transfer.Settings{PartSize: 8 * transfer.MiB}, func(b *bubble) {
		ctx, stop := context.WithCancel(b.t.Context())
		defer stop()
		w.memoryStore, w.flying = b.oss, map[*flyingPart]bool{}
		b.instead = w
		go w.run(ctx)
		path := filepath.Join(b.t.TempDir(), "large")
		f, err := os.Create(path)
		check(b.t, err)
		check(b.t, f.Truncate(64<<30))
		check(b.t, f.Close())
		b.sleep(3 * time.Second) // else it is too young
		_, err = b.m.Add(b.t.Context(), transfer.AddRequest{Paths: []string{path}, To: b.to, Policy: transfer.PolicyReplace})
		check(b.t, err)
		for n := 0; n == 0; {
			b.sleep(wireStep)
			w.line.Lock()
			n = len(w.flying)
			w.line.Unlock()
		}
		test(b, w)
		check(b.t, b.m.Close())
	})
}

// anyRate is more than any line has.
const anyRate = 2000.0

// TestEngineFindsTheLine sends a file with defaults: 2 s after the start nearly all is carried
// that the line allows, later on by no more connections than help.
func TestEngineFindsTheLine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		latency   time.Duration
		each, all float64
		slots     float64 // that carry as much
	}{
		{2 * time.Millisecond, anyRate, 4, 1},
		{2 * time.Millisecond, 1, 40, 40},
		{30 * time.Millisecond, anyRate, 40, 2},
		{30 * time.Millisecond, 8, anyRate, 64},
		{30 * time.Millisecond, 8, 40, 6},
		{150 * time.Millisecond, 1, 4, 4},
		{150 * time.Millisecond, 8, 400, 58},
		{30 * time.Millisecond, anyRate, 100, 4},
	} {
		t.Run(fmt.Sprintf("%v, %g each, %g in all", c.latency, c.each, c.all), func(t *testing.T) {
			t.Parallel()
			onLine(t, newWire(c.latency, c.each, c.all), func(b *bubble, w *wire) {
				w.over(b, 2*time.Second)
				carried, _ := w.over(b, 8*time.Second)
				w.over(b, 40*time.Second)
				_, slots := w.over(b, 10*time.Second)
				transferTime := 8 / min(c.each, c.all)
				allowed := min(c.all, 64*c.each*transferTime/(transferTime+c.latency.Seconds())) * transfer.MiB
				if carried < 0.85*allowed { // parts that begin and end together leave gaps
					b.t.Errorf("%.2f of what the line allows", carried/allowed)
				}
				if slots > 2*c.slots+0.5 {
					b.t.Errorf("%.1f parts in flight, where %g do", slots, c.slots)
				}
			})
		})
	}
}

// TestEngineFindsAnotherLine has the line become another in the middle of an upload.
func TestEngineFindsAnotherLine(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		eachThen, allThen float64
	}{
		"less in all":   {8, 4},
		"more in all":   {8, 80},
		"less for each": {1, 40},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onLine(t, newWire(30*time.Millisecond, 8, 40), func(b *bubble, w *wire) {
				w.over(b, 10*time.Second)
				w.line.Lock()
				w.each, w.all = c.eachThen*transfer.MiB, c.allThen*transfer.MiB
				w.line.Unlock()
				w.over(b, 5*time.Second)
				carried, _ := w.over(b, 5*time.Second)
				if share := carried / transfer.MiB / c.allThen; share < 0.9 {
					b.t.Errorf("%.2f of what the line allows", share)
				}
			})
		})
	}
}

// TestC5OnlySoManyAtOnce has OSS refuse more than so many parts at once: they are found, and
// kept to without a storm.
func TestC5OnlySoManyAtOnce(t *testing.T) {
	t.Parallel()
	for _, most := range []int{1, 4, 11, 16, 40} {
		t.Run(fmt.Sprint(most), func(t *testing.T) {
			t.Parallel()
			w := newWire(30*time.Millisecond, 8, anyRate)
			w.most = most
			onLine(t, w, func(b *bubble, w *wire) {
				w.over(b, 2*time.Second)
				carried, _ := w.over(b, 12*time.Second)
				if share := carried / transfer.MiB / 8 / float64(most); share < 0.85 {
					b.t.Errorf("%.2f of what %d carry", share, most)
				}
				if w.refused > 3*most+24 {
					b.t.Errorf("%d parts were refused", w.refused)
				}
			})
		})
	}
}
