package transfer

import (
	"bufio"
	"context"
	"errors"
	"hash/crc64"
	"io"
	"slices"
)

// mostSearches bounds how often a file is read to look for parts whose place cannot be
// guessed: once for each size that they have.
const mostSearches = 4

var ecma = crc64.MakeTable(crc64.ECMA)

// search looks for parts that are at no place where they were expected, by a CRC64 that rolls
// over the file: a program that cut its file in pieces of many sizes, and left some out. A
// file that no part was found of is not searched: it is another one.
func (f *fitting) search(ctx context.Context, parts []FitPart, proved []Part, common int64) error {
	sizes := map[int64]bool{}
	found, grid := false, false
	for _, p := range parts {
		found = found || p.Offset >= 0
		grid = grid || p.Number > 1 && p.Size == common && p.Offset == int64(p.Number-1)*common
	}
	for _, p := range parts {
		expected := grid && p.Size == common // its place is known: other bytes are there
		if p.Offset < 0 && p.HasCRC && p.Size >= MinPartSize && p.Size <= f.id.Size && !expected {
			sizes[p.Size] = true
		}
	}
	if !found || len(sizes) == 0 || len(sizes) > mostSearches {
		return nil
	}
	for size := range sizes {
		f.of += f.id.Size
		wanted := map[uint64][]int{}
		for i, p := range parts {
			if p.Offset < 0 && p.HasCRC && p.Size == size {
				wanted[p.CRC64] = append(wanted[p.CRC64], i)
			}
		}
		hits, err := f.roll(ctx, size, wanted)
		if err != nil {
			return err
		}
		for _, h := range hits {
			if err := f.prove(ctx, &parts[h.part], &proved[h.part], h.offset); err != nil {
				return err
			}
		}
	}
	return nil
}

// hit is where a part may begin.
type hit struct {
	part   int
	offset int64
}

// roll computes the CRC64 of every window of so many bytes of the file, and returns those that
// are wanted, the first of each.
func (f *fitting) roll(ctx context.Context, size int64, wanted map[uint64][]int) ([]hit, error) {
	w := newWindow(size)
	targets := map[uint64][]int{}
	for crc, list := range wanted {
		targets[w.plain(crc)] = slices.Clone(list)
	}
	in := bufio.NewReaderSize(newSection(f.file, f.path, 0, f.id.Size), 1<<20)
	out := bufio.NewReaderSize(newSection(f.file, f.path, 0, f.id.Size), 1<<20)
	var hits []hit
	const stride = 1 << 20 // between looks at ctx
	for n := int64(1); n <= f.id.Size && len(targets) > 0; n++ {
		b, err := in.ReadByte()
		if err != nil {
			return nil, endOfFile(err)
		}
		w.push(b)
		if n > size {
			if b, err = out.ReadByte(); err != nil {
				return nil, endOfFile(err)
			}
			w.drop(b)
		}
		if n%stride == 0 {
			if err := context.Cause(ctx); err != nil {
				return nil, err
			}
			f.tell(stride)
		}
		if n < size {
			continue
		}
		if list := targets[w.crc]; len(list) > 0 {
			hits = append(hits, hit{list[0], n - size})
			if targets[w.crc] = list[1:]; len(list) == 1 {
				delete(targets, w.crc)
			}
		}
	}
	return hits, nil
}

// endOfFile makes an end that comes too soon an error of its own.
func endOfFile(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// window is the CRC64 of the last so many bytes, without the inversions at its start and end,
// so that it is linear: a byte that leaves is taken out of it by what it has become.
type window struct {
	crc   uint64
	start uint64      // what the inversion at the start becomes
	gone  [256]uint64 // what a byte has become when it leaves
}

func newWindow(size int64) *window {
	w := &window{start: combineCRC64(^uint64(0), 0, size)}
	for b := range w.gone {
		w.gone[b] = combineCRC64(ecma[b], 0, size)
	}
	return w
}

// plain is a CRC64 as OSS tells it, without the inversions.
func (w *window) plain(crc uint64) uint64 { return ^crc ^ w.start }

func (w *window) push(b byte) { w.crc = ecma[byte(w.crc)^b] ^ w.crc>>8 }

func (w *window) drop(b byte) { w.crc ^= w.gone[b] }
