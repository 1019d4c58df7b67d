package transfer

import (
	"math"
	"math/rand/v2"
	"testing"
)

const tib = int64(1) << 40

// gb is the unit that sizes are advertised in.
const gb = int64(1_000_000_000)

func TestPlanFor(t *testing.T) {
	single := Plan{}
	for _, c := range []struct {
		name     string
		size     int64
		rate     float64
		override int64
		want     Plan
	}{
		{"empty", 0, 0, 0, single},
		{"one byte", 1, 0, 0, single},
		{"the largest single", 16 * MiB, 0, 0, single},
		{"the largest single, at any rate", 16 * MiB, 10_000, 0, single},
		{"one byte more", 16*MiB + 1, 0, 0, Plan{PartSize: 8 * MiB, Parts: 3}},
		{"a multiple of 8 MiB", 24 * MiB, 0, 0, Plan{PartSize: 8 * MiB, Parts: 3}},
		{"a multiple of 8 MiB, and a byte", 24*MiB + 1, 0, 0, Plan{PartSize: 8 * MiB, Parts: 4}},
		{"the most parts of 8 MiB", 80_000 * MiB, 0, 0, Plan{PartSize: 8 * MiB, Parts: 10_000}},
		{"one byte more than these", 80_000*MiB + 1, 0, 0, Plan{PartSize: 9 * MiB, Parts: 8_889}},
		{"80 GB", 80 * gb, 0, 0, Plan{PartSize: 8 * MiB, Parts: 9_537}},
		{"1 TB", 1000 * gb, 0, 0, Plan{PartSize: 96 * MiB, Parts: 9_935}},
		{"1 TiB", tib, 0, 0, Plan{PartSize: 105 * MiB, Parts: 9_987}},
		{"size alone goes above 32 MiB", tib, 100e6, 0, Plan{PartSize: 105 * MiB, Parts: 9_987}},
		{"48.8 TB", MaxObjectSize, 0, 0, Plan{PartSize: MaxPartSize, Parts: MaxParts}},
		{"48.8 TB less a byte", MaxObjectSize - 1, 0, 0, Plan{PartSize: MaxPartSize, Parts: MaxParts}},

		{"10 KB/s", 100 * MiB, 10e3, 0, Plan{PartSize: MiB, Parts: 100}},
		{"100 KB/s", 100 * MiB, 100e3, 0, Plan{PartSize: MiB, Parts: 100}},
		{"1 MB/s is whole MiB", 100 * MiB, 1e6, 0, Plan{PartSize: 19 * MiB, Parts: 6}},
		{"100 MB/s is capped", 100 * MiB, 100e6, 0, Plan{PartSize: 32 * MiB, Parts: 4}},
		{"a slow line and many parts", 80_000 * MiB, 10e3, 0, Plan{PartSize: 8 * MiB, Parts: 10_000}},
		{"a rate without end", 100 * MiB, math.Inf(1), 0, Plan{PartSize: 32 * MiB, Parts: 4}},
		{"a rate that is no number", 100 * MiB, math.NaN(), 0, Plan{PartSize: 8 * MiB, Parts: 13}},
		{"a negative rate", 100 * MiB, -1, 0, Plan{PartSize: 8 * MiB, Parts: 13}},

		{"override at its least", 100 * MiB, 0, 100 * KiB, Plan{PartSize: 100 * KiB, Parts: 1024}},
		{"override that just suffices", 10_000 * 123_456, 0, 123_456, Plan{PartSize: 123_456, Parts: 10_000}},
		{"override one byte too small", 10_000*123_456 + 1, 0, 123_456, Plan{PartSize: MiB, Parts: 1_178}},
		{"override below it", 100 * MiB, 0, 1, Plan{PartSize: 100 * KiB, Parts: 1024}},
		{"override over the rate", 100 * MiB, 100e6, MiB, Plan{PartSize: MiB, Parts: 100}},
		{"override need not be whole MiB", 100 * MiB, 0, 5_000_000, Plan{PartSize: 5_000_000, Parts: 21}},
		{"override at its most", 48 * tib, 0, 5 * GiB, Plan{PartSize: 5 * GiB, Parts: 9_831}},
		{"override above it", 48 * tib, 0, 6 * GiB, Plan{PartSize: 5 * GiB, Parts: 9_831}},
		{"override makes small files multipart", 200 * KiB, 0, 100 * KiB, Plan{PartSize: 100 * KiB, Parts: 2}},
		{"a file of the override's size", 100 * KiB, 0, 100 * KiB, single},
		{"a large override leaves 16 MiB single", 16 * MiB, 0, GiB, single},
		{"a large override, one byte more", 16*MiB + 1, 0, GiB, Plan{PartSize: GiB, Parts: 1}},
		{"an override of too many parts is raised", 10_000*100*KiB + 1, 0, 100 * KiB, Plan{PartSize: MiB, Parts: 977}},
		{"raised to the most", MaxObjectSize, 0, 100 * KiB, Plan{PartSize: MaxPartSize, Parts: MaxParts}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := PlanFor(c.size, c.rate, c.override)
			if !ok || got != c.want {
				t.Errorf("PlanFor(%d, %g, %d) = %+v, %v; want %+v", c.size, c.rate, c.override, got, ok, c.want)
			}
			if got.Single() != (c.want.Parts == 0) {
				t.Errorf("Single() = %v of %+v", got.Single(), got)
			}
		})
	}
	for _, size := range []int64{MaxObjectSize + 1, math.MaxInt64} {
		if got, ok := PlanFor(size, 0, 0); ok || got != (Plan{}) {
			t.Errorf("PlanFor(%d) = %+v, %v; want none", size, got, ok)
		}
	}
}

