package db

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"testing"

	"partway/transfer"
)

// childVariable names the folder in which the test binary, started as a child, commits
// parts until it is killed.
const childVariable = "PARTWAY_TEST_COMMIT_FOREVER"

// commitForever commits parts without end, and writes the number of each to standard output
// when its done func ran.
func commitForever(dir string) int {
	j, err := Open(context.Background(), dir, slog.New(slog.DiscardHandler))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	batch, err := j.AddBatch(context.Background(), batchOf(1))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	u := planned(batch, "big")
	u.Plan = transfer.Plan{PartSize: 1000, Parts: transfer.MaxParts}
	added, err := j.AddUploads(context.Background(), []transfer.Upload{u})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	inFlight := make(chan struct{}, 8)
	for n := 1; ; n = n%transfer.MaxParts + 1 {
		inFlight <- struct{}{}
		f := part(added[0].ID, n, 1000)
		j.Commit(transfer.Change{Parts: []transfer.PartFact{f}}, func(err error) {
			fmt.Fprintln(os.Stdout, f.Part.Number, err)
			<-inFlight
		})
	}
}

func TestAcknowledgedSurvivesKill(t *testing.T) {
	for round := range 3 {
		t.Run(fmt.Sprint(round), func(t *testing.T) {
			dir := t.TempDir()
			told := runAndKill(t, dir, 200*(round+1))

			j := openAt(t, dir)
			if r := j.Recovered(); r != nil {
				t.Errorf("recovered: %s", r)
			}
			parts, err := j.Parts(t.Context(), 1)
			if err != nil {
				t.Fatal(err)
			}
			have := map[int]bool{}
			var bytes int64
			for _, p := range parts {
				have[p.Number] = true
				bytes += p.Size
			}
			for n := range told {
				if !have[n] {
					t.Errorf("part %d was acknowledged, and is gone", n)
				}
			}
			u := load(t, j, 1)
			if u.PartsDone != len(parts) || u.BytesDone != bytes {
				t.Errorf("%d parts, %d bytes done; rows say %d, %d", u.PartsDone, u.BytesDone, len(parts), bytes)
			}
		})
	}
}

// runAndKill starts a child, kills it once it has told of so many parts, and returns all
// that it told of.
func runAndKill(t *testing.T, dir string, after int) map[int]bool {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.CommandContext(t.Context(), self)
	child.Env = append(os.Environ(), childVariable+"="+dir)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	told := map[int]bool{}
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if err == io.EOF {
			break // what was cut off by the kill was not told
		}
		if err != nil {
			t.Fatal(err)
		}
		var n int
		if _, err := fmt.Sscan(line, &n); err != nil || !strings.HasSuffix(line, " <nil>\n") {
			t.Fatalf("child: %q", line)
		}
		told[n] = true
		if len(told) == after {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := child.Wait(); err == nil {
		t.Fatal("the child ended by itself")
	}
	if len(told) < after {
		t.Fatalf("the child told of %d parts, want %d", len(told), after)
	}
	return told
}
