package transfer

import (
	"strings"
	"time"
)

// ID names an upload in the journal. It is never reused.
type ID int64

// BatchID names a batch in the journal.
type BatchID int64

// FolderID names a dropped folder in the journal: what rows of one batch have in common
// whose names begin alike. It is never reused; 0 stands for no folder.
type FolderID int64

// Entry returns the number that stands for the folder among the IDs of a list of folders and
// uploads: one below 0, which no upload has.
func (f FolderID) Entry() ID { return ID(-f) }

// Folder returns the folder that an entry of such a list stands for, 0 if it is an upload.
func (id ID) Folder() FolderID { return FolderID(max(0, -id)) }

// Policy says what happens when an object has the key already.
type Policy string

// The policies. Only PolicyReplace ever overwrites an object.
const (
	PolicySkipSame Policy = "skip-same" // the same bytes: already there; others: Conflict, and ask
	PolicySkip     Policy = "skip"      // leave what is there
	PolicyReplace  Policy = "replace"   // overwrite
	PolicyKeepBoth Policy = "keep-both" // send under a free name, as "photo (2).jpg"
	PolicyAsk      Policy = "ask"       // Conflict whatever is there, the same bytes too: a person decides each
)

// Policies lists the policies, the default first.
var Policies = []Policy{PolicySkipSame, PolicySkip, PolicyReplace, PolicyKeepBoth, PolicyAsk}

// ForbidsOverwrite tells whether requests carry x-oss-forbid-overwrite.
func (p Policy) ForbidsOverwrite() bool { return p != PolicyReplace }

// Identity is what tells a file from another, or from a later version of itself.
type Identity struct {
	Size    int64
	ModTime time.Time // to the nanosecond, where the file system keeps it
	Device  uint64
	Inode   uint64
	Change  time.Time // ctime: moves with chmod and rename too
}

// Plan is how a file is cut into parts. PartSize is fixed for as long as an upload ID
// lives; Parts moves only when a person asks for a new version of the file, of another size.
type Plan struct {
	PartSize int64 // bytes of every part but the last; of the largest, where Layout is set; 0 for a single PutObject
	Parts    int   // 0 for a single PutObject
	// Layout is set where the parts are not numbers 1, 2, 3, … of one size: in an upload that
	// another program began.
	Layout *Layout
}

// Single tells whether the file goes by one PutObject.
func (p Plan) Single() bool { return p.Parts == 0 }

// Target is where one file goes, as fixed when it was added: an account edited later
// does not move uploads that have begun.
type Target struct {
	Account  AccountID
	Endpoint string
	Region   string
	Bucket   string
	Key      string
}

// Destination is where a batch goes: keys are Prefix and the path inside the batch.
type Destination struct {
	Account  AccountID
	Endpoint string
	Region   string
	Bucket   string
	Prefix   string
}

// folder is the destination whose prefix is what the key has before its last name.
func (t Target) folder() Destination {
	return Destination{
		Account: t.Account, Endpoint: t.Endpoint, Region: t.Region, Bucket: t.Bucket,
		Prefix: t.Key[:strings.LastIndexByte(t.Key, '/')+1],
	}
}

// Batch is what one drop or one command added.
type Batch struct {
	ID      BatchID
	Roots   []string // absolute paths, as given
	To      Destination
	Policy  Policy
	Options Options
	Ignore  []string // patterns of what is left out in its folders
	Paused  bool     // its uploads begin paused
	Scanned bool     // every file below the roots has its row
	Stopped bool     // a person stopped the scan: what was not found by then has no row
	Created time.Time
}

// Priority orders uploads before their place in the queue does: higher goes first.
type Priority int

// The priorities.
const (
	PriorityLow    Priority = -1
	PriorityNormal Priority = 0
	PriorityHigh   Priority = 1
)

// Proof tells what shows that an object holds the file's bytes.
type Proof string

