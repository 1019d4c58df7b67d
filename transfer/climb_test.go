package transfer

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// shape is a line: seconds for each answer, and bytes per second of a connection and of all.
type shape struct {
	latency    time.Duration
	each, all  float64
	uneven     float64 // how much less it carries for moments, at most
	refuseOver int     // requests in flight from which on OSS asks to slow down
}

type request struct {
	begun   time.Time
	refused bool
	left    float64
	wait    time.Duration
	share   float64 // no two connections are alike
}

// partSent is the size of the parts that are sent, in bytes.
const partSent = 8 * MiB

// simulation sends parts over a line, by as many slots as the climb says, or by a fixed number.
type simulation struct {
	c        climb
	fixed    int
	now      time.Time
	inFlight []*request
	sent     float64
	refused  int
	rests    time.Time // until then nothing new is sent
	random   *rand.Rand
	carries  float64 // of what the shape says
}

func newSimulation() *simulation {
	return &simulation{c: climb{most: maxSlots, limit: firstSlots}, now: epoch, random: rand.New(rand.NewPCG(1, 2))}
}

var epoch = time.Unix(1000, 0)

// unlimited is more than any shape carries, in MiB/s.
const unlimited = 2000

const step = 5 * time.Millisecond

func (s *simulation) run(line shape, d time.Duration) (carried float64, mean float64) {
	before, ticks, used := s.sent, 0, 0
	s.carries = 1
	for end := s.now.Add(d); s.now.Before(end); s.now = s.now.Add(step) {
		limit := s.c.limit
		if limit < 1 || limit > s.c.most {
			panic(fmt.Sprintf("%d slots of 1 to %d", limit, s.c.most)) // the simulation would not end
		}
		if s.fixed > 0 {
			limit = s.fixed
		}
		if line.uneven > 0 && s.now.UnixMilli()%200 < 5 {
			s.carries = 1 - line.uneven*s.random.Float64()
		}
		for len(s.inFlight) < limit && !s.now.Before(s.rests) {
			r := &request{begun: s.now, left: partSent, wait: line.latency, share: 0.7 + 0.6*s.random.Float64()}
			if r.refused = line.refuseOver > 0 && s.accepted() >= line.refuseOver; r.refused {
				r.left = 0
			}
			s.inFlight = append(s.inFlight, r)
		}
		var weight float64
		for _, r := range s.inFlight {
			if r.left > 0 {
				weight += r.share
			}
		}
		kept := make([]*request, 0, len(s.inFlight))
		var over []*request
		for _, r := range s.inFlight {
			budget := 1.0
			if r.left > 0 {
				rate := min(line.each, line.all*r.share/weight)
				can := rate * step.Seconds() * s.carries
				n := min(can, r.left)
				budget = 1 - n/can
				r.left -= n
				s.sent += n
			}
			if r.left <= 0 {
				if r.wait -= time.Duration(budget * float64(step)); r.wait <= 0 {
					over = append(over, r)
					continue
				}
			}
			kept = append(kept, r)
		}
		s.inFlight = kept
		s.answer(over)
		ticks++
		used += max(limit, len(s.inFlight))
		if s.now.UnixMilli()%125 < 5 && s.fixed == 0 {
			s.c.tick(sample{now: s.now, sent: int64(s.sent), used: len(s.inFlight)})
		}
	}
	return (s.sent - before) / d.Seconds(), float64(used) / float64(ticks)
}

// accepted counts the requests in flight that OSS took.
func (s *simulation) accepted() (n int) {
	for _, r := range s.inFlight {
		if !r.refused {
			n++
		}
	}
	return n
}

// answer takes in what came of requests that are over.
func (s *simulation) answer(over []*request) {
	for i, r := range over {
		switch {
		case !r.refused:
			s.c.answered()
		default:
			s.refused++
			if s.c.throttle(slowdown{r.begun, s.now, len(s.inFlight) + len(over) - i - 1}) {
				s.rests = s.now.Add(breath)
			}
		}
	}
}

