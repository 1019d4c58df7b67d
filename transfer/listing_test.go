package transfer

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// unevenLister answers ListParts as the documentation allows it to: pages of any length, in any
// order within, with a part named twice; and with parts beyond the plan.
type unevenLister struct {
	Store
	numbers []int // ascending
	most    int   // parts in a page
	calls   atomic.Int64
}

func (l *unevenLister) ListParts(_ context.Context, _, _ string, marker int) (PartPage, error) {
	l.calls.Add(1)
	from, _ := slices.BinarySearch(l.numbers, marker+1)
	to := min(from+1+rand.IntN(l.most), len(l.numbers))
	var page PartPage
	for _, n := range l.numbers[from:to] {
		page.Parts = append(page.Parts, StoredPart{Number: n, Size: int64(n), ETag: "E"})
		page.Next = n
	}
	if len(page.Parts) > 0 {
		page.Parts = append(page.Parts, page.Parts[rand.IntN(len(page.Parts))])
	}
	rand.Shuffle(len(page.Parts), func(i, j int) { page.Parts[i], page.Parts[j] = page.Parts[j], page.Parts[i] })
	page.More = to < len(l.numbers)
	return page, nil
}

// TestC18AllPartsAreListed lists uploads of up to 10,000 parts, of which some are missing, and
// reconciles them: every part is kept, and only the missing ones are sent.
func TestC18AllPartsAreListed(t *testing.T) {
	t.Parallel()
	for _, parts := range []int{1, 2, 999, 1000, 1001, 5000, MaxParts} {
		for _, most := range []int{7, ListPageSize} {
			plan := Plan{PartSize: MinPartSize, Parts: parts}
			u := Upload{Plan: plan, UploadID: "U", File: Identity{Size: int64(parts) * MinPartSize}}
			l := &unevenLister{most: most}
			var journal []Part
			var missing []int
			for n := 1; n <= parts; n++ {
				if rand.IntN(10) == 0 {
					missing = append(missing, n)
					continue
				}
				l.numbers = append(l.numbers, n)
				journal = append(journal, Part{Number: n, Offset: int64(n-1) * MinPartSize, Size: MinPartSize, ETag: "e"})
			}
			var told atomic.Int64
			stored, err := listAll(t.Context(), l, &u, func(done, of int) { told.Add(1) })
			if err != nil {
				t.Fatal(err)
			}
			for i := range stored {
				if stored[i].Size != int64(stored[i].Number) {
					t.Fatalf("part %+v is not as listed", stored[i])
				}
				stored[i].Size = MinPartSize
			}
			if pages := (parts + ListPageSize - 1) / ListPageSize; told.Load() != int64(pages) {
				t.Errorf("%d parts by %d: told of %d pages", parts, most, told.Load())
			}
			m := reconcile(plan, u.File.Size, journal, stored)
			if len(m.Keep) != len(journal) || !slices.Equal(m.Send, missing) || len(m.Prove)+len(m.Forget) != 0 {
				t.Errorf("%d parts by %d: kept %d of %d, to send %d of %d, to prove %d, to forget %d",
					parts, most, len(m.Keep), len(journal), len(m.Send), len(missing), len(m.Prove), len(m.Forget))
			}
			if calls := l.calls.Load(); most == ListPageSize && calls > int64(8*(parts/ListPageSize+1)) {
				t.Errorf("%d parts took %d requests", parts, calls)
			}
		}
	}
}

// slowCompleter takes its time for Complete, as OSS does that joins 10,000 parts.
type slowCompleter struct {
	Store
	takes time.Duration
}

func (s slowCompleter) Complete(ctx context.Context, _ CompleteRequest) (ObjectAnswer, error) {
	select {
	case <-time.After(s.takes):
		return ObjectAnswer{ETag: "E", Stored: Digest{CRC64: 7, HasCRC: true}}, nil
	case <-ctx.Done():
		return ObjectAnswer{}, context.Cause(ctx)
	}
}

// TestC2CompleteMayTakeMinutes has a Complete of 4 minutes succeed, and one that never ends become
// an unknown outcome.
func TestC2CompleteMayTakeMinutes(t *testing.T) {
	for takes, want := range map[time.Duration]fate{4 * time.Minute: fateArrived, time.Hour: fateFailed} {
		synctest.Test(t, func(t *testing.T) {
			u := Upload{Plan: Plan{PartSize: 10, Parts: 1}, File: Identity{Size: 10}}
			begun := time.Now()
			a := completeObject(t.Context(), slowCompleter{takes: takes}, &u, []Part{{Number: 1, Size: 10, CRC64: 7}})
			if a.fate != want {
				t.Errorf("after %s: fate %d, want %d: %v", takes, a.fate, want, a.err)
			}
			if took := time.Since(begun); want == fateFailed && (took != completeLimit || !AsError(a.err).Unknown) {
				t.Errorf("it took %s, and the outcome is %v", took, a.err)
			}
		})
	}
}
