package transfer_test

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"

	"partway/transfer"
	"partway/transfer/osslocal"
)

// gate holds the requests back that write an object, until it is opened.
type gate struct {
	opened chan struct{}
	once   sync.Once
}

func newGate() *gate { return &gate{opened: make(chan struct{})} }

func (g *gate) open() { g.once.Do(func() { close(g.opened) }) }

func (g *gate) around(service http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Method == http.MethodPut {
			select {
			case <-g.opened:
			case <-req.Context().Done():
			}
		}
		service.ServeHTTP(w, req)
	})
}

// queueRig has one slot, and n small files of which the first is on its way and is held back.
func queueRig(t *testing.T, n int) (*rig, *gate, []transfer.ID) {
	t.Helper()
	return gatedRig(t, func(r *rig) (paths []string) {
		for i := range n {
			paths = append(paths, r.file(fmt.Sprint("f", i), 1000))
		}
		return paths
	})
}

// gatedRig is the same with files, or folders, that make makes.
func gatedRig(t *testing.T, make func(r *rig) []string) (*rig, *gate, []transfer.ID) {
	t.Helper()
	r := makeRig(t, func(s *transfer.Settings) { s.Slots = 1 })
	g := newGate()
	t.Cleanup(g.open)
	r.watch = g.around
	r.startServer(t.TempDir(), "127.0.0.1:0")
	r.startEngine()
	ids := r.add(transfer.PolicySkipSame, make(r)...)
	r.until("the first is on its way", func() bool { return r.begun(osslocal.OpPutObject) == 1 })
	return r, g, ids
}

// sentInOrder waits until all is sent, and returns the keys in the order in which they arrived.
func (r *rig) sentInOrder(ids []transfer.ID) (keys []string) {
	r.t.Helper()
	for _, id := range ids {
		r.reaches(id, transfer.StatusCompleted)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, rec := range r.records {
		if rec.Phase == osslocal.PhaseBegin && rec.Op == osslocal.OpPutObject {
			keys = append(keys, rec.Key)
		}
	}
	return keys
}

// TestMovesDecideWhatIsSentNext moves uploads of which the engine has some in work, and of
// which others wait in the journal.
func TestMovesDecideWhatIsSentNext(t *testing.T) {
	t.Parallel()
	const files = 30 // more than one slot has taken into work
	r, g, ids := queueRig(t, files)
	for _, m := range []struct {
		id transfer.ID
		to transfer.Move
	}{
		{ids[5], transfer.Move{To: transfer.MoveTop}},
		{ids[28], transfer.Move{To: transfer.MoveTop}},
		{ids[29], transfer.Move{To: transfer.MovePriority, Priority: transfer.PriorityHigh}},
		{ids[7], transfer.Move{To: transfer.MovePriority, Priority: transfer.PriorityHigh}},
		{ids[4], transfer.Move{To: transfer.MoveBefore, Beside: ids[3]}},
		{ids[3], transfer.Move{To: transfer.MoveUp}},
		{ids[2], transfer.Move{To: transfer.MoveBottom}},
		{ids[6], transfer.Move{To: transfer.MovePriority, Priority: transfer.PriorityLow}},
	} {
		check(t, r.m.Move(transfer.These(m.id), m.to))
	}
	want := []int{7, 29, 28, 5, 0, 1, 3, 4}
	for i := 8; i < 28; i++ {
		want = append(want, i)
	}
	want = append(want, 2, 6)
	var order []transfer.ID
	wanted := []string{"p/f0"} // it was begun before
	for _, n := range want {
		order = append(order, ids[n])
		if n > 0 {
			wanted = append(wanted, fmt.Sprint("p/f", n))
		}
	}
	r.queued(order...)
	g.open()
	if got := r.sentInOrder(ids); !slices.Equal(got, wanted) {
		t.Errorf("sent in the order\n%v, want\n%v", got, wanted)
	}
}

// TestD1MovesOnAFullDiskAreSavedLater moves uploads while nothing can be written.
func TestD1MovesOnAFullDiskAreSavedLater(t *testing.T) {
	t.Parallel()
	r, j := fullRig(t, 1)
	batch, err := r.m.Add(t.Context(), transfer.AddRequest{
		Paths: []string{r.file("a", 1000), r.file("b", 1000), r.file("c", 1000)},
		To:    r.to("p/"), Policy: transfer.PolicySkipSame, Paused: true,
	})
	check(t, err)
	ids := r.scanned(batch)
	j.fill(true)
	check(t, r.m.Move(transfer.These(ids[2]), transfer.Move{To: transfer.MoveTop}))
	check(t, r.m.Move(transfer.These(ids[1]), transfer.Move{To: transfer.MoveUp}))
	r.until("they are said not to be saved", func() bool { return r.m.Snapshot().Unsaved == 2 })
	j.fill(false)
	r.queued(ids[2], ids[1], ids[0])
}

// queued waits until the list has exactly this order.
func (r *rig) queued(want ...transfer.ID) {
	r.t.Helper()
	r.until(fmt.Sprint("the queue is ", want), func() bool {
		listed, err := r.journal.List(r.t.Context(), transfer.Filter{}, transfer.Sort{})
		check(r.t, err)
		return slices.Equal(listed, want)
	})
	told := make(chan struct{}) // the engine is told before who asked later
	r.journal.Runnable(transfer.RunnableQuery{}, func([]transfer.Upload, error) { close(told) })
	<-told
}