// best is what the best fixed number carries, and the fewest that carry 0.95 of it.
func (line shape) best() (fewest int, most float64) {
	var rates []float64
	numbers := []int{1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64}
	for _, n := range numbers {
		s := newSimulation()
		s.fixed = n
		s.run(line, 2*time.Second)
		r, _ := s.run(line, 8*time.Second)
		rates = append(rates, r)
		most = max(most, r)
	}
	for i, n := range numbers {
		if rates[i] >= 0.95*most {
			return n, most
		}
	}
	return 64, most
}

// The line is found within 2 s and kept, whatever its shape, by no more connections than help.
func TestClimbFindsTheLine(t *testing.T) {
	t.Parallel()
	for _, latency := range []time.Duration{2 * time.Millisecond, 30 * time.Millisecond, 150 * time.Millisecond} {
		for _, each := range []float64{unlimited, 1, 8} {
			for _, all := range []float64{unlimited, 4, 40, 400} {
				line := shape{latency: latency, each: each * MiB, all: all * MiB}
				s := newSimulation()
				s.run(line, 2*time.Second)
				got, _ := s.run(line, 18*time.Second)
				s.run(line, 40*time.Second) // parts of 8 MiB on 4 MiB/s: it takes its time until fewer are in flight
				_, mean := s.run(line, 20*time.Second)
				fewest, best := line.best()
				if got < 0.88*best {
					t.Errorf("%s, %g MiB/s each, %g in all: %.2f of what the best fixed number carries", latency, each, all, got/best)
				}
				if mean > 2*float64(fewest)+0.5 {
					t.Errorf("%s, %g MiB/s each, %g in all: %.1f slots, where %d do", latency, each, all, mean, fewest)
				}
			}
		}
	}
}

// No line is quite even: luck drives the number neither up nor down for long.
func TestClimbKeepsToAnUnevenLine(t *testing.T) {
	t.Parallel()
	for _, line := range []shape{
		{latency: 2 * time.Millisecond, each: unlimited, all: 40},
		{latency: 30 * time.Millisecond, each: unlimited, all: 400},
		{latency: 30 * time.Millisecond, each: 8, all: 40},
		{latency: 30 * time.Millisecond, each: 1, all: 40},
		{latency: 150 * time.Millisecond, each: unlimited, all: 40},
		{latency: 150 * time.Millisecond, each: 8, all: 400},
	} {
		name := fmt.Sprintf("%s, %g MiB/s each, %g in all", line.latency, line.each, line.all)
		line.each, line.all, line.uneven = line.each*MiB, line.all*MiB, 0.3
		s := newSimulation()
		s.run(line, 10*time.Second)
		got, mean := s.run(line, 5*time.Minute)
		fewest, best := line.best()
		if got < 0.93*best {
			t.Errorf("%s: %.2f of what the best fixed number carries", name, got/best)
		}
		if mean > 3*float64(fewest)+1 {
			t.Errorf("%s: %.1f slots, where %d do", name, mean, fewest)
		}
	}
}

// A line that becomes another is found again within 5 s.
func TestClimbFindsAnotherLine(t *testing.T) {
	t.Parallel()
	lines := map[string]shape{
		"1 MiB/s each, 4 in all":   {latency: 30 * time.Millisecond, each: MiB, all: 4 * MiB},
		"1 MiB/s each, 40 in all":  {latency: 30 * time.Millisecond, each: MiB, all: 40 * MiB},
		"8 MiB/s each, 400 in all": {latency: 30 * time.Millisecond, each: 8 * MiB, all: 400 * MiB},
		"4 MiB/s in all":           {latency: 30 * time.Millisecond, each: unlimited * MiB, all: 4 * MiB},
		"400 MiB/s in all":         {latency: 30 * time.Millisecond, each: unlimited * MiB, all: 400 * MiB},
		"nothing but 2 ms":         {latency: 2 * time.Millisecond, each: unlimited * MiB, all: unlimited * MiB},
		"8 MiB/s each, 150 ms":     {latency: 150 * time.Millisecond, each: 8 * MiB, all: unlimited * MiB},
	}
	for _, from := range slices.Sorted(maps.Keys(lines)) {
		for _, to := range slices.Sorted(maps.Keys(lines)) {
			s := newSimulation()
			s.run(lines[from], 20*time.Second)
			s.run(lines[to], 5*time.Second)
			got, _ := s.run(lines[to], 3*time.Second)
			if _, best := lines[to].best(); got < 0.85*best {
				t.Errorf("from %s to %s: %.2f of what the best fixed number carries", from, to, got/best)
			}
		}
	}
}

