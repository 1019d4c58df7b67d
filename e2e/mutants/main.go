// Command mutants breaks the product one line at a time, in a copy of the tree, and runs
// the test that must notice. A mutation that its test does not notice is an error: the
// test cannot fail on what it is there for.
//
// With -measure it has gremlins make a mutant of every operator in the code that decides
// about data, and reports how many of them the tests of its package notice.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// timeout ends a test that a mutation made hang, which counts as noticed.
const timeout = 5 * time.Minute

func main() {
	only := flag.String("only", "", "run only mutations (or, with -measure, packages) whose name contains this")
	score := flag.Bool("measure", false, "take the mutation score instead")
	flag.Parse()
	do := run
	if *score {
		do = measure
	}
	// Stopped, it still takes its copy of the tree away.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := inCopy(ctx, *only, do)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

// inCopy does something in a copy of the tree, which is gone afterwards.
func inCopy(ctx context.Context, only string, do func(ctx context.Context, dir, only string, out io.Writer) error) error {
	root, err := git(ctx, ".", "rev-parse", "--show-toplevel")
	if err != nil {
		return err
	}
	root = strings.TrimSpace(root)
	dir, err := os.MkdirTemp("", "mutants")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := copyTree(ctx, root, dir); err != nil {
		return fmt.Errorf("copy the tree: %w", err)
	}
	return do(ctx, dir, only, os.Stdout)
}

// run tries the mutations whose name contains only.
func run(ctx context.Context, dir, only string, out io.Writer) error {
	sound := map[string]bool{} // tests that pass on the product as it is
	var survived []string
	count := 0
	for _, m := range mutations {
		if !strings.Contains(m.Name, only) {
			continue
		}
		if key := m.Package + " " + m.Test; !sound[key] {
			if text, err := m.test(ctx, dir); err != nil {
				return fmt.Errorf("%s fails on the product as it is: %w\n%s", key, err, text)
			}
			sound[key] = true
		}
		count++
		noticed, err := m.try(ctx, dir)
		if err != nil {
			return fmt.Errorf("%s: %w", m.Name, err)
		}
		verdict := "noticed "
		if !noticed {
			verdict = "SURVIVED"
			survived = append(survived, m.Name)
		}
		fmt.Fprintf(out, "%s  %s  (%s, %s)\n", verdict, m.Name, m.Package, m.Test)
	}
	fmt.Fprintf(out, "%d mutations, %d survived\n", count, len(survived))
	if len(survived) > 0 {
		return fmt.Errorf("not noticed by their tests: %s", strings.Join(survived, "; "))
	}
	return nil
}

// copyTree copies what git knows of or would add: the working files, not their history.
func copyTree(ctx context.Context, root, dir string) error {
	list, err := git(ctx, root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	if err != nil {
		return err
	}
	for name := range strings.SplitSeq(strings.TrimRight(list, "\x00"), "\x00") {
		data, err := os.ReadFile(filepath.Join(root, name))
		if errors.Is(err, os.ErrNotExist) {
			continue // deleted, and not committed yet
		}
		if err != nil {
			return err
		}
		target := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(target, data, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func git(ctx context.Context, dir string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("git %s: %w", args[0], err)
	}
	return string(out), nil
}

// apply returns a file's text with the mutation, which must fit it in exactly one place.
func (m mutation) apply(text []byte) ([]byte, error) {
	if n := bytes.Count(text, []byte(m.Old)); n != 1 {
		return nil, fmt.Errorf("%s has %d places like %q, not 1", m.File, n, m.Old)
	}
	return bytes.Replace(text, []byte(m.Old), []byte(m.New), 1), nil
}

// try mutates the copy, runs the test, and puts the copy right again.
func (m mutation) try(ctx context.Context, dir string) (noticed bool, err error) {
	path := filepath.Join(dir, m.File)
	text, err := os.ReadFile(path)
	if err != nil {
		return false, err
	}
	mutant, err := m.apply(text)
	if err != nil {
		return false, err
	}
	if err := os.WriteFile(path, mutant, 0o600); err != nil {
		return false, err
	}
	said, testErr := m.test(ctx, dir)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return false, err
	}
	if strings.Contains(said, "[build failed]") || strings.Contains(said, "[setup failed]") {
		return false, fmt.Errorf("the mutant does not compile:\n%s", said)
	}
	return testErr != nil, nil
}

// test runs the mutation's test in the copy.
func (m mutation) test(ctx context.Context, dir string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "test", "-count=1", "-timeout", timeout.String(),
		"-tags", "migrated_fynedo", "-run", m.Test, m.Package)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err == nil && strings.Contains(string(out), "no tests to run") {
		err = errors.New("there is no such test")
	}
	return string(out), err
}
