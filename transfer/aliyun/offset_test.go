package aliyun

import (
	"testing"
	"time"
)

// TestSlowAnswersLeaveTheOffsetAsItIs: what is known of OSS's clock decides which upload a lost
// request began, and must not be worse than 2 s after an answer that was long under way.
func TestSlowAnswersLeaveTheOffsetAsItIs(t *testing.T) {
	const hour = time.Hour
	begin := time.Date(2026, 11, 1, 12, 0, 0, int(300*time.Millisecond), time.UTC)
	type answer struct{ from, taken, to, off time.Duration } // from begin on; how far OSS is ahead
	quick := answer{0, 50 * time.Millisecond, 100 * time.Millisecond, hour}
	for name, c := range map[string]struct {
		answers []answer
		most    time.Duration // the error
	}{
		"no answer":                {nil, 0},
		"quick":                    {[]answer{quick}, 600 * time.Millisecond},
		"late in a slow one":       {[]answer{quick, {time.Second, 20 * time.Second, 20 * time.Second, hour}}, 600 * time.Millisecond},
		"early in a slow one":      {[]answer{quick, {time.Second, time.Second, 20 * time.Second, hour}}, 600 * time.Millisecond},
		"quick after a slow one":   {[]answer{{0, 20 * time.Second, 20 * time.Second, hour}, {21 * time.Second, 21 * time.Second, 21 * time.Second, hour}}, 500 * time.Millisecond},
		"the clock was set":        {[]answer{quick, {time.Second, time.Second, time.Second, -hour}}, 500 * time.Millisecond},
		"the clock was set by 3 s": {[]answer{quick, {time.Second, time.Second, time.Second, hour + 3*time.Second}}, 500 * time.Millisecond},
		"other fractions":          {[]answer{quick, {time.Second / 2, time.Second / 2, time.Second / 2, hour}, {time.Second, time.Second, time.Second, hour}}, 300 * time.Millisecond},
	} {
		var o offset
		var want time.Duration
		for _, a := range c.answers {
			o.note(begin.Add(a.taken+a.off).Truncate(time.Second), begin.Add(a.from), begin.Add(a.to))
			want = a.off
		}
		if got := o.value(); (got - want).Abs() > c.most {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}
