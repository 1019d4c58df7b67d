package transfer

import "slices"

// Intent is what the person wants of an upload.
type Intent string

// The intents.
const (
	IntentRun   Intent = "run"
	IntentPause Intent = "pause"
	IntentAbort Intent = "abort"
)

// Phase is how far an upload is in the durable protocol.
type Phase string

// The phases.
const (
	PhasePlanned    Phase = "planned"
	PhaseInitiating Phase = "initiating" // T2: an upload ID may exist that is not known yet
	PhaseUploading  Phase = "uploading"  // T3: the upload ID is known
	PhaseCompleting Phase = "completing" // T5: the object may exist already
	PhasePutting    Phase = "putting"    // P1: the object may exist already
	PhaseDone       Phase = "done"
	PhaseAborting   Phase = "aborting" // T7: the upload ID may still exist
	PhaseAborted    Phase = "aborted"
)

// Phases lists every phase.
var Phases = []Phase{
	PhasePlanned, PhaseInitiating, PhaseUploading, PhaseCompleting,
	PhasePutting, PhaseDone, PhaseAborting, PhaseAborted,
}

// transitions is the whole table of allowed steps between phases.
var transitions = map[Phase][]Phase{
	// done: already there, or skipped; aborted: nothing was begun.
	PhasePlanned: {PhaseInitiating, PhasePutting, PhaseDone, PhaseAborted},
	// planned: the answer was a refusal, nothing was begun; aborting: the ID was found.
	PhaseInitiating: {PhaseUploading, PhasePlanned, PhaseAborting, PhaseAborted},
	// planned: OSS no longer has the upload ID.
	PhaseUploading: {PhaseCompleting, PhasePlanned, PhaseAborting},
	// uploading: OSS wants parts again, or refused with the ID alive.
	PhaseCompleting: {PhaseDone, PhaseUploading, PhasePlanned, PhaseAborting},
	PhasePutting:    {PhaseDone, PhasePlanned, PhaseAborted},
	// planned: to begin anew; done: it was complete before, or skipped on request.
	PhaseAborting: {PhaseAborted, PhaseDone, PhasePlanned},
	PhaseDone:     {},
	PhaseAborted:  {},
}

// MayBecome tells whether the step from p to next is allowed.
func (p Phase) MayBecome(next Phase) bool {
	return slices.Contains(transitions[p], next)
}

// Final tells whether nothing happens any more.
func (p Phase) Final() bool { return p == PhaseDone || p == PhaseAborted }

// Wait is why an upload that should run does not move.
type Wait string

// The waits. The first group ends by itself; the second waits for a person, or, for one,
// until the file is there again.
const (
	WaitNone     Wait = ""
	WaitRetry    Wait = "retry"    // a short while, then the next try
	WaitStalled  Wait = "stalled"  // tries are spent; tries on, at longer intervals
	WaitOffline  Wait = "offline"  // the endpoint cannot be reached
	WaitChecking Wait = "checking" // the file is being read and compared
	WaitSettling Wait = "settling" // the file was written to less than 2 s ago

	WaitCredentials Wait = "credentials"
	WaitMissing     Wait = "missing"
	WaitChanged     Wait = "changed"
	WaitConflict    Wait = "conflict"
	WaitFailed      Wait = "failed"
)

// NeedsPerson tells whether only a person can end the wait.
func (w Wait) NeedsPerson() bool {
	switch w {
	case WaitCredentials, WaitMissing, WaitChanged, WaitConflict, WaitFailed:
		return true
	default:
		return false
	}
}

// Status is what a row says. It is derived by [StatusOf] and nowhere else.
type Status string

// The statuses.
const (
	StatusWaiting          Status = "waiting"
	StatusChecking         Status = "checking"
	StatusUploading        Status = "uploading"
	StatusPaused           Status = "paused"
	StatusRetrying         Status = "retrying"
	StatusStalled          Status = "stalled"
	StatusNoNetwork        Status = "no-network"
	StatusNeedsCredentials Status = "needs-credentials" //nolint:gosec // the word for a state, no credential
	StatusFileMissing      Status = "file-missing"
	StatusFileChanged      Status = "file-changed"
	StatusConflict         Status = "conflict"
	StatusCompleting       Status = "completing"
	StatusCompleted        Status = "completed"
	StatusFailed           Status = "failed"
	StatusAborting         Status = "aborting"
	StatusAborted          Status = "aborted"
)

// Statuses lists every status, in the order of the list when sorted by status.
var Statuses = []Status{
	StatusUploading, StatusCompleting, StatusChecking, StatusRetrying, StatusWaiting,
	StatusPaused, StatusStalled, StatusNoNetwork, StatusNeedsCredentials, StatusFileMissing,
	StatusFileChanged, StatusConflict, StatusFailed, StatusAborting, StatusCompleted, StatusAborted,
}

