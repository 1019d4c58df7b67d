package transfer

import (
	"hash/crc64"
	"math/bits"
)

// combineCRC64 returns the CRC64 of the bytes behind a followed by the bytes behind b, of
// which there are lengthB. Appending zero bytes to a message is a linear map of its CRC
// over GF(2); the map for lengthB bytes is put together from those for powers of two.
func combineCRC64(a, b uint64, lengthB int64) uint64 {
	for i, n := 0, uint64(lengthB); n != 0; i, n = i+1, n>>1 {
		if n&1 == 1 {
			a = apply(&zeros[i], a)
		}
	}
	return a ^ b
}

// matrix is a linear map of 64-bit vectors: column i is the image of bit i.
type matrix [64]uint64

// zeros[i] appends 2^i zero bytes.
var zeros = zeroMaps()

func zeroMaps() (maps [63]matrix) {
	var bit matrix // appends one zero bit, in the reflected form of the polynomial
	bit[0] = crc64.ECMA
	for i := 1; i < 64; i++ {
		bit[i] = 1 << (i - 1)
	}
	m := bit
	for range 3 {
		m = square(&m)
	}
	for i := range maps {
		maps[i] = m
		m = square(&m)
	}
	return maps
}

func square(m *matrix) (out matrix) {
	for i, column := range m {
		out[i] = apply(m, column)
	}
	return out
}

func apply(m *matrix, v uint64) (sum uint64) {
	for ; v != 0; v &= v - 1 {
		sum ^= m[bits.TrailingZeros64(v)]
	}
	return sum
}

// combineParts returns the CRC64 of the whole object from its parts, ascending.
func combineParts(parts []Part) (crc uint64) {
	for _, p := range parts {
		crc = combineCRC64(crc, p.CRC64, p.Size)
	}
	return crc
}
