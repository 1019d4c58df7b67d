package transfer

// planAround makes the plan that keeps as many bytes of the proved parts as OSS lets it: the
// numbers of parts ascend, their bytes follow each other, each but the last has at least
// [MinPartSize], and none more than [MaxPartSize]. It returns the indexes of what is kept.
// Entries of proved without a size stand for parts that were not proved. What lies between
// is sent in parts of the size that is common, as far as numbers are free.
func planAround(size int64, proved []Part, common int64) (kept []int, pieces []Piece) {
	kept = chain(size, proved)
	end, number := int64(0), 0
	for _, i := range kept {
		p := proved[i]
		pieces = append(pieces, fillGap(gap{offset: end, size: p.Offset - end, after: number, before: p.Number}, common)...)
		pieces = append(pieces, Piece{Number: p.Number, Offset: p.Offset, Size: p.Size})
		end, number = p.Offset+p.Size, p.Number
	}
	pieces = append(pieces, fillGap(gap{offset: end, size: size - end, after: number, before: MaxParts + 1, last: true}, common)...)
	return kept, pieces
}

// gap is a run of bytes to be sent, with the part numbers on both sides of it.
type gap struct {
	offset, size  int64
	after, before int
	last          bool // the file ends with it
}

// least is how few parts the gap can be sent in.
func (g gap) least() int64 { return (g.size + MaxPartSize - 1) / MaxPartSize }

// free is how many numbers there are for it.
func (g gap) free() int64 { return int64(g.before - g.after - 1) }

// fillable tells whether OSS would take parts that fill the gap.
func (g gap) fillable() bool {
	switch {
	case g.size == 0:
		return true
	case g.size < 0 || g.least() > g.free():
		return false
	default:
		return g.last || g.size >= MinPartSize
	}
}

// fillGap cuts a gap that is fillable. Parts are of the common size where numbers suffice,
// else, and where a part would be too small, all about as large.
func fillGap(g gap, common int64) []Piece {
	if g.size == 0 {
		return nil
	}
	count := min(max((g.size+common-1)/common, g.least()), g.free())
	if !g.last {
		count = min(count, g.size/MinPartSize)
	}
	even, more := g.size/count, g.size%count
	uniform := g.size <= count*common && (g.last || g.size == count*common)
	pieces := make([]Piece, count)
	offset := g.offset
	for i := range pieces {
		size := even
		switch {
		case uniform:
			size = min(common, g.offset+g.size-offset)
		case int64(i) < more:
			size++
		}
		pieces[i] = Piece{Number: g.after + 1 + i, Offset: offset, Size: size}
		offset += size
	}
	return pieces
}

// chain chooses the proved parts to keep. In most uploads these are all.
func chain(size int64, proved []Part) []int {
	var list []int
	for i, p := range proved {
		if p.Size >= MinPartSize || p.Size > 0 && p.Offset+p.Size == size {
			list = append(list, i)
		}
	}
	if follows(size, proved, list) {
		return list
	}
	return heaviest(size, proved, list)
}

// link is the gap between two parts; -1 stands for the file's start, as len(proved) does for
// its end.
func link(size int64, proved []Part, from, to int) gap {
	g := gap{before: MaxParts + 1, last: to == len(proved)}
	if from >= 0 {
		g.offset, g.after = proved[from].Offset+proved[from].Size, proved[from].Number
	}
	g.size = size - g.offset
	if !g.last {
		g.size, g.before = proved[to].Offset-g.offset, proved[to].Number
	}
	return g
}

// follows tells whether all these parts can be kept.
func follows(size int64, proved []Part, list []int) bool {
	from := -1
	for _, i := range list {
		if !link(size, proved, from, i).fillable() {
			return false
		}
		from = i
	}
	return link(size, proved, from, len(proved)).fillable()
}

// heaviest finds, among the parts, those that can be kept together and have the most bytes.
func heaviest(size int64, proved []Part, list []int) []int {
	const none = -2
	weight := make([]int64, len(list))
	before := make([]int, len(list)) // the place in list of the part before, -1 for none
	best, top := none, int64(0)
	for i, to := range list {
		before[i] = none
		if link(size, proved, -1, to).fillable() {
			before[i], weight[i] = -1, proved[to].Size
		}
		for j := range i {
			if w := weight[j] + proved[to].Size; before[j] != none && w > weight[i] && link(size, proved, list[j], to).fillable() {
				before[i], weight[i] = j, w
			}
		}
		if before[i] != none && weight[i] > top && link(size, proved, to, len(proved)).fillable() {
			best, top = i, weight[i]
		}
	}
	if best == none {
		return nil
	}
	var kept []int
	for i := best; i >= 0; i = before[i] {
		kept = append([]int{list[i]}, kept...)
	}
	return kept
}
