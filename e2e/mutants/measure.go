package main

import (
	"context"
	"fmt"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// gremlins makes a mutant of every operator, and counts those that the package's own tests
// notice.
const gremlins = "github.com/go-gremlins/gremlins/cmd/gremlins@v0.6.0"

// least is the share of mutants, in percent, that the tests must notice.
const least = 85

// measured is a package whose score is taken.
type measured struct {
	dir   string
	files []string // whose mutants count; none: all of them
}

// imported is the one package below those measured that they import. It has a score of its own.
const imported = "fastcrc"

// scores are what decides about data: what is kept, sent again, tried again or shown, and
// what is remembered of it. How many slots there are beside what OSS refuses, climb.go, decides
// about speed alone, which simulated lines and the benchmark judge.
var scores = []measured{
	{dir: "transfer", files: []string{"endpoint.go", "plan.go", "reconcile.go", "retry.go", "slots.go", "state.go"}},
	{dir: "db"},
	{dir: "transfer/" + imported, files: []string{"fastcrc.go", "fold.go"}},
}

// Mutants that no test can notice, as they change nothing that anybody could see:
//
//   - db/row.go, the capacity of a list that grows by itself
//   - db/runnable.go, "Limit <= 0" as "< 0": a limit of 0 then finds nothing in SQL
//   - db/state.go, two that derive statuses anew which are right already
//   - transfer/fastcrc, from which length on and by which blocks is folded: the sum is the same
//   - transfer/retry.go, "base < most" as "<=": doubled once more, and cut back to most

// measure takes the scores of the packages whose name contains only, in a copy of the
// tree, which it changes.
func measure(ctx context.Context, dir, only string, out io.Writer) error {
	bin, err := os.MkdirTemp("", "bin")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(bin) }()
	if err := tools(ctx, bin, out); err != nil {
		return err
	}
	var weak []string
	for _, m := range scores {
		if !strings.Contains(m.dir, only) {
			continue
		}
		if err := m.take(ctx, dir, bin, out); err != nil {
			weak = append(weak, fmt.Sprintf("%s: %v", m.dir, err))
		}
	}
	if len(weak) > 0 {
		return fmt.Errorf("fewer than %d %% noticed, or not measured: %s", least, strings.Join(weak, "; "))
	}
	return nil
}

// take takes the score of one package. A mutant that takes too long is counted apart by
// gremlins, as neither noticed nor not; so that a busy computer makes none of them, each
// has 15 times what all tests took before, compiled anew.
func (m measured) take(ctx context.Context, dir, bin string, out io.Writer) error {
	if err := m.isolate(dir); err != nil {
		return fmt.Errorf("prepare: %w", err)
	}
	args := []string{
		"unleash", "--tags", "migrated_fynedo", "--output-statuses", "lct",
		"--invert-logical", "--timeout-coefficient", "15", "--threshold-efficacy", strconv.Itoa(least),
		"--exclude-files", "^" + imported + "/",
	}
	exclude, err := m.excluded(dir)
	if err != nil {
		return err
	}
	for _, name := range exclude {
		args = append(args, "--exclude-files", "^"+regexp.QuoteMeta(name)+"$")
	}
	temp, err := os.MkdirTemp(bin, "t") // for what it leaves when it is stopped
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "gremlins"), append(args, "./"+m.dir)...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = time.Minute
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, out, out
	cmd.Env = append(os.Environ(), "TMPDIR="+temp, "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	return cmd.Run()
}

// command is the go command that gremlins runs. It leaves out the tests that start processes
// and kill them: each mutant would cost a minute. Beyond that,
//
//   - its coverage profiles call every line covered: Go's own leave the conditions of a
//     switch's cases out, and gremlins would not try these;
//   - a mutant that does not compile exits with what gremlins takes for "not viable", where go
//     makes no difference, and it would count as noticed;
//   - a failure counts only if it comes twice, lest a busy computer's is taken for a test's;
//   - a mutant that takes memory without end fails for want of it before the computer does.
const command = `#!/bin/sh
set -e
[ "$1" = test ] || exec %[1]q "$@"
shift
set -- test -skip 'Kill|TestA1|TestD2Random|TestD3|TestD4|TestD8|TestAcknowledged' "$@"
ulimit -v 8000000 2>/dev/null || :
case " $* " in
*" -coverprofile "*) %[1]q "$@" ;;
*)
	said=$(%[1]q "$@" 2>&1) && exit
	case $said in *'[build failed]'* | *'[setup failed]'*) exit 2 ;; esac
	exec %[1]q "$@"
	;;
esac
while [ $# -gt 0 ]; do
	if [ "$1" = -coverprofile ]; then
		awk -F: 'NR == 1 { print; next } !seen[$1]++ { print $1 ":1.1,1000000.1 1 1" }' "$2" > "$2.all"
		mv "$2.all" "$2"
	fi
	shift
done
`

// tools puts gremlins into the folder bin, and the command that it runs.
func tools(ctx context.Context, bin string, out io.Writer) error {
	golang, err := exec.LookPath("go")
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, golang, "install", gremlins)
	cmd.Env = append(os.Environ(), "GOBIN="+bin)
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("install %s: %w", gremlins, err)
	}
	return os.WriteFile(filepath.Join(bin, "go"), fmt.Appendf(nil, command, golang), 0o700)
}

// isolate leaves of a package what its mutants need: its files, and the tests inside of
// it. Packages below it, and tests from outside, which run the whole engine, would make
// each mutant cost minutes.
func (m measured) isolate(dir string) error {
	dir = filepath.Join(dir, m.dir)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		remove := e.IsDir() && hasGo(path) && e.Name() != imported
		if strings.HasSuffix(e.Name(), "_test.go") {
			f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.PackageClauseOnly)
			if err != nil {
				return err
			}
			remove = strings.HasSuffix(f.Name.Name, "_test")
		}
		if !remove {
			continue
		}
		if err := os.RemoveAll(path); err != nil {
			return err
		}
	}
	return nil
}

func hasGo(dir string) bool {
	found, err := filepath.Glob(filepath.Join(dir, "*.go"))
	return err == nil && len(found) > 0
}

// excluded lists the package's files that do not count.
func (m measured) excluded(dir string) ([]string, error) {
	if len(m.files) == 0 {
		return nil, nil
	}
	paths, err := filepath.Glob(filepath.Join(dir, m.dir, "*.go"))
	if err != nil {
		return nil, err
	}
	var names []string
	for _, p := range paths {
		if name := filepath.Base(p); !slices.Contains(m.files, name) && !strings.HasSuffix(name, "_test.go") {
			names = append(names, name)
		}
	}
	return names, nil
}
