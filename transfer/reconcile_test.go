package transfer

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// The file of these tests has three parts: 100, 100 and 50 bytes.
var (
	threeParts = Plan{PartSize: 100, Parts: 3}
	threeSize  = int64(250)
)

// journalPart is part n as the journal has it; storedPart as OSS has it.
func journalPart(n int, change ...func(*Part)) Part {
	offset, length := threeParts.Range(n, threeSize)
	p := Part{Number: n, Offset: offset, Size: length, ETag: fmt.Sprintf("E%d", n), CRC64: uint64(n)}
	for _, c := range change {
		c(&p)
	}
	return p
}

func storedPart(n int, change ...func(*StoredPart)) StoredPart {
	_, length := threeParts.Range(n, threeSize)
	s := StoredPart{Number: n, Size: length, ETag: fmt.Sprintf("E%d", n), CRC64: uint64(n), HasCRC: true}
	for _, c := range change {
		c(&s)
	}
	return s
}

func TestReconcile(t *testing.T) {
	kept := merged{Keep: []Part{journalPart(1)}, Send: []int{2, 3}}
	again := merged{Send: []int{1, 2, 3}, Forget: []int{1}}
	for _, c := range []struct {
		name    string
		journal []Part
		stored  []StoredPart
		want    merged
	}{
		{"nothing anywhere", nil, nil, merged{Send: []int{1, 2, 3}}},
		{"equal", []Part{journalPart(1)}, []StoredPart{storedPart(1)}, kept},
		{
			"all equal",
			[]Part{journalPart(1), journalPart(2), journalPart(3)},
			[]StoredPart{storedPart(1), storedPart(2), storedPart(3)},
			merged{Keep: []Part{journalPart(1), journalPart(2), journalPart(3)}},
		},
		{
			"unsorted",
			[]Part{journalPart(3), journalPart(1)},
			[]StoredPart{storedPart(3), storedPart(2), storedPart(1)},
			merged{Keep: []Part{journalPart(1), journalPart(3)}, Prove: []StoredPart{storedPart(2)}},
		},
		{"ETag in quotes", []Part{journalPart(1)}, []StoredPart{storedPart(1, func(s *StoredPart) { s.ETag = `"E1"` })}, kept},
		{"ETag in lower case", []Part{journalPart(1)}, []StoredPart{storedPart(1, func(s *StoredPart) { s.ETag = "e1" })}, kept},
		{"CRC64 not told", []Part{journalPart(1)}, []StoredPart{storedPart(1, func(s *StoredPart) { s.CRC64, s.HasCRC = 0, false })}, kept},
		{"other ETag", []Part{journalPart(1)}, []StoredPart{storedPart(1, func(s *StoredPart) { s.ETag = "E9" })}, again},
		{"no ETag", []Part{journalPart(1)}, []StoredPart{storedPart(1, func(s *StoredPart) { s.ETag = "" })}, again},
		{"other CRC64", []Part{journalPart(1)}, []StoredPart{storedPart(1, func(s *StoredPart) { s.CRC64 = 9 })}, again},
		{"other size on OSS", []Part{journalPart(1)}, []StoredPart{storedPart(1, func(s *StoredPart) { s.Size = 99 })}, again},
		{"other size in the journal", []Part{journalPart(1, func(p *Part) { p.Size = 99 })}, []StoredPart{storedPart(1)}, again},
		{
			"both of one size, and not the plan's",
			[]Part{journalPart(1, func(p *Part) { p.Size = 99 })},
			[]StoredPart{storedPart(1, func(s *StoredPart) { s.Size = 99 })},
			again,
		},
		{"other offset", []Part{journalPart(1, func(p *Part) { p.Offset = 100 })}, []StoredPart{storedPart(1)}, again},
		{"in the journal only", []Part{journalPart(1)}, nil, again},
		{"on OSS only", nil, []StoredPart{storedPart(2)}, merged{Prove: []StoredPart{storedPart(2)}, Send: []int{1, 3}}},
		{
			"on OSS only, without CRC64", nil,
			[]StoredPart{storedPart(3, func(s *StoredPart) { s.HasCRC = false })},
			merged{Prove: []StoredPart{storedPart(3, func(s *StoredPart) { s.HasCRC = false })}, Send: []int{1, 2}},
		},
		{"on OSS only, of another size", nil, []StoredPart{storedPart(3, func(s *StoredPart) { s.Size = 100 })}, merged{Send: []int{1, 2, 3}}},
		{
			"outside the plan",
			[]Part{journalPart(1), {Number: 4, Offset: 300, Size: 100}, {Number: 0}},
			[]StoredPart{storedPart(1), {Number: 4, Size: 100}, {Number: 0}, {Number: -1}},
			merged{Keep: []Part{journalPart(1)}, Send: []int{2, 3}, Forget: []int{0, 4}},
		},
		{
			"twice on OSS: the later counts",
			[]Part{journalPart(1)},
			[]StoredPart{storedPart(1), storedPart(1, func(s *StoredPart) { s.CRC64 = 9 })},
			again,
		},
		{
			"twice in the journal: the later counts",
			[]Part{journalPart(1, func(p *Part) { p.ETag = "old" }), journalPart(1)},
			[]StoredPart{storedPart(1)},
			kept,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := reconcile(threeParts, threeSize, c.journal, c.stored); !reflect.DeepEqual(got, c.want) {
				t.Errorf("got  %+v\nwant %+v", got, c.want)
			}
		})
	}
}

