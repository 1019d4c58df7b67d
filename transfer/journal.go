package transfer

import (
	"context"
	"errors"
	"time"
)

// ErrKeyClaimed is the cause of a conflict between two unfinished uploads of different
// files to one key.
var ErrKeyClaimed = errors.New("another unfinished upload has this key")

// ErrAbsent is the cause of a change that failed because what it is of was removed meanwhile.
var ErrAbsent = errors.New("is not in the journal")

// Change is a set of facts that become durable together, or not at all.
type Change struct {
	// Uploads replace the facts of the rows of these IDs: not what file they are, their places
	// in the queue, and of their targets only the key.
	Uploads []Upload
	Parts   []PartFact    // add or replace acknowledged parts (T4)
	Forget  []ForgetParts // drop acknowledged parts that OSS turned out not to have
	Perhaps []PerhapsOurs
	Events  []Event
	// Patient tells that nothing waits for the change: it may become durable a moment later,
	// together with others.
	Patient bool
}

// PartFact is an acknowledged part of an upload. Committing it also brings the upload's
// PartsDone and BytesDone up to date.
type PartFact struct {
	Upload ID
	Part   Part
}

// ForgetParts drops parts of an upload: the numbers given, or all when there are none.
type ForgetParts struct {
	Upload  ID
	Numbers []int
}

// PerhapsOurs is an upload ID that OSS lists and Partway may have made: the answer to
// an Initiate was lost. It is shown, and never aborted without asking.
type PerhapsOurs struct {
	Upload   ID
	To       Target
	UploadID string
	Noted    time.Time
}

// Added is what became of one upload handed to [Journal.AddUploads].
type Added struct {
	ID ID
	// Existing tells that the same file was in the list for the same key already, and ID
	// is its row.
	Existing bool
}

// Selection names uploads: those of IDs, and those in the Folders that the filter shows.
// When both are nil, it names all that the filter shows.
type Selection struct {
	IDs     []ID
	Folders []FolderID
	Filter  Filter
}

// Everything selects every upload in the list.
func Everything() Selection { return Selection{Filter: Filter{Group: GroupAll}} }

// These selects uploads by ID.
func These(ids ...ID) Selection {
	if ids == nil {
		ids = []ID{}
	}
	return Selection{IDs: ids}
}

// Chosen selects entries of a list of folders and uploads: the uploads, and what the list's
// filter shows of the folders.
func Chosen(f Filter, entries ...ID) Selection {
	s := Selection{IDs: []ID{}, Filter: f}
	for _, e := range entries {
		if folder := e.Folder(); folder != 0 {
			s.Folders = append(s.Folders, folder)
		} else {
			s.IDs = append(s.IDs, e)
		}
	}
	return s
}

// Filter says which rows the list shows. Its zero value shows all. Hidden rows are never
// shown.
type Filter struct {
	Group   Group     // "" and GroupAll: all
	Search  string    // a part of name or key, without regard to ASCII case
	Account AccountID // 0: all
	Bucket  string    // "": all
	Batch   BatchID   // 0: all
	Folder  FolderID  // 0: all
}

// SortBy names the column a list is sorted by.
type SortBy string

// The columns to sort by.
const (
	SortQueue       SortBy = "queue" // priority, then position
	SortName        SortBy = "name"
	SortSize        SortBy = "size"
	SortStatus      SortBy = "status"
	SortDestination SortBy = "destination"
	SortAdded       SortBy = "added"
	SortProgress    SortBy = "progress"
	SortPriority    SortBy = "priority"
	SortFolder      SortBy = "folder" // of the file on this computer
	SortAccount     SortBy = "account"
	SortFinished    SortBy = "finished" // those not finished come last, both ways
	// SortSpeed and SortLeft order active uploads only, which the journal does not know: it
	// lists as by SortQueue.
	SortSpeed SortBy = "speed"
	SortLeft  SortBy = "left"
)

// Live tells that only the engine knows what to sort by.
func (s SortBy) Live() bool { return s == SortSpeed || s == SortLeft }

// Sort is an order of the list.
type Sort struct {
	By         SortBy
	Descending bool
}

// Counts holds the number of rows in each group, and the bytes of the list.
type Counts struct {
	Groups map[Group]int
	Total  int64 // bytes of all files not finished
	Done   int64 // of these, acknowledged
	Ahead  int64 // of these, not acknowledged of files that go on without a person
	Places []PlaceCount
}

