package transfer_test

import (
	"context"
	"errors"
	"sync"

	"partway/transfer"
)

// life is one run of the engine that can end at any moment, as by SIGKILL: from then on
// nothing of it reaches the disk or the endpoint.
type life struct {
	ctx context.Context //nolint:containedctx // it is what a life is
	end context.CancelFunc
}

func newLife() *life {
	l := &life{}
	l.ctx, l.end = context.WithCancel(context.Background())
	return l
}

func (l *life) over() bool { return l.ctx.Err() != nil }

var errKilled = &transfer.Error{Kind: transfer.KindCanceled, Op: "any", Err: errors.New("the process was killed")}

// mortalJournal hands calls on in their order, a group at a time, as the journal itself
// commits them: those that wait behind a group when the life ends are lost.
type mortalJournal struct {
	transfer.Journal
	life *life

	held    sync.Mutex // locked to keep what comes from being carried out
	mu      sync.Mutex
	queue   []func(alive bool, done func()) // guarded by mu
	working bool                            // guarded by mu
}

func (j *mortalJournal) push(call func(alive bool, done func())) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.queue = append(j.queue, call)
	if !j.working {
		j.working = true
		go j.work()
	}
}

// waiting tells how many calls wait for those before them.
func (j *mortalJournal) waiting() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.queue)
}

func (j *mortalJournal) work() {
	for {
		j.held.Lock()
		j.held.Unlock() //nolint:staticcheck // it is waited for only
		j.mu.Lock()
		group := j.queue
		j.queue = nil
		j.working = len(group) > 0
		j.mu.Unlock()
		if len(group) == 0 {
			return
		}
		var calls sync.WaitGroup
		for _, call := range group {
			calls.Add(1)
			call(!j.life.over(), calls.Done)
		}
		calls.Wait()
	}
}

// answer hides from a life that is over what became of its calls.
func (j *mortalJournal) answer(err error) error {
	if j.life.over() {
		return errKilled
	}
	return err
}

func (j *mortalJournal) Commit(c transfer.Change, done func(error)) {
	j.push(func(alive bool, next func()) {
		if !alive {
			next()
			done(errKilled)
			return
		}
		j.Journal.Commit(c, func(err error) { next(); done(j.answer(err)) })
	})
}

func (j *mortalJournal) Command(s transfer.Selection, c transfer.SetCommand, done func(int, error)) {
	j.push(func(alive bool, next func()) {
		if !alive {
			next()
			done(0, errKilled)
			return
		}
		j.Journal.Command(s, c, func(n int, err error) { next(); done(n, j.answer(err)) })
	})
}

func (j *mortalJournal) LimitSpeed(s transfer.Selection, bytesPerSecond int64, done func(int, error)) {
	j.push(func(alive bool, next func()) {
		if !alive {
			next()
			done(0, errKilled)
			return
		}
		j.Journal.LimitSpeed(s, bytesPerSecond, func(n int, err error) { next(); done(n, j.answer(err)) })
	})
}

func (j *mortalJournal) Move(s transfer.Selection, m transfer.Move, of []transfer.ID, done func([]transfer.QueuePlace, error)) {
	j.push(func(alive bool, next func()) {
		if !alive {
			next()
			done(nil, errKilled)
			return
		}
		j.Journal.Move(s, m, of, func(places []transfer.QueuePlace, err error) { next(); done(places, j.answer(err)) })
	})
}

func (j *mortalJournal) Redirect(s transfer.Selection, to transfer.Destination, begun []transfer.ID, done func(transfer.Redirected, error)) {
	j.push(func(alive bool, next func()) {
		if !alive {
			next()
			done(transfer.Redirected{}, errKilled)
			return
		}
		j.Journal.Redirect(s, to, begun, func(told transfer.Redirected, err error) { next(); done(told, j.answer(err)) })
	})
}

func (j *mortalJournal) Runnable(q transfer.RunnableQuery, done func([]transfer.Upload, error)) {
	j.push(func(alive bool, next func()) {
		if !alive {
			next()
			done(nil, errKilled)
			return
		}
		j.Journal.Runnable(q, func(us []transfer.Upload, err error) { next(); done(us, j.answer(err)) })
	})
}

func (j *mortalJournal) Keep(s transfer.Selection, done func(int, error)) {
	j.push(func(alive bool, next func()) {
		if !alive {
			next()
			done(0, errKilled)
			return
		}
		j.Journal.Keep(s, func(n int, err error) { next(); done(n, j.answer(err)) })
	})
}

