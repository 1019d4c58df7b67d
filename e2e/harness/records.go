//go:build linux

package harness

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"partway/transfer/osslocal"
)

// Records are requests in the order of their events.
type Records []osslocal.Record

// PartID names a part of a multipart upload.
type PartID struct {
	UploadID string
	Number   int
}

// Acknowledged returns the parts that were stored and answered with 200, by how often.
func (rs Records) Acknowledged() map[PartID]int {
	done := map[PartID]int{}
	for _, r := range rs {
		if r.Op == "UploadPart" && r.Phase == osslocal.PhaseEnd && r.Applied && r.Status == 200 {
			done[PartID{r.UploadID, r.Part}]++
		}
	}
	return done
}

// Begun returns the parts that a request began to send, by how often.
func (rs Records) Begun() map[PartID]int {
	begun := map[PartID]int{}
	for _, r := range rs {
		if r.Op == "UploadPart" && r.Phase == osslocal.PhaseBegin {
			begun[PartID{r.UploadID, r.Part}]++
		}
	}
	return begun
}

// InFlight counts the requests of this kind that have begun and not ended.
func (rs Records) InFlight(op string) int {
	n := 0
	for _, r := range rs {
		switch {
		case r.Op != op:
		case r.Phase == osslocal.PhaseBegin:
			n++
		default:
			n--
		}
	}
	return n
}

// Unsigned returns the operations that were answered and had no V4 signature.
func (rs Records) Unsigned() []string {
	var ops []string
	for _, r := range rs {
		if r.Phase == osslocal.PhaseEnd && r.Status != 0 && r.Signature != "V4" {
			ops = append(ops, fmt.Sprintf("%s: %q", r.Op, r.Signature))
		}
	}
	return ops
}

// Summary counts the requests by kind and answer, for error texts.
func (rs Records) Summary() string {
	counts := map[string]int{}
	for _, r := range rs {
		what := fmt.Sprintf("%s %s", r.Op, r.Phase)
		if r.Phase == osslocal.PhaseEnd {
			what = fmt.Sprintf("%s %d %s", r.Op, r.Status, r.Code)
		}
		counts[what]++
	}
	var b strings.Builder
	for _, what := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(&b, "%6d %s\n", counts[what], what)
	}
	return b.String()
}
