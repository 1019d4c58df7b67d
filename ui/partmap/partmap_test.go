package partmap

import (
	"image"
	"image/color"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"go.uber.org/goleak"

	"partway/transfer"
	"partway/ui/look"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	waiting = transfer.PartWaiting
	sending = transfer.PartSending
	done    = transfer.PartDone
	failed  = transfer.PartFailed
)

func TestEveryPartIsInExactlyOneCell(t *testing.T) {
	for _, parts := range []int{1, 2, 10, 159, 160, 161, 1000, 9_999, 10_000} {
		for _, size := range []image.Point{{X: 1, Y: 1}, {X: 120, Y: 36}, {X: 777, Y: 36}, {X: 2560, Y: 72}} {
			g := newGrid(parts, size.X, size.Y, 7)
			next := 1
			for i := range g.count {
				first, last := g.span(i)
				if first != next || last < first {
					t.Fatalf("%d parts in %v: cell %d holds %d to %d, want it to begin with %d", parts, size, i, first, last, next)
				}
				next = last + 1
			}
			if next != parts+1 {
				t.Errorf("%d parts in %v: the cells end with part %d", parts, size, next-1)
			}
		}
	}
}

func TestFewPartsHaveACellEach(t *testing.T) {
	for _, parts := range []int{1, 10, 160} {
		if g := newGrid(parts, 800, 36, 7); g.count != parts {
			t.Errorf("%d parts have %d cells", parts, g.count)
		}
	}
	if g := newGrid(10_000, 800, 36, 7); g.count >= 10_000 || g.count < 400 {
		t.Errorf("10,000 parts have %d cells in 800 x 36", g.count)
	}
}

func TestCellsStayInsideAndApart(t *testing.T) {
	for _, parts := range []int{3, 160, 10_000} {
		g := newGrid(parts, 500, 36, 7)
		taken := image.NewAlpha(image.Rect(0, 0, 500, 36))
		for i := range g.count {
			x0, y0, x1, y1 := g.rect(i)
			if x0 >= x1 || y0 >= y1 || x0 < 0 || y0 < 0 || x1 > 500 || y1 > 36 {
				t.Fatalf("%d parts: cell %d is at %d,%d to %d,%d", parts, i, x0, y0, x1, y1)
			}
			if taken.AlphaAt(x0, y0).A != 0 || taken.AlphaAt(x1-1, y1-1).A != 0 {
				t.Fatalf("%d parts: cell %d lies over another", parts, i)
			}
			taken.SetAlpha(x0, y0, color.Alpha{A: 1})
			taken.SetAlpha(x1-1, y1-1, color.Alpha{A: 1})
		}
	}
}

func TestTheStateOfAGroup(t *testing.T) {
	cases := []struct {
		name   string
		states []transfer.PartState
		want   transfer.PartState
	}{
		{"all done", []transfer.PartState{done, done}, done},
		{"partly done", []transfer.PartState{done, waiting}, waiting},
		{"one in flight", []transfer.PartState{done, sending, waiting}, sending},
		{"one failed", []transfer.PartState{done, sending, failed}, failed},
		{"none", nil, waiting},
	}
	for _, c := range cases {
		if got := Count(c.states).State(); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestEachStateLooksDifferent(t *testing.T) {
	test.NewTempApp(t)
	for _, mode := range []look.Mode{look.ModeLight, look.ModeDark} {
		ink := inksOf(look.New(mode))
		pictures := map[transfer.PartState][]byte{}
		for _, s := range legendOrder {
			var c Counts
			c.add(s)
			img := image.NewRGBA(image.Rect(0, 0, 14, 14))
			drawCell(img, img.Bounds(), c, ink)
			for other, pix := range pictures {
				if slices.Equal(pix, img.Pix) {
					t.Errorf("%s: states %v and %v look alike", mode, s, other)
				}
			}
			pictures[s] = img.Pix
			if plain := s == done || s == waiting; uniform(img) != plain {
				t.Errorf("%s: state %v is of one colour: %v", mode, s, !plain)
			}
		}
	}
}

func uniform(img *image.RGBA) bool {
	first := img.RGBAAt(0, 0)
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			if img.RGBAAt(x, y) != first {
				return false
			}
		}
	}
	return true
}

func TestAPartlyDoneGroupIsFilledFromBelow(t *testing.T) {
	ink := inks{waiting: {R: 1, A: 255}, done: {G: 1, A: 255}}
	img := image.NewRGBA(image.Rect(0, 0, 8, 10))
	drawCell(img, img.Bounds(), Count([]transfer.PartState{done, waiting}), ink)
	if img.RGBAAt(4, 4) != ink[waiting] || img.RGBAAt(4, 5) != ink[done] {
		t.Errorf("a half done group is not half filled")
	}
}

func TestHoverNamesTheParts(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(look.New(look.ModeLight))
	m := New()
	var told []*Cell
	m.OnHover = func(c *Cell) { told = append(told, c) }
	w := test.NewTempWindow(t, m)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(400, 40))
	m.SetStates([]transfer.PartState{done, done, sending, waiting})
	at := func(x float32) *desktop.MouseEvent {
		return &desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, 10)}}
	}
	m.MouseIn(at(10))
	m.MouseMoved(at(20))
	m.MouseMoved(at(250))
	m.MouseOut()
	if len(told) != 3 || told[0].First != 1 || told[1].First != 3 || told[1].Last != 3 || told[1].Counts.Sending != 1 || told[2] != nil {
		t.Errorf("told of %v", told)
	}
	chosen := 0
	m.OnSelect = func(part int) { chosen = part }
	if m.Tapped(&fyne.PointEvent{Position: fyne.NewPos(250, 10)}); chosen != 3 {
		t.Errorf("a click on part 3 selects %d", chosen)
	}
	m.SetStates(nil)
	m.MouseMoved(at(10)) // nothing to name
}

func TestEqualStatesAreNotDrawnAgain(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(look.New(look.ModeLight))
	m := New()
	test.NewTempWindow(t, m)
	m.SetStates([]transfer.PartState{done, waiting})
	states := m.states
	m.SetStates([]transfer.PartState{done, waiting})
	if &states[0] != &m.states[0] {
		t.Error("equal states were taken over, and drawn")
	}
	m.SetStates([]transfer.PartState{done, done})
	if m.states[1] != done {
		t.Error("changed states were not taken over")
	}
}

func TestTheLegendCounts(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(look.New(look.ModeLight))
	l := NewLegend()
	test.NewTempWindow(t, l)
	l.SetCounts(Count([]transfer.PartState{done, done, sending, waiting, waiting, waiting}))
	var got []string
	for _, total := range l.totals {
		got = append(got, total.Text)
	}
	if want := []string{"2", "1", "3", "0"}; !slices.Equal(got, want) {
		t.Errorf("the legend counts %v, want %v", got, want)
	}
}

func BenchmarkDraw10000(b *testing.B) {
	states := make([]transfer.PartState, 10_000)
	for i := range states[:6000] {
		states[i] = done
	}
	for b.Loop() {
		draw(newGrid(len(states), 1200, 40, 7), states, inks{})
	}
}
