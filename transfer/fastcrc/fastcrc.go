package fastcrc

import (
	"encoding/binary"
	"hash"
	"hash/crc64"
)

// Size is the length of a checksum in bytes.
const Size = crc64.Size

// block is what one round folds, in bytes.
const block = 128

// least is the length from which folding pays, in bytes.
const least = 4 * block

var table = crc64.MakeTable(crc64.ECMA)

// Update returns the checksum of what has the checksum crc, followed by p. Of nothing it is 0.
func Update(crc uint64, p []byte) uint64 {
	if !fast || len(p) < least {
		return crc64.Update(crc, table, p)
	}
	n := len(p) / block * block
	folded := fold(^crc, p[:n])
	// What is left is congruent to all that was read: its checksum begins at state 0.
	crc = crc64.Update(^uint64(0), table, folded[:])
	return crc64.Update(crc, table, p[n:])
}

// Checksum returns the checksum of p.
func Checksum(p []byte) uint64 { return Update(0, p) }

// New returns a hash that computes the checksum; its Sum is big-endian, as hash/crc64's.
func New() hash.Hash64 { return new(digest) }

type digest uint64

func (d *digest) Write(p []byte) (int, error) {
	*d = digest(Update(uint64(*d), p))
	return len(p), nil
}

func (d *digest) Sum(b []byte) []byte { return binary.BigEndian.AppendUint64(b, uint64(*d)) }
func (d *digest) Sum64() uint64       { return uint64(*d) }
func (d *digest) Reset()              { *d = 0 }
func (d *digest) Size() int           { return Size }
func (d *digest) BlockSize() int      { return 1 }

// power returns x^n modulo the polynomial. As in all of this, bit 63 is the coefficient of 1.
func power(n int) uint64 {
	v := uint64(1) << 63
	for range n {
		carry := v & 1
		v >>= 1
		if carry == 1 {
			v ^= crc64.ECMA
		}
	}
	return v
}

// shift returns the two factors that move 128 bits on by some bits: of the first 64 bits and
// of the last. A carry-less product of reflected numbers is one bit short, which makes up
// for the one that the powers lack.
func shift(bits int) [2]uint64 { return [2]uint64{power(bits + 64 - 1), power(bits - 1)} }
