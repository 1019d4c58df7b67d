// Package secrettest finds secrets where none may be. It is for tests.
package secrettest

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"strings"
)

// Find returns the form in which data holds a secret, or "": plain, in hex, in base64, or
// as in a URL.
func Find(data []byte, secret string) string {
	for _, form := range forms(secret) {
		if bytes.Contains(data, []byte(form)) {
			return form
		}
	}
	return ""
}

func forms(secret string) []string {
	b := []byte(secret)
	all := []string{secret, hex.EncodeToString(b), strings.ToUpper(hex.EncodeToString(b)), url.QueryEscape(secret)}
	// Inside of a longer text base64 begins at any of three places. What is compared is
	// the digits that the secret alone decides.
	for before := range 3 {
		digits := base64.RawStdEncoding.EncodeToString(append(make([]byte, before), b...))
		digits = digits[(before*8+5)/6 : len(digits)-1]
		all = append(all, digits, strings.NewReplacer("+", "-", "/", "_").Replace(digits))
	}
	return all
}
