package transfer_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"partway/transfer"
	"partway/transfer/osslocal"
)

// badSector is where the disk fails: in the middle of a part.
const badSector = 4*transfer.MiB + 50*kib

// TestB9DiskFailsInTheMiddleOfAPart has the kernel answer EIO to reads of one file from some byte
// on: that file fails and says so, the others arrive, and once the disk reads again Start sends
// what is missing, and only that.
func TestB9DiskFailsInTheMiddleOfAPart(t *testing.T) {
	if !alone(t, func(*exec.Cmd) {}) {
		return
	}
	r := newRig(t, slots(4))
	bad, good := r.file("a/bad", 6*transfer.MiB), r.file("a/good", 6*transfer.MiB)
	small := r.file("a/small", 10)
	d := newBadDisk(t, bad)
	d.fails.Store(true)
	rows := map[string]transfer.ID{}
	for _, id := range r.add(transfer.PolicySkipSame, filepath.Dir(bad)) {
		rows[r.upload(id).Name] = id
	}
	u := r.reaches(rows["a/bad"], transfer.StatusFailed)
	if e := u.Error; e.Code != transfer.CodeFileUnreadable || e.Path != bad || !strings.Contains(e.Error(), syscall.EIO.Error()) {
		t.Errorf("it failed with %v", e)
	}
	for name, path := range map[string]string{"a/good": good, "a/small": small} {
		r.reaches(rows[name], transfer.StatusCompleted)
		r.holds("p/"+name, path)
	}
	if d.hits.Load() == 0 || r.upload(rows["a/bad"]).PartsDone == 0 {
		t.Fatalf("%d reads failed, and %d parts had arrived: this shows nothing", d.hits.Load(), u.PartsDone)
	}
	if got := r.keys(); len(got) != 2 {
		t.Errorf("objects %q", got)
	}
	d.fails.Store(false)
	check(t, r.m.Resume(transfer.These(rows["a/bad"])))
	r.reaches(rows["a/bad"], transfer.StatusCompleted)
	r.holds("p/a/bad", bad)
	if n := r.count(osslocal.OpUploadPart, ok); n != 2*62 {
		t.Errorf("%d parts were stored, want each of the 124 once", n)
	}
	if n := r.oss.InitiatedCount(testBucket); n != 2 {
		t.Errorf("%d upload IDs were begun, want 2", n)
	}
	r.nothingOpen()
}

// badDisk makes reads of a file fail from badSector on. Whoever reads sees the system's own error:
// the kernel asks about each such read, and is told what to answer.
type badDisk struct {
	fails atomic.Bool
	hits  atomic.Int64
	path  string
}

// notice and reply are struct seccomp_notif and seccomp_notif_resp of linux/seccomp.h.
type (
	notice struct {
		id         uint64
		pid, flags uint32
		nr         int32
		arch       uint32
		ip         uint64
		args       [6]uint64
	}
	reply struct {
		id    uint64
		val   int64
		error int32
		flags uint32
	}
)

// newBadDisk filters the system calls of this process, for as long as it lives.
func newBadDisk(t *testing.T, path string) *badDisk {
	t.Helper()
	d := &badDisk{path: path}
	const nr, offset = 0, 16 + 3*8 // within struct seccomp_data; of the offset its low half
	asks := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: nr},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jf: 3, K: unix.SYS_PREAD64},
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: offset},
		{Code: unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K, Jf: 1, K: badSector},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_USER_NOTIF},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
	}
	runtime.LockOSThread() // the kernel has this thread's own filter taken over by all others
	defer runtime.UnlockOSThread()
	check(t, unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
	filter := unix.SockFprog{Len: uint16(len(asks)), Filter: &asks[0]}
	const flags = unix.SECCOMP_FILTER_FLAG_NEW_LISTENER | unix.SECCOMP_FILTER_FLAG_TSYNC | unix.SECCOMP_FILTER_FLAG_TSYNC_ESRCH
	fd, _, no := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, flags, uintptr(unsafe.Pointer(&filter)))
	if no != 0 {
		t.Fatalf("filter reads: %v", no)
	}
	end, ended := make(chan struct{}), make(chan error)
	go func() { ended <- d.answer(int(fd), end) }()
	t.Cleanup(func() {
		close(end)
		check(t, <-ended)
	})
	return d
}

// answer tells the kernel which of the reads that it asks about fail.
func (d *badDisk) answer(fd int, end <-chan struct{}) error {
	for {
		select {
		case <-end:
			return nil
		default:
		}
		asked := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		if n, err := unix.Poll(asked, 100); n == 0 || errors.Is(err, unix.EINTR) {
			continue
		} else if err != nil {
			return err
		}
		var n notice
		if _, _, no := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.SECCOMP_IOCTL_NOTIF_RECV, uintptr(unsafe.Pointer(&n))); no != 0 {
			continue // who asked was interrupted, and asks again
		}
		a := reply{id: n.id, flags: unix.SECCOMP_USER_NOTIF_FLAG_CONTINUE}
		read, err := os.Readlink("/proc/self/fd/" + strconv.Itoa(int(n.args[0])))
		if err == nil && read == d.path && d.fails.Load() {
			d.hits.Add(1)
			a = reply{id: n.id, error: -int32(unix.EIO)}
		}
		if _, _, no := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.SECCOMP_IOCTL_NOTIF_SEND, uintptr(unsafe.Pointer(&a))); no != 0 && no != unix.ENOENT {
			return no
		}
	}
}
