package transfer

import (
	"errors"
	"fmt"
	"runtime/debug"
)

// CodeBug is of an upload in whose work Partway itself panicked.
const CodeBug = "Bug"

// bug is a panic as the cause of an error.
type bug struct {
	value any
	stack []byte
}

func (b *bug) Error() string { return fmt.Sprintf("a fault in Partway itself: %v", b.value) }

// try runs what a worker does. A panic becomes an error of what it was done for, so that one
// upload that meets a fault of ours stops no other.
func try(op string, do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &Error{Kind: KindPermanent, Op: op, Code: CodeBug, Err: &bug{value: p, stack: debug.Stack()}}
		}
	}()
	return do()
}

// report logs where a worker panicked, if that is what an error comes from.
func (m *Manager) report(err error) {
	if b, ok := errors.AsType[*bug](err); ok {
		m.log.Error("a worker panicked", "error", err, "stack", string(b.stack))
	}
}
