package transfer

import (
	"slices"
	"strings"
)

// merged is what [reconcile] makes of the two memories of one upload.
type merged struct {
	Keep   []Part       // in both: acknowledged
	Prove  []StoredPart // on OSS only: to be compared with the file's bytes
	Send   []int        // numbers to be sent, ascending: the rest, less those to prove
	Forget []int        // in the journal, but not so on OSS: to be dropped there
}

// reconcile merges what the journal and OSS remember of an upload. A part is kept when
// number, offset, size, ETag and CRC64 are equal in both (a CRC64 that OSS does not tell
// is not compared). A part that only OSS has, of the size that the plan gives it, is
// to be proved by reading; any other is sent again.
func reconcile(plan Plan, size int64, journal []Part, stored []StoredPart) merged {
	remembered := make(map[int]Part, len(journal))
	for _, p := range journal {
		remembered[p.Number] = p
	}
	// A listing that names a number twice is taken by its last line, as OSS replaces parts.
	onServer := make(map[int]StoredPart, len(stored))
	for _, s := range stored {
		onServer[s.Number] = s
	}
	var m merged
	kept := make(map[int]bool, len(journal))
	for i := range plan.Parts {
		n := plan.Number(i)
		p, known := remembered[n]
		s, there := onServer[n]
		offset, length := plan.Range(n, size)
		switch {
		case known && there && p.Offset == offset && p.Size == length && samePart(p, s):
			m.Keep = append(m.Keep, p)
			kept[n] = true
		case there && !known && s.Size == length:
			m.Prove = append(m.Prove, s)
		default:
			m.Send = append(m.Send, n)
		}
	}
	for n := range remembered {
		if !kept[n] {
			m.Forget = append(m.Forget, n)
		}
	}
	slices.Sort(m.Forget)
	return m
}

// samePart tells whether the journal's part is the one OSS holds.
func samePart(p Part, s StoredPart) bool {
	return p.Size == s.Size && sameETag(p.ETag, s.ETag) && (!s.HasCRC || p.CRC64 == s.CRC64)
}

// sameETag compares ETags without regard to quotes and case, both of which differ
// between OSS's answers.
func sameETag(a, b string) bool {
	return strings.EqualFold(strings.Trim(a, `"`), strings.Trim(b, `"`))
}
