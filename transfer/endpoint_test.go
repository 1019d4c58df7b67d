package transfer

import (
	"context"
	"math"
	"testing"
	"time"
)

// start is a moment of no meaning.
var start = time.Unix(1_000_000, 0)

func failure(k Kind) *Error { return &Error{Kind: k} }

// slow is a failure of a clock.
func slow() *Error { return &Error{Kind: KindTransient, Err: context.DeadlineExceeded} }

func TestOneFailedDialIsEnough(t *testing.T) {
	var e endpoint
	if got := e.learn(failure(KindOffline), start); got != wentDown || e.wait() != WaitOffline {
		t.Fatalf("change %d, %+v", got, e)
	}
	if got := e.learn(failure(KindOffline), start); got != unchanged {
		t.Errorf("down twice: change %d", got)
	}
	if e.probeDue(start.Add(firstProbe - 1)) {
		t.Error("probed at once")
	}
	if !e.probeDue(start.Add(firstProbe)) {
		t.Error("not probed soon after")
	}
}

func TestFailuresInARowBreakTheCircuit(t *testing.T) {
	var e endpoint
	for n := 1; n < breakAfter; n++ {
		if got := e.learn(failure(KindTransient), start); got != unchanged || e.down != nil {
			t.Fatalf("down after %d failures", n)
		}
	}
	e.learn(nil, start) // one success breaks the row
	for n := 1; n < breakAfter; n++ {
		e.learn(failure(KindTransient), start)
	}
	for _, ours := range []Kind{KindCanceled, KindSource, KindStorage} {
		if got := e.learn(failure(ours), start); got != unchanged || e.failures != breakAfter-1 {
			t.Fatalf("%s says something of the endpoint: %+v", ours, e)
		}
	}
	if got := e.learn(&Error{Kind: KindTransient, Status: 503}, start); got != wentDown || e.wait() != WaitStalled {
		t.Fatalf("change %d after %d failures in a row, %+v", got, breakAfter, e)
	}
}

// TestIncidentIsPaidForOnce lets 64 requests time out together, and single ones later.
func TestIncidentIsPaidForOnce(t *testing.T) {
	var e endpoint
	for range 64 {
		e.learn(slow(), start)
	}
	if e.spent != timeoutCost {
		t.Errorf("64 timeouts of one second cost %d", e.spent)
	}
	e.learn(failure(KindTransient), start.Add(999*time.Millisecond))
	if e.spent != timeoutCost {
		t.Errorf("the same second costs %d", e.spent)
	}
	e.learn(failure(KindTransient), start.Add(time.Second))
	if e.spent != timeoutCost+failureCost {
		t.Errorf("the next second costs %d in all", e.spent)
	}
	for range 8 {
		e.learn(nil, start)
	}
	if e.spent != timeoutCost+failureCost-8 {
		t.Errorf("8 successes leave %d", e.spent)
	}
	for range 100 {
		e.learn(nil, start)
	}
	if e.spent != 0 {
		t.Errorf("a budget cannot be overfull: %d", e.spent)
	}
}

// TestBudgetRunsOut lets every other request fail for minutes: never many in a row.
func TestBudgetRunsOut(t *testing.T) {
	var e endpoint
	now, downs := start, 0
	for second := range 200 {
		now = now.Add(time.Second)
		if e.learn(failure(KindTransient), now) == wentDown {
			downs++
			if second < budgetMost/failureCost-1 {
				t.Fatalf("down after %d seconds, with %d spent", second, e.spent)
			}
		}
		e.learn(nil, now)
	}
	if downs == 0 || e.spent > budgetMost || e.spent < budgetMost-failureCost {
		t.Errorf("%d times down, %d spent", downs, e.spent)
	}
}

func TestAnyAnswerBringsItUp(t *testing.T) {
	for _, k := range []Kind{KindNone, KindAuth, KindClock, KindGone, KindParts, KindIntegrity, KindExists, KindPermanent, KindThrottled} {
		for name, take := range map[string]func(*endpoint, *Error) change{
			"request": func(e *endpoint, err *Error) change { return e.learn(err, start) },
			"probe":   func(e *endpoint, err *Error) change { return e.probed(err) },
		} {
			e := endpoint{probes: 1, failures: 9}
			e.learn(failure(KindOffline), start)
			var err *Error
			if k != KindNone {
				err = failure(k)
			}
			if got := take(&e, err); got != cameUp || e.down != nil || e.failures != 0 {
				t.Errorf("%s answered %q: change %d, %+v", name, k, got, e)
			}
			if got := take(&e, err); got != unchanged {
				t.Errorf("%s answered %q again: change %d", name, k, got)
			}
		}
	}
}

func TestProbesOverlapAndAreFew(t *testing.T) {
	var e endpoint
	e.learn(failure(KindTransient), start)
	e.learn(failure(KindOffline), start)
	now := start.Add(firstProbe)
	for range mostProbes {
		if !e.probeDue(now) {
			t.Fatalf("no probe is due: %+v", e)
		}
		e.probeBegun(now)
		if e.probeDue(now.Add(probePause - 1)) {
			t.Fatal("the next is due too soon")
		}
		now = now.Add(probePause)
	}
	if e.probeDue(now) {
		t.Fatalf("more than %d at once", mostProbes)
	}
	if e.probed(&Error{Kind: KindTransient, Status: 502}); e.down == nil || e.wait() != WaitStalled {
		t.Fatalf("an answer that is not OSS's: %+v", e)
	}
	if e.probed(failure(KindTransient)); e.down == nil || e.wait() != WaitOffline {
		t.Fatalf("no answer: %+v", e)
	}
	if e.probed(failure(KindCanceled)); e.down == nil || e.probes != mostProbes-3 || !e.probeDue(now) {
		t.Fatalf("%+v", e)
	}
}

func TestRefusalsAreCountedBySeconds(t *testing.T) {
	var e endpoint
	for range 8 { // in flight together, refused together
		e.learn(failure(KindThrottled), start)
	}
	e.learn(failure(KindThrottled), start.Add(time.Second))
	if e.refusals != 2 || e.down != nil || e.spent != 0 {
		t.Errorf("%+v: want 2 refusals, and nothing spent", e)
	}
	if e.learn(nil, start); e.refusals != 0 {
		t.Errorf("%d refusals after a success", e.refusals)
	}
}

func TestEndpointMeasured(t *testing.T) {
	var e endpoint
	e.measured(MiB/4-1, time.Second)
	e.measured(MiB, 0)
	e.measured(MiB, -time.Second)
	if e.rate != 0 {
		t.Fatalf("rate %g, learnt from what is too small or took no time", e.rate)
	}
	var edge endpoint
	if edge.measured(MiB/4, time.Second); edge.rate != MiB/4 {
		t.Errorf("rate %g, learnt from the least that tells", edge.rate)
	}
	e.measured(8*MiB, 2*time.Second)
	if e.rate != 4*MiB {
		t.Fatalf("rate %g, want the first measure", e.rate)
	}
	e.measured(12*MiB, time.Second)
	if e.rate != 5*MiB {
		t.Fatalf("rate %g, want an eighth of the way to the second", e.rate)
	}
	for range 200 {
		e.measured(MiB, time.Second)
	}
	if math.Abs(e.rate-MiB) > 1 {
		t.Errorf("rate %g after 200 measures of 1 MiB/s", e.rate)
	}
}
