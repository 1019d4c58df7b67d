package support

import (
	"regexp"
	"strings"
)

// secrets are the shapes in which a secret could stand in a log or an error's text, with
// what stays of them. Nothing of Partway writes one; a server or a proxy may have repeated
// what it was sent.
var secrets = []struct {
	shape *regexp.Regexp
	stays string
}{
	{regexp.MustCompile(`(?i)(authorization\\?"?\s*[:=]\s*\\?"?)[^\r\n"]+`), "${1}(removed)"},
	{regexp.MustCompile(`(?i)((?:signature|security[-_]?token|access[-_]?key[-_]?secret|secret|password|credential)\\?"?\s*[:=]\s*\\?"?)[^&\s"\\,;]+`), "${1}(removed)"},
	{regexp.MustCompile(`(<(?:Signature|StringToSign|SecurityToken|SignatureProvided)[^>]*>)[^<]*`), "${1}(removed)"},
	{regexp.MustCompile(`://[^/\s:@]+:[^/\s@]+@`), "://(removed)@"},
	{regexp.MustCompile(`\bCAIS[A-Za-z0-9+/=]{16,}`), "(removed)"},
	{regexp.MustCompile(`\b(LTAI|STS\.|TMP\.)[A-Za-z0-9]{6,}`), "${1}…"},
}

// Clean takes what may be a secret out of a text, and masks these access key IDs.
func Clean(text string, keyIDs ...string) string {
	for _, id := range keyIDs {
		if id != "" {
			text = strings.ReplaceAll(text, id, Mask(id))
		}
	}
	for _, s := range secrets {
		text = s.shape.ReplaceAllString(text, s.stays)
	}
	return text
}

// Mask shortens an access key ID to what tells it from others of the same person.
func Mask(id string) string {
	const head, tail = 4, 2
	if len(id) < 3*(head+tail) {
		return id[:min(len(id), tail)] + "…"
	}
	return id[:head] + "…" + id[len(id)-tail:]
}
