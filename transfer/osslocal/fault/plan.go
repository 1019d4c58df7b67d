package fault

import (
	"context"
	"fmt"
	"net/http"
	"path"
	"slices"
	"sync"

	"partway/transfer/osslocal"
	"partway/transfer/osslocal/pace"
)

// Plan is the rules in force on one server. It is safe for use by many goroutines.
type Plan struct {
	mu    sync.Mutex
	rules []*Rule
	hits  []Hit
}

// Hit is one request that a rule acted on.
type Hit struct {
	Rule   string
	Target osslocal.Target
}

// New makes a plan of these rules.
func New(rules ...string) (*Plan, error) {
	p := &Plan{}
	for _, text := range rules {
		if _, err := p.Add(text); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// Must is New for tests: it panics if a rule cannot be read.
func Must(rules ...string) *Plan {
	p, err := New(rules...)
	if err != nil {
		panic(err)
	}
	return p
}

// Add puts a rule behind the others, and returns it to wait on or to release.
func (p *Plan) Add(text string) (*Rule, error) {
	r, err := Parse(text)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rules = append(p.rules, r)
	return r, nil
}

// MustAdd is Add for tests: it panics if the rule cannot be read.
func (p *Plan) MustAdd(text string) *Rule {
	r, err := p.Add(text)
	if err != nil {
		panic(err)
	}
	return r
}

// Remove takes a rule away and lets go the requests it holds.
func (p *Plan) Remove(r *Rule) {
	p.mu.Lock()
	p.rules = slices.DeleteFunc(p.rules, func(x *Rule) bool { return x == r })
	p.mu.Unlock()
	r.Release()
}

// Clear takes all rules away and lets go the requests they hold.
func (p *Plan) Clear() {
	p.mu.Lock()
	rules := p.rules
	p.rules = nil
	p.mu.Unlock()
	for _, r := range rules {
		r.Release()
	}
}

// Hits returns what was acted on so far, in order.
func (p *Plan) Hits() []Hit {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.hits)
}

// Rule is one rule of a Plan, made by Plan.Add.
type Rule struct {
	text   string
	match  match
	action action
	pace   pace.Pace // of slow

	mu       sync.Mutex
	seen     int // requests that matched
	hits     int // those acted on
	held     int // those hanging now
	changed  chan struct{}
	released chan struct{}
	open     bool // released is closed
}

// String returns the rule as it was written.
func (r *Rule) String() string { return r.text }

// Hits tells how many requests the rule acted on.
func (r *Rule) Hits() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.hits
}

// Held tells how many requests hang in the rule now.
func (r *Rule) Held() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.held
}

// WaitHits waits until the rule has acted on n requests in all.
func (r *Rule) WaitHits(ctx context.Context, n int) error {
	return r.wait(ctx, "hits", n, func() int { return r.hits })
}

// WaitHeld waits until n requests hang in the rule at the same time.
func (r *Rule) WaitHeld(ctx context.Context, n int) error {
	return r.wait(ctx, "requests held", n, func() int { return r.held })
}

func (r *Rule) wait(ctx context.Context, what string, n int, count func() int) error {
	for {
		r.mu.Lock()
		have, changed := count(), r.changed
		r.mu.Unlock()
		if have >= n {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("wait for %d %s of %q, have %d: %w", n, what, r.text, have, ctx.Err())
		}
	}
}

// Release lets go the requests that hang in the rule, and those that would: hold does
// nothing from then on, and stall cuts the connection.
func (r *Rule) Release() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.open {
		r.open = true
		close(r.released)
	}
}

// count changes a number of the rule and wakes up who waits for it.
func (r *Rule) count(n *int, by int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	*n += by
	close(r.changed)
	r.changed = make(chan struct{})
}

// hang waits for Release, or for the request to end: its client left, where that can be
// known, or the server is closing.
func (r *Rule) hang(ctx context.Context) {
	r.count(&r.held, 1)
	defer r.count(&r.held, -1)
	select {
	case <-r.released:
	case <-ctx.Done():
	}
}

// takes tells whether the rule acts on this request, and counts it if so.
func (r *Rule) takes(t osslocal.Target) bool {
	if !r.match.fits(t) {
		return false
	}
	r.mu.Lock()
	r.seen++
	m := r.match
	ok := r.seen > m.skip && (m.times == 0 || r.seen <= m.skip+m.times)
	r.mu.Unlock()
	if ok {
		r.count(&r.hits, 1)
	}
	return ok
}

func (m match) fits(t osslocal.Target) bool {
	if !slices.Contains(m.ops, "*") && !slices.Contains(m.ops, t.Op) {
		return false
	}
	if m.first != 0 && (t.Part < m.first || t.Part > m.last) {
		return false
	}
	if m.upload != "" && m.upload != t.UploadID {
		return false
	}
	if m.key == "" {
		return true
	}
	ok, err := path.Match(m.key, t.Key)
	return ok && err == nil
}

// Middleware is for osslocal.Config.
func (p *Plan) Middleware() func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			h := next
			for _, rule := range slices.Backward(p.choose(osslocal.TargetOf(r))) {
				h = rule.wrap(h)
			}
			h.ServeHTTP(w, r)
		})
	}
}

// choose returns the rules that act on a request: those that let others go on, up to and
// with the first that does not.
func (p *Plan) choose(t osslocal.Target) []*Rule {
	p.mu.Lock()
	defer p.mu.Unlock()
	var chosen []*Rule
	for _, r := range p.rules {
		if !r.takes(t) {
			continue
		}
		p.hits = append(p.hits, Hit{Rule: r.text, Target: t})
		chosen = append(chosen, r)
		if !verbs[r.action.verb] {
			break
		}
	}
	return chosen
}