// PlaceCount is the number of rows that one account sends to one bucket.
type PlaceCount struct {
	Account AccountID
	Bucket  string
	Rows    int
}

// Sum is what some rows come to.
type Sum struct {
	Rows       int
	Size, Done int64 // bytes, and how many of them are acknowledged
}

// FolderRow is what the list shows of a dropped folder: the sums of those of its rows that
// the filter shows. A command on the folder concerns the same rows.
type FolderRow struct {
	ID    FolderID
	Batch BatchID
	Name  string
	Path  string      // on this computer
	To    Destination // of its files, those that wait first
	Sums  map[Status]Sum

	Priority Priority // the highest of its unfinished files
	Mixed    bool     // some of them have another
	Spread   bool     // some of its files go, or went, elsewhere than to To
}

// Loss is what giving up uploads would lose.
type Loss struct {
	Rows       int   // uploads
	Unfinished int   // of these, not finished
	Begun      int   // of these, with bytes on OSS
	Bytes      int64 // on OSS
}

// Progress is what the journal remembers of the uploads under way.
type Progress struct {
	Uploads int   // that go on by themselves
	Parts   int   // of these, acknowledged
	Bytes   int64 // of these, acknowledged
	NeedYou int   // further uploads that wait for a person
}

// Row is what the list shows of an upload.
type Row struct {
	ID        ID
	Batch     BatchID
	Folder    FolderID
	Path      string
	Name      string
	Size      int64
	To        Target
	Account   string // the account's name, "" once it is gone
	Priority  Priority
	Status    Status
	Outcome   Outcome
	Proof     Proof
	Callback  CallbackState
	Wait      Wait
	Error     *Error
	Plan      Plan
	PartsDone int
	BytesDone int64
	Created   time.Time
	Finished  time.Time
}

// Record is what is known of an upload, or of a finished one that was taken off the list.
type Record struct {
	ID          ID
	Name        string
	Path        string // on this computer; "" where the list has it no more
	Size        int64
	To          Target
	Account     string // the account's name, "" once it is gone
	Status      Status // "" where the list has it no more
	Error       *Error
	Plan        Plan
	UploadID    string
	ContentType string
	Created     time.Time
	Begun       time.Time
	Receipt     Receipt
}

// RunnableQuery asks for uploads that could move, in the queue's order: intent run and
// not waiting for a person, or aborting. Those already begun come before planned ones of
// the same priority.
type RunnableQuery struct {
	Limit       int
	NotIDs      []ID
	NotAccounts []AccountID
	NotPlaces   []Place
}

// Place is where uploads go, but for their keys: what holds one up holds up all.
type Place struct {
	Account          AccountID
	Endpoint, Bucket string
}

func placeOf(to Target) Place {
	return Place{Account: to.Account, Endpoint: to.Endpoint, Bucket: to.Bucket}
}

// SetCommand is a command on a set of uploads, carried out as one statement.
type SetCommand string

// The commands on sets.
const (
	// SetPause: intent run becomes pause, where the upload is not finished or aborting.
	SetPause SetCommand = "pause"
	// SetRun: intent pause becomes run, and a wait for a person ends, except for
	// conflicts and changed files, which need a decision.
	SetRun SetCommand = "run"
	// SetAbort: intent becomes abort. A planned upload is aborted at once; any other
	// enters no new phase by this: the engine does that.
	SetAbort SetCommand = "abort"
	// SetRemove: finished rows, and planned ones (which are aborted at once), leave the
	// list and the journal; unfinished ones get intent abort and are hidden, and leave
	// once they are aborted.
	SetRemove SetCommand = "remove"
	// SetCredentialsBack: the wait for credentials ends.
	SetCredentialsBack SetCommand = "credentials-back"
	// SetReplace, SetKeepBoth and SetSkip answer conflicts, and leave other uploads as they
	// are. The wait ends, intent becomes run, and the policy that of the answer. What is of an
	// upload on OSS and not wanted any more is aborted; one to be skipped that has nothing
	// there is done.
	SetReplace  SetCommand = "replace"
	SetKeepBoth SetCommand = "keep-both"
	SetSkip     SetCommand = "skip"
)

// MissingFile is the file of an upload that waits for it: WaitMissing.
type MissingFile struct {
	ID    ID
	Batch BatchID
	Path  string
	Name  string
}

