package transfer_test

import (
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"partway/cli/logfile"
	"partway/transfer"
	"partway/transfer/osslocal"
)

// TestB7SpecialFilesAreToldAndPassed sends a folder with everything in it that is no file:
// the files arrive, and each other thing has a row that says why it does not.
func TestB7SpecialFilesAreToldAndPassed(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	file := r.file("a/file", 300*kib)
	check(t, syscall.Mkfifo(r.files+"/a/pipe", 0o600))
	socket, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	check(t, err)
	check(t, syscall.Bind(socket, &syscall.SockaddrUnix{Name: r.files + "/a/socket"}))
	check(t, syscall.Close(socket))
	check(t, os.Symlink("file", r.files+"/a/link"))
	want := map[string]string{
		"a/file": "", "a/pipe": transfer.CodeNotRegular, "a/socket": transfer.CodeNotRegular, "a/link": transfer.CodeLink,
		"status": transfer.CodeNotRegular, "possible": transfer.CodeNotRegular, "null": transfer.CodeNotRegular,
	}
	ids := r.add(transfer.PolicySkipSame, r.files+"/a", "/proc/self/status", "/sys/devices/system/cpu/possible", os.DevNull)
	if len(ids) != len(want) {
		t.Fatalf("%d rows, want %d", len(ids), len(want))
	}
	for _, id := range ids {
		name := r.upload(id).Name
		if want[name] == "" {
			r.reaches(id, transfer.StatusCompleted)
			continue
		}
		u := r.reaches(id, transfer.StatusFailed)
		if u.Error == nil || u.Error.Code != want[name] {
			t.Errorf("%s: %v, want %s", name, u.Error, want[name])
		}
	}
	r.holds("p/a/file", file)
	if got := r.keys(); len(got) != 1 {
		t.Errorf("objects %q", got)
	}
}

// TestB9Unreadable: what may not be read is told, the rest arrives, and both go on once
// they may.
func TestB9Unreadable(t *testing.T) {
	if !asNobody(t) {
		return
	}
	r := newRig(t)
	open, closed, inside := r.file("a/open", 10), r.file("a/closed", 300*kib), r.file("a/folder/deep/inside", 10)
	folder := filepath.Dir(filepath.Dir(inside))
	check(t, os.Chmod(closed, 0))
	check(t, os.Chmod(folder, 0))
	rows := map[string]transfer.ID{}
	for _, id := range r.add(transfer.PolicySkipSame, r.files+"/a") {
		rows[r.upload(id).Name] = id
	}
	r.reaches(rows["a/open"], transfer.StatusCompleted)
	r.holds("p/a/open", open)
	for _, name := range []string{"a/closed", "a/folder"} {
		if u := r.reaches(rows[name], transfer.StatusFailed); u.Error.Code != transfer.CodeFileUnreadable {
			t.Errorf("%s: %v", name, u.Error)
		}
	}
	check(t, os.Chmod(closed, 0o600))
	check(t, os.Chmod(folder, 0o700))
	check(t, r.m.Resume(transfer.Everything()))
	r.reaches(rows["a/closed"], transfer.StatusCompleted)
	r.holds("p/a/closed", closed)
	r.until("the folder is scanned after all", func() bool { return len(r.keys()) == 3 })
	r.holds("p/a/folder/deep/inside", inside)
	left, err := r.journal.Uploads(t.Context(), []transfer.ID{rows["a/folder"]})
	check(t, err)
	if len(left) != 0 {
		t.Errorf("the folder's row is left: %+v", left)
	}
}

// TestB9TooManyOpenFiles: a limit of this computer is waited for, by fewer requests at a
// time, and fails nothing.
func TestB9TooManyOpenFiles(t *testing.T) {
	if !alone(t, func(*exec.Cmd) {}) {
		return
	}
	r := newRig(t)
	r.reaches(r.add(transfer.PolicySkipSame, r.file("before", 10))[0], transfer.StatusCompleted) // connections are open
	big, small := r.file("big", 350*kib), r.file("folder/deep/small", 10)
	release := holdFiles(t)
	send := func(path string) transfer.BatchID {
		batch, err := r.m.Add(t.Context(), transfer.AddRequest{Paths: []string{path}, To: r.to("p/"), Policy: transfer.PolicySkipSame})
		check(t, err)
		return batch
	}
	one, two := send(big), send(r.files+"/folder")
	r.until("the limit is met", func() bool {
		s := r.m.Snapshot()
		for _, live := range s.Live {
			if live.Error != nil && live.Error.Code == transfer.CodeTooManyFiles && live.Status == transfer.StatusRetrying {
				return s.Slots < 8
			}
		}
		return false
	})
	release()
	for _, batch := range []transfer.BatchID{one, two} {
		for _, id := range r.scanned(batch) {
			r.reaches(id, transfer.StatusCompleted)
		}
	}
	r.holds("p/big", big)
	r.holds("p/folder/deep/small", small)
}