// What OSS takes without asking to slow down is found, and not asked for again and again.
func TestClimbKeepsBelowThrottling(t *testing.T) {
	t.Parallel()
	for _, each := range []float64{1, 8} {
		for _, over := range []int{1, 2, 5, 8, 10, 16, 24, 33, 40, 58} {
			s := newSimulation()
			line := shape{latency: 30 * time.Millisecond, each: each * MiB, all: unlimited * MiB, refuseOver: over}
			carries := func(d time.Duration, share float64, refusals int) {
				t.Helper()
				s.refused = 0
				got, _ := s.run(line, d)
				if got /= float64(over) * each * MiB; got < share {
					t.Errorf("%d at once, %g MiB/s each, %v on: %.2f of what they carry", over, each, s.now.Sub(epoch), got)
				}
				if s.refused > refusals {
					t.Errorf("%d at once, %g MiB/s each, %v on: asked to slow down %d times, %d at most", over, each, s.now.Sub(epoch), s.refused, refusals)
				}
			}
			carries(5*time.Second, 0.6, 3*over+16)
			carries(25*time.Second, 0.88, over+8)
			carries(9*time.Minute, 0.9, 2*over+16)
		}
	}
}

// A refusal now and then is an accident: nothing is cut.
func TestClimbForgivesAFewRefusals(t *testing.T) {
	t.Parallel()
	c := climb{most: maxSlots, limit: 16}
	now := time.Unix(1000, 0)
	for i := range 1000 {
		now = now.Add(10 * time.Millisecond)
		if i%100 < 99 {
			c.answered()
		} else if c.throttle(slowdown{now.Add(-time.Second), now, 15}) || c.limit != 16 {
			t.Fatalf("%d slots of 16 after one refusal in a hundred answers", c.limit)
		}
	}
	for range refusalsMost {
		c.throttle(slowdown{now.Add(-time.Second), now, 15})
	}
	if !c.throttle(slowdown{now.Add(-time.Second), now, 15}) || c.limit != 8 {
		t.Errorf("%d slots of 16 after %d refusals at once", c.limit, refusalsMost+1)
	}
}

// Nothing is learnt while the slots are not what is short.
func TestClimbWaitsForWork(t *testing.T) {
	t.Parallel()
	c := climb{most: maxSlots, limit: firstSlots}
	now := time.Unix(1000, 0)
	for i := range 100 {
		at := time.Duration(i) * 125 * time.Millisecond
		c.tick(sample{now: now.Add(at), sent: int64(i) << 20, used: 2, lean: at / 2})
	}
	if c.limit != firstSlots {
		t.Errorf("%d slots, half of the time free", c.limit)
	}
}

