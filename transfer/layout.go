package transfer

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Piece is one part of a plan: its number, and its place in the file.
type Piece struct {
	Number int
	Offset int64
	Size   int64
}

// Layout places every part of a plan by itself, where parts are of different sizes or their
// numbers have gaps, as programs other than this one begin uploads. It never changes.
type Layout struct {
	pieces []Piece // ascending by number and offset, without a gap between their bytes
}

// PlanOf makes the plan that sends a file of size bytes in these pieces, in the order of
// their numbers. Pieces that OSS would not join to the file are an error.
func PlanOf(size int64, pieces []Piece) (Plan, error) {
	if len(pieces) == 0 || len(pieces) > MaxParts {
		return Plan{}, fmt.Errorf("%d parts are no plan", len(pieces))
	}
	end, largest := int64(0), int64(0)
	for i, p := range pieces {
		last := i == len(pieces)-1
		switch {
		case p.Number < 1 || p.Number > MaxParts || i > 0 && p.Number <= pieces[i-1].Number:
			return Plan{}, fmt.Errorf("part %d is out of order", p.Number)
		case p.Offset != end:
			return Plan{}, fmt.Errorf("part %d begins at %d, and not where the one before it ends: %d", p.Number, p.Offset, end)
		case p.Size > MaxPartSize || p.Size < MinPartSize && !last || p.Size <= 0:
			return Plan{}, fmt.Errorf("part %d has %d bytes, which OSS does not take", p.Number, p.Size)
		}
		end += p.Size
		largest = max(largest, p.Size)
	}
	if end != size {
		return Plan{}, fmt.Errorf("the parts have %d bytes, the file %d", end, size)
	}
	if plan := planBy(size, pieces[0].Size); plan.cuts(size, pieces) {
		return plan, nil
	}
	return Plan{PartSize: largest, Parts: len(pieces), Layout: &Layout{slices.Clone(pieces)}}, nil
}

// cuts tells whether the plan, which has no layout, cuts a file into just these pieces.
func (p Plan) cuts(size int64, pieces []Piece) bool {
	if p.Parts != len(pieces) {
		return false
	}
	for i, piece := range pieces {
		offset, length := p.Range(i+1, size)
		if piece != (Piece{Number: i + 1, Offset: offset, Size: length}) {
			return false
		}
	}
	return true
}

// Number returns the number of the plan's part at index i, from 0.
func (p Plan) Number(i int) int {
	if p.Layout == nil || i < 0 || i >= len(p.Layout.pieces) {
		return i + 1
	}
	return p.Layout.pieces[i].Number
}

// Index returns the place of part number n among the plan's parts, from 0, or -1 if the plan
// has no such part. A file that goes by one PutObject counts as one part.
func (p Plan) Index(n int) int {
	if p.Layout == nil {
		if n < 1 || n > max(p.Parts, 1) {
			return -1
		}
		return n - 1
	}
	i, found := slices.BinarySearchFunc(p.Layout.pieces, n, func(p Piece, n int) int { return p.Number - n })
	if !found {
		return -1
	}
	return i
}

// Range returns the place of part number n in a file of size bytes. What the plan does not
// have is empty.
func (p Plan) Range(n int, size int64) (offset, length int64) {
	if p.Layout != nil {
		if i := p.Index(n); i >= 0 {
			return p.Layout.pieces[i].Offset, p.Layout.pieces[i].Size
		}
		return 0, 0
	}
	offset = int64(n-1) * p.PartSize
	return offset, min(p.PartSize, size-offset)
}

// Parts returns the number of parts; a nil layout has none.
func (l *Layout) Parts() int {
	if l == nil {
		return 0
	}
	return len(l.pieces)
}

// String writes the layout down, by runs of parts with numbers that follow each other and
// the same size: "1*5242880x12 20*77" is 12 parts of 5 MiB from number 1 on, and one of 77
// bytes with number 20. A nil layout is "".
func (l *Layout) String() string {
	if l == nil {
		return ""
	}
	var runs []string
	for i := 0; i < len(l.pieces); {
		first, n := l.pieces[i], 1
		for i+n < len(l.pieces) && l.pieces[i+n].Number == first.Number+n && l.pieces[i+n].Size == first.Size {
			n++
		}
		run := strconv.Itoa(first.Number) + "*" + strconv.FormatInt(first.Size, 10)
		if n > 1 {
			run += "x" + strconv.Itoa(n)
		}
		runs = append(runs, run)
		i += n
	}
	return strings.Join(runs, " ")
}

// errNoLayout is what text is not.
var errNoLayout = errors.New("is no layout of parts")

// ParseLayout reads what [Layout.String] wrote; "" is nil. The pieces are those of a plan for
// a file of size bytes.
func ParseLayout(text string, size int64) (*Layout, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // most plans have none
	}
	var pieces []Piece
	offset := int64(0)
	for run := range strings.SplitSeq(text, " ") {
		first, bytes, count, err := parseRun(run)
		if err != nil || len(pieces)+count > MaxParts {
			return nil, fmt.Errorf("%q %w", text, errNoLayout)
		}
		for i := range count {
			pieces = append(pieces, Piece{Number: first + i, Offset: offset, Size: bytes})
			offset += bytes
		}
	}
	plan, err := PlanOf(size, pieces)
	if err != nil {
		return nil, fmt.Errorf("%q %w: %w", text, errNoLayout, err)
	}
	if plan.Layout == nil {
		return nil, fmt.Errorf("%q %w: it says nothing that a part size does not", text, errNoLayout)
	}
	return plan.Layout, nil
}

func parseRun(run string) (first int, size int64, count int, err error) {
	number, rest, _ := strings.Cut(run, "*")
	bytes, times, repeated := strings.Cut(rest, "x")
	first, err1 := strconv.Atoi(number)
	size, err2 := strconv.ParseInt(bytes, 10, 64)
	count = 1
	var err3 error
	if repeated {
		count, err3 = strconv.Atoi(times)
	}
	if err := errors.Join(err1, err2, err3); err != nil {
		return 0, 0, 0, err
	}
	if count < 1 || count > MaxParts || size < 0 || size > MaxPartSize {
		return 0, 0, 0, errNoLayout
	}
	return first, size, count, nil
}
