//go:build cgo && (amd64 || arm64)

package fastcrc

// #cgo noescape partway_crc64_fold
// #cgo nocallback partway_crc64_fold
// #include "fold.h"
import "C"

import "unsafe"

// The factors for folding over a block, and over 16 bytes.
var overBlock, over16 = shift(block * 8), shift(16 * 8)

// fold returns 16 bytes that are congruent to p, whose length is a multiple of block and not
// 0, behind a message that left the register at state.
func fold(state uint64, p []byte) (folded [16]byte) {
	width := C.int(0)
	if wide {
		width = 1
	}
	C.partway_crc64_fold((*C.uchar)(&p[0]), C.size_t(len(p)), C.uint64_t(state),
		(*C.uint64_t)(unsafe.Pointer(&overBlock)), (*C.uint64_t)(unsafe.Pointer(&over16)), (*C.uchar)(&folded[0]), width)
	return folded
}