// The kinds of proof.
const (
	ProofNone   Proof = ""
	ProofCRC64  Proof = "crc64"  // OSS stated the object's CRC64 in its answer, and it equals ours
	ProofHead   Proof = "head"   // the same, stated by HEAD
	ProofParts  Proof = "parts"  // every part was proved; OSS gave no checksum of the whole
	ProofAnswer Proof = "answer" // OSS's answer, and HEAD was refused
)

// Outcome tells how a finished upload ended.
type Outcome string

// The outcomes.
const (
	OutcomeNone         Outcome = ""
	OutcomeSent         Outcome = "sent"
	OutcomeAlreadyThere Outcome = "already-there" // the same bytes were there; nothing was sent
	OutcomeSkipped      Outcome = "skipped"       // another object is there, and was left
	OutcomeTooLate      Outcome = "too-late"      // abort was asked for, but the object was complete before
	OutcomeLeftOut      Outcome = "left-out"      // the file had changed or was missing, and was skipped
	OutcomeEmptyFolder  Outcome = "empty-folder"  // OSS has no folders: there was nothing to send
	OutcomeInDoubt      Outcome = "in-doubt"      // aborted; an object of an earlier request may be there
)

// Outcomes lists them.
var Outcomes = []Outcome{
	OutcomeNone, OutcomeSent, OutcomeAlreadyThere, OutcomeSkipped, OutcomeTooLate, OutcomeLeftOut, OutcomeEmptyFolder,
	OutcomeInDoubt,
}

// NotSent tells that the upload ended without its file's bytes being on OSS.
func (o Outcome) NotSent() bool {
	return o == OutcomeSkipped || o == OutcomeLeftOut || o == OutcomeEmptyFolder
}

// Receipt is what remains of a finished upload.
type Receipt struct {
	Outcome   Outcome
	Proof     Proof
	ETag      string
	CRC64     uint64
	MD5       bool // each part's MD5 was compared too
	VersionID string
	RequestID string
	Finished  time.Time
	// Callback is what became of it, and CallbackReply what its server answered, or why it
	// failed; cut at MaxCallbackReply.
	Callback      CallbackState
	CallbackReply string
}

// Upload is one file on its way to one object: the facts that the journal holds.
type Upload struct {
	ID       ID
	Batch    BatchID
	Folder   FolderID // set by the journal when it is added: by Batch and Name
	Position int64    // place in the queue; lower goes first. The journal alone sets it, and the priority
	Priority Priority
	Limit    int64 // speed limit of its own, in bytes per second; 0: none. Once added, as Position

	Path string // absolute, in the file system's own bytes
	Name string // path inside the batch, with "/", as shown
	File Identity
	To   Target

	Policy  Policy
	Options Options // its batch's
	Plan    Plan
	// ContentType is what was found out when the upload was begun, "" while it is planned, or
	// where it was typed. A request that is repeated says the same.
	ContentType string

	Intent Intent
	Phase  Phase
	Wait   Wait
	// Error is why it waits or failed, nil when nothing is wrong. The journal keeps its
	// fields and its text.
	Error *Error

	UploadID string
	// Initiated is when phase initiating was entered, by this computer's clock.
	Initiated time.Time
	// Sealed tells that a Complete may have been sent since the upload ID is known: by this
	// program, by the one that began it, or since the backup that the journal was restored from.
	// Should the ID be gone, that alone does not tell that there is no object of it.
	Sealed bool
	// Before is the object's state as noted before the upload ID's Complete, or before Put.
	Before      ObjectState
	BeforeKnown bool
	// ContentMD5 is set once OSS answered without CRC64: each part is read twice from
	// then on, and OSS refuses bytes with another MD5.
	ContentMD5 bool
	// Again counts how often the upload was begun anew because OSS no longer had it.
	Again int
	// Restart says that the file is to be taken as it is now. An upload of phase uploading
	// keeps its ID, and the parts whose bytes are the same, if the new size allows; one that
	// is aborting begins anew once the old upload ID is gone.
	Restart bool
	// Torn is the ETag of the object that the upload stored itself, from a file that changed
	// meanwhile, or of which a new version is to be sent. As long as it is that, a new version may replace it: that is
	// looked up before each request that would. It is TornPerhaps where an object may be the
	// upload's, and cannot be told from another program's. Should no new version take its
	// place, the upload ends in doubt.
	Torn string
	// Claims tells that the upload holds its key: no other unfinished upload may.
	Claims bool
	// Hidden rows were removed from the list and only live on to be aborted.
	Hidden bool

	PartsDone int   // acknowledged parts
	BytesDone int64 // acknowledged bytes
	Receipt   Receipt
	Created   time.Time
}

