package format

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Name makes a file name or object key safe to show on one line: what would turn the
// text around, hide a part of it, break the line, or is no UTF-8, becomes U+FFFD, so that
// "photo\u202Egpj.exe" cannot pass for a picture. The joiners that Persian and emoji
// need stay.
func Name(s string) string {
	if clean(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if deceives(r) {
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(s, string(unicode.ReplacementChar)))
}

func clean(s string) bool {
	return utf8.ValidString(s) && strings.IndexFunc(s, deceives) < 0
}

func deceives(r rune) bool {
	switch {
	case unicode.Is(unicode.Bidi_Control, r): // marks, embeddings, overrides and isolates
		return true
	case r == '\u200b', r == '\u2060', r == '\ufeff', r == '\u00ad': // no width
		return true
	case r == '\u2028', r == '\u2029': // line and paragraph separator
		return true
	default:
		return unicode.IsControl(r)
	}
}
