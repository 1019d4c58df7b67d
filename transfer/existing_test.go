package transfer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
)

// listedStore answers HEAD and listings from objects in memory, a few a page.
type listedStore struct {
	Store
	objects      map[string]int64
	page         int
	heads, lists int
	refuse       map[string]error // by operation
}

func (s *listedStore) Head(_ context.Context, key string) (ObjectState, error) {
	s.heads++
	size, ok := s.objects[key]
	return ObjectState{Exists: ok, Size: size}, s.refuse["head"]
}

func (s *listedStore) ListObjects(_ context.Context, prefix, after string) (ObjectPage, error) {
	s.lists++
	var p ObjectPage
	keys := make([]string, 0, len(s.objects))
	for key := range s.objects {
		if key > after && len(key) >= len(prefix) && key[:len(prefix)] == prefix {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	p.More = len(keys) > s.page
	for _, key := range keys[:min(s.page, len(keys))] {
		p.Objects = append(p.Objects, ListedObject{key, s.objects[key]})
	}
	return p, s.refuse["list"]
}

func sampled(n int) []Sampled {
	files := make([]Sampled, n)
	for i := range files {
		files[i] = Sampled{fmt.Sprintf("照片/%05d", n-i), 10}
	}
	return files
}

func lookUp(t *testing.T, s *listedStore, files []Sampled) (Existing, error) {
	t.Helper()
	return LookUp(t.Context(), s, "p/", files, func(Existing) {})
}

func TestLookUpFewByHead(t *testing.T) {
	t.Parallel()
	s := &listedStore{objects: map[string]int64{"p/照片/00001": 10, "p/照片/00003": 11, "照片/00002": 10}}
	got, err := lookUp(t, s, sampled(4))
	want := []ExistingObject{{"p/照片/00001", 10, 10}, {"p/照片/00003", 10, 11}}
	if err != nil || got.Looked != 4 || got.Same != 1 || got.Differ != 1 || !slices.Equal(got.First, want) || s.lists != 0 {
		t.Errorf("%+v, %v, %d lists", got, err, s.lists)
	}
}

// TestLookUpManyByListing leaps over what lies between, and finds each.
func TestLookUpManyByListing(t *testing.T) {
	t.Parallel()
	s := &listedStore{objects: map[string]int64{}, page: 5}
	files := sampled(40)
	for i := range 40 {
		s.objects[fmt.Sprintf("p/照片/%05d", 2*i)] = int64(9 + i%2)
	}
	for i := range 2_000 {
		s.objects[fmt.Sprintf("p/照片/00020 and %d", i)] = 1
	}
	files = append(files, Sampled{"照片/00020 and 7", 1}, Sampled{"z", 1}, Sampled{"照片/00002", 9})
	got, err := lookUp(t, s, files)
	if err != nil || got.Looked != 43 || got.Same+got.Differ != 22 || got.Differ != 11 || s.heads != 0 {
		t.Errorf("%d of %d, %d the same, %d differ, %v", got.Looked, len(files), got.Same, got.Differ, err)
	}
	if s.lists > 15 {
		t.Errorf("%d listings", s.lists)
	}
}

// TestLookUpIsBounded: a bucket full of others' objects ends it, and it says how far it came.
func TestLookUpIsBounded(t *testing.T) {
	t.Parallel()
	s := &listedStore{objects: map[string]int64{}, page: 1}
	for i := range 500 {
		s.objects[fmt.Sprintf("p/照片/%05d", i)] = 10
	}
	got, err := lookUp(t, s, sampled(300))
	if err != nil || s.lists != mostPages || got.Looked != mostPages || got.Same != mostPages {
		t.Errorf("%+v, %v, %d lists", got, err, s.lists)
	}
}

func TestLookUpWhereSomethingIsRefused(t *testing.T) {
	t.Parallel()
	denied := &Error{Kind: KindAuth, Code: CodeAccessDenied}
	s := &listedStore{objects: map[string]int64{"p/照片/00001": 10}, page: 5, refuse: map[string]error{"list": denied}}
	got, err := lookUp(t, s, sampled(mostHeads+50))
	if err != nil || got.Looked != mostHeads || got.Same != 1 || s.heads != mostHeads {
		t.Errorf("listing refused: %+v, %v, %d heads", got, err, s.heads)
	}
	s.refuse["head"] = denied
	if got, err := lookUp(t, s, sampled(50)); !errors.Is(err, denied) || got.Looked != 0 {
		t.Errorf("both refused: %+v, %v", got, err)
	}
	s.refuse["list"] = &Error{Kind: KindTransient}
	s.heads = 0
	if _, err := lookUp(t, s, sampled(50)); KindOf(err) != KindTransient || s.heads != 0 {
		t.Errorf("a server in trouble: %v, %d heads", err, s.heads)
	}
}
