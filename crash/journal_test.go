//go:build unix

package crash

import (
	"context"
	"sync"

	"partway/transfer"
)

// journal is the engine's journal with a point at each call.
type journal struct {
	transfer.Journal
	points *points
	// scanned is closed once the batch is scanned, and uploads wait for it: so that one job
	// comes to its points in the same order each time. Nil: they do not wait.
	scanned chan struct{}
	// stopped is closed once the scan's stop is committed, and what the scan finds behind its
	// first files waits for it. Nil: it does not wait.
	stopped chan struct{}

	mu     sync.Mutex
	added  int                            // how often the scan added files
	phases map[transfer.ID]transfer.Phase // as last read or committed
}

// write is one change of the journal: a point before it, one in it, and one once it is
// durable. after is to be called then.
func (j *journal) write(name string) (committed func(error)) {
	j.points.reach(name, before)
	j.points.tearNext(name)
	return func(err error) {
		if err == nil {
			j.points.reach(name, after)
		}
	}
}

// Commit implements [transfer.Journal].
func (j *journal) Commit(c transfer.Change, done func(error)) {
	committed := j.write(j.nameOf(c))
	j.Journal.Commit(c, func(err error) {
		committed(err)
		if done != nil {
			done(err)
		}
	})
}

// steps names the commits that bring an upload into a phase.
var steps = map[transfer.Phase]string{
	transfer.PhaseInitiating: "T2 initiating", transfer.PhaseUploading: "T3 upload ID", transfer.PhaseCompleting: "T5 completing",
	transfer.PhasePutting: "P1 putting", transfer.PhaseAborting: "T7 aborting", transfer.PhaseAborted: "T8 aborted",
	transfer.PhasePlanned: "planned again",
}

// nameOf names a commit by what it holds.
func (j *journal) nameOf(c transfer.Change) string {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(c.Uploads) > 0 {
		u := c.Uploads[0]
		was := j.phases[u.ID]
		j.phases[u.ID] = u.Phase
		if was != u.Phase {
			return step(was, u.Phase)
		}
	}
	switch {
	case len(c.Perhaps) > 0:
		return "perhaps ours"
	case len(c.Uploads) > 0 && len(c.Events) > 0:
		return string(c.Uploads[0].Phase) + " " + string(c.Events[0].Kind)
	case len(c.Uploads) > 0:
		return string(c.Uploads[0].Phase) + " facts"
	case len(c.Parts) > 0:
		return "T4 part"
	case len(c.Forget) > 0:
		return "forget parts"
	case len(c.Events) > 0:
		return "event " + string(c.Events[0].Kind)
	default:
		return "nothing"
	}
}

func step(was, is transfer.Phase) string {
	switch {
	case is == transfer.PhaseDone && was == transfer.PhaseCompleting:
		return "T6 done"
	case is == transfer.PhaseDone && was == transfer.PhasePutting:
		return "P2 done"
	case is == transfer.PhaseDone:
		return "done, not sent"
	case is == transfer.PhaseUploading && was != transfer.PhaseInitiating:
		return "uploading again"
	default:
		return steps[is]
	}
}

// Command implements [transfer.Journal].
func (j *journal) Command(s transfer.Selection, c transfer.SetCommand, done func(int, error)) {
	committed := j.write("command " + string(c))
	j.Journal.Command(s, c, func(n int, err error) {
		committed(err)
		if done != nil {
			done(n, err)
		}
	})
}

// LimitSpeed implements [transfer.Journal].
func (j *journal) LimitSpeed(s transfer.Selection, bytesPerSecond int64, done func(int, error)) {
	committed := j.write("limit speed")
	j.Journal.LimitSpeed(s, bytesPerSecond, func(n int, err error) {
		committed(err)
		done(n, err)
	})
}

// Move implements [transfer.Journal].
func (j *journal) Move(s transfer.Selection, m transfer.Move, of []transfer.ID, done func([]transfer.QueuePlace, error)) {
	committed := j.write("move to " + string(m.To))
	j.Journal.Move(s, m, of, func(places []transfer.QueuePlace, err error) {
		committed(err)
		done(places, err)
	})
}

// Redirect implements [transfer.Journal].
func (j *journal) Redirect(s transfer.Selection, to transfer.Destination, begun []transfer.ID, done func(transfer.Redirected, error)) {
	committed := j.write("redirect")
	j.Journal.Redirect(s, to, begun, func(told transfer.Redirected, err error) {
		committed(err)
		done(told, err)
	})
}

// Runnable implements [transfer.Journal].
func (j *journal) Runnable(q transfer.RunnableQuery, done func([]transfer.Upload, error)) {
	j.points.reach("read what to upload", before)
	if j.scanned == nil {
		j.runnable(q, done)
		return
	}
	go func() {
		<-j.scanned
		j.runnable(q, done)
	}()
}

func (j *journal) runnable(q transfer.RunnableQuery, done func([]transfer.Upload, error)) {
	j.Journal.Runnable(q, func(us []transfer.Upload, err error) {
		j.mu.Lock()
		for _, u := range us {
			j.phases[u.ID] = u.Phase
		}
		j.mu.Unlock()
		done(us, err)
	})
}

// AddBatch implements [transfer.Journal].
func (j *journal) AddBatch(ctx context.Context, b transfer.Batch) (transfer.BatchID, error) {
	committed := j.write("T0 batch")
	id, err := j.Journal.AddBatch(ctx, b)
	committed(err)
	return id, err
}

// AddUploads implements [transfer.Journal].
func (j *journal) AddUploads(ctx context.Context, us []transfer.Upload) ([]transfer.Added, error) {
	j.mu.Lock()
	j.added++
	first := j.added == 1
	j.mu.Unlock()
	if !first && j.stopped != nil {
		select {
		case <-j.stopped:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	committed := j.write("T1 uploads")
	added, err := j.Journal.AddUploads(ctx, us)
	committed(err)
	return added, err
}

// NoteIgnored implements [transfer.Journal].
func (j *journal) NoteIgnored(ctx context.Context, id transfer.BatchID, ignored transfer.Names) error {
	committed := j.write("what was ignored")
	err := j.Journal.NoteIgnored(ctx, id, ignored)
	committed(err)
	return err
}

// ScanDone implements [transfer.Journal].
func (j *journal) ScanDone(ctx context.Context, id transfer.BatchID) error {
	committed := j.write("scan done")
	err := j.Journal.ScanDone(ctx, id)
	committed(err)
	if err == nil && j.scanned != nil {
		close(j.scanned)
	}
	return err
}

// StopScan implements [transfer.Journal].
func (j *journal) StopScan(id transfer.BatchID, over bool, done func(error)) {
	committed := j.write("stop scan")
	j.Journal.StopScan(id, over, func(err error) {
		committed(err)
		if err == nil && !over && j.stopped != nil {
			close(j.stopped)
		}
		done(err)
	})
}

// Unscanned implements [transfer.Journal].
func (j *journal) Unscanned(ctx context.Context) ([]transfer.Batch, error) {
	j.points.reach("read unfinished scans", before)
	return j.Journal.Unscanned(ctx)
}

// Parts implements [transfer.Journal].
func (j *journal) Parts(ctx context.Context, id transfer.ID) ([]transfer.Part, error) {
	j.points.reach("read parts", before)
	return j.Journal.Parts(ctx, id)
}

// KnownUploadIDs implements [transfer.Journal].
func (j *journal) KnownUploadIDs(ctx context.Context, bucket, key string) ([]string, error) {
	j.points.reach("read known upload IDs", before)
	return j.Journal.KnownUploadIDs(ctx, bucket, key)
}
