package speedgraph

import (
	"image"
	"image/color"
	"math"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"go.uber.org/goleak"

	"partway/transfer"
	"partway/ui/look"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func snapOf(speed float64, live map[transfer.ID]float64) *transfer.Snapshot {
	s := &transfer.Snapshot{Speed: speed, Live: map[transfer.ID]transfer.Live{}}
	for id, v := range live {
		s.Live[id] = transfer.Live{Speed: v}
	}
	return s
}

func TestHistoryShowsTheLastMinute(t *testing.T) {
	var h History
	now := time.Unix(10_000, 0)
	for range 90 {
		h.Note(now, snapOf(30, map[transfer.ID]float64{1: 10}))
		h.Note(now, snapOf(40, map[transfer.ID]float64{1: 20})) // a second look in the same second
		now = now.Add(time.Second)
	}
	now = now.Add(-time.Second)
	s := h.Series(1, time.Minute, now)
	if len(s.One) != 60 || len(s.All) != 60 {
		t.Fatalf("%d and %d points", len(s.One), len(s.All))
	}
	for i := range s.One {
		if s.One[i] != 20 || s.All[i] != 40 {
			t.Fatalf("point %d is %v of %v", i, s.One[i], s.All[i])
		}
	}
	long := h.Series(1, 30*time.Minute, now)
	if len(long.All) != points || long.All[0] != unknown || long.All[points-2] != 40 {
		t.Errorf("over half an hour: %v", long.All)
	}
}

func TestHistoryKnowsWhenNobodyLooked(t *testing.T) {
	var h History
	h.Note(time.Unix(100, 0), snapOf(5, map[transfer.ID]float64{1: 5}))
	h.Note(time.Unix(102, 0), snapOf(7, map[transfer.ID]float64{1: 7})) // the window was away
	h.Note(time.Unix(120, 0), snapOf(9, nil))                           // hidden; the upload ended
	s := h.Series(1, time.Minute, time.Unix(120, 0))
	at := func(values []float32, second int) float32 { return values[len(values)-1-(120-second)] }
	if at(s.All, 101) != 7 || at(s.All, 110) != unknown || at(s.All, 120) != 9 {
		t.Errorf("all: %v", s.All)
	}
	if at(s.One, 102) != 7 || at(s.One, 120) != 0 {
		t.Errorf("the upload that ended: %v", s.One)
	}
	h.Note(time.Unix(50, 0), snapOf(3, nil)) // the clock was set back
	if s := h.Series(1, time.Minute, time.Unix(50, 0)); s.All[len(s.All)-1] != 3 {
		t.Errorf("after the clock was set back: %v", s.All)
	}
}

// A history of 100,000 uploads over a day takes no more room than one of a few.
func TestHistoryIsBounded(t *testing.T) {
	var h History
	now := time.Unix(10_000, 0)
	for i := range 10_000 {
		now = now.Add(time.Second)
		h.Note(now, snapOf(8, map[transfer.ID]float64{transfer.ID(i + 1): 8, transfer.ID(i + 2): 0}))
		if len(h.one) > most {
			t.Fatalf("%d uploads are remembered", len(h.one))
		}
	}
	if n := len(h.all.values); n > kept+kept/4 {
		t.Errorf("%d seconds are remembered", n)
	}
	if h.all.newest() != now.Unix() || h.all.at(now.Unix()-kept+1) != 8 {
		t.Error("half an hour is not remembered whole")
	}
}

func TestTheAxisHasRoundNumbers(t *testing.T) {
	const kib, mib = 1 << 10, 1 << 20
	for speed, want := range map[float64]float64{
		0: kib, 900: kib, 1.5 * kib: 2 * kib, 3 * kib: 5 * kib, 501 * kib: mib, mib: mib, 12.3 * mib: 20 * mib, 101 * mib: 200 * mib,
	} {
		if got := ceiling(speed); got != want {
			t.Errorf("over %v it is %v, not %v", speed, got, want)
		}
	}
	if c := ceiling(math.Inf(1)); math.IsNaN(c) {
		t.Error("no end")
	}
	if mark(20*mib) != "20 MiB/s" || mark(0) != "0" {
		t.Errorf("it says %q and %q", mark(20*mib), mark(0))
	}
}

func TestTheLimitIsInSightUnlessFarAbove(t *testing.T) {
	s := Series{All: []float32{1 << 20}, Limit: 3 << 20}
	if s.top() < s.Limit {
		t.Error("a limit of three times the speed is out of sight")
	}
	s.Limit = 100 << 20
	if s.top() > 2<<20 {
		t.Error("a limit far away presses the curve flat")
	}
}

func TestDrawnLines(t *testing.T) {
	ink := inks{one: color.NRGBA{R: 200, A: 255}, all: color.NRGBA{G: 200, A: 255}, limit: color.NRGBA{B: 200, A: 255}}
	s := Series{One: []float32{unknown, unknown, 500, 500}, All: []float32{1000, 1000, 1000, 1000}, Limit: 250}
	img := draw(&s, 100, 100, 1, ink)
	strong := func(x, y int, channel uint8) bool {
		for _, near := range []int{y - 1, y, y + 1} {
			c := img.NRGBAAt(x, near)
			if [3]uint8{c.R, c.G, c.B}[channel] > 120 && c.A > 120 {
				return true
			}
		}
		return false
	}
	if !strong(80, 51, 0) || strong(10, 51, 0) {
		t.Error("the upload's curve is not half way up, where it is known, and there alone")
	}
	if !strong(10, 2, 1) || !strong(90, 2, 1) {
		t.Error("the curve of all is not at the top")
	}
	if dash, gap := strong(2, 75, 2), strong(8, 75, 2); !dash || gap {
		t.Errorf("the limit is not a dashed line: %v %v", dash, gap)
	}
}

func TestSpansAreChosen(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(look.New(look.ModeLight))
	g := New()
	var told []time.Duration
	g.OnSpan = func(d time.Duration) { told = append(told, d) }
	w := test.NewTempWindow(t, g)
	w.Resize(fyne.NewSize(400, 200))
	test.Tap(g.spans[1])
	test.Tap(g.spans[1])
	if len(told) != 1 || told[0] != 5*time.Minute || g.Span() != 5*time.Minute {
		t.Errorf("it told %v", told)
	}
	g.SetSeries(Series{Span: 5 * time.Minute, One: []float32{1 << 20}, All: []float32{2 << 20}, Limit: 4 << 20})
	if g.times[0].Text != "−5 min" || g.legend[wordOne].Text != "This upload 1.0 MiB/s" || g.legend[wordLimit].Text != "Limit 4.0 MiB/s" {
		t.Errorf("it says %q, %q, %q", g.times[0].Text, g.legend[wordOne].Text, g.legend[wordLimit].Text)
	}
	if g.image(0, 0).Bounds() != image.Rect(0, 0, 1, 1) {
		t.Error("a graph without room is not drawn as nothing")
	}
}
