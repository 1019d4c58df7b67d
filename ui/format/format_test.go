package format

import (
	"math"
	"testing"
)

const (
	kib = 1 << 10
	mib = 1 << 20
	gib = 1 << 30
	tib = 1 << 40
)

func TestBytes(t *testing.T) {
	for n, want := range map[int64]string{
		-1: "—", 0: "0 B", 1: "1 B", 1023: "1023 B",
		kib: "1 KiB", kib + 1: "1.0 KiB", 1536: "1.5 KiB", 100 * kib: "100 KiB",
		mib - 1: "1.0 MiB", mib: "1 MiB", 64 * mib: "64 MiB", 64*mib + 1: "64.0 MiB",
		gib - 1: "1.0 GiB", 10 * gib: "10 GiB", tib: "1 TiB", math.MaxInt64: "8 EiB",
	} {
		if got := Bytes(n); got != want {
			t.Errorf("Bytes(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestSpeed(t *testing.T) {
	for v, want := range map[float64]string{
		0: "—", -5: "—", math.Inf(1): "—", 0.4: "0 B/s", 512: "512 B/s", 1023.6: "1.0 KiB/s",
		kib: "1.0 KiB/s", 64 * kib: "64.0 KiB/s", 12.34 * mib: "12.3 MiB/s", 1023.96 * kib: "1.0 MiB/s", 2 * gib: "2.0 GiB/s",
	} {
		if got := Speed(v); got != want {
			t.Errorf("Speed(%v) = %q, want %q", v, got, want)
		}
	}
	if got := Speed(math.NaN()); got != None {
		t.Errorf("Speed(NaN) = %q", got)
	}
}

func TestPercent(t *testing.T) {
	for f, want := range map[float64]string{
		-1: "0 %", 0: "0 %", 0.004: "0 %", 0.5: "50 %", 0.999: "99 %", 1: "100 %", 7: "100 %",
	} {
		if got := Percent(f); got != want {
			t.Errorf("Percent(%v) = %q, want %q", f, got, want)
		}
	}
	if got := Percent(math.NaN()); got != "0 %" {
		t.Errorf("Percent(NaN) = %q", got)
	}
}

func TestFraction(t *testing.T) {
	cases := []struct {
		done, total int64
		want        float64
	}{{0, 0, 1}, {0, 10, 0}, {5, 10, 0.5}, {20, 10, 1}, {-1, 10, 0}}
	for _, c := range cases {
		if got := Fraction(c.done, c.total); got != c.want {
			t.Errorf("Fraction(%d, %d) = %v, want %v", c.done, c.total, got, c.want)
		}
	}
}

func TestCount(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0", 999: "999", 9999: "9999", 10_000: "10\u2009000", 1_234_567: "1\u2009234\u2009567", -12_345: "-12\u2009345",
	} {
		if got := Count(n); got != want {
			t.Errorf("Count(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestName(t *testing.T) {
	cases := []struct{ name, in, want string }{
		{"plain", "64m+1 & 100% 照片?.bin", "64m+1 & 100% 照片?.bin"},
		{"override", "photo\u202egpj.exe", "photo\ufffdgpj.exe"},
		{"isolate", "a\u2066b\u2069", "a\ufffdb\ufffd"},
		{"marks", "a\u200e\u200f\u061cb", "a\ufffd\ufffd\ufffdb"},
		{"control", "a\nb\tc\x7f\u0085", "a\ufffdb\ufffdc\ufffd\ufffd"},
		{"line separator", "a\u2028b", "a\ufffdb"},
		{"no width", "a\u200bb\ufeff", "a\ufffdb\ufffd"},
		{"invalid", "a\xffb", "a\ufffdb"},
		{"joiners stay", "👨\u200d👩\u200d👧 می\u200cخواهم", "👨\u200d👩\u200d👧 می\u200cخواهم"},
		{"right to left stays", "שלום.txt", "שלום.txt"},
	}
	for _, c := range cases {
		if got := Name(c.in); got != c.want {
			t.Errorf("%s: %+q, want %+q", c.name, got, c.want)
		}
	}
}
