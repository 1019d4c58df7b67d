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

// imported is the one package below those measured that they import. Its own mutants do not
// count: fuzzing holds it against the standard library.
const imported = "fastcrc"

// scores are what decides about data: what is kept, sent again, tried again or shown, and
// what is remembered of it.
var scores = []measured{
	{dir: "transfer", files: []string{"endpoint.go", "plan.go", "reconcile.go", "retry.go", "slots.go", "state.go"}},
	{dir: "db"},
}

// Mutants that no test can notice, as they change nothing that anybody could see:
//
//   - db/row.go, the capacity of a list that grows by itself
//   - db/runnable.go, "Limit <= 0" as "< 0": a limit of 0 then finds nothing in SQL
//   - db/state.go, two that derive statuses anew which are right already
//   - transfer/reconcile.go, "known && there" as "||": a part that one side lacks has there
//     size 0, which no part of a plan has
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
		if err := m.isolate(dir); err != nil {
			return fmt.Errorf("prepare %s: %w", m.dir, err)
		}
		args := []string{
			"unleash", "--tags", "migrated_fynedo", "--output-statuses", "lct",
			"--invert-logical", "--timeout-coefficient", "15", "--threshold-efficacy", strconv.Itoa(least),
		}
		args = append(args, "--exclude-files", "^"+imported+"/")
		exclude, err := m.excluded(dir)
		if err != nil {
			return err
		}
		for _, name := range exclude {
			args = append(args, "--exclude-files", "^"+regexp.QuoteMeta(name)+"$")
		}
		cmd := exec.CommandContext(ctx, filepath.Join(bin, "gremlins"), append(args, "./"+m.dir)...)
		cmd.Dir, cmd.Stdout, cmd.Stderr = dir, out, out
		cmd.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
		if err := cmd.Run(); err != nil {
			weak = append(weak, fmt.Sprintf("%s: %v", m.dir, err))
		}
	}
	if len(weak) > 0 {
		return fmt.Errorf("fewer than %d %% noticed, or not measured: %s", least, strings.Join(weak, "; "))
	}
	return nil
}

// asCovered is a go command whose coverage profiles call every line covered. Go's own
// leave the conditions of a switch's cases out, and gremlins would not try these. It leaves
// out the tests that start processes and kill them: each mutant would cost a minute.
const asCovered = `#!/bin/sh
set -e
case "$1" in test)
	shift
	set -- test -skip 'Kill|TestA1|TestD2Random|TestD3|TestD4|TestD8|TestAcknowledged' "$@"
esac
%q "$@"
while [ $# -gt 0 ]; do
	if [ "$1" = -coverprofile ]; then
		awk -F: 'NR == 1 { print; next } !seen[$1]++ { print $1 ":1.1,1000000.1 1 1" }' "$2" > "$2.all"
		mv "$2.all" "$2"
	fi
	shift
done
`

// tools puts gremlins into the folder bin, and asCovered for it to run.
func tools(ctx context.Context, bin string, out io.Writer) error {
	command, err := exec.LookPath("go")
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, command, "install", gremlins)
	cmd.Env = append(os.Environ(), "GOBIN="+bin)
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("install %s: %w", gremlins, err)
	}
	return os.WriteFile(filepath.Join(bin, "go"), fmt.Appendf(nil, asCovered, command), 0o700)
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
