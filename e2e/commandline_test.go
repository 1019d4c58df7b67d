//go:build linux

package e2e_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"partway/e2e/harness"
)

// many names one of a great number of files.
func many(i int) string { return fmt.Sprintf("folder/%02d/file %d", i%40, i) }

func TestCommandLineSendsAndExits(t *testing.T) {
	s := newStage(t)
	s.write(map[string]int64{
		"empty": 0, "one": 1, "102400.bin": 102_400, "5MiB.bin": 5 * mib,
		"folder/64m+1 & 100% 照片?.bin": 64*mib + 1,
	})
	s.exits(s.start("-to", "oss://"+harness.Bucket+"/p/q", "-quit-when-done",
		s.files.Path("empty"), s.files.Path("one"), s.files.Path("102400.bin"), s.files.Path("5MiB.bin"),
		s.files.Path("folder")), 0)
	s.verify("p/q/", 1)
}

func TestExitStatusTellsAConflict(t *testing.T) {
	s := newStage(t)
	s.write(map[string]int64{"a": 1000, "b": 2000})
	send := []string{"-to", "oss://" + harness.Bucket + "/", "-quit-when-done", s.files.Path("a"), s.files.Path("b")}
	s.exits(s.start(send...), 0)
	before, err := s.server.SHA256("a")
	s.must(err)
	// The same files again are there already.
	s.exits(s.start(send...), 0)
	// Another one under the same name needs a person.
	s.write(map[string]int64{"a": 1001})
	s.exits(s.start(send...), 1)
	if after, err := s.server.SHA256("a"); err != nil || after != before {
		t.Fatalf("the object was replaced: %v", err)
	}
	// Once more: the row is in the list already, and is no better for it.
	s.exits(s.start(send...), 1)
	// A person's word is enough.
	s.exits(s.start(append([]string{"-existing", "replace"}, send...)...), 1) // the conflict waits still
	s.must(os.RemoveAll(s.data()))
	s.exits(s.start(append([]string{"-existing", "replace"}, send...)...), 0)
	s.verify("", 0)
}

func TestE1ExitStatusTellsWrongCredentials(t *testing.T) {
	s := newStage(t)
	s.write(map[string]int64{"a": 1000})
	env := append(s.server.Env(), "OSS_ACCESS_KEY_SECRET=wrong")
	s.exits(s.launch(env, "-to", "oss://"+harness.Bucket+"/", "-quit-when-done", s.files.Path("a")), 1)
	if objects, err := s.server.Objects(harness.Bucket); err != nil || len(objects) != 0 {
		t.Errorf("stored: %v, %v", objects, err)
	}
}

func TestUsage(t *testing.T) {
	s := newStage(t)
	s.write(map[string]int64{"a": 1})
	to := []string{"-to", "oss://" + harness.Bucket + "/", s.files.Path("a")}
	with := func(pairs ...string) []string { return append(s.server.Env(), pairs...) }
	tests := []struct {
		name   string
		env    []string
		args   []string
		status int
		says   string
	}{
		{"version", nil, []string{"-version"}, 0, "partway "},
		{"help", nil, []string{"-help"}, 0, "-quit-when-done"},
		{"unknown flag", nil, []string{"-nonsense"}, 2, "-nonsense"},
		{"bad destination", nil, []string{"-to", "https://b/"}, 2, "oss://"},
		{"missing file", s.server.Env(), append(to, s.files.Path("b")), 2, "no such file"},
		{"no account", nil, to, 2, "no account"},
		{"no such account", s.server.Env(), append([]string{"-account", "x"}, to...), 2, "-account x"},
		{"incomplete variables", []string{"OSS_ACCESS_KEY_ID=x"}, append([]string{"-account", "Environment"}, to...), 2, "OSS_ACCESS_KEY_SECRET"},
		{"http elsewhere", with("OSS_ENDPOINT=http://oss-cn-hangzhou.aliyuncs.com"), append([]string{"-account", "Environment"}, to...), 2, "https"},
		{"no display", with("DISPLAY="), to, 2, "no display"},
		{"dead display", with("DISPLAY=:31987"), to, 2, "no display"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := s.launch(tt.env, tt.args...)
			s.exits(a, tt.status)
			said := strings.TrimSpace(a.Said())
			if !strings.Contains(said, tt.says) {
				t.Errorf("said %q, want %q in it", said, tt.says)
			}
			if tt.status == 2 && strings.Contains(said, "\n") {
				t.Errorf("said more than a line: %q", said)
			}
		})
	}
	if records := s.server.Records(); len(records) > 0 {
		t.Errorf("requests were made:\n%s", records.Summary())
	}
}

func TestA7SecondStartHandsOver(t *testing.T) {
	s := newStage(t)
	s.write(map[string]int64{"waits": 20 * mib, "goes": 1000, "later": 500})
	to := []string{"-to", "oss://" + harness.Bucket + "/"}
	first := s.start()
	_, err := first.Window(s.ctx)
	s.must(err)

	// It waits for its own files, and tells how they fared.
	s.server.PassParts(0)
	waiting := s.start(append(to, "-quit-when-done", s.files.Path("waits"))...)
	_, err = s.server.Wait(s.ctx, "a part in flight", func(rs harness.Records) bool { return rs.InFlight("UploadPart") > 0 })
	s.must(err)

	// One without files only shows the window that is there.
	s.exits(s.start(), 0)

	// One that does not wait ends once its files are in the journal.
	s.Chdir(s.files.Root) // relative paths count from where the second start is
	s.exits(s.start(append(to, "goes")...), 0)
	if n, err := first.Journal().Count(s.ctx, harness.CountBatches); err != nil || n != 2 {
		t.Errorf("%d batches, %v; want 2", n, err)
	}
	s.server.PassParts(-1)
	s.exits(waiting, 0)
	if _, err := s.server.SHA256("waits"); err != nil {
		t.Errorf("it exited before its file had arrived: %v", err)
	}

	// Other variables are not mixed up with those of the first start.
	other := append(s.server.Env(), "OSS_ACCESS_KEY_ID=another")
	refused := s.launch(other, append(to, s.files.Path("later"))...)
	s.exits(refused, 2)
	if !strings.Contains(refused.Said(), "other OSS_ variables") {
		t.Errorf("said %q", refused.Said())
	}

	// A killed first start leaves the folder free for the next.
	s.must(first.Kill())
	s.exits(s.start(append(to, "-quit-when-done", s.files.Path("later"))...), 0)
	s.verify("", 1)
}

func TestTrialKeepsWhatItWasGiven(t *testing.T) {
	s := newStage(t)
	s.write(map[string]int64{"folder/a": 20 * mib, "folder/空": 10})
	args := []string{"-trial", "-to", "oss://trial/", "-quit-when-done", s.files.Path("folder")}
	s.exits(s.launch(nil, args...), 0)
	// The same again: what was stored lasts.
	s.must(os.Remove(filepath.Join(s.data(), "partway.db")))
	s.must(os.Remove(filepath.Join(s.data(), "partway.db.begun")))
	again := s.launch(nil, args...)
	s.exits(again, 0)
	s.must(filepath.WalkDir(s.data(), func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is open to others: %v", path, info.Mode())
		}
		return err
	}))
	if records := s.server.Records(); len(records) > 0 {
		t.Errorf("something went elsewhere:\n%s", records.Summary())
	}
}
