package transfer

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

var (
	allIntents = []Intent{IntentRun, IntentPause, IntentAbort}
	allWaits   = []Wait{
		WaitNone, WaitRetry, WaitStalled, WaitOffline, WaitChecking, WaitSettling,
		WaitCredentials, WaitMissing, WaitChanged, WaitConflict, WaitFailed,
	}
	allCommands = []SetCommand{SetPause, SetRun, SetAbort, SetRemove, SetCredentialsBack, SetReplace, SetKeepBoth, SetSkip}
)

// TestMayBecome tries every pair of phases against the table of the protocol.
func TestMayBecome(t *testing.T) {
	// Rows: from. Columns: to, in the order of Phases. x: allowed.
	//                planned initiating uploading completing putting done aborting aborted
	table := map[Phase]string{
		PhasePlanned:    ".x..xx.x",
		PhaseInitiating: "x.x...xx",
		PhaseUploading:  "x..x..x.",
		PhaseCompleting: "x.x..xx.",
		PhasePutting:    "x....x.x",
		PhaseDone:       "........",
		PhaseAborting:   "x....x.x",
		PhaseAborted:    "........",
	}
	if len(Phases) != len(table) || len(transitions) != len(table) {
		t.Fatalf("%d phases, %d rows of transitions; want %d", len(Phases), len(transitions), len(table))
	}
	for _, from := range Phases {
		for i, to := range Phases {
			if got, want := from.MayBecome(to), table[from][i] == 'x'; got != want {
				t.Errorf("%s may become %s: %v, want %v", from, to, got, want)
			}
		}
		if from.Final() != (table[from] == "........") {
			t.Errorf("%s.Final() = %v, with the row %s", from, from.Final(), table[from])
		}
		if from.MayBecome("") || from.MayBecome("other") || Phase("other").MayBecome(from) {
			t.Errorf("%s goes with a phase that does not exist", from)
		}
	}
}

