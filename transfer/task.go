package transfer

import (
	"context"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// task is an upload in work. All its fields are owned by Manager.run, but for the atomics,
// which senders and hashers count in.
type task struct {
	u     Upload // the facts, as committed or handed to the journal to be
	told  Upload // of these, those that the journal was told last: what the list shows
	store Store  // nil until opened
	file  *os.File

	// dropped is set when a commit failed: the journal is the truth, and is read anew.
	dropped bool

	// ctx ends what pause and abort may cut: parts, puts and hashing.
	ctx    context.Context //nolint:containedctx // made anew at each resume
	cancel context.CancelFunc

	step    string // the call under way that is not a part, "" for none
	gates   int    // commits that the next step has to wait for
	commits int    // all commits under way

	// sure tells that the request of the present phase was not sent yet, or was refused: no
	// outcome has to be looked for.
	sure bool
	// taken tells that the key has an object already: it is compared before anything else.
	taken bool
	held  map[string]bool // keys that other uploads turned out to hold
	// ready tells that done and unsent are reconciled with OSS.
	ready   bool
	done    map[int]Part
	unsent  []int // ascending
	retries []retry
	sending map[int]*flight
	tries   map[int]int // failures in a row, by part number
	repairs int         // how often OSS refused the list of parts
	gone    bool        // Complete was answered that there is no such upload

	// parked tells that it waits for its endpoint to answer again.
	parked   bool
	attempts int  // failures of steps in a row
	excused  bool // the failure that is being taken in counts nowhere
	nextTry  time.Time
	quiet    time.Time       // until then what was sent may still arrive: nothing hurries it
	noted    map[string]bool // notes that were logged once already
	wire     int64           // bytes acknowledged while in work; only grows

	kept   int       // parts that need not be sent again since it went on
	moving time.Time // when it was last seen moving, or waiting for something else than a slot

	limit     limiter      // the upload's own
	widened   time.Time    // when the latest part was begun
	checked   atomic.Int64 // bytes read by the check under way
	checkSize atomic.Int64 // of so many; 0 when nothing is being checked
	meter     meter
	pace      meter
}

// retry is a part to be sent again, not before a moment.
type retry struct {
	number int
	at     time.Time
}

// flight is a part being sent.
type flight struct {
	number int
	size   int64
	asking
	left Outflow
}

func newTask(parent context.Context, u Upload) *task {
	t := &task{told: u, pace: newPace()}
	if !u.Wait.NeedsPerson() {
		u.Wait = WaitNone // it waited for something in a life before
	}
	t.u = u
	t.limit.set(u.Limit)
	t.renew(parent)
	t.reset()
	return t
}

// renew gives the task a live context, when it goes on after a pause.
func (t *task) renew(parent context.Context) {
	if t.ctx == nil || t.ctx.Err() != nil {
		t.ctx, t.cancel = context.WithCancel(parent)
	}
}

// reset forgets what is known of the parts.
func (t *task) reset() {
	t.ready, t.gone, t.kept = false, false, 0
	t.done = map[int]Part{}
	t.unsent, t.retries = nil, nil
	if t.sending == nil {
		t.sending = map[int]*flight{}
	}
	t.tries = map[int]int{}
}

// aborting tells whether the upload is on its way out.
func (t *task) aborting() bool {
	return t.u.Intent == IntentAbort || t.u.Phase == PhaseAborting
}

// stopped tells whether nothing new may be started.
func (t *task) stopped() bool {
	return !t.aborting() && (t.u.Intent == IntentPause || t.u.Wait.NeedsPerson())
}

// idle tells whether nothing is under way.
func (t *task) idle() bool {
	return t.step == "" && len(t.sending) == 0 && t.commits == 0
}

// links tells whether a link at the path is followed: only what was picked by hand is.
func (t *task) links() bool { return picked(&t.u) }

// picked tells whether the file itself was dropped, rather than a folder above it.
func picked(u *Upload) bool { return !strings.Contains(u.Name, "/") }

// allSent tells whether every part is acknowledged and committed.
func (t *task) allSent() bool {
	return t.ready && len(t.done) == t.u.Plan.Parts && len(t.sending) == 0 && t.commits == 0
}

// queuedAfter is for how long an upload has no slot before that is told: between two parts
// others may have all of them for a moment.
const queuedAfter = 2 * time.Second

// queued tells whether other uploads have used all slots for a while. It is asked with every
// snapshot.
func (t *task) queued(now time.Time) bool {
	if !t.idle() || !t.able(now) {
		t.moving = now
	}
	return now.Sub(t.moving) >= queuedAfter
}

// aheadOf tells whether the upload was begun and waits for nothing but a slot, or for its intent
// to be durable.
func (t *task) aheadOf(now time.Time) bool {
	begun := t.u.Phase != PhasePlanned && !t.u.Phase.Final()
	return begun && t.able(now) && !t.aborting() && t.store != nil && t.step == "" && len(t.sending) == 0
}

// able tells whether the upload can move as soon as there is a slot.
func (t *task) able(now time.Time) bool {
	return !t.dropped && !t.stopped() && !t.parked && t.step != stepOpen && !t.pauses(now)
}

// nextPart takes the part to send next: one whose wait is over, or the lowest not sent.
func (t *task) nextPart(now time.Time) (int, bool) {
	for i, r := range t.retries {
		if !now.Before(r.at) {
			t.retries = slices.Delete(t.retries, i, i+1)
			return r.number, true
		}
	}
	if len(t.unsent) == 0 {
		return 0, false
	}
	n := t.unsent[0]
	t.unsent = t.unsent[1:]
	return n, true
}

// pauses tells whether the next try has to wait.
func (t *task) pauses(now time.Time) bool { return now.Before(t.nextTry) || now.Before(t.quiet) }

// hurry ends the pauses before the next tries.
func (t *task) hurry() {
	t.nextTry = time.Time{}
	for i := range t.retries {
		t.retries[i].at = time.Time{}
	}
}

// wakeAt returns when the task can go on by itself, the zero time if it does not wait.
func (t *task) wakeAt(now time.Time) time.Time {
	if t.pauses(now) {
		return later(t.nextTry, t.quiet)
	}
	var soonest time.Time
	for _, r := range t.retries {
		if r.at.After(now) && (soonest.IsZero() || r.at.Before(soonest)) {
			soonest = r.at
		}
	}
	return soonest
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// acknowledged returns the parts, ascending.
func (t *task) acknowledged() []Part {
	parts := make([]Part, 0, len(t.done))
	for i := range t.u.Plan.Parts {
		if p, ok := t.done[t.u.Plan.Number(i)]; ok {
			parts = append(parts, p)
		}
	}
	return parts
}

// inFlight returns the bytes sent of parts that are not acknowledged yet.
func (t *task) inFlight() (sum int64) {
	for _, f := range t.sending {
		sum += f.left.Bytes()
	}
	return sum
}

func (t *task) closeFile() {
	if t.file != nil {
		t.file.Close() //nolint:errcheck // it was only read
		t.file = nil
	}
}
