package cli

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"partway/transfer"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func env(pairs ...string) func(string) string {
	return func(key string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == key {
				return pairs[i+1]
			}
		}
		return ""
	}
}

func TestParse(t *testing.T) {
	t.Chdir(t.TempDir())
	cwd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	odd := "a file & 100% 照片?\xff"
	if err := os.WriteFile(odd, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	home := env("HOME", "/home/someone")
	const data = "/home/someone/.local/share/partway"
	tests := []struct {
		name string
		args []string
		want Options
	}{
		{"nothing", nil, Options{Policy: transfer.PolicySkipSame, Data: data}},
		{"all", []string{
			"-to", "oss://b-1/p/q", "-existing", "keep-both", "-account", "Work", "-data", "d",
			"-quit-when-done", odd,
		}, Options{
			To: true, Bucket: "b-1", Prefix: "p/q/", Policy: transfer.PolicyKeepBoth, Account: "Work",
			Data: filepath.Join(cwd, "d"), QuitWhenDone: true, Paths: []string{filepath.Join(cwd, odd)},
		}},
		{"bucket alone", []string{"-to", "oss://b-1"}, Options{
			To: true, Bucket: "b-1", Policy: transfer.PolicySkipSame, Data: data,
		}},
		{"trial", []string{"--trial"}, Options{Trial: true, Policy: transfer.PolicySkipSame, Data: data}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Parse(tt.args, home, &strings.Builder{})
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got  %+v\nwant %+v", got, tt.want)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, args, want string
	}{
		{"unknown flag", "-fast", "-fast"},
		{"policy", "-existing overwrite", "overwrite"},
		{"scheme", "-to https://b/p/", "https://b/p/"},
		{"no bucket", "-to oss:///p/", "oss:///p/"},
		{"empty destination", "-to=", "-to"},
		{"dot segment", "-to oss://bucket/a/../b/", "between slashes"},
		{"trial and account", "-trial -account x", "do not go together"},
		{"quit without destination", "-quit-when-done " + file, "needs -to"},
		{"missing file", "-to oss://bucket/ " + file + " " + file + "x " + file + "y", "y"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse(strings.Fields(tt.args), env("HOME", "/h"), &strings.Builder{})
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want one line with %q", err, tt.want)
			}
		})
	}
}

func TestParseNeedsAHome(t *testing.T) {
	if _, err := Parse(nil, env(), &strings.Builder{}); err == nil {
		t.Error("want an error without a home folder")
	}
}

func TestHelpNamesEveryFlag(t *testing.T) {
	var out strings.Builder
	if _, err := Parse([]string{"-h"}, env("HOME", "/h"), &out); !errors.Is(err, ErrHelp) {
		t.Fatalf("got %v, want ErrHelp", err)
	}
	for _, flag := range []string{"-to ", "-existing ", "-account ", "-data ", "-trial ", "-quit-when-done ", "-background ", "-version ", "/h/.local/share/partway"} {
		if !strings.Contains(out.String(), flag) {
			t.Errorf("the usage text does not say %s", flag)
		}
	}
}

func TestVersionNeedsNothingElse(t *testing.T) {
	o, err := Parse([]string{"-version"}, env(), &strings.Builder{})
	if err != nil || !o.Version {
		t.Errorf("got %+v, %v", o, err)
	}
}

func TestDefaultDataDir(t *testing.T) {
	tests := []struct {
		name string
		env  func(string) string
		want string
	}{
		{"XDG", env("HOME", "/h", "XDG_DATA_HOME", "/x"), "/x/partway"},
		{"relative XDG is ignored", env("HOME", "/h", "XDG_DATA_HOME", "x"), "/h/.local/share/partway"},
		{"home", env("HOME", "/h"), "/h/.local/share/partway"},
		{"none", env(), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := DefaultDataDir(tt.env); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// A link is named by itself: where it leads is looked at when it is added. A name may hold
// anything, as long as something is there.
func TestE10ArgumentsAreCleanedAndLookedAt(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for _, name := range []string{"-x", "a b\n", "b\xff"} {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("/nowhere", "link"); err != nil {
		t.Fatal(err)
	}
	o, err := Parse([]string{"-data", dir, "--", "-x", "./c/../a b\n", "b\xff", "link", "/..//" + dir + "/"}, env(), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{dir + "/-x", dir + "/a b\n", dir + "/b\xff", dir + "/link", dir}
	if !slices.Equal(o.Paths, want) {
		t.Errorf("got %q, want %q", o.Paths, want)
	}
	if _, err := Parse([]string{"-data", dir, "a\x00b"}, env(), io.Discard); err == nil {
		t.Error("a path with a NUL was taken")
	}
}
