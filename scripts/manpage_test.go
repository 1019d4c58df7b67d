package scripts_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"partway/cli"
)

// manPage is what "man partway" shows, with its hyphens as they are typed.
func manPage(t *testing.T) string {
	t.Helper()
	return strings.ReplaceAll(read(t, "assets/linux/partway.1"), `\-`, "-")
}

// TestManPageSaysWhatTheHelpSays: each flag and each variable of the help, no flag that is not
// there, and each exit status.
func TestManPageSaysWhatTheHelpSays(t *testing.T) {
	t.Parallel()
	var help strings.Builder
	if _, err := cli.Parse([]string{"-h"}, os.Getenv, &help); err == nil {
		t.Fatal("-h is no question for help")
	}
	flags := regexp.MustCompile(`(?m)^  (-[a-z-]+)`)
	asked := regexp.MustCompile(`(?m)^\.B[RI]? (-[a-z-]+)`)
	if want, got := names(flags, help.String()), names(asked, manPage(t)); !slices.Equal(want, got) || len(want) < 8 {
		t.Errorf("the help has %v, the page %v", want, got)
	}
	variables := regexp.MustCompile(`(OSS_[A-Z_]+)`)
	if want, got := names(variables, help.String()), names(variables, manPage(t)); !slices.Equal(want, got) || len(want) < 7 {
		t.Errorf("the help has %v, the page %v", want, got)
	}
	for _, status := range []string{"0", "1", "2"} {
		if !strings.Contains(manPage(t), ".TP\n.B "+status+"\n") {
			t.Errorf("exit status %s is not explained", status)
		}
	}
}

// names are the first groups of all matches, each once, in order.
func names(re *regexp.Regexp, in string) []string {
	var found []string
	for _, m := range re.FindAllStringSubmatch(in, -1) {
		found = append(found, m[1])
	}
	return unique(found)
}
