package transfer_test

import (
	"bytes"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"partway/db"
	"partway/transfer"
	"partway/transfer/aliyun"
	"partway/transfer/osslocal"
	"partway/transfer/osslocal/fault"
)

// sleeper names the data folder to a child process of TestA9SuspendAndResume.
const sleeper = "PARTWAY_TEST_SLEEPER"

// sleepFast is how many times as fast the child's clocks run, and sleepTime how long it stands
// still: the clocks for a stalled part and for an answer both run out while it sleeps. In real
// time, for PARTWAY_SOAK, that takes more than a minute.
func sleepFast() time.Duration { return min(fast(), 10) }
func sleepTime() time.Duration { return (time.Minute + 15*time.Second) / sleepFast() }

// TestA9SuspendAndResume stops a process that uploads for longer than a connection may be silent.
// Meanwhile its connections are closed, or go dead without a word, or bring the answers. It goes
// on by itself at once, nothing counts as failed, and nothing that arrived before is sent again.
func TestA9SuspendAndResume(t *testing.T) {
	t.Parallel()
	if data := os.Getenv(sleeper); data != "" {
		sleep(t, data)
		return
	}
	for name, test := range map[string]struct {
		rule  string
		while func(held *fault.Rule, line *line)
		again int // parts that are sent twice: at most those in flight
	}{
		"closed":   {"stall", func(_ *fault.Rule, l *line) { l.set(lineReset) }, 4},
		"silent":   {"stall", func(*fault.Rule, *line) {}, 4},
		"answered": {"hold answer", func(held *fault.Rule, _ *line) { held.Release() }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := makeRig(t)
			r.startServer(t.TempDir(), "127.0.0.1:0")
			line := newLine(t, r.addr)
			r.line = line.url()
			r.startEngine()
			r.reaches(r.add(transfer.PolicySkipSame, r.file("file", 10))[0], transfer.StatusCompleted) // the account and the line are right
			r.stopEngine()

			held := r.faults.MustAdd("UploadPart skip=3 times=4 : " + test.rule)
			other := r.file("other", 1000*kib)
			var arrived []int
			awake := r.suspend(other, func() {
				check(t, held.WaitHeld(t.Context(), 4))
				r.until("three parts have arrived", func() bool { arrived = r.acknowledged(); return len(arrived) == 3 })
			}, func() {
				test.while(held, line)
				time.Sleep(sleepTime()) //nolint:forbidigo // the sleep is what is tested
				line.set(lineUp)
			})
			// The parts' clocks have run out while it slept. They begin anew for one that was
			// not looked at before.
			if most := time.Minute/sleepFast() + 8*time.Second; awake > most {
				t.Errorf("it took %v to go on", awake)
			}
			r.startEngine()
			r.holds("p/other", other)
			r.nothingOpen()
			twice := r.sentTwice()
			if n := r.begun(osslocal.OpUploadPart); len(twice) != test.again || n != 10+test.again {
				t.Errorf("of 10 parts %v were sent twice, in %d requests, want %d", twice, n, test.again)
			}
			for _, part := range arrived {
				if slices.Contains(twice, part) {
					t.Errorf("part %d had arrived, and was sent again", part)
				}
			}
			if n := r.oss.InitiatedCount(testBucket); n != 1 {
				t.Errorf("%d upload IDs were begun, want 1", n)
			}
		})
	}
}

// acknowledged returns the parts that OSS has acknowledged.
func (r *rig) acknowledged() (numbers []int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, rec := range r.records {
		if rec.Phase == osslocal.PhaseEnd && rec.Op == osslocal.OpUploadPart && ok(rec) {
			numbers = append(numbers, rec.Part)
		}
	}
	return numbers
}

// suspend has a child upload a file, stops it once it is under way, and returns how long it took
// to end after it was let go on.
func (r *rig) suspend(path string, underWay, meanwhile func()) time.Duration {
	r.t.Helper()
	t := r.t
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestA9SuspendAndResume$", "-test.v")
	child.Env = append(os.Environ(), sleeper+"="+r.data, "PARTWAY_TEST_FILE="+path)
	var out bytes.Buffer
	child.Stdout, child.Stderr = &out, &out
	check(t, child.Start())
	underWay()
	check(t, child.Process.Signal(syscall.SIGSTOP))
	var status syscall.WaitStatus // the signal takes a moment, in which it would see the line cut
	if _, err := syscall.Wait4(child.Process.Pid, &status, syscall.WUNTRACED, nil); err != nil || !status.Stopped() {
		t.Fatalf("the child is not stopped: %v, %v", status, err)
	}
	meanwhile()
	woken := time.Now()
	check(t, child.Process.Signal(syscall.SIGCONT))
	if err := child.Wait(); err != nil {
		t.Fatalf("the child: %v\n%s", err, out.String())
	}
	return time.Since(woken)
}

// sleep is the child: it uploads the file, and expects that nothing counts as a failure.
func sleep(t *testing.T, data string) {
	t.Helper()
	log := &logWatch{}
	j, err := db.Open(t.Context(), data, slog.New(log))
	check(t, err)
	defer j.Close() //nolint:errcheck // it was tested elsewhere
	accounts, err := j.Accounts(t.Context())
	check(t, err)
	secrets := &memorySecrets{known: transfer.Credentials{KeyID: testKeyID, Secret: transfer.NewSecret(testSecret)}}
	r := &rig{t: t, journal: j, account: accounts[0], log: log, patience: time.Minute + 2*sleepTime()}
	r.m = transfer.Start(transfer.Config{
		Journal: j, Dial: aliyun.Faster(sleepFast()), Secrets: secrets, Log: slog.New(log),
		Settings: transfer.Settings{PartSize: transfer.MinPartSize, Slots: 4},
	})
	defer r.m.Close() //nolint:errcheck // as above
	file := os.Getenv("PARTWAY_TEST_FILE")
	id := r.add(transfer.PolicySkipSame, filepath.Clean(file))[0]
	r.reaches(id, transfer.StatusCompleted)
	if !strings.Contains(log.String(), "the computer slept") {
		t.Errorf("the sleep was not noticed:\n%s", log)
	}
	if events := r.events(id); strings.Contains(events, string(transfer.EventRetried)) || strings.Contains(log.String(), "does not answer") {
		t.Errorf("the sleep counts as failures:\n%s\n%s", events, log)
	}
}
