package transfer_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"partway/transfer"
	"partway/transfer/osslocal"
	"partway/transfer/osslocal/fault"
)

// badAnswer is the action of a fault, and whether the request is carried out.
type badAnswer struct {
	action  string
	applied bool
}

// badAnswers are the ways in which an answer leaves open whether the request was carried
// out, and whether it was.
var badAnswers = []badAnswer{
	{"lose", true},
	{"lose reset", true},
	{"half", true},
	{"cut", false},
	{"cut at=all", false},
	{"empty", false},
	{"empty applied", true},
	{"html", false},
	{"html applied", true},
	{"html 502", false},
	{"error code=InternalError", false},
	{"error applied code=InternalError", true},
	{"status 500 code=InternalError", false},
	{"status 500 code=InternalError applied", true},
}

// effects are the requests that change OSS before an object is there, with the size of the file
// that makes them.
var effects = map[string]int64{
	osslocal.OpInitiate: 350 * kib, osslocal.OpUploadPart: 350 * kib, osslocal.OpComplete: 350 * kib, osslocal.OpPutObject: 50 * kib,
}

// beforeIt is what the key holds when the upload begins.
type beforeIt string

const (
	nothingThere beforeIt = "nothing there"
	otherBytes   beforeIt = "other bytes there"
	sameBytes    beforeIt = "the same bytes there"
)

// badCase is one file whose request of one operation is answered badly, once.
type badCase struct {
	name    string
	applied bool
	before  beforeIt
	key     string
	path    string
	held    *fault.Rule // nil: nothing holds the request
	rule    *fault.Rule
	id      transfer.ID
}

// badCases makes a file for each bad answer and each thing that may be there before. All
// share an engine: most of their time is waiting. hold makes each request hang first.
func (r *rig) badCases(op string, hold bool, befores ...beforeIt) []*badCase {
	r.t.Helper()
	var cases []*badCase
	for i, answer := range badAnswers {
		for j, before := range befores {
			c := &badCase{name: answer.action + ", " + string(before), applied: answer.applied, before: before}
			name := fmt.Sprintf("file-%d-%d", i, j)
			c.key, c.path = "p/"+name, r.file(name, effects[op])
			r.prepare(c.key, before, c.path)
			match := op + " key=" + c.key + " times=1 : "
			if hold {
				c.held = r.faults.MustAdd(match + "hold")
			}
			c.rule = r.faults.MustAdd(match + answer.action)
			cases = append(cases, c)
		}
	}
	for _, c := range cases {
		c.id = r.replace(c.before, c.path)
	}
	return cases
}

// prepare puts what the key holds before the upload, as a program without content type would.
func (r *rig) prepare(key string, before beforeIt, path string) {
	r.t.Helper()
	switch before {
	case nothingThere:
	case otherBytes:
		r.put(key, "the old object")
	case sameBytes:
		data, err := os.ReadFile(path)
		check(r.t, err)
		r.put(key, string(data))
	}
}

const newType = "text/x-new"

// replace adds a file with a content type of its own, to replace what is there.
func (r *rig) replace(before beforeIt, path string) transfer.ID {
	r.t.Helper()
	policy := transfer.PolicySkipSame
	if before != nothingThere {
		policy = transfer.PolicyReplace
	}
	batch, err := r.m.Add(r.t.Context(), transfer.AddRequest{
		Paths: []string{path}, To: r.to("p/"), Policy: policy, Options: transfer.Options{ContentType: newType},
	})
	check(r.t, err)
	return r.scanned(batch)[0]
}

func (r *rig) typeOf(key string) string {
	r.t.Helper()
	objects, err := r.oss.Objects(testBucket)
	check(r.t, err)
	for _, o := range objects {
		if o.Key == key {
			return o.Header["content-type"]
		}
	}
	return "no object"
}

// arrived checks that all cases ended with one right object and the metadata asked for, by
// the one upload ID that OSS made for each, and with nothing left behind.
func (r *rig) arrived(cases []*badCase) {
	r.t.Helper()
	ids := 0
	for _, c := range cases {
		u := r.reaches(c.id, transfer.StatusCompleted)
		if !u.Plan.Single() {
			ids += 1 + u.Again
		}
		if c.rule.Hits() == 0 {
			r.t.Errorf("%s: the fault never happened", c.name)
		}
		r.holds(c.key, c.path)
		if got := r.typeOf(c.key); got != newType {
			r.t.Errorf("%s: the object has content type %q", c.name, got)
		}
		if u.Receipt.Proof == transfer.ProofNone || u.Receipt.Outcome != transfer.OutcomeSent {
			r.t.Errorf("%s: receipt %+v", c.name, u.Receipt)
		}
		if u.Again > 0 && c.before != sameBytes {
			// Only an object with the same bytes, of the same second, cannot be told from ours.
			r.t.Errorf("%s: the upload began anew", c.name)
		}
	}
	r.nothingOpen()
	if n := r.oss.InitiatedCount(testBucket); n != ids {
		r.t.Errorf("%d upload IDs were begun, want %d", n, ids)
	}
	if n := len(r.keys()); n != len(cases) {
		r.t.Errorf("%d objects, want %d", n, len(cases))
	}
}