// StatusOf derives what a row says from the facts.
func StatusOf(intent Intent, phase Phase, wait Wait) Status {
	switch {
	case phase == PhaseDone:
		return StatusCompleted
	case phase == PhaseAborted:
		return StatusAborted
	case intent == IntentAbort || phase == PhaseAborting:
		return StatusAborting
	case wait.NeedsPerson():
		return waitStatus[wait]
	case intent == IntentPause:
		return StatusPaused
	case wait != WaitNone:
		return waitStatus[wait]
	case phase == PhaseCompleting:
		return StatusCompleting
	case phase == PhasePlanned:
		return StatusWaiting
	default:
		return StatusUploading
	}
}

var waitStatus = map[Wait]Status{
	WaitRetry:       StatusRetrying,
	WaitStalled:     StatusStalled,
	WaitOffline:     StatusNoNetwork,
	WaitChecking:    StatusChecking,
	WaitSettling:    StatusWaiting,
	WaitCredentials: StatusNeedsCredentials,
	WaitMissing:     StatusFileMissing,
	WaitChanged:     StatusFileChanged,
	WaitConflict:    StatusConflict,
	WaitFailed:      StatusFailed,
}

// Status derives what the upload's row says.
func (u *Upload) Status() Status { return StatusOf(u.Intent, u.Phase, u.Wait) }

// FolderStatus derives what a folder's row says from those of its rows: what goes on now
// before what waits, and that before what has ended.
func FolderStatus(rows map[Status]Sum) Status {
	for _, s := range Statuses {
		if rows[s].Rows == 0 {
			continue
		}
		switch s {
		case StatusCompleting, StatusChecking: // of a moment, and of one file
			return StatusUploading
		default:
			return s
		}
	}
	return StatusWaiting
}

// Group is a set of statuses that the window filters by. An upload is listed by what the
// journal holds: one that has not begun stays among those that wait while its file is
// checked, or its beginning is tried again; one that has begun stays among those that
// upload while it waits for a slot ([Live].Queued).
type Group string

// The groups.
const (
	GroupAll       Group = "all"
	GroupUploading Group = "uploading"
	GroupWaiting   Group = "waiting"
	GroupPaused    Group = "paused"
	GroupAttention Group = "attention"
	GroupCompleted Group = "completed"
)

// Groups lists the groups in the order the window shows them.
var Groups = []Group{GroupAll, GroupUploading, GroupWaiting, GroupPaused, GroupAttention, GroupCompleted}

// Group returns the one group, beside GroupAll, that the status belongs to, or GroupAll
// if there is none.
func (s Status) Group() Group {
	switch s {
	case StatusUploading, StatusCompleting, StatusChecking, StatusRetrying, StatusAborting:
		return GroupUploading
	case StatusWaiting, StatusStalled, StatusNoNetwork:
		return GroupWaiting
	case StatusPaused:
		return GroupPaused
	case StatusNeedsCredentials, StatusFileMissing, StatusFileChanged, StatusConflict, StatusFailed:
		return GroupAttention
	case StatusCompleted:
		return GroupCompleted
	default:
		return GroupAll
	}
}

// Allowed tells which commands make sense for a row.
type Allowed struct {
	Start, Pause, Abort, Remove, Resolve, NewVersion, Skip, Again bool
	Move                                                          bool // in the queue, and to another destination
}

// Or tells which commands make sense for one of two rows.
func (a Allowed) Or(b Allowed) Allowed {
	return Allowed{
		Start: a.Start || b.Start, Pause: a.Pause || b.Pause, Abort: a.Abort || b.Abort, Remove: a.Remove || b.Remove,
		Resolve: a.Resolve || b.Resolve, NewVersion: a.NewVersion || b.NewVersion, Skip: a.Skip || b.Skip, Again: a.Again || b.Again,
		Move: a.Move || b.Move,
	}
}

// Allows derives which commands the facts allow. It is the only source of enabled
// buttons.
func Allows(s Status) Allowed {
	a := Allowed{Remove: s != StatusAborting}
	a.Move = a.Remove && s != StatusCompleted && s != StatusAborted
	switch s {
	case StatusCompleted, StatusAborted:
		a.Again = true
	case StatusAborting:
	case StatusPaused:
		a.Start, a.Abort = true, true
	case StatusConflict:
		a.Resolve, a.Abort = true, true
	case StatusFileChanged:
		a.NewVersion, a.Skip, a.Abort = true, true, true
	case StatusFileMissing:
		a.Start, a.Skip, a.Abort = true, true, true
	case StatusNeedsCredentials, StatusFailed:
		a.Start, a.Abort = true, true
	case StatusStalled, StatusNoNetwork, StatusRetrying:
		a.Start, a.Pause, a.Abort = true, true, true
	default:
		a.Pause, a.Abort = true, true
	}
	return a
}
