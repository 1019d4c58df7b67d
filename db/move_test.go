package db

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"partway/transfer"
)

// move moves uploads and returns where those asked for are then.
func move(tb testing.TB, j *Journal, s transfer.Selection, m transfer.Move, of ...transfer.ID) []transfer.QueuePlace {
	tb.Helper()
	var places []transfer.QueuePlace
	err := waitFor(func(done func(error)) {
		j.Move(s, m, of, func(p []transfer.QueuePlace, err error) {
			places = p
			done(err)
		})
	})
	if err != nil {
		tb.Fatal(err)
	}
	return places
}

// queue is the whole list in the queue's order.
func queue(tb testing.TB, j *Journal) []transfer.Upload {
	tb.Helper()
	listed, err := j.List(tb.Context(), transfer.Filter{}, transfer.Sort{})
	if err != nil {
		tb.Fatal(err)
	}
	us, err := j.Uploads(tb.Context(), listed)
	if err != nil {
		tb.Fatal(err)
	}
	return us
}

// moved is what becomes of a list by a move, as transfer's documentation has it.
func moved(list []transfer.Upload, selects func(transfer.ID) bool, m transfer.Move) []transfer.Upload {
	moves := func(u transfer.Upload) bool { return selects(u.ID) && !u.Phase.Final() }
	byPriority := func(list []transfer.Upload) []transfer.Upload {
		slices.SortStableFunc(list, func(a, b transfer.Upload) int { return int(b.Priority - a.Priority) })
		return list
	}
	var chosen, rest []transfer.Upload
	for _, u := range list {
		if moves(u) {
			chosen = append(chosen, u)
		} else {
			rest = append(rest, u)
		}
	}
	switch m.To {
	case transfer.MoveTop:
		return byPriority(append(chosen, rest...))
	case transfer.MoveBottom:
		return byPriority(append(rest, chosen...))
	case transfer.MoveUp, transfer.MoveDown:
		list = slices.DeleteFunc(slices.Clone(list), func(u transfer.Upload) bool { return u.Phase.Final() })
		if m.To == transfer.MoveDown {
			slices.Reverse(list)
		}
		for i := 1; i < len(list); i++ {
			if moves(list[i]) && !moves(list[i-1]) && list[i].Priority == list[i-1].Priority {
				list[i], list[i-1] = list[i-1], list[i]
			}
		}
		if m.To == transfer.MoveDown {
			slices.Reverse(list)
		}
		return list
	default:
		return movedBeside(list, chosen, moves, m)
	}
}

func movedBeside(list, chosen []transfer.Upload, moves func(transfer.Upload) bool, m transfer.Move) (to []transfer.Upload) {
	at := slices.IndexFunc(list, func(u transfer.Upload) bool { return u.ID == m.Beside })
	if at < 0 || len(chosen) == 0 {
		return list
	}
	for i := range chosen {
		chosen[i].Priority = list[at].Priority
	}
	if m.To == transfer.MoveAfter {
		at++
	}
	stay := func(part []transfer.Upload) []transfer.Upload { return slices.DeleteFunc(slices.Clone(part), moves) }
	return slices.Concat(stay(list[:at]), chosen, stay(list[at:]))
}

