package transfer

import "sync"

// mailbox hands results to the one goroutine that owns the engine's state. Putting
// never blocks, so that neither the journal nor a sender ever waits for that goroutine.
type mailbox struct {
	mu    sync.Mutex
	mail  []func()      // guarded by mu
	ready chan struct{} // holds a token when there may be mail
}

func newMailbox() *mailbox { return &mailbox{ready: make(chan struct{}, 1)} }

// put adds a func for the owner to call.
func (b *mailbox) put(f func()) {
	b.mu.Lock()
	b.mail = append(b.mail, f)
	b.mu.Unlock()
	select {
	case b.ready <- struct{}{}:
	default:
	}
}

// take returns what was put since the last call, in order.
func (b *mailbox) take() []func() {
	b.mu.Lock()
	defer b.mu.Unlock()
	mail := b.mail
	b.mail = nil
	return mail
}