func TestStatusOf(t *testing.T) {
	for _, c := range []struct {
		intent Intent
		phase  Phase
		wait   Wait
		want   Status
	}{
		{IntentRun, PhasePlanned, WaitNone, StatusWaiting},
		{IntentRun, PhaseInitiating, WaitNone, StatusUploading},
		{IntentRun, PhaseUploading, WaitNone, StatusUploading},
		{IntentRun, PhasePutting, WaitNone, StatusUploading},
		{IntentRun, PhaseCompleting, WaitNone, StatusCompleting},
		{IntentRun, PhaseUploading, WaitRetry, StatusRetrying},
		{IntentRun, PhaseCompleting, WaitStalled, StatusStalled},
		{IntentRun, PhasePlanned, WaitOffline, StatusNoNetwork},
		{IntentRun, PhaseUploading, WaitChecking, StatusChecking},
		{IntentRun, PhasePlanned, WaitSettling, StatusWaiting},
		{IntentRun, PhaseUploading, WaitCredentials, StatusNeedsCredentials},
		{IntentRun, PhaseUploading, WaitMissing, StatusFileMissing},
		{IntentRun, PhaseUploading, WaitChanged, StatusFileChanged},
		{IntentRun, PhaseCompleting, WaitConflict, StatusConflict},
		{IntentRun, PhasePutting, WaitFailed, StatusFailed},
		{IntentPause, PhaseUploading, WaitNone, StatusPaused},
		{IntentPause, PhaseUploading, WaitRetry, StatusPaused},
		{IntentPause, PhaseUploading, WaitOffline, StatusPaused},
		{IntentPause, PhaseUploading, WaitChecking, StatusPaused},
		{IntentPause, PhaseUploading, WaitConflict, StatusConflict},
		{IntentPause, PhaseCompleting, WaitNone, StatusPaused},
		{IntentAbort, PhaseUploading, WaitNone, StatusAborting},
		{IntentAbort, PhaseCompleting, WaitCredentials, StatusAborting},
		{IntentRun, PhaseAborting, WaitNone, StatusAborting},
		{IntentAbort, PhaseAborted, WaitNone, StatusAborted},
		{IntentAbort, PhaseDone, WaitNone, StatusCompleted},
		{IntentPause, PhaseDone, WaitFailed, StatusCompleted},
	} {
		t.Run(fmt.Sprintf("%s %s %s", c.intent, c.phase, c.wait), func(t *testing.T) {
			if got := StatusOf(c.intent, c.phase, c.wait); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// TestEveryTripleHasAStatus: no facts leave a row without a label, and no status is
// derived from none.
func TestEveryTripleHasAStatus(t *testing.T) {
	seen := map[Status]bool{}
	everyTriple(func(intent Intent, phase Phase, wait Wait) {
		s := StatusOf(intent, phase, wait)
		seen[s] = true
		if !slices.Contains(Statuses, s) {
			t.Errorf("%s %s %s has the status %q", intent, phase, wait, s)
		}
		u := Upload{Intent: intent, Phase: phase, Wait: wait}
		if u.Status() != s {
			t.Errorf("Upload.Status() = %s, StatusOf %s", u.Status(), s)
		}
		needs := wait.NeedsPerson() && !phase.Final() && s != StatusAborting
		if needs != (s.Group() == GroupAttention) {
			t.Errorf("%s %s %s is %s, in group %s", intent, phase, wait, s, s.Group())
		}
	})
	for _, s := range Statuses {
		if !seen[s] {
			t.Errorf("no facts have the status %s", s)
		}
	}
	if sorted := slices.Sorted(slices.Values(Statuses)); len(slices.Compact(sorted)) != len(Statuses) {
		t.Error("Statuses holds one twice")
	}
}

// TestFolderStatus gives a folder rows of every two statuses.
func TestFolderStatus(t *testing.T) {
	says := map[Status]Status{StatusCompleting: StatusUploading, StatusChecking: StatusUploading}
	for i, first := range Statuses {
		want := first
		if other, ok := says[first]; ok {
			want = other
		}
		for _, second := range Statuses[i:] {
			rows := map[Status]Sum{first: {Rows: 1}, second: {Rows: 3}}
			if got := FolderStatus(rows); got != want {
				t.Errorf("a folder with rows that are %s and %s is %s, want %s", first, second, got, want)
			}
		}
	}
	gone := map[Status]Sum{StatusUploading: {}, StatusFailed: {Rows: 1}}
	if got := FolderStatus(gone); got != StatusFailed {
		t.Errorf("with no row uploading any more and one failed, it is %s", got)
	}
	if got := FolderStatus(nil); got != StatusWaiting {
		t.Errorf("without rows it is %s", got)
	}
}

func everyTriple(do func(Intent, Phase, Wait)) {
	for _, intent := range allIntents {
		for _, phase := range Phases {
			for _, wait := range allWaits {
				do(intent, phase, wait)
			}
		}
	}
}

// TestStatusGroupAndAllows says of each status where it is listed and what can be done.
func TestStatusGroupAndAllows(t *testing.T) {
	table := map[Status]struct {
		group   Group
		allowed Allowed
	}{
		StatusUploading:        {GroupUploading, Allowed{Pause: true, Abort: true, Remove: true, Move: true}},
		StatusCompleting:       {GroupUploading, Allowed{Pause: true, Abort: true, Remove: true, Move: true}},
		StatusChecking:         {GroupUploading, Allowed{Pause: true, Abort: true, Remove: true, Move: true}},
		StatusRetrying:         {GroupUploading, Allowed{Start: true, Pause: true, Abort: true, Remove: true, Move: true}},
		StatusAborting:         {GroupUploading, Allowed{}},
		StatusWaiting:          {GroupWaiting, Allowed{Pause: true, Abort: true, Remove: true, Move: true}},
		StatusStalled:          {GroupWaiting, Allowed{Start: true, Pause: true, Abort: true, Remove: true, Move: true}},
		StatusNoNetwork:        {GroupWaiting, Allowed{Start: true, Pause: true, Abort: true, Remove: true, Move: true}},
		StatusPaused:           {GroupPaused, Allowed{Start: true, Abort: true, Remove: true, Move: true}},
		StatusNeedsCredentials: {GroupAttention, Allowed{Start: true, Abort: true, Remove: true, Move: true}},
		StatusFileMissing:      {GroupAttention, Allowed{Skip: true, Start: true, Abort: true, Remove: true, Move: true}},
		StatusFileChanged:      {GroupAttention, Allowed{NewVersion: true, Skip: true, Abort: true, Remove: true, Move: true}},
		StatusConflict:         {GroupAttention, Allowed{Resolve: true, Abort: true, Remove: true, Move: true}},
		StatusFailed:           {GroupAttention, Allowed{Start: true, Abort: true, Remove: true, Move: true}},
		StatusCompleted:        {GroupCompleted, Allowed{Again: true, Remove: true}},
		StatusAborted:          {GroupAll, Allowed{Again: true, Remove: true}},
	}
	if len(table) != len(Statuses) {
		t.Fatalf("%d statuses, %d in this table", len(Statuses), len(table))
	}
	for _, s := range Statuses {
		want, ok := table[s]
		if !ok {
			t.Errorf("%s is not in this table", s)
		}
		if got := s.Group(); got != want.group || !slices.Contains(Groups, got) {
			t.Errorf("%s is in group %s, want %s", s, got, want.group)
		}
		if got := Allows(s); got != want.allowed {
			t.Errorf("%s allows %+v, want %+v", s, got, want.allowed)
		}
	}
}

func TestNeedsPerson(t *testing.T) {
	for i, w := range allWaits {
		if got, want := w.NeedsPerson(), i >= slices.Index(allWaits, WaitCredentials); got != want {
			t.Errorf("%q needs a person: %v, want %v", w, got, want)
		}
		if _, ok := waitStatus[w]; ok == (w == WaitNone) {
			t.Errorf("%q in the table of labels: %v", w, ok)
		}
	}
}

func TestApply(t *testing.T) {
	now := time.Unix(1000, 0)
	type facts struct {
		intent Intent
		phase  Phase
		wait   Wait
	}
	for _, c := range []struct {
		command     SetCommand
		before, now facts
	}{
		{SetPause, facts{IntentRun, PhaseUploading, WaitRetry}, facts{IntentPause, PhaseUploading, WaitRetry}},
		{SetPause, facts{IntentRun, PhasePlanned, WaitConflict}, facts{IntentPause, PhasePlanned, WaitConflict}},
		{SetPause, facts{IntentAbort, PhaseUploading, WaitNone}, facts{IntentAbort, PhaseUploading, WaitNone}},
		{SetPause, facts{IntentRun, PhaseAborting, WaitNone}, facts{IntentRun, PhaseAborting, WaitNone}},
		{SetRun, facts{IntentPause, PhaseUploading, WaitNone}, facts{IntentRun, PhaseUploading, WaitNone}},
		{SetRun, facts{IntentPause, PhaseUploading, WaitFailed}, facts{IntentRun, PhaseUploading, WaitNone}},
		{SetRun, facts{IntentRun, PhaseUploading, WaitStalled}, facts{IntentRun, PhaseUploading, WaitNone}},
		{SetRun, facts{IntentRun, PhaseUploading, WaitMissing}, facts{IntentRun, PhaseUploading, WaitNone}},
		{SetRun, facts{IntentPause, PhaseCompleting, WaitConflict}, facts{IntentRun, PhaseCompleting, WaitConflict}},
		{SetRun, facts{IntentPause, PhaseUploading, WaitChanged}, facts{IntentRun, PhaseUploading, WaitChanged}},
		{SetRun, facts{IntentAbort, PhaseUploading, WaitFailed}, facts{IntentAbort, PhaseUploading, WaitFailed}},
		{SetAbort, facts{IntentPause, PhasePlanned, WaitNone}, facts{IntentAbort, PhaseAborted, WaitNone}},
		{SetAbort, facts{IntentRun, PhaseInitiating, WaitNone}, facts{IntentAbort, PhaseInitiating, WaitNone}},
		{SetAbort, facts{IntentRun, PhaseCompleting, WaitFailed}, facts{IntentAbort, PhaseCompleting, WaitFailed}},
		{SetRemove, facts{IntentPause, PhasePlanned, WaitNone}, facts{IntentAbort, PhaseAborted, WaitNone}},
		{SetRemove, facts{IntentRun, PhasePutting, WaitNone}, facts{IntentAbort, PhasePutting, WaitNone}},
		{SetCredentialsBack, facts{IntentRun, PhaseUploading, WaitCredentials}, facts{IntentRun, PhaseUploading, WaitNone}},
		{SetCredentialsBack, facts{IntentPause, PhaseUploading, WaitCredentials}, facts{IntentPause, PhaseUploading, WaitNone}},
		{SetCredentialsBack, facts{IntentRun, PhaseUploading, WaitFailed}, facts{IntentRun, PhaseUploading, WaitFailed}},
		{SetReplace, facts{IntentPause, PhaseUploading, WaitConflict}, facts{IntentRun, PhaseUploading, WaitNone}},
		{SetReplace, facts{IntentRun, PhasePlanned, WaitChanged}, facts{IntentRun, PhasePlanned, WaitChanged}},
		{SetReplace, facts{IntentAbort, PhaseUploading, WaitConflict}, facts{IntentAbort, PhaseUploading, WaitConflict}},
		{SetKeepBoth, facts{IntentRun, PhasePlanned, WaitConflict}, facts{IntentRun, PhasePlanned, WaitNone}},
		{SetSkip, facts{IntentRun, PhasePlanned, WaitConflict}, facts{IntentRun, PhaseDone, WaitNone}},
		{SetSkip, facts{IntentRun, PhaseUploading, WaitMissing}, facts{IntentRun, PhaseUploading, WaitMissing}},
	} {
		t.Run(fmt.Sprintf("%s %v", c.command, c.before), func(t *testing.T) {
			u := Upload{Intent: c.before.intent, Phase: c.before.phase, Wait: c.before.wait, Claims: true}
			c.command.Apply(&u, now)
			if got := (facts{u.Intent, u.Phase, u.Wait}); got != c.now {
				t.Errorf("got %v, want %v", got, c.now)
			}
			if u.Hidden != (c.command == SetRemove) {
				t.Errorf("hidden: %v", u.Hidden)
			}
		})
	}
}

// TestApplyKeepsInvariants tries every command on all facts.
func TestApplyKeepsInvariants(t *testing.T) {
	now := time.Unix(1000, 0)
	for _, c := range allCommands {
		everyTriple(func(intent Intent, phase Phase, wait Wait) {
			before := Upload{
				ID: 7, Intent: intent, Phase: phase, Wait: wait, Claims: !phase.Final(),
				UploadID: "ID", Plan: Plan{PartSize: MiB, Parts: 3}, PartsDone: 2, BytesDone: 2 * MiB,
			}
			u := before
			c.Apply(&u, now)
			at := fmt.Sprintf("%s on %s %s %s made %s %s %s", c, intent, phase, wait, u.Intent, u.Phase, u.Wait)
			switch {
			case phase.Final() && !alike(u, before):
				t.Errorf("%s: a final row changed", at)
			case c.answers() && u.Phase != phase:
				if wait != WaitConflict || u.Phase != PhaseAborting || u.Restart != (c == SetKeepBoth) {
					t.Errorf("%s: an answer aborts what is there, and nothing else", at)
				}
			case u.Phase != phase && (phase != PhasePlanned || u.Phase != PhaseAborted || !phase.MayBecome(u.Phase)):
				t.Errorf("%s: a command enters no phase, but aborts what is planned", at)
			case u.Phase.Final() && u.Claims:
				t.Errorf("%s: a final row holds its key", at)
			case u.Phase != phase && !u.Receipt.Finished.Equal(now):
				t.Errorf("%s: finished at %v", at, u.Receipt.Finished)
			case intent == IntentAbort && u.Intent != IntentAbort:
				t.Errorf("%s: an abort was taken back", at)
			case u.Wait != wait && u.Wait != WaitNone:
				t.Errorf("%s: a command only ends waits", at)
			case !phase.Final() && (c == SetAbort || c == SetRemove) && u.Intent != IntentAbort:
				t.Errorf("%s: the abort is not wanted", at)
			case u.UploadID != "ID" || u.PartsDone != 2 || u.BytesDone != 2*MiB || u.Plan != before.Plan:
				t.Errorf("%s: what OSS holds was forgotten: %+v", at, u)
			}
			once := u
			if c.Apply(&u, now); !alike(u, once) {
				t.Errorf("%s: the same again changed more", at)
			}
		})
	}
}
