package transfer

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
)

// Error says the reason in English.
func (e KeyError) Error() string { return string(e) }

// CheckKey returns a KeyError if key cannot name an object.
func CheckKey(key string) error { return nil }

// CheckPrefix returns a KeyError if no key can begin with prefix. The empty prefix is
// right; any other must end in "/".
func CheckPrefix(prefix string) error { return nil }

// ParseURI splits oss://bucket/prefix/. A prefix without its final "/" gets one.
func ParseURI(uri string) (bucket, prefix string, err error) { return "", "", nil }