// wait carries out a call that waits, in its turn.
func (j *mortalJournal) wait(call func() error) error {
	answer := make(chan error, 1)
	j.push(func(alive bool, next func()) {
		defer next()
		if !alive {
			answer <- errKilled
			return
		}
		answer <- call()
	})
	return j.answer(<-answer)
}

func (j *mortalJournal) AddBatch(ctx context.Context, b transfer.Batch) (id transfer.BatchID, err error) {
	err = j.wait(func() (err error) { id, err = j.Journal.AddBatch(ctx, b); return err })
	return id, err
}

func (j *mortalJournal) AddUploads(ctx context.Context, us []transfer.Upload) (added []transfer.Added, err error) {
	err = j.wait(func() (err error) { added, err = j.Journal.AddUploads(ctx, us); return err })
	return added, err
}

func (j *mortalJournal) Adopt(ctx context.Context, b transfer.Batch, u transfer.Upload, parts []transfer.Part) (id transfer.ID, err error) {
	err = j.wait(func() (err error) { id, err = j.Journal.Adopt(ctx, b, u, parts); return err })
	return id, err
}

func (j *mortalJournal) NoteIgnored(ctx context.Context, id transfer.BatchID, ignored transfer.Names) error {
	return j.wait(func() error { return j.Journal.NoteIgnored(ctx, id, ignored) })
}

func (j *mortalJournal) ScanDone(ctx context.Context, id transfer.BatchID) error {
	return j.wait(func() error { return j.Journal.ScanDone(ctx, id) })
}

func (j *mortalJournal) StopScan(id transfer.BatchID, over bool, done func(error)) {
	j.push(func(alive bool, next func()) {
		if !alive {
			next()
			done(errKilled)
			return
		}
		j.Journal.StopScan(id, over, func(err error) { next(); done(j.answer(err)) })
	})
}

// mortalStore cuts its calls when the life ends.
type mortalStore struct {
	transfer.Store
	life *life
}

func (l *life) dial(dial transfer.Dial) transfer.Dial {
	return func(a transfer.Account, c transfer.Credentials, bucket string) (transfer.Store, error) {
		s, err := dial(a, c, bucket)
		return &mortalStore{Store: s, life: l}, err
	}
}

// during runs a call of a life: it is cut with it, and its answer then reaches nobody.
func during[T any](ctx context.Context, l *life, call func(context.Context) (T, error)) (T, error) {
	own, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(l.ctx, cancel)()
	var none T
	if l.over() {
		return none, errKilled
	}
	answer, err := call(own)
	if l.over() {
		return none, errKilled
	}
	return answer, err
}

func (s *mortalStore) Initiate(ctx context.Context, key string, o transfer.Options, forbid bool) (string, error) {
	return during(ctx, s.life, func(ctx context.Context) (string, error) { return s.Store.Initiate(ctx, key, o, forbid) })
}

func (s *mortalStore) UploadPart(ctx context.Context, r transfer.PartRequest) (transfer.PartAnswer, error) {
	return during(ctx, s.life, func(ctx context.Context) (transfer.PartAnswer, error) { return s.Store.UploadPart(ctx, r) })
}

func (s *mortalStore) ListParts(ctx context.Context, key, id string, marker int) (transfer.PartPage, error) {
	return during(ctx, s.life, func(ctx context.Context) (transfer.PartPage, error) { return s.Store.ListParts(ctx, key, id, marker) })
}

func (s *mortalStore) Complete(ctx context.Context, r transfer.CompleteRequest) (transfer.ObjectAnswer, error) {
	return during(ctx, s.life, func(ctx context.Context) (transfer.ObjectAnswer, error) {
		return s.Store.Complete(ctx, r)
	})
}

func (s *mortalStore) Abort(ctx context.Context, key, id string) error {
	_, err := during(ctx, s.life, func(ctx context.Context) (struct{}, error) { return struct{}{}, s.Store.Abort(ctx, key, id) })
	return err
}

func (s *mortalStore) Put(ctx context.Context, r transfer.PutRequest) (transfer.ObjectAnswer, error) {
	return during(ctx, s.life, func(ctx context.Context) (transfer.ObjectAnswer, error) { return s.Store.Put(ctx, r) })
}

func (s *mortalStore) Head(ctx context.Context, key string) (transfer.ObjectState, error) {
	return during(ctx, s.life, func(ctx context.Context) (transfer.ObjectState, error) { return s.Store.Head(ctx, key) })
}

func (s *mortalStore) ListUploads(ctx context.Context, prefix string) ([]transfer.OpenUpload, error) {
	return during(ctx, s.life, func(ctx context.Context) ([]transfer.OpenUpload, error) { return s.Store.ListUploads(ctx, prefix) })
}