// Journal is what the engine remembers by. Changes are applied one after the other in
// the order of the calls, whichever method they came by, and each is durable (it
// survives power loss) when its done func runs or its call returns.
//
// Methods with a done func return at once and never block; done runs on a goroutine of
// the journal, must not block, and may be nil. After Close every call ends with an error
// of KindStorage.
type Journal interface {
	// Commit makes a change durable.
	Commit(c Change, done func(error))
	// Hasten ends the patience of all changes that were committed before.
	Hasten()
	// Command carries out a command on a set, and tells how many rows it changed.
	Command(s Selection, c SetCommand, done func(int, error))
	// LimitSpeed sets the speed limit of a set's unfinished uploads, as one statement, and
	// tells how many rows it changed.
	LimitSpeed(s Selection, bytesPerSecond int64, done func(int, error))
	// Move changes the order of the queue: of the selected uploads, those in it. It tells the
	// places that the uploads named by of have afterwards; those that are gone are left out.
	Move(s Selection, m Move, of []ID, done func([]QueuePlace, error))
	// Keep takes selected rows off the list: those that have ended, those that are planned, and
	// those of phase uploading that are paused, whose parts stay on OSS. Their upload IDs are
	// remembered, see Begun. It tells how many rows it took.
	Keep(s Selection, done func(int, error))
	// Redirect sends the selected uploads that are planned, but for those named by begun, to
	// another destination, with keys made by [KeyFor]. What they waited for ends, but for what
	// is the file's. A key that another unfinished upload has makes a conflict, as with
	// AddUploads.
	Redirect(s Selection, to Destination, begun []ID, done func(Redirected, error))
	// Runnable reads, after all changes before it, what could move. What cannot be read is
	// given WaitFailed, with the reason: it must not hold up the others.
	Runnable(q RunnableQuery, done func([]Upload, error))

	// Writable tells, after a change failed, whether changes can be made durable again:
	// also such as need room on the disk.
	Writable(done func(error))

	// AddBatch makes a batch durable (T0) and returns its ID. Batch.ID is ignored.
	AddBatch(ctx context.Context, b Batch) (BatchID, error)
	// AddUploads makes uploads durable (T1), in the order given. An upload whose batch
	// and path are there already is left as it is (names may repeat: two roots of a batch may
	// have the same name). One whose key is claimed by an
	// unfinished upload of the same path becomes Existing; of another path, it is added
	// with WaitConflict, ErrKeyClaimed's text and no claim. Uploads without Claims are
	// rows that say why a file is not sent.
	AddUploads(ctx context.Context, us []Upload) ([]Added, error)
	// Adopt makes an upload that another program began durable, with its batch and its parts,
	// as one fact, and returns its ID. An upload ID that the journal has, or a key that another
	// unfinished upload claims, is an Error of CodeInQueue. The upload ID is in doubt no more.
	Adopt(ctx context.Context, b Batch, u Upload, parts []Part) (ID, error)
	// NoteIgnored notes what the patterns of a batch left out, in the place of what was noted
	// before.
	NoteIgnored(ctx context.Context, id BatchID, ignored Names) error
	// ScanDone notes that every file of a batch has its row.
	ScanDone(ctx context.Context, id BatchID) error
	// StopScan notes that a batch's scan was stopped by a person: it does not go on, also not
	// when a folder of it comes back that could not be read. over tells that nothing more of
	// it will be added. A batch that is scanned stays as it is.
	StopScan(id BatchID, over bool, done func(error))
	// Unscanned returns the batches whose scan must go on.
	Unscanned(ctx context.Context) ([]Batch, error)

	// Uploads returns the uploads of these IDs, in their order. IDs that are gone are left out,
	// and so is what cannot be read.
	Uploads(ctx context.Context, ids []ID) ([]Upload, error)
	// Missing returns the files that uploads in the list wait for, ordered by path, byte by
	// byte, beginning with from, and no more than limit.
	Missing(ctx context.Context, from string, limit int) ([]MissingFile, error)
	// Rescan drops a row that stands for a folder which could not be read, and makes the
	// scan of its batch go on: T0 again. It returns the batch, with what the row was told since:
	// paused or not, and where it goes. One whose scan was stopped by a person stays as it is,
	// Scanned.
	Rescan(ctx context.Context, id ID) (Batch, error)
	// Parts returns an upload's acknowledged parts, ascending.
	Parts(ctx context.Context, id ID) ([]Part, error)
	// KnownUploadIDs returns all upload IDs of a bucket's key that the journal knows, by
	// whichever endpoint they were begun: those of uploads, those kept, and those in doubt.
	KnownUploadIDs(ctx context.Context, bucket, key string) ([]string, error)

	Accounts
	Lists
}

