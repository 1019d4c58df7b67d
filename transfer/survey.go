package transfer

import (
	"context"
	"time"
)

// mostSampled bounds the files that Tally.Sample holds.
const mostSampled = 10_000

// Measuring is what Measure looks at, and by what it reckons.
type Measuring struct {
	Paths    []string
	Ignore   []string
	Rate     float64 // of one connection, bytes per second; 0: not known
	PartSize int64   // as Settings.PartSize
}

// Tally sums up what paths hold.
type Tally struct {
	Files    int
	Bytes    int64
	Requests int64 // that sending the files takes
	Folders  int   // empty ones: OSS has no folders
	Skipped  int   // what cannot be sent: devices, links in folders, names that are no keys
	Ignored  Names // what the patterns leave out
	Twice    Names // files whose key another one of them has
	// Sample holds the first 10,000 files that can be sent.
	Sample []Sampled
}

// Sampled is a file that can be sent, and its key without a prefix.
type Sampled struct {
	Key  string
	Size int64
}

// Measure sums up what is below paths, telling progress now and then. Keys that are too long
// only with the prefix they get are counted as files.
func Measure(ctx context.Context, m Measuring, progress func(Tally)) (Tally, error) {
	var t Tally
	patterns, err := newIgnore(m.Ignore)
	if err != nil {
		return t, err
	}
	last := time.Now()
	keys := newTwice(m.Paths)
	visit := func(f found) error {
		t.count(f, m, keys)
		if now := time.Now(); now.Sub(last) > 200*time.Millisecond {
			last = now
			progress(t)
		}
		return nil
	}
	err = walker{patterns, visit}.walk(ctx, m.Paths)
	return t, err
}

func (t *Tally) count(f found, m Measuring, keys *twice) {
	switch {
	case f.ignored:
		t.Ignored.add(f.name)
		return
	case f.empty:
		t.Folders++
		return
	}
	u := Upload{To: Target{Key: keyFor("", f.name)}}
	if sendable(&u, f) != nil {
		t.Skipped++
		return
	}
	t.Files++
	t.Bytes += f.id.Size
	if keys.has(f) {
		t.Twice.add(f.name)
	}
	if len(t.Sample) < mostSampled {
		t.Sample = append(t.Sample, Sampled{u.To.Key, f.id.Size})
	}
	if plan, ok := PlanFor(f.id.Size, m.Rate, m.PartSize); ok {
		t.Requests += plan.requests()
	}
}

// requests is how many requests an upload by the plan takes, when all goes well: its parts,
// Initiate and Complete, or one Put.
func (p Plan) requests() int64 {
	if p.Single() {
		return 1
	}
	return int64(p.Parts) + 2
}
