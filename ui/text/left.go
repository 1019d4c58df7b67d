package text

import (
	"math"
	"time"

	"partway/ui/format"
)

// units are lengths of time, the greatest first: alone, and with the next smaller unit.
var units = [...]struct {
	length      time.Duration
	alone, with string
}{
	{24 * time.Hour, Key("{{.Great}} d"), Key("{{.Great}} d {{.Small}} h")},
	{time.Hour, Key("{{.Great}} h"), Key("{{.Great}} h {{.Small}} min")},
	{time.Minute, Key("{{.Great}} min"), Key("{{.Great}} min {{.Small}} s")},
	{time.Second, Key("{{.Great}} s"), ""},
}

// Left says how long something will take, in its two greatest units: "45 s", "2 h 5 min",
// "3 d 4 h", and from 10 minutes on without seconds. It rounds up: what is said to take 1 s
// is not over yet. Zero and less is not known.
func Left(d time.Duration) string {
	switch {
	case d <= 0:
		return format.None
	case d > 1000*units[0].length-time.Hour:
		return T("> 999 d")
	case d > 24*time.Hour-time.Minute:
		d = up(d, time.Hour)
	case d > 10*time.Minute-time.Second:
		d = up(d, time.Minute)
	default:
		d = up(d, time.Second)
	}
	at := 0
	for units[at].length > d {
		at++
	}
	u := units[at]
	great, rest := d/u.length, d%u.length
	if rest == 0 {
		return T(u.alone, Args{"Great": int64(great)})
	}
	return T(u.with, Args{"Great": int64(great), "Small": int64(rest / units[at+1].length)})
}

// Age says how long ago something was, in its greatest unit from minutes on: "412 d", "5 h",
// "3 min". What lies ahead was just now.
func Age(d time.Duration) string {
	for _, u := range units[:2] {
		if d >= u.length {
			return T(u.alone, Args{"Great": int64(d / u.length)})
		}
	}
	return T(units[2].alone, Args{"Great": int64(max(0, d) / units[2].length)})
}

// up rounds up.
func up(d, unit time.Duration) time.Duration {
	return time.Duration(math.Ceil(float64(d)/float64(unit))) * unit
}
