package secrettest

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"
)

func TestFind(t *testing.T) {
	const secret = "hush>>?hush??/+"
	among := NewFinder([]string{"another secret", secret, "hush>>?hush??/-", "hush>>?hush, and more"})
	for _, text := range []string{
		"x" + secret, hex.EncodeToString([]byte("xy" + secret + "z")), strings.ToUpper(hex.EncodeToString([]byte(secret))),
		base64.StdEncoding.EncodeToString([]byte(secret + "abc")), base64.StdEncoding.EncodeToString([]byte("a" + secret + "b")),
		base64.URLEncoding.EncodeToString([]byte("ab" + secret)), "?x=hush%3E%3E%3Fhush%3F%3F%2F%2B&y",
	} {
		if Find([]byte(text), secret) == "" {
			t.Errorf("not found in %q", text)
		}
		if among.Find([]byte(text)) == "" {
			t.Errorf("not found among others in %q", text)
		}
	}
	for _, text := range []string{"", "hush", base64.StdEncoding.EncodeToString([]byte("hush>>?hash??/+"))} {
		if form := Find([]byte(text), secret); form != "" {
			t.Errorf("found %q in %q", form, text)
		}
		if form := among.Find([]byte(text)); form != "" {
			t.Errorf("found %q among others in %q", form, text)
		}
	}
}
