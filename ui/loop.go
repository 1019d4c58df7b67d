package ui

import "context"

// do runs f on Fyne's goroutine, later. It does nothing once the window is quitting:
// after Fyne has stopped, funcs handed to it would run on the caller's goroutine.
// It may be called from any goroutine.
func (u *UI) do(f func()) {
	if u.quitting.Load() || u.stopped.Load() {
		return
	}
	u.dispatch(func() {
		switch {
		case u.quitting.Load():
		case u.trace != nil:
			u.trace.busy(f)
		default:
			f()
		}
	})
}

// background runs f on a goroutine that quitting waits for; its context ends then. It
// may be called from any goroutine, and does nothing once the window is quitting.
func (u *UI) background(f func(ctx context.Context)) {
	u.workMu.Lock()
	defer u.workMu.Unlock()
	if u.quitting.Load() {
		return
	}
	u.work.Go(func() { f(u.ctx) })
}

// load runs read on a goroutine, then apply with its result on Fyne's. ctx ends read
// early; apply is not called then, nor if ctx ended while the result was on its way: what
// is asked for next must not be overtaken by what was asked for before.
func load[T any](u *UI, ctx context.Context, read func(ctx context.Context) (T, error), apply func(T, error)) { //nolint:revive // u stands for the receiver that a generic method cannot have
	asked := ctx
	u.background(func(quit context.Context) {
		ctx, cancel := context.WithCancel(asked)
		defer cancel()
		defer context.AfterFunc(quit, cancel)()
		got, err := read(ctx)
		if ctx.Err() != nil {
			return
		}
		u.do(func() {
			if asked.Err() == nil {
				apply(got, err)
			}
		})
	})
}

// act runs a change on a goroutine and then done on Fyne's, which is told the error.
func (u *UI) act(change func(ctx context.Context) error, done func(error)) {
	load(u, u.ctx, func(ctx context.Context) (struct{}, error) { return struct{}{}, change(ctx) },
		func(_ struct{}, err error) { done(err) })
}