// TestB6DatesThatNanosecondsDoNotReach stops in the middle of a file that is dated in 2300, as
// bad archives have it. The journal's nanoseconds end in 2262: it is the same file all the same.
func TestB6DatesThatNanosecondsDoNotReach(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(s *transfer.Settings) { s.Slots = 1 })
	path := r.file("file", tenParts)
	far := syscall.Timespec{Sec: time.Date(2300, 1, 1, 0, 0, 0, 0, time.UTC).Unix()}
	check(t, syscall.UtimesNano(path, []syscall.Timespec{far, far}))
	c := r.catch(path)
	c.restart()
	c.go4()
	u := c.reaches(c.id, transfer.StatusCompleted)
	c.holds(u.To.Key, c.path)
}

// TestB12DriveVanishes tears the drive out while a file of it is sent. When it is plugged
// in again, under another device number, the upload goes on with what is missing.
func TestB12DriveVanishes(t *testing.T) {
	if !withMounts(t) {
		return
	}
	d := newDrive(t, "64m")
	d.plugIn()
	r := newRig(t, func(s *transfer.Settings) { s.Slots = 1 })
	r.files = d.path
	c := r.catch(r.file("folder/big", tenParts))
	kept := filepath.Join(t.TempDir(), "kept")
	twin(t, c.path, kept)
	d.tearOut()
	c.notices(transfer.StatusFileMissing, transfer.CodeFolderMissing)
	c.restart()
	c.reaches(c.id, transfer.StatusFileMissing)
	d.plugIn()
	check(t, os.Mkdir(filepath.Dir(c.path), 0o700))
	twin(t, kept, c.path+".copying")
	check(t, os.Rename(c.path+".copying", c.path))
	c.arrives(10)
}

// TestB12FolderOfADriveThatComesLater is given a folder of a drive that was torn out before
// it was scanned: every file of it is sent once the drive is there.
func TestB12FolderOfADriveThatComesLater(t *testing.T) {
	if !withMounts(t) {
		return
	}
	d := newDrive(t, "64m")
	r := newRig(t)
	r.files = d.path
	id := r.add(transfer.PolicySkipSame, d.path+"/folder")[0]
	r.reaches(id, transfer.StatusFileMissing)
	d.plugIn()
	check(t, os.Mkdir(d.path+"/making", 0o700))
	r.file("making/1", 10)
	r.file("making/deep/2", 300*kib)
	check(t, os.Rename(d.path+"/making", d.path+"/folder"))
	r.until("both have arrived", func() bool { return len(r.keys()) == 2 })
	ids, err := r.journal.List(t.Context(), transfer.Filter{}, transfer.Sort{})
	check(t, err)
	if len(ids) != 2 {
		t.Errorf("%d rows, want one for each file", len(ids))
	}
	for _, id := range ids {
		r.reaches(id, transfer.StatusCompleted)
	}
	r.holds("p/folder/1", d.path+"/folder/1")
	r.holds("p/folder/deep/2", d.path+"/folder/deep/2")
}

