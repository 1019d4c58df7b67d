package db

import (
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"testing"
	"time"

	"go.uber.org/goleak"

	"partway/transfer"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childVariable); dir != "" {
		os.Exit(commitForever(dir))
	}
	if dir := os.Getenv(tearVariable); dir != "" {
		os.Exit(openAndDie(dir))
	}
	if file := os.Getenv(lockVariable); file != "" {
		os.Exit(holdLock(file))
	}
	goleak.VerifyTestMain(m)
}

// latest returns the number of the schema that this program writes.
func latest(tb testing.TB) string {
	tb.Helper()
	steps, err := embeddedMigrations()
	if err != nil {
		tb.Fatal(err)
	}
	return strconv.Itoa(len(steps))
}

// openAt opens a journal that is closed at the test's end.
func openAt(tb testing.TB, dir string) *Journal {
	tb.Helper()
	j, err := Open(tb.Context(), dir, slog.New(slog.DiscardHandler))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := j.Close(); err != nil {
			tb.Error(err)
		}
	})
	return j
}

func openNew(tb testing.TB) *Journal {
	tb.Helper()
	return openAt(tb, tb.TempDir())
}

// waitFor runs an operation with a done func, and waits for it.
func waitFor(start func(done func(error))) error {
	answer := make(chan error, 1)
	start(func(err error) { answer <- err })
	return <-answer
}

func commit(tb testing.TB, j *Journal, c transfer.Change) {
	tb.Helper()
	if err := tryCommit(j, c); err != nil {
		tb.Fatal(err)
	}
}

func tryCommit(j *Journal, c transfer.Change) error {
	return waitFor(func(done func(error)) { j.Commit(c, done) })
}

func command(tb testing.TB, j *Journal, s transfer.Selection, c transfer.SetCommand) int {
	tb.Helper()
	var changed int
	err := waitFor(func(done func(error)) {
		j.Command(s, c, func(n int, err error) {
			changed = n
			done(err)
		})
	})
	if err != nil {
		tb.Fatal(err)
	}
	return changed
}

func runnable(tb testing.TB, j *Journal, q transfer.RunnableQuery) []transfer.Upload {
	tb.Helper()
	var found []transfer.Upload
	err := waitFor(func(done func(error)) {
		j.Runnable(q, func(us []transfer.Upload, err error) {
			found = us
			done(err)
		})
	})
	if err != nil {
		tb.Fatal(err)
	}
	return found
}

var created = time.Date(2026, 3, 4, 5, 6, 7, 89, time.UTC)

// testOptions have every field set.
var testOptions = transfer.Options{
	ContentType: "text/plain", Detect: transfer.DetectByContent, CacheControl: "no-cache",
	Disposition: transfer.Disposition{Kind: transfer.DispositionAttachment, Name: "照片", OwnName: true}, Encoding: "gzip",
	Expires: created, Meta: []transfer.Field{{Name: "a", Value: "1"}}, Tags: []transfer.Field{{Name: "b", Value: "2"}},
	ACL: transfer.ACLPrivate, Class: transfer.ClassIA, Encryption: transfer.Encryption{Method: transfer.EncryptKMS, KeyID: "k"},
	TrafficLimit: 819200, Strict: true,
	Callback: &transfer.Callback{
		URLs: []string{"http://a"}, Host: "h", Body: "b", Type: transfer.CallbackJSON, SNI: true,
		Vars: []transfer.Field{{Name: "c", Value: "3"}},
	},
}

func batchOf(account transfer.AccountID) transfer.Batch {
	return transfer.Batch{
		Roots: []string{"/home/a/照片", "/mnt/\xff\xfe"},
		To: transfer.Destination{
			Account: account, Endpoint: "https://oss-cn-hangzhou.aliyuncs.com", Region: "cn-hangzhou",
			Bucket: "bucket", Prefix: "p/",
		},
		Policy: transfer.PolicySkipSame, Options: testOptions,
		Created: created,
	}
}

func addBatch(tb testing.TB, j *Journal) transfer.BatchID {
	tb.Helper()
	id, err := j.AddBatch(tb.Context(), batchOf(1))
	if err != nil {
		tb.Fatal(err)
	}
	return id
}

// planned is an upload as it is added.
func planned(batch transfer.BatchID, name string) transfer.Upload {
	return transfer.Upload{
		Batch: batch, Path: "/home/a/" + name, Name: name,
		File: transfer.Identity{Size: 100 << 20, ModTime: created},
		To: transfer.Target{
			Account: 1, Endpoint: "https://oss-cn-hangzhou.aliyuncs.com", Region: "cn-hangzhou",
			Bucket: "bucket", Key: "p/" + name,
		},
		Policy: transfer.PolicySkipSame, Options: testOptions, Plan: transfer.Plan{PartSize: 10 << 20, Parts: 10},
		Intent: transfer.IntentRun, Phase: transfer.PhasePlanned, Claims: true, Created: created,
	}
}

// add adds uploads and returns them with their IDs.
func add(tb testing.TB, j *Journal, us ...transfer.Upload) []transfer.Upload {
	tb.Helper()
	added, err := j.AddUploads(tb.Context(), us)
	if err != nil {
		tb.Fatal(err)
	}
	for i, a := range added {
		if a.Existing {
			tb.Fatalf("upload %q exists already", us[i].Name)
		}
		us[i].ID = a.ID
	}
	return us
}

// addNamed adds n planned uploads named 000, 001, ...
func addNamed(tb testing.TB, j *Journal, batch transfer.BatchID, n int) []transfer.Upload {
	tb.Helper()
	us := make([]transfer.Upload, n)
	for i := range us {
		us[i] = planned(batch, fmt.Sprintf("%03d", i))
	}
	return add(tb, j, us...)
}

func load(tb testing.TB, j *Journal, id transfer.ID) transfer.Upload {
	tb.Helper()
	us, err := j.Uploads(tb.Context(), []transfer.ID{id})
	if err != nil {
		tb.Fatal(err)
	}
	if len(us) != 1 {
		tb.Fatalf("upload %d: %d rows, want 1", id, len(us))
	}
	return us[0]
}

// statusColumn is the status that the journal stores, as against what the facts say.
func statusColumn(tb testing.TB, j *Journal, id transfer.ID) (status transfer.Status, turn int) {
	tb.Helper()
	err := j.readers.QueryRowContext(tb.Context(), `SELECT status, turn FROM uploads WHERE id = ?`, id).
		Scan(&status, &turn)
	if err != nil {
		tb.Fatal(err)
	}
	return status, turn
}

func part(id transfer.ID, number int, size int64) transfer.PartFact {
	return transfer.PartFact{Upload: id, Part: transfer.Part{
		Number: number, Offset: int64(number-1) * size, Size: size, ETag: fmt.Sprintf("ETAG%d", number),
		CRC64: 1<<63 + uint64(number), MD5: "ABC",
	}}
}

func ids(us []transfer.Upload) []transfer.ID {
	list := make([]transfer.ID, len(us))
	for i := range us {
		list[i] = us[i].ID
	}
	return list
}
