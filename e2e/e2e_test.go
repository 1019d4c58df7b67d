//go:build linux

// Package e2e_test drives the built program as a person would: see package harness.
package e2e_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"partway/e2e/harness"
	"partway/transfer/secrettest"
)

// program is the path of the built program.
var program string

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	ctx := context.Background()
	if err := harness.Lacking(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "end-to-end tests need a virtual display:", err)
		if os.Getenv("CI") != "" {
			return 1
		}
		fmt.Fprintln(os.Stderr, "SKIPPED")
		return 0
	}
	if program = os.Getenv("PARTWAY"); program == "" {
		dir, err := os.MkdirTemp("", "partway")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer func() { _ = os.RemoveAll(dir) }()
		program = filepath.Join(dir, "partway")
		build := exec.CommandContext(ctx, "go", "build", "-tags", "migrated_fynedo", "-o", program, "partway")
		if out, err := build.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "build the program: %v\n%s", err, out)
			return 1
		}
	}
	return m.Run()
}

// limit is how long one test may take. It is for a slow machine: nothing waits for it
// when all is well.
const limit = 4 * time.Minute

// stage is what a test plays on.
type stage struct {
	*testing.T
	ctx     context.Context //nolint:containedctx // the test's own
	dir     string          // short, for sockets lie in it
	desktop *harness.Desktop
	server  *harness.Server
	files   *harness.Tree
	said    bytes.Buffer
	apps    []*harness.App

	clipboard string // what is on it at the end
}

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{T: t}
	var cancel context.CancelFunc
	s.ctx, cancel = context.WithTimeoutCause(t.Context(), limit, fmt.Errorf("not within %v", limit))
	t.Cleanup(cancel)
	var err error
	if s.dir, err = os.MkdirTemp("", "pw"); err != nil { //nolint:usetesting // its names are too long for sockets
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(s.dir) })
	if s.server, err = harness.StartServer(filepath.Join(s.dir, "oss")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.must(s.server.Close()) })
	if s.desktop, err = harness.StartDesktop(s.ctx, s.dir, &s.said); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.end)
	s.files = harness.NewTree(filepath.Join(s.dir, "given"))
	return s
}

// end stops the programs, and tells what they said if the test failed.
func (s *stage) end() {
	if s.Failed() {
		shot := filepath.Join(s.ArtifactDir(), "display.png")
		if err := s.desktop.Screenshot(context.WithoutCancel(s.ctx), shot); err == nil {
			s.Log("the display is in", shot)
		}
	}
	if len(s.apps) > 0 {
		var err error
		if s.clipboard, err = s.desktop.Clipboard(context.WithoutCancel(s.ctx)); err != nil {
			s.Error(err)
		}
	}
	for _, a := range s.apps {
		a.Stop()
	}
	s.secretIsNowhere()
	if s.Failed() {
		for i, a := range s.apps {
			s.Logf("program %d said: %s", i, a.Said())
		}
		if len(s.apps) > 0 {
			log := s.apps[0].Log()
			s.Logf("log: %s", log[max(0, len(log)-6000):])
		}
		s.Logf("requests:\n%s", s.server.Records().Summary())
	}
	s.desktop.Close()
}

// secretIsNowhere looks for the account's secret, its token and the signatures of all requests
// in all that the programs wrote, logged, said when they ended, and copied: whatever a test
// does, they must not be there.
func (s *stage) secretIsNowhere() {
	secrets := secrettest.NewFinder(s.server.Secrets()) // one or more of each request
	look := func(where string, data []byte) {
		if form := secrets.Find(data); form != "" {
			s.Errorf("%s holds a secret as %q", where, form)
		}
	}
	look("the clipboard", []byte(s.clipboard))
	for i, a := range s.apps {
		look(fmt.Sprintf("what program %d said", i), []byte(a.Said()))
	}
	err := filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err == nil && d.IsDir() && (d.Name() == "oss" || d.Name() == "given"): // the endpoint's own, and the files
			return fs.SkipDir
		case err != nil || !d.Type().IsRegular():
			return err
		}
		data, err := os.ReadFile(path)
		look(path, data)
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.Error(err)
	}
}

func (s *stage) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *stage) data() string { return filepath.Join(s.dir, "data") }

// start starts the program with the endpoint's variables.
func (s *stage) start(args ...string) *harness.App {
	s.Helper()
	return s.launch(s.server.Env(), args...)
}

func (s *stage) launch(env []string, args ...string) *harness.App {
	s.Helper()
	a, err := s.desktop.Start(harness.Launch{Program: program, DataDir: s.data(), Args: args, Env: env})
	s.must(err)
	s.apps = append(s.apps, a)
	return a
}

// exits waits for the program's end and checks its status.
func (s *stage) exits(a *harness.App, want int) {
	s.Helper()
	status, err := a.Wait(s.ctx)
	s.must(err)
	if status != want {
		s.Fatalf("exit status %d, want %d: %s", status, want, a.Said())
	}
}

// write generates files.
func (s *stage) write(sizes map[string]int64) {
	s.Helper()
	for name, size := range sizes {
		s.must(s.files.Write(name, size))
	}
	s.must(s.files.Age())
}

// verify compares all objects with all files, and checks that nothing is left behind.
func (s *stage) verify(prefix string, multiparts int) {
	s.Helper()
	s.must(s.files.Verify(s.server, func(name string) string { return prefix + name }))
	if n := s.server.InitiatedCount(harness.Bucket); n != multiparts {
		s.Errorf("%d upload IDs were begun, want %d", n, multiparts)
	}
	open, err := s.server.OpenUploads(harness.Bucket)
	s.must(err)
	if len(open) > 0 {
		s.Errorf("left open: %+v", open)
	}
	if unsigned := s.server.Records().Unsigned(); len(unsigned) > 0 {
		s.Errorf("not signed V4: %v", unsigned)
	}
}

// held waits until at least two parts were acknowledged since before, and two are in
// flight.
func (s *stage) held(before int) harness.Records {
	s.Helper()
	records, err := s.server.Wait(s.ctx, "two parts acknowledged and two in flight", func(rs harness.Records) bool {
		return len(rs.Acknowledged()) >= before+2 && rs.InFlight("UploadPart") >= 2
	})
	s.must(err)
	return records
}

// quiet waits until no part is in flight.
func (s *stage) quiet() harness.Records {
	s.Helper()
	records, err := s.server.Wait(s.ctx, "no part in flight", func(rs harness.Records) bool {
		return rs.InFlight("UploadPart") == 0
	})
	s.must(err)
	return records
}
