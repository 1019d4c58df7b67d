package fastcrc

import (
	"bytes"
	"fmt"
	"hash/crc64"
	"math/rand/v2"
	"testing"
)

// The check value of CRC-64/XZ: https://reveng.sourceforge.io/crc-catalogue/all.htm
func TestCheckValue(t *testing.T) {
	if got := Checksum([]byte("123456789")); got != 0x995dc9bbdf1939fa {
		t.Errorf("%#x", got)
	}
}

func TestEqualsTheStandardLibrary(t *testing.T) { equalsTheStandardLibrary(t) }

// equalsTheStandardLibrary tries every length from nothing to some blocks, at every alignment,
// in one piece and in two.
func equalsTheStandardLibrary(t *testing.T) {
	t.Helper()
	random := rand.NewChaCha8([32]byte{1})
	data := make([]byte, 8*block+32)
	if _, err := random.Read(data); err != nil {
		t.Fatal(err)
	}
	for length := range 8*block + 1 {
		p := data[length%32:][:length]
		want := crc64.Checksum(p, table)
		if got := Checksum(p); got != want {
			t.Fatalf("%d bytes: %#x, want %#x", length, got, want)
		}
		cut := length * 2 / 3
		if got := Update(Checksum(p[:cut]), p[cut:]); got != want {
			t.Fatalf("%d and %d bytes: %#x, want %#x", cut, length-cut, got, want)
		}
	}
}

func TestHash(t *testing.T) {
	d, want := New(), crc64.New(table)
	data := bytes.Repeat([]byte("partway"), 1000)
	for _, h := range []interface{ Write([]byte) (int, error) }{d, want} {
		if n, err := h.Write(data); n != len(data) || err != nil {
			t.Fatal(n, err)
		}
	}
	if d.Sum64() != want.Sum64() || !bytes.Equal(d.Sum([]byte{1}), want.Sum([]byte{1})) || d.Size() != want.Size() {
		t.Errorf("%x, want %x", d.Sum(nil), want.Sum(nil))
	}
	d.Reset()
	if d.Sum64() != 0 {
		t.Error("not reset")
	}
}

func FuzzEqualsTheStandardLibrary(f *testing.F) {
	f.Add(uint64(0), []byte("123456789"), 1)
	f.Add(^uint64(0), bytes.Repeat([]byte{0xff, 0}, 700), 100)
	f.Fuzz(func(t *testing.T, before uint64, seed []byte, times int) {
		// Longer than what fuzzing makes by itself, and not regular.
		data := bytes.Repeat(seed, min(max(times, 0), 1+20_000/max(1, len(seed))))
		for i := range data {
			data[i] += byte(i >> 3)
		}
		if got, want := Update(before, data), crc64.Update(before, table, data); got != want {
			t.Errorf("%d bytes after %#x: %#x, want %#x", len(data), before, got, want)
		}
	})
}

func Benchmark(b *testing.B) {
	for _, size := range []int{1 << 10, 32 << 10, 1 << 20} {
		data := make([]byte, size)
		for name, sum := range map[string]func() uint64{
			"fast": func() uint64 { return Checksum(data) },
			"std":  func() uint64 { return crc64.Checksum(data, table) },
		} {
			b.Run(fmt.Sprintf("%s/%dKiB", name, size>>10), func(b *testing.B) {
				b.SetBytes(int64(size))
				for b.Loop() {
					sum()
				}
			})
		}
	}
}
