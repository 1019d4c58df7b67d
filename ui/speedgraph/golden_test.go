package speedgraph

import (
	"math"
	"testing"

	"fyne.io/fyne/v2"

	"partway/ui/look/looktest"
)

func TestGraphLooksAsItShould(t *testing.T) {
	var s Series
	for i := range 60 {
		one := float32(8e6 + 3e6*math.Sin(float64(i)/5))
		s.One, s.All = append(s.One, one), append(s.All, one+6e6)
	}
	looktest.Golden(t, "graph", fyne.NewSize(420, 130), func() fyne.CanvasObject {
		g := New()
		g.SetSeries(s)
		return g
	})
}