// TornPerhaps stands in [Upload.Torn] for an object that is perhaps the upload's own: it came
// under the key after a Put whose answer was lost, and the file is no longer what was sent; or
// it has other bytes than were sent. It is the ETag of none.
const TornPerhaps = "?"

// forgetID forgets an upload ID that is gone, with all that was of it.
func (u *Upload) forgetID() {
	u.UploadID, u.Sealed = "", false
	u.PartsDone, u.BytesDone = 0, 0
}

// tornBy remembers an object that the upload made of another version of the file than it is to
// send now. That it is the upload's is sure only if it is known what was there before.
func (u *Upload) tornBy(a arrival) {
	u.Torn = TornPerhaps
	if u.BeforeKnown && a.answer.ETag != "" {
		u.Torn = a.answer.ETag
	}
}

// mayBeOwn tells whether an object that is there may be the one that Torn remembers.
func (u *Upload) mayBeOwn(there ObjectState) bool {
	return there.Exists && (u.Torn == TornPerhaps || sameETag(there.ETag, u.Torn))
}

// sendsMD5 tells whether bytes are sent with their Content-MD5.
func (u *Upload) sendsMD5() bool { return u.ContentMD5 || u.Options.Strict }

// forbidsOverwrite tells whether requests carry x-oss-forbid-overwrite: unless the person
// said that the object may be replaced, or it is the upload's own that is torn.
func (u *Upload) forbidsOverwrite() bool { return u.Policy.ForbidsOverwrite() && !u.replacesTorn() }

// replacesTorn tells whether the object was the upload's own, torn one when it was last
// looked at.
func (u *Upload) replacesTorn() bool {
	return u.Torn != "" && u.BeforeKnown && u.Before.Exists && sameETag(u.Before.ETag, u.Torn)
}

// Part is an acknowledged part: what T4 commits.
type Part struct {
	Number int
	Offset int64
	Size   int64
	ETag   string // as sent by OSS, without quotes
	CRC64  uint64
	MD5    string // upper-case hex, "" when it was not computed
}

// EventKind names what happened to an upload.
type EventKind string

// The events of an upload's log.
const (
	EventInitiated  EventKind = "initiated"
	EventResumed    EventKind = "resumed" // Text: a Carried
	EventRetried    EventKind = "retried"
	EventWaiting    EventKind = "waiting"
	EventPerhaps    EventKind = "perhaps-ours" // an upload ID whose making is in doubt
	EventNoted      EventKind = "noted"        // something accepted, and worth saying
	EventCompleted  EventKind = "completed"    // Text: the outcome and the proof. The journal makes it of the receipt
	EventAborted    EventKind = "aborted"
	EventPausing    EventKind = "paused" // Text: a GivenUp
	EventRestarting EventKind = "restarted"
	EventNewVersion EventKind = "new-version" // as EventResumed, of the file as it is now
	EventRepaired   EventKind = "repaired"    // as EventResumed, with every part compared
	EventAdopted    EventKind = "adopted"     // as EventResumed, of an upload that another program began
	EventVerified   EventKind = "verified"    // Text: a Verification
)

// Event is one line of an upload's log.
type Event struct {
	Upload    ID
	Time      time.Time
	Kind      EventKind
	Text      string // detail, never with a secret
	RequestID string
}