func TestReconcileOfSinglePut(t *testing.T) {
	got := reconcile(Plan{}, 10, []Part{{Number: 1, Size: 10}}, []StoredPart{{Number: 1, Size: 10}})
	if want := (merged{Forget: []int{1}}); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v: a single Put has no parts", got, want)
	}
}

// A part of no bytes, which no plan has, is not kept because it equals nothing.
func TestReconcileKeepsOnlyWhatBothHave(t *testing.T) {
	tooLong := Plan{PartSize: 100, Parts: 4}
	parts := []Part{{Number: 1, Size: 100}, {Number: 2, Offset: 100, Size: 100}, {Number: 3, Offset: 200, Size: 100}, {Number: 4, Offset: 300}}
	got := reconcile(tooLong, 300, parts, nil)
	if want := (merged{Send: []int{1, 2, 3, 4}, Forget: []int{1, 2, 3, 4}}); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// TestReconcileIsAPartition mixes two memories at random: every number of the plan is
// kept, to be proved, or to be sent, once each, and what is kept is in both.
func TestReconcileIsAPartition(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 9))
	for range 2000 {
		plan := Plan{PartSize: 100, Parts: 1 + r.IntN(12)}
		size := int64(plan.Parts-1)*100 + 1 + r.Int64N(100)
		journal, stored := randomMemories(r, plan, size)
		m := reconcile(plan, size, journal, stored)
		var numbers []int
		for _, p := range m.Keep {
			numbers = append(numbers, p.Number)
			if !slices.Contains(journal, p) || !slices.ContainsFunc(stored, func(s StoredPart) bool { return s.Number == p.Number }) {
				t.Fatalf("kept %+v, which is not in both of %+v and %+v", p, journal, stored)
			}
			if slices.Contains(m.Forget, p.Number) {
				t.Fatalf("part %d is both kept and forgotten", p.Number)
			}
		}
		for _, s := range m.Prove {
			numbers = append(numbers, s.Number)
		}
		numbers = append(numbers, m.Send...)
		slices.Sort(numbers)
		if len(numbers) != plan.Parts || numbers[0] != 1 || numbers[plan.Parts-1] != plan.Parts || len(slices.Compact(numbers)) != plan.Parts {
			t.Fatalf("%+v is no partition of 1 to %d", m, plan.Parts)
		}
		for _, p := range journal {
			if slices.Contains(m.Forget, p.Number) == slices.ContainsFunc(m.Keep, func(k Part) bool { return k.Number == p.Number }) {
				t.Fatalf("part %d of the journal is neither kept nor forgotten, or both: %+v", p.Number, m)
			}
		}
	}
}

func randomMemories(r *rand.Rand, plan Plan, size int64) (journal []Part, stored []StoredPart) {
	for n := range plan.Parts + 3 {
		offset, length := plan.Range(n, size)
		if r.IntN(3) > 0 {
			journal = append(journal, Part{Number: n, Offset: offset, Size: length, ETag: "E", CRC64: r.Uint64N(2)})
		}
		if r.IntN(3) > 0 {
			stored = append(stored, StoredPart{Number: n, Size: length - r.Int64N(2), ETag: "e", CRC64: r.Uint64N(2), HasCRC: r.IntN(4) > 0})
		}
	}
	r.Shuffle(len(stored), func(i, j int) { stored[i], stored[j] = stored[j], stored[i] })
	return journal, stored
}

// TestConflictThatMayHideOurs: an older version, or an object that OSS tells no CRC64 of, may be
// the upload's own.
func TestConflictThatMayHideOurs(t *testing.T) {
	u := Upload{File: Identity{Size: 10}}
	for name, test := range map[string]struct {
		there   ObjectState
		perhaps bool
	}{
		"another's":                     {ObjectState{Exists: true, Size: 10, HasCRC: true, CRC64: 2}, false},
		"of another size":               {ObjectState{Exists: true, Size: 11}, false},
		"without CRC64":                 {ObjectState{Exists: true, Size: 10}, true},
		"in a bucket that has versions": {ObjectState{Exists: true, Size: 11, HasCRC: true, VersionID: "v"}, true},
	} {
		if a := arrivedState(&u, test.there, 1); a.fate != fateConflict || a.perhaps != test.perhaps {
			t.Errorf("%s: %+v", name, a)
		}
	}
}
