package clipboard

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestPaths(t *testing.T) {
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		pasted string
		want   []string
		odd    int
	}{
		"nothing":         {"", nil, 0},
		"prose":           {"hello\nworld", nil, 2},
		"uri list":        {"# a comment\r\nfile:///a/b%20c\r\nfile:///d\r\n", []string{"/a/b c", "/d"}, 0},
		"plus is a plus":  {"file:///64m+1%20%26%20100%25%20%E7%85%A7%E7%89%87%3F.bin", []string{"/64m+1 & 100% 照片?.bin"}, 0},
		"file manager":    {"copy\nfile:///a\nfile:///b\n\x00", []string{"/a", "/b"}, 0},
		"older manager":   {"x-special/nautilus-clipboard\ncut\nfile:///a\n", []string{"/a"}, 0},
		"plain paths":     {"/a/b c\n/d\n", []string{"/a/b c", "/d"}, 0},
		"unclean path":    {"/a/../b//c/", []string{"/b/c"}, 0},
		"relative path":   {"a/b", nil, 1},
		"this host":       {"file://localhost/a", []string{"/a"}, 0},
		"another host":    {"file://elsewhere.example/a", nil, 1},
		"not a file":      {"https://example.com/a\nsftp://h/b\nfile:///c", []string{"/c"}, 2},
		"a path, spaces":  {"/ends in space ", []string{"/ends in space "}, 0},
		"in quotes":       {"\"/a/b c\"\n '/d' \r\n\"file:///e%20f\"", []string{"/a/b c", "/d", "/e f"}, 0},
		"half a quote":    {"/a\"b\n\"/c", []string{"/a\"b"}, 1},
		"home":            {"~/照片\n~\n\"~/a b\"", []string{home + "/照片", home, home + "/a b"}, 0},
		"another's home":  {"~else/a", nil, 1},
		"GNOME's":         {"copy\nfile:///a%20b\nfile:///%E7%85%A7", []string{"/a b", "/照"}, 0},
		"broken escaping": {"file:///a%zz", nil, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, odd := Paths(tt.pasted)
			if !slices.Equal(got, tt.want) || odd != tt.odd {
				t.Errorf("paths %q, %d odd; want %q, %d", got, odd, tt.want, tt.odd)
			}
		})
	}
}

// FuzzE10Paths: whatever is pasted, only absolute and clean paths come of it, at most one a
// line, and every line is accounted for.
func FuzzE10Paths(f *testing.F) {
	for _, s := range []string{
		"", "~", "\"", "'~/a'", "\"\"", "copy\nfile:///a%20b\n\x00", "/a/../../b\n//c/./d", "file:///%00/a", "file:///a%2f..%2fb", "file:a", "FILE:///a",
		"file://localhost/../etc", "https://x/y", "a\x00b", "/a\x00b", "\xff", "/\xff", "x-special/nautilus-clipboard", "/..",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, pasted string) {
		paths, odd := Paths(pasted)
		if lines := strings.Count(pasted, "\n") + 1; len(paths)+odd > lines {
			t.Fatalf("%d paths and %d odd lines of %d", len(paths), odd, lines)
		}
		for _, p := range paths {
			if !filepath.IsAbs(p) || filepath.Clean(p) != p || strings.Contains(p, "/../") || strings.ContainsRune(p, 0) {
				t.Fatalf("%q gives the path %q", pasted, p)
			}
		}
	})
}
