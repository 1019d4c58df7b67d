package main

import (
	"runtime/debug"
	"strings"
	"time"
)

// version is set when a release is built.
var version = "0.1.0"

// built tells which commit this program was made of, and when that was made: the same for each build of it, so that
// packages can be compared byte by byte. Both are empty in a program built outside a checkout.
func built() (commit string, at time.Time) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "", time.Time{}
	}
	changed := ""
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			commit = s.Value[:min(12, len(s.Value))]
		case "vcs.time":
			at, _ = time.Parse(time.RFC3339, s.Value) // Go writes it so; else it is unknown
		case "vcs.modified":
			if s.Value == "true" {
				changed = "+changes"
			}
		}
	}
	return commit + changed, at
}

// versionLine is what -version prints.
func versionLine() string {
	words := []string{"partway", version}
	if commit, at := built(); commit != "" {
		words = append(words, commit, at.Format(time.DateOnly))
	}
	return strings.Join(words, " ")
}