// A number that a person chose is never exceeded, and had again after throttling.
func TestClimbKeepsToAFixedNumber(t *testing.T) {
	t.Parallel()
	s := newSimulation()
	s.c = climb{most: 12, limit: 12, fixed: true}
	line := shape{latency: 30 * time.Millisecond, each: MiB, all: unlimited * MiB}
	if _, mean := s.run(line, 10*time.Second); mean != 12 {
		t.Errorf("%.1f slots of 12", mean)
	}
	s.c.throttle(slowdown{s.now.Add(-time.Second), s.now, 12})
	s.c.throttle(slowdown{s.now.Add(-time.Second), s.now.Add(time.Second / 2), 11})
	if s.c.limit != 6 {
		t.Errorf("%d slots of 12 after throttling", s.c.limit)
	}
	s.run(line, 10*time.Second)
	if s.c.limit != 11 {
		t.Errorf("%d slots of 12 ten seconds after throttling", s.c.limit)
	}
	s.run(line, 80*time.Second)
	if s.c.limit != 12 {
		t.Errorf("%d slots of 12 at last", s.c.limit)
	}
}

func TestClimbIsCutDownToOne(t *testing.T) {
	t.Parallel()
	c := climb{most: maxSlots, limit: 16}
	now := time.Unix(1000, 0)
	for i, want := range []int{8, 4, 2, 1, 1} {
		at := now.Add(time.Duration(i) * time.Second)
		c.throttle(slowdown{at, at.Add(time.Second / 2), c.limit})
		c.throttle(slowdown{at, at.Add(time.Second), c.limit}) // with the first
		if c.limit != want {
			t.Errorf("refused %d times: %d slots, want %d", i+1, c.limit, want)
		}
	}
}

// While parts begun by more slots still drain, a cut stays a cut, however little is carried.
func TestClimbStaysCutWhilePartsDrain(t *testing.T) {
	t.Parallel()
	c := climb{most: maxSlots, limit: 16}
	now, sent := time.Unix(1000, 0), int64(0)
	tick := func(used int, bytes int64) {
		now = now.Add(climbWindow)
		sent += bytes
		c.tick(sample{now: now, sent: sent, used: used})
	}
	for range 3 {
		tick(c.limit, 8*MiB)
	}
	before := c.limit
	c.throttle(slowdown{now, now, before})
	for range 6 {
		tick(before, MiB)
		if c.limit != before/2 {
			t.Fatalf("%d slots of %d while parts drain, want %d", c.limit, before, before/2)
		}
	}
}

// decided is the sequence of limits of a climb on a line that carries so much with so many
// slots, all of them busy, measured over so many windows. What it was told before it began is
// not its own.
func decided(c *climb, windows int, carries func(slots int) float64) (limits []int) {
	s := sample{now: c.begun.now, sent: 1 << 40, lean: time.Hour}
	if s.now.IsZero() {
		s.now = time.Unix(1000, 0)
	} else {
		s.sent, s.lean = c.begun.sent, c.begun.lean
	}
	s.used = c.limit
	c.tick(s)
	for range windows {
		limit := c.limit
		window := c.window()
		s.now = s.now.Add(window)
		s.sent += int64(100 * carries(limit) * window.Seconds()) // buffers are nothing to that
		s.lean += window / 5                                     // as much as may be
		s.used = limit
		c.tick(s)
		if c.limit != limit { // it is measured once it is in force
			s.now = s.now.Add(climbSettle)
			s.used = c.limit
			c.tick(s)
		}
		limits = append(limits, c.limit)
	}
	return limits
}

