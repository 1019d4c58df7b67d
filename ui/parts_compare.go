package ui

import (
	"slices"
	"strings"

	"partway/transfer"
)

// accord is how one place's word on a part compares with the journal's, or with OSS's
// where the journal has none.
type accord int

// The accords. The last three are differences.
const (
	accordUnasked accord = iota // or nothing to compare
	accordSame
	accordMissing // the journal has the part, the place does not
	accordOnly    // the place has the part, the journal does not
	accordOther   // other bytes
)

func (a accord) differs() bool { return a >= accordMissing }

// comparison holds what OSS and the file said of an upload's parts, and when. Both are
// asked on demand, and what the journal learns afterwards is not held against them.
type comparison struct {
	uploadID string
	server   map[int]transfer.StoredPart // nil: not asked
	listed   []transfer.Part             // what the journal had then
	file     map[int]uint64              // CRC64 by number; nil: not asked
	read     map[int]bool                // the parts that were looked for in the file
}

// partOf finds a part among those of the journal, which ascend.
func partOf(parts []transfer.Part, number int) (transfer.Part, bool) {
	i, found := slices.BinarySearchFunc(parts, number, func(p transfer.Part, n int) int { return p.Number - n })
	if !found {
		return transfer.Part{}, false
	}
	return parts[i], true
}

// onServer compares OSS with the journal.
func (c *comparison) onServer(parts []transfer.Part, number int) accord {
	if c.server == nil {
		return accordUnasked
	}
	known, have := partOf(parts, number)
	on, there := c.server[number]
	switch {
	case have && there && samePart(known, on):
		return accordSame
	case have == there && !have:
		return accordUnasked
	}
	if then, had := partOf(c.listed, number); had != have || then != known {
		return accordUnasked // acknowledged, or dropped, since OSS was asked
	}
	switch {
	case !there:
		return accordMissing
	case !have:
		return accordOnly
	default:
		return accordOther
	}
}

// inFile compares the file with the journal, and with OSS where that alone has the part.
func (c *comparison) inFile(parts []transfer.Part, number int) accord {
	if !c.read[number] {
		return accordUnasked
	}
	sum, whole := c.file[number]
	want, have := c.sum(parts, number)
	switch {
	case !have:
		return accordUnasked
	case !whole:
		return accordMissing
	case sum == want:
		return accordSame
	default:
		return accordOther
	}
}

// sum is the CRC64 that a part should have.
func (c *comparison) sum(parts []transfer.Part, number int) (uint64, bool) {
	if known, ok := partOf(parts, number); ok {
		return known.CRC64, true
	}
	on, there := c.server[number]
	return on.CRC64, there && on.HasCRC
}

// differs tells whether anything that was asked differs.
func (c *comparison) differs(parts []transfer.Part, number int) bool {
	return c.onServer(parts, number).differs() || c.inFile(parts, number).differs()
}

// differing lists the parts that differ, ascending.
func (c *comparison) differing(f *detailFrame) []int {
	var numbers []int
	if c.server == nil && c.file == nil {
		return nil
	}
	for i := range f.states {
		n := f.upload.Plan.Number(i)
		if c.differs(f.parts, n) {
			numbers = append(numbers, n)
		}
	}
	return numbers
}

// wanted lists the parts that can be compared with the file: those that anyone has.
func (c *comparison) wanted(parts []transfer.Part) []int {
	numbers := make([]int, 0, len(parts)+len(c.server))
	for _, p := range parts {
		numbers = append(numbers, p.Number)
	}
	for n := range c.server {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	return slices.Compact(numbers)
}

func samePart(known transfer.Part, on transfer.StoredPart) bool {
	return known.Size == on.Size && strings.EqualFold(known.ETag, on.ETag) && (!on.HasCRC || on.CRC64 == known.CRC64)
}
