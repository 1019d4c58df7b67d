package transfer

import (
	"path"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// FuzzE4Key: a key that CheckKey lets pass obeys OSS's rules and lies below its prefix,
// whatever the file's name.
func FuzzE4Key(f *testing.F) {
	for _, s := range []string{
		"a/b", "", "照片", "cafe\u0301", "\xff", "a\xff/..", "/x", `\x`, ".", "a/./b", "..", "a\x00", "\u0340",
		strings.Repeat("e\u0301", 600), "\u2126", "\u0085", "a/\x1b[31m",
	} {
		f.Add("p/", s)
		f.Add("", s)
	}
	f.Fuzz(func(t *testing.T, prefix, name string) {
		if shown := shownName(name); !utf8.ValidString(shown) || utf8.ValidString(name) && shown != name {
			t.Fatalf("shownName(%q) = %q", name, shown)
		}
		if CheckPrefix(prefix) != nil {
			return
		}
		key := keyFor(prefix, name)
		if !strings.HasPrefix(key, prefix) {
			t.Fatalf("keyFor(%q, %q) = %q is not below the prefix", prefix, name, key)
		}
		if keyFor("", key) != keyFor("", keyFor("", key)) {
			t.Fatalf("composing %q twice changes it", key)
		}
		if CheckKey(key) != nil {
			return
		}
		wantOSSKey(t, key)
		// A proxy that tidies the path must not lead out of the prefix.
		if tidied := path.Clean("/" + key); prefix != "" && tidied+"/" != path.Clean("/"+prefix)+"/" &&
			!strings.HasPrefix(tidied, path.Clean("/"+prefix)+"/") {
			t.Fatalf("%q, tidied to %q, leaves %q", key, tidied, prefix)
		}
	})
}

// FuzzE4KeysOfABatch: two files of a batch have one key only if their names are one in
// composed form, which the journal's unique index then makes a Conflict.
func FuzzE4KeysOfABatch(f *testing.F) {
	for _, pair := range [][2]string{
		{"a", "b"}, {"cafe\u0301", "caf\u00e9"}, {"\u2126", "\u03a9"}, {"a\xff", "a\xfe"}, {"A", "a"}, {"a", "a "}, {"\ufffd", "\xff"},
	} {
		f.Add("p/", pair[0], pair[1])
	}
	f.Fuzz(func(t *testing.T, prefix, a, b string) {
		same := keyFor(prefix, a) == keyFor(prefix, b)
		if same != (norm.NFC.String(a) == norm.NFC.String(b)) {
			t.Fatalf("%q and %q: one key %v", a, b, same)
		}
		if n := numbered(keyFor(prefix, a), 2); n == keyFor(prefix, a) || !strings.HasPrefix(n, prefix) && CheckPrefix(prefix) == nil {
			t.Fatalf("the second copy of %q is %q", keyFor(prefix, a), n)
		}
	})
}

// FuzzParseURI: what is taken as a destination is one, and can be said again.
func FuzzParseURI(f *testing.F) {
	for _, s := range []string{
		"oss://bucket", "oss://bucket/p/q/", "oss://bucket//", "oss://bucket/../x", "oss://b", "oss://buc\xffket/", "OSS://bucket/",
		"oss://bucket?x=1", "oss://user@bucket/", "oss://bucket/a\r\nb", "oss://-bucket/", "https://bucket", "oss://bucket/照片/%2e%2e/",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, uri string) {
		bucket, prefix, err := ParseURI(uri)
		if err != nil {
			if bucket != "" || prefix != "" {
				t.Fatalf("ParseURI(%q) refuses, and gives %q and %q", uri, bucket, prefix)
			}
			return
		}
		if CheckBucket(bucket) != nil || CheckPrefix(prefix) != nil {
			t.Fatalf("ParseURI(%q) = %q, %q", uri, bucket, prefix)
		}
		if prefix != "" {
			wantOSSKey(t, prefix)
		}
		b, p, err := ParseURI("oss://" + bucket + "/" + prefix)
		if b != bucket || p != prefix || err != nil {
			t.Fatalf("%q and %q, said again, are %q and %q: %v", bucket, prefix, b, p, err)
		}
	})
}

// wantOSSKey says the service's rules in other words than CheckKey.
func wantOSSKey(t *testing.T, key string) {
	t.Helper()
	if n := len(key); n < 1 || n > 1023 || !utf8.ValidString(key) {
		t.Fatalf("%q: %d bytes", key, n)
	}
	if strings.IndexAny(key, `/\`) == 0 {
		t.Fatalf("%q: leading", key)
	}
	if framed := "/" + key + "/"; strings.Contains(framed, "/./") || strings.Contains(framed, "/../") {
		t.Fatalf("%q: a dot segment", key)
	}
	for _, r := range key {
		if unicode.Is(unicode.Cc, r) {
			t.Fatalf("%q: control character %U", key, r)
		}
	}
}
