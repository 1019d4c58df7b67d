package transfer_test

import (
	"bytes"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"partway/db"
	"partway/transfer"
	"partway/transfer/aliyun"
)

// sleeper names the data folder to a child process of TestA9SuspendAndResume.
const sleeper = "PARTWAY_TEST_SLEEPER"

// TestA9SuspendAndResume stops a process that uploads, cuts its connections meanwhile, and lets
// it go on: it does so by itself, and no part of it counts as failed.
func TestA9SuspendAndResume(t *testing.T) {
	t.Parallel()
	if data := os.Getenv(sleeper); data != "" {
		sleep(t, data)
		return
	}
	r := makeRig(t)
	r.startServer(t.TempDir(), "127.0.0.1:0")
	line := newLine(t, r.addr)
	r.line = line.url()
	r.startEngine()
	path := r.file("file", 1000*kib)
	id := r.add(transfer.PolicySkipSame, path)[0]
	r.reaches(id, transfer.StatusCompleted) // the account and the line are right
	r.stopEngine()

	held := r.faults.MustAdd("UploadPart : stall")
	other := r.file("other", 1000*kib)
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestA9SuspendAndResume$", "-test.v")
	child.Env = append(os.Environ(), sleeper+"="+r.data, "PARTWAY_TEST_FILE="+other)
	var out bytes.Buffer
	child.Stdout, child.Stderr = &out, &out
	check(t, child.Start())
	check(t, held.WaitHeld(t.Context(), 8))
	check(t, child.Process.Signal(syscall.SIGSTOP))
	var status syscall.WaitStatus // the signal takes a moment, in which it would see the line cut
	if _, err := syscall.Wait4(child.Process.Pid, &status, syscall.WUNTRACED, nil); err != nil || !status.Stopped() {
		t.Fatalf("the child is not stopped: %v, %v", status, err)
	}
	line.set(lineReset)
	r.faults.Clear()
	time.Sleep(4 * time.Second) //nolint:forbidigo // the sleep is what is tested: the engine takes 3 s for one
	line.set(lineUp)
	check(t, child.Process.Signal(syscall.SIGCONT))
	if err := child.Wait(); err != nil {
		t.Fatalf("the child: %v\n%s", err, out.String())
	}
	r.startEngine()
	r.holds("p/other", other)
	r.nothingOpen()
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
	r := &rig{t: t, journal: j, account: accounts[0], log: log}
	r.m = transfer.Start(transfer.Config{
		Journal: j, Dial: aliyun.Dial, Secrets: secrets, Log: slog.New(log), Settings: transfer.Settings{PartSize: transfer.MinPartSize},
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
