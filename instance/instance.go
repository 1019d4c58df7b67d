// Package instance keeps one Partway at work on one data folder. The first start holds a
// lock; a later one finds it held, hands its command line over through a socket, and
// ends.
//
// The lock is the kernel's: it ends with the process that holds it, however that ends.
// The socket is for the folder's owner only; one that a killed process left behind is
// replaced by the next holder of the lock.
package instance

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// lockName is the locked file in the data folder. It is never removed: removing a lock
// file lets two processes hold locks on two files of one name.
const lockName = "lock"

// startTimeout is how long a later start waits for the first one to answer. The first
// may be opening a large journal.
const startTimeout = 15 * time.Second

// retryEvery is how often a later start looks again, while the first does not answer.
const retryEvery = 50 * time.Millisecond

// ErrNoAnswer is returned when another process holds the lock and does not answer.
var ErrNoAnswer = errors.New("another Partway is using this data folder, and does not answer")

// Lock is held by the one process at work on a data folder.
type Lock struct {
	flock *flock.Flock
	dir   string
}

// Enter makes this process the one at work on dir, or finds the one that is: exactly one
// of the results is not nil. It waits up to 15 s for a process that is just starting or
// ending.
func Enter(ctx context.Context, dir string) (*Lock, *Client, error) {
	lock := flock.New(filepath.Join(dir, lockName), flock.SetPermissions(0o600))
	socket, err := socketPath(dir)
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, startTimeout, ErrNoAnswer)
	defer cancel()
	tick := time.NewTicker(retryEvery)
	defer tick.Stop()
	for {
		held, err := lock.TryLock()
		if err != nil {
			return nil, nil, fmt.Errorf("lock data folder %q: %w", dir, err)
		}
		if held {
			return &Lock{lock, dir}, nil, nil
		}
		if c, err := connect(ctx, socket); err == nil {
			return nil, c, nil
		}
		select {
		case <-ctx.Done():
			return nil, nil, fmt.Errorf("data folder %q: %w", dir, context.Cause(ctx))
		case <-tick.C:
		}
	}
}

// Release lets another process work on the folder.
func (l *Lock) Release() error { return l.flock.Close() }

// listen opens the socket in place of one that was left behind.
func (l *Lock) listen(ctx context.Context) (net.Listener, error) {
	path, err := socketPath(l.dir)
	if err != nil {
		return nil, err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("replace socket %q: %w", path, err)
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "unix", path)
	if err != nil {
		return nil, fmt.Errorf("open socket: %w", err)
	}
	// Its folder is closed to others already; this is for those who open it up.
	if err := os.Chmod(path, 0o600); err != nil {
		_ = ln.Close()
		return nil, fmt.Errorf("protect socket %q: %w", path, err)
	}
	return ln, nil
}
