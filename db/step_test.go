package db

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"partway/transfer"
)

// entriesOf lists folders and files in the queue's order.
func entriesOf(tb testing.TB, j *Journal) []transfer.ID {
	tb.Helper()
	entries, err := j.Entries(tb.Context(), transfer.Filter{}, transfer.Sort{By: transfer.SortQueue})
	if err != nil {
		tb.Fatal(err)
	}
	return entries
}

// stepped is a list after some of it moved by one.
func stepped(entries, chosen []transfer.ID, down bool) []transfer.ID {
	list := slices.Clone(entries)
	if down {
		slices.Reverse(list)
	}
	moves := func(i int) bool { return slices.Contains(chosen, list[i]) }
	for i := 1; i < len(list); i++ {
		if moves(i) && !moves(i-1) {
			list[i], list[i-1] = list[i-1], list[i]
		}
	}
	if down {
		slices.Reverse(list)
	}
	return list
}

// TestStepsPastFolders moves folders and files up and down in a list where a folder is one row.
func TestStepsPastFolders(t *testing.T) {
	t.Parallel()
	j := openNew(t)
	rapid.Check(t, func(rt *rapid.T) {
		move(t, j, transfer.Everything(), transfer.Move{To: transfer.MovePriority, Priority: transfer.PriorityLow}) // of earlier runs
		batch := addBatch(t, j)
		var us []transfer.Upload
		entries := rapid.IntRange(1, 6).Draw(rt, "entries")
		for n := range entries {
			files := rapid.IntRange(1, 4).Draw(rt, "files")
			for k := range files {
				name := fmt.Sprintf("folder %d.%d/%d", batch, n, k)
				if files == 1 {
					name = fmt.Sprintf("file %d.%d", batch, n)
				}
				us = append(us, planned(batch, name))
			}
		}
		add(t, j, us...)
		for range rapid.IntRange(1, 5).Draw(rt, "moves") {
			before := entriesOf(t, j)[:entries]
			chosen := rapid.SliceOfNDistinct(rapid.SampledFrom(before), 0, len(before), rapid.ID).Draw(rt, "chosen")
			to := rapid.SampledFrom([]transfer.MoveTo{transfer.MoveUp, transfer.MoveDown}).Draw(rt, "to")
			move(t, j, transfer.Chosen(transfer.Filter{}, chosen...), transfer.Move{To: to, Entries: true})
			want := stepped(before, chosen, to == transfer.MoveDown)
			if after := entriesOf(t, j)[:entries]; !slices.Equal(after, want) {
				rt.Fatalf("%v moved %s in %v give %v, want %v", chosen, to, before, after, want)
			}
		}
	})
}

// TestStepInsideAFolder moves one file of a folder past one file, not past the folder.
func TestStepInsideAFolder(t *testing.T) {
	t.Parallel()
	j, _, _, us := folders(t)
	move(t, j, transfer.These(us[4].ID), transfer.Move{To: transfer.MoveUp, Entries: true})
	want := []transfer.ID{us[0].ID, us[1].ID, us[2].ID, us[4].ID, us[3].ID, us[5].ID}
	if got := ids(queue(t, j)); !slices.Equal(got, want) {
		t.Errorf("the queue is %v, want %v", got, want)
	}
}

// TestMovesOfAPartlyFinishedFolder: its place is that of what is left of it, as only that moves.
func TestMovesOfAPartlyFinishedFolder(t *testing.T) {
	t.Parallel()
	j, photos, music, us := folders(t)
	us[0].Phase = transfer.PhaseDone
	commit(t, j, transfer.Change{Uploads: us[:1]})
	p, m, note, other := photos.Entry(), music.Entry(), us[2].ID, us[5].Folder.Entry()
	pick := transfer.Chosen(transfer.Filter{}, p)
	for _, c := range []struct {
		move transfer.Move
		want []transfer.ID
	}{
		{transfer.Move{To: transfer.MoveBottom}, []transfer.ID{note, m, other, p}},
		{transfer.Move{To: transfer.MoveUp, Entries: true}, []transfer.ID{note, m, p, other}},
		{transfer.Move{To: transfer.MoveBefore, Beside: note}, []transfer.ID{p, note, m, other}},
		{transfer.Move{To: transfer.MoveDown, Entries: true}, []transfer.ID{note, p, m, other}},
	} {
		move(t, j, pick, c.move)
		if got := entriesOf(t, j); !slices.Equal(got, c.want) {
			t.Errorf("after %v: %v, want %v", c.move, got, c.want)
		}
	}
	move(t, j, transfer.These(other, us[5].ID), transfer.Move{To: transfer.MoveBefore, Beside: p})
	if got, want := entriesOf(t, j), []transfer.ID{note, other, p, m}; !slices.Equal(got, want) {
		t.Errorf("moved before the folder: %v, want %v", got, want)
	}
}

// TestFoldersTellTheirPriority of what is not finished.
func TestFoldersTellTheirPriority(t *testing.T) {
	t.Parallel()
	j, photos, music, us := folders(t)
	tell := func() (words string) {
		rows, err := j.Folders(t.Context(), []transfer.FolderID{photos, music}, transfer.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			words += fmt.Sprint(r.Name, " ", r.Priority, " ", r.Mixed, "; ")
		}
		return words
	}
	low := transfer.Move{To: transfer.MovePriority, Priority: transfer.PriorityLow}
	move(t, j, transfer.Chosen(transfer.Filter{}, music.Entry()), low)
	move(t, j, transfer.These(us[1].ID, us[4].ID), low)
	if got, want := tell(), "photos 0 true; music -1 false; "; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	us[0].Phase = transfer.PhaseDone
	commit(t, j, transfer.Change{Uploads: us[:1]})
	if got, want := tell(), "photos -1 false; music -1 false; "; got != want {
		t.Errorf("with one finished: %s, want %s", got, want)
	}
}
