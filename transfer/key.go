package transfer

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// KeyError is why a name cannot be an object key, as a stable word for translation.
type KeyError string

// The reasons.
const (
	KeyNotUTF8     KeyError = "not-utf8"
	KeyTooLong     KeyError = "too-long" // above MaxKeyBytes
	KeyEmpty       KeyError = "empty"
	KeyLeading     KeyError = "leading"     // begins with "/" or "\"
	KeyDotSegment  KeyError = "dot-segment" // has a "." or ".." segment
	KeyControlChar KeyError = "control-char"
	KeyPrefixSlash KeyError = "prefix-slash" // a prefix does not end in "/"
)

var keyReasons = map[KeyError]string{
	KeyNotUTF8:     "the name is not valid UTF-8",
	KeyTooLong:     "the key is longer than 1,023 bytes",
	KeyEmpty:       "the key is empty",
	KeyLeading:     `a key must not begin with "/" or "\"`,
	KeyDotSegment:  `a key must not have "." or ".." between slashes`,
	KeyControlChar: "the name holds a control character",
	KeyPrefixSlash: `a prefix must end in "/"`,
}

// Error says the reason in English.
func (e KeyError) Error() string { return keyReasons[e] }

// CheckKey returns a KeyError if key cannot name an object. OSS's own rules are UTF-8, 1
// to 1,023 bytes, no leading "/" or "\"; dot segments are refused because proxies and
// browsers rewrite them, control characters because no list shows them.
func CheckKey(key string) error {
	switch {
	case key == "":
		return KeyEmpty
	case len(key) > MaxKeyBytes:
		return KeyTooLong
	case !utf8.ValidString(key):
		return KeyNotUTF8
	case key[0] == '/' || key[0] == '\\':
		return KeyLeading
	case strings.ContainsFunc(key, unicode.IsControl):
		return KeyControlChar
	}
	for segment := range strings.SplitSeq(key, "/") {
		if segment == "." || segment == ".." {
			return KeyDotSegment
		}
	}
	return nil
}

// CheckPrefix returns a KeyError if no key can begin with prefix. The empty prefix is
// right; any other must end in "/".
func CheckPrefix(prefix string) error {
	if prefix == "" {
		return nil
	}
	if !strings.HasSuffix(prefix, "/") {
		return KeyPrefixSlash
	}
	return CheckKey(prefix)
}

// ParseURI splits oss://bucket/prefix/. A prefix without its final "/" gets one.
func ParseURI(uri string) (bucket, prefix string, err error) {
	rest, ok := strings.CutPrefix(uri, "oss://")
	if !ok {
		return "", "", fmt.Errorf("%q is not of the form oss://bucket/prefix/", uri)
	}
	bucket, prefix, _ = strings.Cut(rest, "/")
	if err := CheckBucket(bucket); err != nil {
		return "", "", fmt.Errorf("%q: %w", uri, err)
	}
	if prefix != "" && !strings.HasSuffix(prefix, "/") {
		prefix += "/"
	}
	if err := CheckPrefix(prefix); err != nil {
		return "", "", fmt.Errorf("%q: %w", uri, err)
	}
	return bucket, prefix, nil
}

// BucketError says why a name cannot be a bucket's.
type BucketError string

// Error says the rule.
func (e BucketError) Error() string {
	return fmt.Sprintf("%q is not a bucket name: 3 to 63 characters of a-z, 0-9 and -, not - at either end", string(e))
}

// CheckBucket returns a BucketError if name cannot be a bucket's.
func CheckBucket(name string) error {
	ok := len(name) >= 3 && len(name) <= 63 && name[0] != '-' && name[len(name)-1] != '-'
	for _, c := range []byte(name) {
		ok = ok && (c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-')
	}
	if !ok {
		return BucketError(name)
	}
	return nil
}

// keyFor joins prefix and a name inside a batch into a key, in Unicode's composed form:
// macOS hands out decomposed names, which other systems would not find again.
func keyFor(prefix, name string) string { return prefix + norm.NFC.String(name) }

// numbered returns the key for the nth copy: "a/photo.jpg" becomes "a/photo (2).jpg".
func numbered(key string, n int) string {
	slash := strings.LastIndexByte(key, '/')
	dot := strings.LastIndexByte(key, '.')
	if dot <= slash+1 {
		dot = len(key)
	}
	return fmt.Sprintf("%s (%d)%s", key[:dot], n, key[dot:])
}

// shownName makes a path inside a batch fit for the journal's text: bytes that are not
// UTF-8 are written as \xff.
func shownName(name string) string {
	if utf8.ValidString(name) {
		return name
	}
	var b strings.Builder
	for i := 0; i < len(name); {
		r, size := utf8.DecodeRuneInString(name[i:])
		if r == utf8.RuneError && size == 1 {
			fmt.Fprintf(&b, `\x%02x`, name[i])
		} else {
			b.WriteRune(r)
		}
		i += size
	}
	return b.String()
}

// containsFold tells whether text holds part, without regard to the case of ASCII
// letters: as the journal's LIKE compares.
func containsFold(text, part string) bool {
	return strings.Contains(asciiLower(text), asciiLower(part))
}

func asciiLower(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}
