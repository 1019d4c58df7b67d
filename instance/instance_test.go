package instance

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// childDir makes the test binary enter a folder, say so, and stay: a first start to kill.
const childDir = "INSTANCE_TEST_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		os.Exit(child(dir))
	}
	goleak.VerifyTestMain(m)
}

func child(dir string) int {
	lock, _, err := Enter(context.Background(), dir)
	if err != nil || lock == nil {
		return 1
	}
	_, err = lock.Serve(context.Background(), func(context.Context, Request) (func(context.Context) (int, error), error) {
		return nil, nil
	}, slog.New(slog.DiscardHandler))
	if err != nil {
		return 1
	}
	fmt.Fprintln(os.Stdout, "entered")
	select {} // until killed
}

// first enters dir and serves it.
func first(t *testing.T, dir string, h Handler) *Server {
	t.Helper()
	lock, client, err := Enter(t.Context(), dir)
	if err != nil || client != nil {
		t.Fatalf("first start: %v, client %v", err, client)
	}
	s, err := lock.Serve(t.Context(), h, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if err := lock.Release(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// second enters dir and expects to find the first.
func second(t *testing.T, dir string) *Client {
	t.Helper()
	lock, client, err := Enter(t.Context(), dir)
	if err != nil || lock != nil {
		t.Fatalf("second start: %v, lock %v", err, lock)
	}
	return client
}

func TestHandOver(t *testing.T) {
	dir := t.TempDir()
	want := Request{
		Paths: [][]byte{[]byte("/a/照片 & 100%?"), []byte("/not utf8 \xff\xfe")},
		To:    true, Bucket: "b", Prefix: "p/", Policy: "skip", Account: "Work", Fingerprint: "f",
	}
	var got Request
	first(t, dir, func(_ context.Context, r Request) (func(context.Context) (int, error), error) {
		got = r
		return nil, nil
	})
	status, err := second(t, dir).HandOver(t.Context(), want)
	if err != nil || status != 0 {
		t.Fatalf("got %d, %v", status, err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestHandOverReturnsTheStatusOfItsUploads(t *testing.T) {
	dir := t.TempDir()
	committed, done := make(chan struct{}), make(chan struct{})
	first(t, dir, func(context.Context, Request) (func(context.Context) (int, error), error) {
		close(committed)
		return func(context.Context) (int, error) { <-done; return 1, nil }, nil
	})
	result := make(chan int, 1)
	client := second(t, dir)
	go func() {
		status, err := client.HandOver(t.Context(), Request{Wait: true})
		if err != nil {
			status = -1
		}
		result <- status
	}()
	<-committed
	select {
	case s := <-result:
		t.Fatalf("returned %d before the uploads were done", s)
	default:
	}
	close(done)
	if s := <-result; s != 1 {
		t.Errorf("got %d, want 1", s)
	}
}

func TestHandOverTellsErrors(t *testing.T) {
	tests := []struct {
		name    string
		handler Handler
	}{
		{"refused", func(context.Context, Request) (func(context.Context) (int, error), error) {
			return nil, errors.New("no such account")
		}},
		{"waiting failed", func(context.Context, Request) (func(context.Context) (int, error), error) {
			return func(context.Context) (int, error) { return 0, errors.New("no such account") }, nil
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			first(t, dir, tt.handler)
			_, err := second(t, dir).HandOver(t.Context(), Request{Wait: true})
			if err == nil || err.Error() != "no such account" {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestHandOverKnowsThatTheFirstWasClosed(t *testing.T) {
	dir := t.TempDir()
	waiting := make(chan struct{})
	s := first(t, dir, func(context.Context, Request) (func(context.Context) (int, error), error) {
		return func(ctx context.Context) (int, error) {
			close(waiting)
			<-ctx.Done()
			return 0, ctx.Err()
		}, nil
	})
	result := make(chan error, 1)
	client := second(t, dir)
	go func() {
		_, err := client.HandOver(t.Context(), Request{Wait: true})
		result <- err
	}()
	<-waiting
	s.cancel()
	if err := <-result; !errors.Is(err, ErrClosed) {
		t.Errorf("got %v, want ErrClosed", err)
	}
}

func TestWaitEndsWithItsSender(t *testing.T) {
	dir := t.TempDir()
	waiting, ended := make(chan struct{}), make(chan struct{})
	first(t, dir, func(context.Context, Request) (func(context.Context) (int, error), error) {
		return func(ctx context.Context) (int, error) {
			close(waiting)
			<-ctx.Done()
			close(ended)
			return 0, ctx.Err()
		}, nil
	})
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error, 1)
	client := second(t, dir)
	go func() {
		_, err := client.HandOver(ctx, Request{Wait: true})
		result <- err
	}()
	<-waiting
	cancel()
	<-ended
	if err := <-result; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

func TestAKilledFirstStartLeavesTheFolderFree(t *testing.T) {
	dir := t.TempDir()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "entered\n" {
		t.Fatalf("child: %q, %v", line, err)
	}
	if _, err := second(t, dir).HandOver(t.Context(), Request{}); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if _, err := os.Lstat(filepath.Join(dir, "partway.sock")); err != nil {
		t.Fatalf("the killed process left no socket, so this shows nothing: %v", err)
	}
	first(t, dir, func(context.Context, Request) (func(context.Context) (int, error), error) { return nil, nil })
	if _, err := second(t, dir).HandOver(t.Context(), Request{}); err != nil {
		t.Errorf("the new first start does not answer: %v", err)
	}
}

func TestEnterGivesUpOnOneThatDoesNotAnswer(t *testing.T) {
	dir := t.TempDir()
	lock, _, err := Enter(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lock.Release() }()
	ctx, cancel := context.WithTimeoutCause(t.Context(), 200*time.Millisecond, ErrNoAnswer)
	defer cancel()
	if _, _, err := Enter(ctx, dir); !errors.Is(err, ErrNoAnswer) {
		t.Errorf("got %v, want ErrNoAnswer", err)
	}
}

func TestEnterTakesOverFromOneThatEnds(t *testing.T) {
	dir := t.TempDir()
	old, _, err := Enter(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	entered := make(chan *Lock, 1)
	go func() {
		lock, _, _ := Enter(t.Context(), dir)
		entered <- lock
	}()
	if err := old.Release(); err != nil {
		t.Fatal(err)
	}
	lock := <-entered
	if lock == nil {
		t.Fatal("the folder was not taken over")
	}
	if err := lock.Release(); err != nil {
		t.Error(err)
	}
}

func TestE3SocketIsForItsOwnerOnly(t *testing.T) {
	short := t.TempDir()
	long := filepath.Join(t.TempDir(), strings.Repeat("long", 30))
	run := t.TempDir()
	tests := []struct {
		name, dir, runtimeDir, wantIn string
	}{
		{"in the data folder", short, run, short},
		{"path too long", long, run, run},
		{"path too long, no runtime folder", long, "", os.TempDir()},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("XDG_RUNTIME_DIR", tt.runtimeDir)
			if err := os.MkdirAll(tt.dir, 0o700); err != nil {
				t.Fatal(err)
			}
			first(t, tt.dir, func(context.Context, Request) (func(context.Context) (int, error), error) { return nil, nil })
			path, err := socketPath(tt.dir)
			if err != nil || !strings.HasPrefix(path, tt.wantIn) || len(path) > maxSocketPath {
				t.Fatalf("socket at %q, %v", path, err)
			}
			info, err := os.Stat(path)
			if err != nil || info.Mode().Perm() != 0o600 || info.Mode().Type() != fs.ModeSocket {
				t.Errorf("got %v, %v", info.Mode(), err)
			}
			if _, err := second(t, tt.dir).HandOver(t.Context(), Request{}); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestE3SocketRefusesAFolderOpenToOthers(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	t.Setenv("XDG_RUNTIME_DIR", "")
	dir, err := temporary("x")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := temporary("x"); err == nil {
		t.Error("want an error")
	}
}
