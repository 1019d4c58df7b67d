// Package scripts_test holds the README and the scripts against the tree.
package scripts_test

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestE11ModulesAreExplainedAndMayBePassedOn: each module that go.mod asks for has its reason
// in the README, and none that the program is made of lacks a licence that fits.
func TestE11ModulesAreExplainedAndMayBePassedOn(t *testing.T) {
	t.Parallel()
	reasons := section(t, "| dependency | why |", "\n\n")
	direct := regexp.MustCompile(`(?m)^\t(\S+) v\S+$`).FindAllStringSubmatch(read(t, "go.mod"), -1)
	if len(direct) < 5 {
		t.Fatalf("go.mod asks for %d modules: it is not read right", len(direct))
	}
	version := regexp.MustCompile(`/v[0-9]+$`)
	for _, module := range direct {
		name := version.ReplaceAllString(module[1], "")
		name = strings.TrimPrefix(strings.TrimPrefix(name, "github.com/"), "golang.org/")
		if !strings.Contains(reasons, name) {
			t.Errorf("%s has no reason in the README", module[1])
		}
	}
	licences := exec.CommandContext(t.Context(), "scripts/licences.sh")
	licences.Dir = ".."
	out, err := licences.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("MIT ")) {
		t.Errorf("licences: %v\n%s", err, out)
	}
}

// TestFaultsAreThoseOfTheTests: each row of the README's faults has a test with its name, and
// each such test a row.
func TestFaultsAreThoseOfTheTests(t *testing.T) {
	t.Parallel()
	const table = "| | what goes wrong |"
	rows := unique(regexp.MustCompile(`\b[A-E][0-9]+\b`).FindAllString(section(t, table, "\n\n"), -1))
	var tested []string
	name := regexp.MustCompile(`(?m)^func (?:Test|Fuzz)([A-E][0-9]+)[A-Z]`)
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		content, err := os.ReadFile(path)
		for _, found := range name.FindAllSubmatch(content, -1) {
			tested = append(tested, string(found[1]))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	tested = unique(tested)
	if !slices.Equal(rows, tested) {
		t.Errorf("the README has the rows\n%q\nand the tests\n%q", rows, tested)
	}
}

// TestMakeTargetsAreThere: what the README tells to make can be made.
func TestMakeTargetsAreThere(t *testing.T) {
	t.Parallel()
	makefile := read(t, "Makefile")
	for _, target := range unique(regexp.MustCompile("`make [a-z0-9-]+|(?m)^make [a-z0-9-]+").FindAllString(read(t, "README.md"), -1)) {
		target = strings.TrimPrefix(strings.TrimPrefix(target, "`"), "make ")
		if !strings.Contains(makefile, "\n"+target+":") {
			t.Errorf("the README names make %s, which is not there", target)
		}
	}
}

// section returns the README from a line on, up to what ends it.
func section(t *testing.T, from, to string) string {
	t.Helper()
	_, text, found := strings.Cut(read(t, "README.md"), from)
	text, _, ended := strings.Cut(text, to)
	if !found || !ended {
		t.Fatalf("the README has no %q", from)
	}
	return text
}

func read(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("..", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func unique(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}
