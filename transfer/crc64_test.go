package transfer

import (
	"hash/crc64"
	"math/rand/v2"
	"testing"
)

// bytesOf returns n bytes that differ with seed.
func bytesOf(seed uint64, n int) []byte {
	r := rand.New(rand.NewPCG(seed, 7))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func crcOf(b []byte) uint64 { return crc64.Checksum(b, crc64.MakeTable(crc64.ECMA)) }

func TestCombineCRC64(t *testing.T) {
	data := bytesOf(1, 70_000)
	for _, cut := range []int{0, 1, 2, 7, 8, 9, 255, 256, 4095, 4096, 65_535, 65_536, 69_999, 70_000} {
		a, b := data[:cut], data[cut:]
		if got, want := combineCRC64(crcOf(a), crcOf(b), int64(len(b))), crcOf(data); got != want {
			t.Errorf("cut at %d: %016x, want %016x", cut, got, want)
		}
	}
	// The check value of CRC-64/XZ, put together from its digits.
	crc := uint64(0)
	for _, digit := range "123456789" {
		crc = combineCRC64(crc, crcOf([]byte{byte(digit)}), 1)
	}
	if want := uint64(0x995dc9bbdf1939fa); crc != want {
		t.Errorf("digits one by one: %016x, want %016x", crc, want)
	}
}

func TestCombineCRC64OfRandomPieces(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		var whole []byte
		var parts []Part
		for n := range 1 + r.IntN(6) {
			piece := bytesOf(r.Uint64(), r.IntN(1+r.IntN(3000)))
			parts = append(parts, Part{Number: n + 1, Offset: int64(len(whole)), Size: int64(len(piece)), CRC64: crcOf(piece)})
			whole = append(whole, piece...)
		}
		if got, want := combineParts(parts), crcOf(whole); got != want {
			t.Fatalf("%d parts of %d bytes: %016x, want %016x", len(parts), len(whole), got, want)
		}
	}
	if got := combineParts(nil); got != 0 {
		t.Errorf("no parts: %016x, want 0, the CRC64 of nothing", got)
	}
}

// TestCombineCRC64OfGreatLengths goes by algebra where no test can hash: joining is
// associative, and so is the doubling of a run of zeros that starts from one hashed.
func TestCombineCRC64OfGreatLengths(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 500 {
		a, b, c := r.Uint64(), r.Uint64(), r.Uint64()
		lengthB, lengthC := r.Int64N(1<<45), r.Int64N(1<<45)
		left := combineCRC64(combineCRC64(a, b, lengthB), c, lengthC)
		right := combineCRC64(a, combineCRC64(b, c, lengthC), lengthB+lengthC)
		if left != right {
			t.Fatalf("(%x+%x)+%x of %d and %d bytes: %016x, but %016x", a, b, c, lengthB, lengthC, left, right)
		}
	}
	length, zeros := int64(1024), crcOf(make([]byte, 1024))
	for length < 1<<20 {
		zeros = combineCRC64(zeros, zeros, length)
		length *= 2
	}
	if want := crcOf(make([]byte, length)); zeros != want {
		t.Fatalf("%d zeros: %016x, want %016x", length, zeros, want)
	}
	doubled := zeros
	for length < 1<<40 {
		doubled = combineCRC64(doubled, doubled, length)
		length *= 2
	}
	if direct := combineCRC64(zeros, combineZeros(length-1<<20), length-1<<20); direct != doubled {
		t.Errorf("2^40 zeros: %016x by doubling, %016x by one join", doubled, direct)
	}
}

// combineZeros returns the CRC64 of n zero bytes, joined from runs of powers of two.
func combineZeros(n int64) (crc uint64) {
	run := crcOf([]byte{0})
	for size := int64(1); size <= n; size *= 2 {
		if n&size != 0 {
			crc = combineCRC64(crc, run, size)
		}
		run = combineCRC64(run, run, size)
	}
	return crc
}

func FuzzCombineCRC64(f *testing.F) {
	f.Add([]byte(nil), []byte(nil))
	f.Add([]byte("a"), []byte(nil))
	f.Add([]byte(nil), []byte("b"))
	f.Add(make([]byte, 300), []byte{0xff})
	f.Fuzz(func(t *testing.T, a, b []byte) {
		whole := append(append([]byte{}, a...), b...)
		if got, want := combineCRC64(crcOf(a), crcOf(b), int64(len(b))), crcOf(whole); got != want {
			t.Errorf("%x and %x: %016x, want %016x", a, b, got, want)
		}
	})
}
