package osslocal

import "hash/crc64"

// crcTable is of the ECMA polynomial, the one of x-oss-hash-crc64ecma.
var crcTable = crc64.MakeTable(crc64.ECMA)

// matrix is a linear map over GF(2): column i is the image of bit i.
type matrix [64]uint64

func (m *matrix) apply(v uint64) uint64 {
	var out uint64
	for i := 0; v != 0; i, v = i+1, v>>1 {
		if v&1 != 0 {
			out ^= m[i]
		}
	}
	return out
}

func (m *matrix) square() *matrix {
	var out matrix
	for i := range out {
		out[i] = m.apply(m[i])
	}
	return &out
}

// combineCRC64 returns the CRC64 of a run of bytes with checksum a followed by n bytes
// with checksum b. A CRC is linear, so that a is moved past n zero bytes by applying the
// map "one zero byte" n times, which takes log n squarings.
func combineCRC64(a, b uint64, n int64) uint64 {
	shift := zeroByte()
	for ; n > 0; n >>= 1 {
		if n&1 != 0 {
			a = shift.apply(a)
		}
		shift = shift.square()
	}
	return a ^ b
}

// zeroByte is the map of one zero byte: a zero bit shifts the register right and, where
// a 1 falls out, adds the (reversed) polynomial; eight of these are one byte.
func zeroByte() *matrix {
	m := &matrix{0: crc64.ECMA}
	for i := 1; i < len(m); i++ {
		m[i] = 1 << (i - 1)
	}
	return m.square().square().square()
}
