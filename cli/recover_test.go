package cli

import (
	"errors"
	"reflect"
	"testing"

	"partway/transfer"
)

func TestUnderWayIsWhatWouldGoOnByItself(t *testing.T) {
	j := &fakeJournal{}
	for i, s := range transfer.Statuses {
		j.rows = append(j.rows, transfer.Row{ID: transfer.ID(i + 1), Status: s})
	}
	ids, err := UnderWay(t.Context(), j)
	if err != nil {
		t.Fatal(err)
	}
	under := map[transfer.Status]bool{}
	for _, id := range ids {
		under[transfer.Statuses[id-1]] = true
	}
	for _, s := range transfer.Statuses {
		want := s.Group() == transfer.GroupUploading || s.Group() == transfer.GroupWaiting
		if under[s] != want {
			t.Errorf("%s: got %t", s, under[s])
		}
	}
}

func TestHold(t *testing.T) {
	j := &fakeJournal{rows: []transfer.Row{row(1, 1, transfer.StatusUploading), row(2, 1, transfer.StatusUploading)}}
	if err := Hold(t.Context(), j, []transfer.ID{2}); err != nil {
		t.Fatal(err)
	}
	got := []transfer.Status{j.rows[0].Status, j.rows[1].Status}
	if want := []transfer.Status{transfer.StatusUploading, transfer.StatusPaused}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
	j.err = errors.New("disk")
	if err := Hold(t.Context(), j, []transfer.ID{1}); !errors.Is(err, j.err) {
		t.Errorf("got %v", err)
	}
	if err := Hold(t.Context(), j, nil); err != nil {
		t.Errorf("nothing to hold: %v", err)
	}
}