// eachEffect runs a test for each request that changes OSS, on an engine that can have all of its
// cases in flight.
func eachEffect(t *testing.T, test func(r *rig, op string)) {
	t.Helper()
	for op := range effects {
		t.Run(op, func(t *testing.T) {
			t.Parallel()
			test(newRig(t, func(s *transfer.Settings) { s.Slots = 48 }), op)
		})
	}
}

// TestUnknownOutcomes loses or garbles the answer of each request that changes OSS, carried
// out or not, where nothing, other bytes or the same bytes were there before.
func TestUnknownOutcomes(t *testing.T) {
	t.Parallel()
	eachEffect(t, func(r *rig, op string) {
		r.arrived(r.badCases(op, false, nothingThere, otherBytes, sameBytes))
	})
}

// pressWhileTheyHang presses a button once all cases hang in their request, and then lets those
// end badly.
func (r *rig) pressWhileTheyHang(cases []*badCase, press func(transfer.Selection) error) {
	r.t.Helper()
	var ids []transfer.ID
	for _, c := range cases {
		check(r.t, c.held.WaitHeld(r.t.Context(), 1))
		ids = append(ids, c.id)
	}
	check(r.t, press(transfer.These(ids...)))
	for _, c := range cases {
		c.held.Release()
	}
}

// TestUnknownOutcomesWithAPause presses pause at that moment, and Start after it.
func TestUnknownOutcomesWithAPause(t *testing.T) {
	t.Parallel()
	eachEffect(t, func(r *rig, op string) {
		cases := r.badCases(op, true, nothingThere, sameBytes)
		r.pressWhileTheyHang(cases, r.m.Pause)
		r.until("nothing is under way", func() bool { return r.m.Snapshot().InFlight == 0 })
		for _, c := range cases {
			r.until(c.name+" is paused, or done", func() bool { // the command may be on its way to the disk
				u := r.upload(c.id)
				s := u.Status()
				return s == transfer.StatusPaused || s == transfer.StatusCompleted
			})
			check(r.t, r.m.Resume(transfer.These(c.id)))
		}
		r.arrived(cases)
	})
}

// TestUnknownOutcomesWithAnAbort presses abort at that moment: nothing is left, and an object
// that arrived all the same stays and is told of.
func TestUnknownOutcomesWithAnAbort(t *testing.T) {
	t.Parallel()
	eachEffect(t, func(r *rig, op string) {
		cases := r.badCases(op, true, nothingThere, otherBytes)
		r.pressWhileTheyHang(cases, r.m.Abort)
		for _, c := range cases {
			r.until("it is over", func() bool { u := r.upload(c.id); return u.Phase.Final() })
			arrived := r.typeOf(c.key) == newType
			if told := r.upload(c.id).Receipt.Outcome == transfer.OutcomeTooLate; told != arrived {
				r.t.Errorf("%s: told that it was too late: %v; the object is there: %v", c.name, told, arrived)
			}
			if may := c.applied && (op == osslocal.OpComplete || op == osslocal.OpPutObject); arrived && !may {
				r.t.Errorf("%s: an object was made after the abort", c.name)
			}
			if c.before == otherBytes && r.typeOf(c.key) == "no object" {
				r.t.Errorf("%s: the old object was deleted", c.name)
			}
		}
		r.nothingOpen()
	})
}

// TestAbortWithAnUnknownOutcome loses or garbles the answer to an abort.
func TestAbortWithAnUnknownOutcome(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(s *transfer.Settings) { s.Slots = 48 })
	held := r.faults.MustAdd("UploadPart skip=1 : stall")
	for i, answer := range append(badAnswers, badAnswer{action: "status 503 code=ServiceUnavailable"}) {
		name := fmt.Sprintf("file-%d", i)
		rule := r.faults.MustAdd("AbortMultipartUpload key=p/" + name + " times=1 : " + answer.action)
		id := r.add(transfer.PolicySkipSame, r.file(name, 300*kib))[0]
		check(t, held.WaitHeld(t.Context(), 1))
		check(t, r.m.Abort(transfer.These(id)))
		r.reaches(id, transfer.StatusAborted)
		if rule.Hits() != 1 {
			t.Errorf("%s: %d hits", answer.action, rule.Hits())
		}
	}
	r.nothingOpen()
	if keys := r.keys(); len(keys) != 0 {
		t.Errorf("objects %q", keys)
	}
}

