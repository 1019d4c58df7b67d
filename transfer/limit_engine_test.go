package transfer_test

import (
	"slices"
	"testing"
	"time"

	"partway/transfer"
	"partway/transfer/osslocal"
)

// A limit of one upload acts inside its part, is changed live, and leaves the line to others.
func TestLimitOfOneUploadActsInsideAPart(t *testing.T) {
	t.Parallel()
	const size = 24 * transfer.MiB
	r := newRig(t, func(s *transfer.Settings) { s.PartSize, s.Slots, s.BytesPerSecond = size, 2, transfer.MiB })
	slow := r.add(transfer.PolicySkipSame, r.file("slow", size))[0]
	r.until("its part is under way", func() bool { return r.m.Snapshot().Live[slow].Sent > 0 })
	check(t, r.m.LimitSpeed(transfer.These(slow), 1))
	check(t, r.m.SetSettings(transfer.Settings{Slots: 2, PartSize: size}))
	other := r.add(transfer.PolicySkipSame, r.file("other", size))[0]
	r.reaches(other, transfer.StatusCompleted)
	if live := r.m.Snapshot().Live[slow]; live.InFlight != 1 || live.Sent >= size/4 {
		t.Errorf("beside the other it has %d in flight, and %d sent", live.InFlight, live.Sent)
	}
	check(t, r.m.LimitSpeed(transfer.These(slow), 0))
	r.reaches(slow, transfer.StatusCompleted)
	if n := r.begun("UploadPart"); n != 2 {
		t.Errorf("%d parts were begun for 2: a change of the limit must not cost any", n)
	}
}

// An upload whose own limit holds it up leaves the slots to others, and a pause ends its
// waits at once.
func TestLimitOfOneUploadStarvesNoOther(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(s *transfer.Settings) {
		s.Slots, s.PartSize, s.BytesPerSecond = 2, 4*transfer.MiB, transfer.MinPartSize
	})
	slow := r.add(transfer.PolicySkipSame, r.file("slow", 40*transfer.MiB))[0]
	r.until("it has all slots", func() bool { return r.m.Snapshot().Live[slow].InFlight == 2 })
	check(t, r.m.LimitSpeed(transfer.Everything(), 1))
	check(t, r.m.SetSettings(transfer.Settings{Slots: 2, PartSize: 4 * transfer.MiB}))
	quick := r.add(transfer.PolicySkipSame, r.file("quick", 20*transfer.MiB))[0]
	r.reaches(quick, transfer.StatusCompleted)
	if u := r.upload(quick); u.Limit != 0 {
		t.Errorf("what was added later has the limit %d", u.Limit)
	}
	began := time.Now()
	check(t, r.m.Pause(transfer.These(slow)))
	r.until("nothing is in flight", func() bool { return r.m.Snapshot().InFlight == 0 })
	if took := time.Since(began); took > time.Second {
		t.Errorf("the pause took %v", took)
	}
	r.changes = func(s *transfer.Settings) { s.Slots, s.PartSize = 2, 4*transfer.MiB }
	r.restart()
	if u := r.upload(slow); u.Limit != 1 {
		t.Errorf("after a restart its limit is %d", u.Limit)
	}
	check(t, r.m.Resume(transfer.These(slow)))
	r.until("it goes on", func() bool { return r.m.Snapshot().Live[slow].InFlight == 1 })
	check(t, r.m.LimitSpeed(transfer.Everything(), 0))
	r.reaches(slow, transfer.StatusCompleted)
}

// With one upload at once, the next begins when the one before it is done.
func TestUploadsAtOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(s *transfer.Settings) { s.Uploads, s.PartSize = 1, 6*transfer.MiB })
	var paths []string
	for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
		paths = append(paths, r.file(name, 17*transfer.MiB))
	}
	ids := r.add(transfer.PolicySkipSame, paths...)
	for _, id := range ids {
		r.reaches(id, transfer.StatusCompleted)
	}
	var order []string
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, rec := range r.records {
		if rec.Phase == osslocal.PhaseBegin && slices.Contains([]string{"InitiateMultipartUpload", "CompleteMultipartUpload"}, rec.Op) {
			order = append(order, rec.Key+" "+rec.Op[:1])
		}
	}
	want := []string{"p/a I", "p/a C", "p/b I", "p/b C", "p/c I", "p/c C", "p/d I", "p/d C", "p/e I", "p/e C", "p/f I", "p/f C"}
	if !slices.Equal(order, want) {
		t.Errorf("the order is %v", order)
	}
}

// The alternative limit takes the place of the other at once, by a switch or by the hour, and
// the snapshot tells which is in force.
func TestAlternativeLimit(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	l := transfer.Limits{BytesPerSecond: 5 * transfer.MiB, Alternative: 200 * transfer.KiB}
	inForce := func(what string, limit int64, alternative bool) {
		t.Helper()
		check(t, r.m.SetSettings(transfer.Settings{Limits: l}))
		r.until(what, func() bool {
			s := r.m.Snapshot()
			return s.Limit == limit && s.Alternative == alternative
		})
	}
	inForce("the limit", 5*transfer.MiB, false)
	l = l.Switch(true, time.Now())
	inForce("the alternative one", 200*transfer.KiB, true)
	l = l.Switch(false, time.Now())
	inForce("the limit again", 5*transfer.MiB, false)
	l.SwitchedAt = 0
	l.Schedule = transfer.Schedule{On: true, Days: transfer.Everyday, From: 0, To: 24*60 - 1}
	if time.Now().Local().Hour() == 23 {
		l.Schedule.From, l.Schedule.To = 12*60, 6*60
	}
	inForce("the schedule's", 200*transfer.KiB, true)
}