// TestMoves compares moves in the journal with moves in a slice.
func TestMoves(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		j := openNew(t)
		defer func() {
			if err := j.Close(); err != nil {
				t.Error(err)
			}
		}()
		us := addNamed(t, j, addBatch(t, j), 12)
		us[3].Phase, us[8].Phase = transfer.PhaseDone, transfer.PhaseAborted
		commit(t, j, transfer.Change{Uploads: us})
		if rapid.Bool().Draw(rt, "close together") {
			err := j.committer.do(t.Context(), "test", func(ctx context.Context, tx *txn) error {
				_, err := tx.ExecContext(ctx, `UPDATE uploads SET position = id`)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		for _, p := range []transfer.Priority{transfer.PriorityHigh, transfer.PriorityLow} {
			chosen := rapid.SliceOfN(rapid.SampledFrom(ids(us)), 0, 5).Draw(rt, "of other priority")
			move(t, j, transfer.These(chosen...), transfer.Move{To: transfer.MovePriority, Priority: p})
		}
		for range rapid.IntRange(1, 6).Draw(rt, "moves") {
			before := queue(t, j)
			chosen := rapid.SliceOfN(rapid.SampledFrom(ids(us)), 0, 8).Draw(rt, "chosen")
			m := transfer.Move{To: rapid.SampledFrom([]transfer.MoveTo{
				transfer.MoveTop, transfer.MoveUp, transfer.MoveDown, transfer.MoveBottom, transfer.MoveBefore, transfer.MoveAfter,
			}).Draw(rt, "to"), Beside: rapid.SampledFrom(append(ids(us), 999)).Draw(rt, "beside")}
			places := move(t, j, transfer.These(chosen...), m, append(ids(us), 999)...)
			want := moved(before, func(id transfer.ID) bool { return slices.Contains(chosen, id) }, m)
			after := queue(t, j)
			comparePlaces(rt, want, after)
			for _, p := range places {
				if u := load(t, j, p.ID); p.Priority != u.Priority || p.Position != u.Position {
					rt.Errorf("told of %+v, it is at %d, %d", p, u.Priority, u.Position)
				}
			}
			if len(places) != len(us) {
				rt.Errorf("told of %d places", len(places))
			}
		}
	})
}

// comparePlaces compares the order of what is in the queue.
func comparePlaces(t *rapid.T, want, got []transfer.Upload) {
	t.Helper()
	line := func(us []transfer.Upload) (words []string) {
		for _, u := range us {
			if !u.Phase.Final() {
				words = append(words, fmt.Sprintf("%s(%d)", u.Name, u.Priority))
			}
		}
		return words
	}
	if !slices.Equal(line(want), line(got)) {
		t.Fatalf("the queue is\n%v, want\n%v", line(got), line(want))
	}
}

// TestPriorities orders by priority and leaves the places.
func TestPriorities(t *testing.T) {
	j := openNew(t)
	us := addNamed(t, j, addBatch(t, j), 5)
	prioritise := func(p transfer.Priority, of ...transfer.Upload) {
		move(t, j, transfer.These(ids(of)...), transfer.Move{To: transfer.MovePriority, Priority: p})
	}
	prioritise(transfer.PriorityHigh, us[3], us[1])
	prioritise(transfer.PriorityLow, us[0])
	if got, want := ids(queue(t, j)), []transfer.ID{us[1].ID, us[3].ID, us[2].ID, us[4].ID, us[0].ID}; !slices.Equal(got, want) {
		t.Errorf("the queue is %v, want %v", got, want)
	}
	version := j.Version()
	prioritise(transfer.PriorityLow, us[0])
	if j.Version() != version {
		t.Error("a priority that it has already changed something")
	}
	prioritise(transfer.PriorityNormal, us...)
	if got := ids(queue(t, j)); !slices.Equal(got, ids(us)) {
		t.Errorf("with equal priorities, the queue is %v", got)
	}
}

// TestFactsLeaveTheQueue commits facts that were under way when uploads were moved, and held
// to a speed.
func TestFactsLeaveTheQueue(t *testing.T) {
	j := openNew(t)
	us := addNamed(t, j, addBatch(t, j), 3)
	move(t, j, transfer.These(us[2].ID), transfer.Move{To: transfer.MoveTop})
	move(t, j, transfer.These(us[1].ID), transfer.Move{To: transfer.MovePriority, Priority: transfer.PriorityHigh})
	want := ids(queue(t, j))
	err := waitFor(func(done func(error)) {
		j.LimitSpeed(transfer.These(us[0].ID), 1000, func(_ int, err error) { done(err) })
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range us {
		us[i].Phase = transfer.PhaseInitiating
	}
	commit(t, j, transfer.Change{Uploads: us})
	if got := ids(queue(t, j)); !slices.Equal(got, want) {
		t.Errorf("the queue is %v, want %v", got, want)
	}
	if limit := load(t, j, us[0].ID).Limit; limit != 1000 {
		t.Errorf("the limit is %d", limit)
	}
}

// TestWhatIsAddedAfterMovesComesLast also after the queue was numbered anew, and after a
// restart.
func TestWhatIsAddedAfterMovesComesLast(t *testing.T) {
	dir := t.TempDir()
	j := openAt(t, dir)
	batch := addBatch(t, j)
	us := addNamed(t, j, batch, 4)
	move(t, j, transfer.These(us[0].ID), transfer.Move{To: transfer.MoveBottom})
	for range 40 { // there is room for 32
		move(t, j, transfer.These(us[3].ID), transfer.Move{To: transfer.MoveBefore, Beside: us[2].ID})
		move(t, j, transfer.These(us[1].ID), transfer.Move{To: transfer.MoveBefore, Beside: us[2].ID})
	}
	want := []transfer.ID{us[3].ID, us[1].ID, us[2].ID, us[0].ID}
	want = append(want, add(t, j, planned(batch, "x"))[0].ID)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	j = openAt(t, dir)
	want = append(want, add(t, j, planned(batch, "y"))[0].ID)
	if got := ids(queue(t, j)); !slices.Equal(got, want) {
		t.Errorf("the queue is %v, want %v", got, want)
	}
}

// TestMovesBesideAFolder go before the first of its files, or after the last.
func TestMovesBesideAFolder(t *testing.T) {
	j := openNew(t)
	batch := addBatch(t, j)
	us := add(t, j, planned(batch, "a"), planned(batch, "dir/b"), planned(batch, "c"), planned(batch, "dir/d"), planned(batch, "e"))
	folder := load(t, j, us[1].ID).Folder.Entry()
	if folder >= 0 {
		t.Fatalf("the folder's entry is %d", folder)
	}
	line := func() (names string) {
		for _, u := range queue(t, j) {
			names += u.Name + " "
		}
		return names
	}
	move(t, j, transfer.These(us[4].ID), transfer.Move{To: transfer.MoveBefore, Beside: folder})
	if got, want := line(), "a e dir/b c dir/d "; got != want {
		t.Errorf("the queue is %s, want %s", got, want)
	}
	move(t, j, transfer.These(us[0].ID), transfer.Move{To: transfer.MoveAfter, Beside: folder})
	if got, want := line(), "e dir/b c dir/d a "; got != want {
		t.Errorf("the queue is %s, want %s", got, want)
	}
}