// TestPlanForHoldsTheLimits tries random sizes of every magnitude: OSS's limits hold, and the
// parts are the file, without gap or overlap.
func TestPlanForHoldsTheLimits(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	rates := []float64{0, 10e3, 100e3, 1e6, 10e6, 100e6}
	for range 4000 {
		size := min(r.Int64N(int64(1)<<(1+r.IntN(46))), MaxObjectSize)
		rate := rates[r.IntN(len(rates))]
		override := int64(0)
		if r.IntN(2) == 0 {
			override = r.Int64N(int64(1) << (1 + r.IntN(34)))
		}
		p, ok := PlanFor(size, rate, override)
		if !ok {
			t.Fatalf("PlanFor(%d, %g, %d) has no plan", size, rate, override)
		}
		if p.Single() {
			if size > 16*MiB {
				t.Fatalf("PlanFor(%d, %g, %d) is single", size, rate, override)
			}
			continue
		}
		if p.Parts > MaxParts || p.PartSize < MinPartSize || p.PartSize > MaxPartSize {
			t.Fatalf("PlanFor(%d, %g, %d) = %+v is outside of OSS's limits", size, rate, override, p)
		}
		if override == 0 && (p.PartSize%MiB != 0 || p.PartSize > max(32*MiB, size/MaxParts+MiB)) {
			t.Fatalf("PlanFor(%d, %g, 0) = %+v: parts are whole MiB, above 32 only by the size", size, rate, p)
		}
		wantRanges(t, p, size)
	}
}

// wantRanges fails the test where the plan's parts are not the file.
func wantRanges(t *testing.T, p Plan, size int64) {
	t.Helper()
	next := int64(0)
	for n := 1; n <= p.Parts; n++ {
		offset, length := p.Range(n, size)
		if offset != next || length <= 0 || length > MaxPartSize || n < p.Parts && length != p.PartSize {
			t.Fatalf("part %d of %+v in %d bytes is %d bytes at %d; the one before ends at %d", n, p, size, length, offset, next)
		}
		next = offset + length
	}
	if next != size {
		t.Fatalf("the parts of %+v have %d bytes, the file %d", p, next, size)
	}
}

// TestRefit cuts a new version by the part size that an upload ID was begun with.
func TestRefit(t *testing.T) {
	begun := Plan{PartSize: 8 * MiB, Parts: 5}
	for _, c := range []struct {
		name     string
		size     int64
		override int64
		want     Plan
		ok       bool
	}{
		{"as large as before", 40 * MiB, 0, Plan{PartSize: 8 * MiB, Parts: 5}, true},
		{"a byte more", 40*MiB + 1, 0, Plan{PartSize: 8 * MiB, Parts: 6}, true},
		{"a byte less", 40*MiB - 1, 0, Plan{PartSize: 8 * MiB, Parts: 5}, true},
		{"the smallest that has parts", 16*MiB + 1, 0, Plan{PartSize: 8 * MiB, Parts: 3}, true},
		{"small enough for one request", 16 * MiB, 0, Plan{}, false},
		{"empty", 0, 0, Plan{}, false},
		{"small, with a small part size asked for", 9 * MiB, MiB, Plan{PartSize: 8 * MiB, Parts: 2}, true},
		{"the most parts", 80_000 * MiB, 0, Plan{PartSize: 8 * MiB, Parts: MaxParts}, true},
		{"one part too many", 80_000*MiB + 1, 0, Plan{}, false},
		{"larger than OSS takes", MaxObjectSize + 1, 0, Plan{}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, ok := begun.refit(40*MiB, c.size, c.override); got != c.want || ok != c.ok {
				t.Errorf("got %+v, %v; want %+v, %v", got, ok, c.want, c.ok)
			}
		})
	}
}