// TestUnknownOutcomesThatMayNotBeLookedUp refuses what is asked to find out what became of
// a request.
func TestUnknownOutcomesThatMayNotBeLookedUp(t *testing.T) {
	t.Parallel()
	const denied = " : status 403 code=AccessDenied ec=0003-00000001"
	tests := []struct {
		name, rule string
		size       int64
		denied     []string
		want       transfer.Status
		arrives    bool
		says       string // in the row's log or its error
	}{
		{"initiate applied, no listing of uploads", "InitiateMultipartUpload times=1 : lose", 350 * kib, []string{osslocal.OpListMultipartUploads}, transfer.StatusCompleted, true, "listing uploads is refused"},
		{"initiate cut, no listing of uploads", "InitiateMultipartUpload times=1 : cut", 350 * kib, []string{osslocal.OpListMultipartUploads}, transfer.StatusCompleted, true, "listing uploads is refused"},
		{"complete applied, no listing of parts", "CompleteMultipartUpload times=1 : lose", 350 * kib, []string{osslocal.OpListParts}, transfer.StatusCompleted, true, ""},
		{"complete cut, no listing of parts", "CompleteMultipartUpload times=1 : cut", 350 * kib, []string{osslocal.OpListParts}, transfer.StatusCompleted, true, ""},
		{"complete applied, no HEAD", "CompleteMultipartUpload times=1 : lose", 350 * kib, []string{osslocal.OpHeadObject}, transfer.StatusFailed, true, "may not be looked up"},
		{"complete cut, no HEAD", "CompleteMultipartUpload times=1 : cut", 350 * kib, []string{osslocal.OpHeadObject}, transfer.StatusCompleted, true, ""},
		{"complete applied, neither", "CompleteMultipartUpload times=1 : lose", 350 * kib, []string{osslocal.OpListParts, osslocal.OpHeadObject}, transfer.StatusFailed, true, "may not be looked up"},
		{"complete cut, neither", "CompleteMultipartUpload times=1 : cut", 350 * kib, []string{osslocal.OpListParts, osslocal.OpHeadObject}, transfer.StatusCompleted, true, ""},
		{"put applied, no HEAD", "PutObject times=1 : lose", 50 * kib, []string{osslocal.OpHeadObject}, transfer.StatusConflict, true, ""},
		{"put cut, no HEAD", "PutObject times=1 : cut", 50 * kib, []string{osslocal.OpHeadObject}, transfer.StatusCompleted, true, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.faults.MustAdd(test.rule)
			for _, op := range test.denied {
				r.faults.MustAdd(op + denied)
			}
			path := r.file("file", test.size)
			id := r.add(transfer.PolicySkipSame, path)[0]
			u := r.reaches(id, test.want)
			r.holds("p/file", path)
			said := r.events(id)
			if u.Error != nil {
				said += "\n" + u.Error.Error()
			}
			if !strings.Contains(said, test.says) {
				t.Errorf("nothing says %q:\n%s", test.says, said)
			}
		})
	}
}

// TestAbortThatMayNotBeLookedUp aborts an upload whose object may have been made, where what
// would tell is refused: nobody is told that there is no object when there may be one.
func TestAbortThatMayNotBeLookedUp(t *testing.T) {
	t.Parallel()
	neither := []string{osslocal.OpListParts, osslocal.OpHeadObject}
	for name, test := range map[string]struct {
		op, becomes string
		size        int64
		denied      []string
		want        transfer.Outcome
		arrives     bool
	}{
		"complete applied, neither":          {osslocal.OpComplete, "lose", 350 * kib, neither, transfer.OutcomeInDoubt, true},
		"complete cut, neither":              {osslocal.OpComplete, "cut", 350 * kib, neither, transfer.OutcomeNone, false},
		"complete applied, no HEAD":          {osslocal.OpComplete, "lose", 350 * kib, neither[1:], transfer.OutcomeInDoubt, true},
		"complete applied, all may be asked": {osslocal.OpComplete, "lose", 350 * kib, nil, transfer.OutcomeTooLate, true},
		"put applied, no HEAD":               {osslocal.OpPutObject, "hold answer", 50 * kib, neither[1:], transfer.OutcomeInDoubt, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			held := r.faults.MustAdd(test.op + " times=1 : hold")
			if strings.HasPrefix(test.becomes, "hold") {
				r.faults.Remove(held)
				held = r.faults.MustAdd(test.op + " times=1 : " + test.becomes)
			} else {
				r.faults.MustAdd(test.op + " times=1 : " + test.becomes)
			}
			for _, op := range test.denied {
				r.faults.MustAdd(op + " : " + denied)
			}
			id := r.add(transfer.PolicySkipSame, r.file("file", test.size))[0]
			check(t, held.WaitHeld(t.Context(), 1))
			check(t, r.m.Abort(transfer.These(id)))
			if test.op == osslocal.OpComplete { // a Put is cut, and its answer must not come before
				held.Release()
			}
			r.until("it is over", func() bool { return r.upload(id).Phase.Final() })
			held.Release()
			u := r.upload(id)
			if u.Receipt.Outcome != test.want || (len(r.keys()) > 0) != test.arrives {
				t.Errorf("it is %s, %q, and the objects are %q\n%s", u.Status(), u.Receipt.Outcome, r.keys(), r.events(id))
			}
			if says := strings.Contains(r.events(id), "OSS refuses to tell"); says != (test.want == transfer.OutcomeInDoubt) {
				t.Errorf("the log says\n%s", r.events(id))
			}
			r.nothingOpen()
		})
	}
}