// TestB10SparseTerabyte plans a file of a tebibyte and begins it, in parts that OSS takes.
func TestB10SparseTerabyte(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(s *transfer.Settings) { s.PartSize = 0 })
	held := r.faults.MustAdd("UploadPart : stall at=1000")
	path := r.file("huge", 0)
	const size = 1 << 40
	check(t, os.Truncate(path, size))
	r.age(path)
	id := r.add(transfer.PolicySkipSame, path)[0]
	check(t, held.WaitHeld(t.Context(), 1))
	u := r.upload(id)
	if u.File.Size != size || u.Plan.Parts > transfer.MaxParts || int64(u.Plan.Parts)*u.Plan.PartSize < size || u.Plan.PartSize != 105*transfer.MiB {
		t.Errorf("%d bytes in %+v", u.File.Size, u.Plan)
	}
	begun := time.Now()
	check(t, r.m.Abort(transfer.These(id)))
	r.reaches(id, transfer.StatusAborted)
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("aborting took %v", took)
	}
	r.nothingOpen()
}

// TestB10EdgesOfParts sends files of sizes at the edges: nothing, a byte, whole parts, and
// one byte to either side.
func TestB10EdgesOfParts(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	const part = transfer.MinPartSize
	sizes := []int64{0, 1, part - 1, part, part + 1, 2*part - 1, 2 * part, 2*part + 1, 5 * part}
	parts := 0
	for i, size := range sizes {
		path := r.file(string(rune('a'+i)), size)
		id := r.add(transfer.PolicySkipSame, path)[0]
		u := r.reaches(id, transfer.StatusCompleted)
		if size > part {
			parts += int((size + part - 1) / part)
		}
		if u.Receipt.Proof != transfer.ProofCRC64 {
			t.Errorf("%d bytes: proof %q", size, u.Receipt.Proof)
		}
		r.holds("p/"+u.Name, path)
	}
	if n := r.count(osslocal.OpUploadPart, ok); n != parts {
		t.Errorf("%d parts, want %d", n, parts)
	}
	r.nothingOpen()
}

// TestD1ReallyFullDisk fills the disk of the journal and the log: nothing new is begun, and all
// goes on once there is room. The log then says that lines of it were lost.
func TestD1ReallyFullDisk(t *testing.T) {
	if !withMounts(t) {
		return
	}
	d := newDrive(t, "2m")
	d.plugIn()
	r := makeRig(t, func(s *transfer.Settings) { s.Slots = 2 })
	r.data = d.path
	file, err := logfile.Open(d.path)
	check(t, err)
	defer file.Close() //nolint:errcheck // it is read below
	r.log.file = slog.NewTextHandler(file, nil)
	r.startServer(t.TempDir(), "127.0.0.1:0")
	r.startEngine()
	path := r.file("big", 40*transfer.MinPartSize)
	if err := r.m.SetSettings(transfer.Settings{Slots: 2, PartSize: transfer.MinPartSize, Limits: transfer.Limits{BytesPerSecond: 10 * transfer.MinPartSize}}); err != nil {
		t.Fatal(err)
	}
	id := r.add(transfer.PolicySkipSame, path)[0]
	r.until("parts are committed", func() bool { return r.upload(id).PartsDone >= 2 })
	filler := filepath.Join(d.path, "filler")
	fillUp(t, filler)
	r.until("the engine halts", func() bool { return r.halted() == transfer.CodeDiskFull && r.m.Snapshot().InFlight == 0 })
	begun := r.begun(osslocal.OpUploadPart)
	for range 100 { // what is left of the log's last block takes some
		slog.New(r.log).Info("a line that may be lost", "why", "there may be no room for it on the disk")
	}
	_, err = r.m.Add(t.Context(), transfer.AddRequest{Paths: []string{path}, To: r.to("q/"), Policy: transfer.PolicySkipSame})
	if transfer.AsError(err).Code != transfer.CodeDiskFull {
		t.Errorf("added: %v", err)
	}
	if n := r.begun(osslocal.OpUploadPart) - begun; n != 0 {
		t.Errorf("%d parts were begun on a full disk", n)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	r.reaches(id, transfer.StatusCompleted)
	if n := r.sent(); n != 40 {
		t.Errorf("%d parts were acknowledged, want each of the 40 once", n)
	}
	r.holds("p/big", path)
	end, err := logfile.Tail(d.path, logfile.MaxBytes)
	check(t, err)
	_, after, lost := strings.Cut(string(end), `msg="lines of the log were lost"`)
	if !lost || !strings.Contains(after, "no space left") || !strings.Contains(after, "the journal works again") {
		t.Errorf("the log does not say that it is not whole:\n%s", end)
	}
}

// fillUp writes a file until the disk is full.
func fillUp(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
