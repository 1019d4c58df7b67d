package speedgraph

import (
	"slices"
	"time"

	"partway/ui/format"
	"partway/ui/text"
)

// ceiling returns the top of the axis for a speed: 1, 2, 5, 10, 20, 50, ... 500 of a unit, so
// that the marks are numbers that a person reads at a glance.
func ceiling(speed float64) float64 {
	const least = 1024
	for unit := float64(least); ; unit *= 1024 {
		for _, n := range [...]float64{1, 2, 5, 10, 20, 50, 100, 200, 500} {
			if speed <= n*unit {
				return n * unit
			}
		}
		if unit > 1e18 {
			return unit
		}
	}
}

// top is the top of the axis for a series. A limit far above what was reached would press
// the curve flat: it is left out of sight.
func (s *Series) top() float64 {
	highest := float32(0)
	for _, values := range [][]float32{s.One, s.All} {
		for _, v := range values {
			highest = max(highest, v)
		}
	}
	top := float64(highest)
	if s.Limit > top && (s.Limit <= 4*top || top == 0) {
		top = s.Limit
	}
	return ceiling(top * 1.02)
}

// last is the newest speed that is known, and 0 without one.
func last(values []float32) float64 {
	for _, v := range slices.Backward(values) {
		if v >= 0 {
			return float64(v)
		}
	}
	return 0
}

// mark writes a number of the axis.
func mark(speed float64) string {
	if speed == 0 {
		return "0"
	}
	return format.Bytes(int64(speed)) + "/s"
}

// ago writes a moment of the time axis.
func ago(d time.Duration) string {
	if d <= 0 {
		return text.T("now")
	}
	return "−" + text.Left(d)
}
