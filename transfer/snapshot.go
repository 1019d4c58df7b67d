package transfer

import "time"

// Snapshot is what the engine is doing at one moment. It is immutable.
type Snapshot struct {
	Version  uint64 // grows with every snapshot
	Journal  uint64 // Lists.Version at that moment: list again when it moved
	Time     time.Time
	Live     map[ID]Live
	Speed    float64 // bytes per second of all uploads, over the last few seconds
	Pace     float64 // the same over the last half minute, for what is left
	Limit    int64   // bytes per second that all uploads may use, 0: any
	InFlight int     // requests under way
	Sending  int64   // bytes of parts in flight that have left this computer
	Slots    int     // room for requests
	// Alternative tells that Limit is the alternative one.
	Alternative bool
	Scans       []Scan
	// Ignored counts what the ignore patterns left out, of each batch scanned in this life in
	// which they did.
	Ignored map[BatchID]int
	// Offline holds the endpoints that cannot be reached, Stalled those that answer with
	// nothing but errors. Uploads to them that are not in work yet read "Waiting".
	Offline, Stalled []string
	// Halted is why nothing new is begun: the journal cannot be written, as on a full disk.
	// It is nil while all is well, and again as soon as it can be.
	Halted *Error
	// Unsaved is how many commands wait for that: they are in force, and are lost if the
	// program ends before.
	Unsaved int
	// NeedCredentials holds the accounts that wait for credentials.
	NeedCredentials []AccountID
	// Expires tells when temporary credentials expire that are in use and were typed: those that
	// are got anew by themselves are not among them.
	Expires map[AccountID]time.Time
	// Refused holds the buckets that refuse every upload, with why.
	Refused []Refused
	// ClockOff is OSS's time less this computer's, in whole minutes; 0 when the two agree well
	// enough.
	ClockOff time.Duration
	// Found is what only OSS knew of uploads that went on in this life: their parts were compared
	// with the files and kept. FoundBytes is their size.
	Found      int
	FoundBytes int64
	// Detail is of the upload named to Manager.Watch, nil if it is not in work.
	Detail *Detail
}

// Live is what the journal does not hold of an upload in work.
type Live struct {
	Status   Status
	Folder   FolderID
	Sent     int64         // acknowledged bytes and those of parts in flight
	Flying   int64         // of these, those of parts in flight
	Checked  float64       // 0 to 1: how much of the file was read, while checking
	Speed    float64       // bytes per second
	Pace     float64       // the same over the last half minute
	Left     time.Duration // at that pace; 0 when not known
	InFlight int           // parts
	Queued   bool          // begun, and for a while other uploads have used all slots
	Kept     int           // parts that need not be sent again since it last went on, 0 if it did not
	Tries    int           // of the next step
	NextTry  time.Time     // when waiting to try again
	Error    *Error        // why it waits or is tried again; nil when nothing is wrong
}

// Refused is a bucket that takes no upload.
type Refused struct {
	Account AccountID
	Bucket  string
	Error   *Error
}

// Scan is a folder being walked.
type Scan struct {
	Batch BatchID
	Root  string // the first of the batch, or the name of the one being walked
	Files int
	Bytes int64
}

// PartState is what a part is doing.
type PartState uint8

// The states of a part.
const (
	PartWaiting PartState = iota
	PartSending
	PartDone
	PartFailed // its last try failed; it is sent again
)

// Detail is the part-by-part state of one upload.
type Detail struct {
	ID     ID
	States []PartState   // in the plan's order: that of part n at Plan.Index(n)
	Sent   map[int]int64 // bytes sent of the parts in flight, by number
	Tries  map[int]int   // tries of parts tried more than once, by number
}
