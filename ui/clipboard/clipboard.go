// Package clipboard reads files out of text as it lies on the clipboard.
package clipboard

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// Paths reads paths from text as it lies on the clipboard after files were copied:
// file URIs one a line (text/uri-list, with "#" comments), the same below the words of
// file managers ("copy" or "cut"), or plain paths one a line, absolute or from the home
// folder ("~/"). Each may stand in quotes. odd counts the lines that are none of these.
func Paths(pasted string) (paths []string, odd int) {
	for line := range strings.SplitSeq(pasted, "\n") {
		line = plain(strings.TrimRight(line, "\r\x00"))
		switch trimmed := strings.TrimSpace(line); {
		case trimmed == "", strings.HasPrefix(trimmed, "#"),
			trimmed == "copy", trimmed == "cut", trimmed == "x-special/nautilus-clipboard":
		case strings.Contains(trimmed, "://"):
			if path, ok := pathOfURI(trimmed); ok {
				paths = append(paths, path)
			} else {
				odd++
			}
		case filepath.IsAbs(line) && !strings.ContainsRune(line, 0):
			paths = append(paths, filepath.Clean(line))
		default:
			odd++
		}
	}
	return paths, odd
}

// plain takes the quotes off a line that stands in them, as shells and file managers put them
// round names with spaces, and writes the home folder out.
func plain(line string) string {
	if t := strings.TrimSpace(line); len(t) > 1 && (t[0] == '"' || t[0] == '\'') && t[len(t)-1] == t[0] {
		line = t[1 : len(t)-1]
	}
	if rest, ok := strings.CutPrefix(line, "~"); ok && (rest == "" || rest[0] == '/' || rest[0] == filepath.Separator) {
		if home, err := os.UserHomeDir(); err == nil {
			line = home + rest
		}
	}
	return line
}

// pathOfURI returns the path of a file URI of this computer.
func pathOfURI(uri string) (string, bool) {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "file" || !filepath.IsAbs(filepath.FromSlash(u.Path)) || strings.ContainsRune(u.Path, 0) {
		return "", false
	}
	if u.Host != "" && u.Host != "localhost" {
		if own, err := os.Hostname(); err != nil || own != u.Host {
			return "", false
		}
	}
	return filepath.Clean(filepath.FromSlash(u.Path)), true
}
