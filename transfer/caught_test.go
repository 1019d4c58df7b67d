package transfer_test

import (
	"os"
	"testing"

	"partway/transfer"
	"partway/transfer/osslocal"
)

// tenParts is the size of the files of these tests: ten parts, the last one short.
const tenParts = 950 * kib

// caught is an upload that is caught while its file is about to change: parts 1 to 3 are
// acknowledged, part 4 is on OSS, and its answer held back.
type caught struct {
	*rig
	path string
	id   transfer.ID
	go4  func() // lets the answer to part 4 through
}

func catch(t *testing.T) *caught {
	t.Helper()
	r := newRig(t, func(s *transfer.Settings) { s.Slots = 1 })
	return r.catch(r.file("big", tenParts))
}

func (r *rig) catch(path string) *caught {
	r.t.Helper()
	held := r.faults.MustAdd("UploadPart part=4 times=1 : hold answer")
	c := &caught{rig: r, path: path, go4: held.Release}
	c.id = r.add(transfer.PolicySkipSame, path)[0]
	if err := held.WaitHeld(r.t.Context(), 1); err != nil {
		r.t.Fatal(err)
	}
	return c
}

// notices checks that the change is seen before Complete, and said as what it is.
func (c *caught) notices(s transfer.Status, code string) {
	c.t.Helper()
	c.go4()
	u := c.reaches(c.id, s)
	if u.Error == nil || u.Error.Kind != transfer.KindSource || u.Error.Code != code {
		c.t.Errorf("the row says %v, want %s", u.Error, code)
	}
	if got := c.keys(); len(got) != 0 {
		c.t.Fatalf("objects %q of a changed file", got)
	}
}

// takesNew uploads the file as it is now, and checks how many parts that sent again, which
// were sent all in all, and that it is under the upload ID that was begun with.
func (c *caught) takesNew(parts int) {
	c.t.Helper()
	check(c.t, c.m.NewVersion(transfer.These(c.id)))
	c.arrives(parts)
}

// arrives checks that the upload completes by itself, and how many parts were sent.
func (c *caught) arrives(parts int) {
	c.t.Helper()
	u := c.reaches(c.id, transfer.StatusCompleted)
	c.holds(u.To.Key, c.path)
	c.nothingOpen()
	if n := c.count(osslocal.OpUploadPart, ok); n != parts {
		c.t.Errorf("%d parts were stored, want %d\n%s", n, parts, c.events(c.id))
	}
	if n := c.count(osslocal.OpInitiate, ok); n != 1 {
		c.t.Errorf("%d upload IDs, want 1", n)
	}
}

// patch writes over a part of the file, and leaves its date an hour ago, but another one.
func (c *caught) patch(at int64, text string) {
	c.t.Helper()
	f, err := os.OpenFile(c.path, os.O_WRONLY, 0)
	check(c.t, err)
	_, err = f.WriteAt([]byte(text), at)
	check(c.t, err)
	check(c.t, f.Close())
	c.age(c.path)
}

// twin makes a file of the same bytes and dates.
func twin(t *testing.T, path, other string) {
	t.Helper()
	data, err := os.ReadFile(path)
	check(t, err)
	info, err := os.Stat(path)
	check(t, err)
	check(t, os.WriteFile(other, data, 0o600))
	check(t, os.Chtimes(other, info.ModTime(), info.ModTime()))
}