// RecentDestinations is how many destinations are remembered of each account.
const RecentDestinations = 10

// Accounts is where accounts are kept.
type Accounts interface {
	// Accounts returns all accounts, the last used first.
	Accounts(ctx context.Context) ([]Account, error)
	// SaveAccount adds an account (ID 0) or replaces it, and returns its ID.
	SaveAccount(ctx context.Context, a Account) (AccountID, error)
	// RemoveAccount forgets an account. Its finished rows stay; it fails while
	// unfinished uploads need it.
	RemoveAccount(ctx context.Context, id AccountID) error
	// UseAccount notes that an account was used, and where.
	UseAccount(ctx context.Context, id AccountID, bucket, prefix string) error
}

// Lists answers what the window asks. It reads only, and may be called from any goroutine
// but the window's.
type Lists interface {
	// List returns the IDs of the rows that the filter shows, in order.
	List(ctx context.Context, f Filter, s Sort) ([]ID, error)
	// Entries is List with one entry for each folder, as [FolderID.Entry], in place of its
	// rows.
	Entries(ctx context.Context, f Filter, s Sort) ([]ID, error)
	// Folders returns the rows of these folders, in their order; those of which the filter
	// shows nothing are left out.
	Folders(ctx context.Context, ids []FolderID, f Filter) ([]FolderRow, error)
	// Rows returns the rows of these IDs, in their order; IDs that are gone are left out.
	Rows(ctx context.Context, ids []ID) ([]Row, error)
	// Queue returns the IDs of the unfinished rows, in the queue's order.
	Queue(ctx context.Context) ([]ID, error)
	Counts(ctx context.Context) (Counts, error)
	// BatchCounts returns the number of a batch's rows by status, and whether its scan is
	// done.
	BatchCounts(ctx context.Context, id BatchID) (map[Status]int, bool, error)
	// Ignored returns what the patterns of a batch left out.
	Ignored(ctx context.Context, id BatchID) (Names, error)
	// OpenBatches returns the batches that are not at their end: they are being scanned, or have
	// rows that go on by themselves or are paused.
	OpenBatches(ctx context.Context) ([]BatchID, error)
	// Batch returns a batch.
	Batch(ctx context.Context, id BatchID) (Batch, error)
	// Progress sums up what is under way, as a program that starts finds it.
	Progress(ctx context.Context) (Progress, error)
	// Events returns an upload's log, oldest first.
	Events(ctx context.Context, id ID) ([]Event, error)
	// PerhapsOurs returns every upload ID in doubt.
	PerhapsOurs(ctx context.Context) ([]PerhapsOurs, error)
	// Begun returns the upload IDs of a bucket that the journal knows, by whichever endpoint
	// they were begun.
	Begun(ctx context.Context, bucket string) ([]BegunUpload, error)
	// Settled forgets upload IDs of a bucket that are in doubt, or kept: OSS no longer has them.
	Settled(ctx context.Context, bucket string, uploadIDs []string) error
	// Unfinished sums the selected rows, and what of them is not finished.
	Unfinished(ctx context.Context, s Selection) (Loss, error)
	// History hands what is known of the selected uploads to each, one after the other, until
	// all were or it returns an error, which is then returned. What each is handed is overwritten
	// afterwards.
	History(ctx context.Context, s Selection, each func(*Record) error) error
	// Receipts is History of every upload that was finished, also of those no longer in the list.
	Receipts(ctx context.Context, each func(*Record) error) error
	// Destinations returns where an account was used, the last first, and no more than
	// RecentDestinations. Only Account, Bucket and Prefix are set.
	Destinations(ctx context.Context, id AccountID) ([]Destination, error)
	// Setting returns a setting's value, or "" when it was never set.
	Setting(ctx context.Context, key string) (string, error)
	SetSetting(ctx context.Context, key, value string) error
	// Version grows with every commit that changed what a list shows.
	Version() uint64
}