// TestClimbDecides is how the climb goes on lines of simple shapes, window by window.
func TestClimbDecides(t *testing.T) {
	t.Parallel()
	upTo := func(most float64) func(int) float64 {
		return func(slots int) float64 { return MiB * min(float64(slots), most) }
	}
	for name, test := range map[string]struct {
		carries func(int) float64
		want    []int
	}{
		"each slot carries more":               {upTo(64), []int{16, 32, 64, 64, 64}},
		"20 carry all":                         {upTo(20), []int{16, 32, 64, 64, 20, 20}},
		"31 carry all, which is as good as 32": {upTo(31), []int{16, 32, 64, 64, 32, 32}},
		"one carries all":                      {upTo(1), []int{16, 16, 4, 4, 2, 2, 1, 1}},
		"3 carry all":                          {upTo(3), []int{16, 16, 4, 4, 2, 3, 3}},
		"8 carry all":                          {upTo(8), []int{16, 16, 4, 8, 8, 8}},
		"a gain that is enough": {func(slots int) float64 {
			return MiB * 100 * math.Pow(climbGain+1e-6, math.Log2(float64(slots)))
		}, []int{16, 32, 64, 35}},
		"a gain that is too small": {func(slots int) float64 {
			return MiB * 100 * math.Pow(climbGain-1e-6, math.Log2(float64(slots)))
		}, []int{16, 16, 4, 4, 5, 5}},
		"a loss that is small enough": {func(slots int) float64 {
			return MiB * 100 * math.Pow(1/(climbLoss+1e-6), min(math.Log2(float64(slots)), 3))
		}, []int{16, 16, 4, 4, 2, 2, 3}},
	} {
		c := climb{most: maxSlots, limit: firstSlots}
		if got := decided(&c, len(test.want), test.carries); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
		if c.begun.now.IsZero() && c.stage == stageHold {
			t.Errorf("%s: it does not measure on", name)
		}
	}
}

// TestClimbLooksAgain holds what it found, looks after a while whether more help by then, and
// begins anew when two measurements in a row are another line's.
func TestClimbLooksAgain(t *testing.T) {
	t.Parallel()
	hold := func() *climb {
		c := &climb{most: maxSlots, limit: firstSlots}
		decided(c, 6, func(slots int) float64 { return MiB * min(float64(slots), 20) })
		if c.limit != 20 || c.stage != stageHold {
			t.Fatalf("held are %d, in stage %d", c.limit, c.stage)
		}
		return c
	}
	line := func(factor float64) func(int) float64 {
		return func(slots int) float64 { return factor * MiB * min(float64(slots), 20) }
	}
	for name, test := range map[string]struct {
		carries func(int) float64
		want    []int
	}{
		"the same line":          {line(1), []int{20, 20, 20, 30, 15, 20, 20, 20, 20, 30, 20}},
		"a little more":          {line(climbRise - 0.01), []int{20, 20, 20}},
		"a little less":          {line(climbDrop + 0.01), []int{20, 20, 20}},
		"another, that has more": {line(climbRise + 0.01), []int{20, 40, 40, 10, 20}},
		"another, that has less": {line(climbDrop - 0.01), []int{20, 40, 40, 10, 20}},
	} {
		if got := decided(hold(), len(test.want), test.carries); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
	once, factor := hold(), climbDrop-0.01
	got := decided(once, 3, func(slots int) float64 {
		defer func() { factor = 2 - factor - 0.26 }() // another line's and its own in turn
		return line(factor)(slots)
	})
	if want := []int{20, 20, 20}; !slices.Equal(got, want) {
		t.Errorf("one measurement in two is another line's: %v", got)
	}
}

// What OSS was seen to take is what a cut goes back to, until that is refused too.
func TestClimbGoesBackToWhatOSSTook(t *testing.T) {
	t.Parallel()
	c := climb{most: maxSlots, limit: 40, brake: brake{good: 28}}
	now := time.Unix(1000, 0)
	for i, want := range []int{28, 14, 7} {
		at := now.Add(time.Duration(i) * time.Second)
		if c.throttle(slowdown{at, at, c.limit}); c.limit != want {
			t.Errorf("refused %d times: %d slots, want %d", i+1, c.limit, want)
		}
	}
}

// TestClimbRemembersWhatIsUsual holds the most that there may be, where neither more nor fewer can be
// looked at for now: what fewer may lose is still told by what was carried over a longer time.
func TestClimbRemembersWhatIsUsual(t *testing.T) {
	t.Parallel()
	now := time.Unix(1000, 0)
	c := climb{most: 20, limit: 20, stage: stageHold, held: level{20, 90}, look: look{usual: 100, fewerNext: now.Add(time.Minute)}}
	if c.lookForMore(now); c.stage != stageHold || c.usual != 100 {
		t.Errorf("stage %d, usual %g", c.stage, c.usual)
	}
}
