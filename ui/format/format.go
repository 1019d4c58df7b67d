// Package format turns numbers into short texts for rows and status lines. Units are
// symbols that need no translation, and every func is pure.
package format

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// None stands where a value is not known.
const None = "—"

var units = [...]string{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}

// Bytes writes a number of bytes in binary units: exact below 1 KiB, else with one
// decimal, which whole numbers go without: "512 B", "1.5 KiB", "64 MiB". A negative
// number is not known.
func Bytes(n int64) string {
	switch {
	case n < 0:
		return None
	case n < 1024:
		return strconv.FormatInt(n, 10) + " B"
	}
	value, unit := float64(n)/1024, 0
	// 1023.95 would round to 1024.0.
	for value >= 1023.95 && unit < len(units)-1 {
		value, unit = value/1024, unit+1
	}
	if value == math.Trunc(value) {
		return fmt.Sprintf("%.0f %s", value, units[unit])
	}
	return fmt.Sprintf("%.1f %s", value, units[unit])
}

// Speed writes bytes per second, always with one decimal from 1 KiB/s up, so that a
// changing number keeps its width. Zero, and what is no speed, is not known.
func Speed(bytesPerSecond float64) string {
	if !(bytesPerSecond > 0) || math.IsInf(bytesPerSecond, 0) {
		return None
	}
	if bytesPerSecond < 1023.5 {
		return fmt.Sprintf("%.0f B/s", bytesPerSecond)
	}
	value, unit := bytesPerSecond/1024, 0
	for value >= 1023.95 && unit < len(units)-1 {
		value, unit = value/1024, unit+1
	}
	return fmt.Sprintf("%.1f %s/s", value, units[unit])
}

// Percent writes a fraction of 0 to 1, rounded down: 100 % is said of the whole alone.
func Percent(fraction float64) string {
	if !(fraction > 0) {
		return "0 %"
	}
	return fmt.Sprintf("%d %%", int(min(fraction, 1)*100))
}

// Fraction returns done/total within 0 to 1. Nothing to do is done: an empty file that
// is not finished must be told apart by its status.
func Fraction(done, total int64) float64 {
	if total <= 0 {
		return 1
	}
	return max(0, min(1, float64(done)/float64(total)))
}

// Count writes a whole number with thin spaces between groups of three digits, from
// five digits up: "9999", "10 000".
func Count(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	if len(digits) < 5 {
		return sign + digits
	}
	grouped := make([]byte, 0, len(digits)+len(digits))
	for i := range len(digits) {
		if i > 0 && (len(digits)-i)%3 == 0 {
			grouped = append(grouped, "\u2009"...)
		}
		grouped = append(grouped, digits[i])
	}
	return sign + string(grouped)
}

// Minute writes a moment to the minute, by this computer's clock; nothing for the zero time.
func Minute(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Local().Format("2006-01-02 15:04")
}
