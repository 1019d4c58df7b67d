package transfer

import (
	"errors"
	"strings"
	"testing"
)

func TestE4CheckKey(t *testing.T) {
	for _, c := range []struct {
		name, key string
		want      error
	}{
		{"plain", "a/b.txt", nil},
		{"chinese", "照片/北京 & 100%?.jpg", nil},
		{"1,023 bytes", strings.Repeat("k", 1023), nil},
		{"1,023 bytes of 3 each", strings.Repeat("照", 341), nil},
		{"a folder's", "a/", nil},
		{"two slashes", "a//b", nil},
		{"dots in a name", "a/..b/c../...", nil},
		{"backslash inside", `a\b`, nil},
		{"empty", "", KeyEmpty},
		{"1,024 bytes", strings.Repeat("k", 1024), KeyTooLong},
		{"342 characters of 3 bytes", strings.Repeat("照", 342), KeyTooLong},
		{"not UTF-8", "a\xff", KeyNotUTF8},
		{"half a character", "照"[:2], KeyNotUTF8},
		{"slash first", "/a", KeyLeading},
		{"backslash first", `\a`, KeyLeading},
		{"newline", "a\nb", KeyControlChar},
		{"NUL", "a\x00b", KeyControlChar},
		{"DEL", "a\x7f", KeyControlChar},
		{"C1", "a\u0085b", KeyControlChar},
		{"dot", ".", KeyDotSegment},
		{"dot first", "./a", KeyDotSegment},
		{"dots inside", "a/../b", KeyDotSegment},
		{"dots last", "a/..", KeyDotSegment},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := CheckKey(c.key); !errors.Is(got, c.want) {
				t.Errorf("CheckKey(%q) = %v, want %v", c.key, got, c.want)
			}
		})
	}
}

func TestKeyErrorSaysSomething(t *testing.T) {
	for _, e := range []KeyError{
		KeyNotUTF8, KeyTooLong, KeyEmpty, KeyLeading, KeyDotSegment, KeyControlChar, KeyPrefixSlash,
	} {
		if e.Error() == "" {
			t.Errorf("%q has no text", string(e))
		}
	}
}

func TestE4CheckPrefix(t *testing.T) {
	for _, c := range []struct {
		prefix string
		want   error
	}{
		{"", nil},
		{"p/", nil},
		{"p/照片/", nil},
		{"p", KeyPrefixSlash},
		{"p/q", KeyPrefixSlash},
		{"/", KeyLeading},
		{"/p/", KeyLeading},
		{"../", KeyDotSegment},
		{"p/./", KeyDotSegment},
		{"p\t/", KeyControlChar},
		{"\xff/", KeyNotUTF8},
		{strings.Repeat("p", 1022) + "/", nil},
		{strings.Repeat("p", 1023) + "/", KeyTooLong},
	} {
		t.Run(c.prefix, func(t *testing.T) {
			if got := CheckPrefix(c.prefix); !errors.Is(got, c.want) {
				t.Errorf("CheckPrefix(%q) = %v, want %v", c.prefix, got, c.want)
			}
		})
	}
}

func TestCheckBucket(t *testing.T) {
	for _, c := range []struct {
		name string
		ok   bool
	}{
		{"abc", true},
		{"a-b", true},
		{"123", true},
		{"a--b", true},
		{strings.Repeat("b", 63), true},
		{"", false},
		{"ab", false},
		{strings.Repeat("b", 64), false},
		{"-abc", false},
		{"abc-", false},
		{"Abc", false},
		{"a_b", false},
		{"a.b", false},
		{"a b", false},
		{"桶桶桶", false},
		{"abc\n", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := CheckBucket(c.name)
			var bad BucketError
			switch {
			case (err == nil) != c.ok:
				t.Errorf("CheckBucket(%q) = %v", c.name, err)
			case !c.ok && (!errors.As(err, &bad) || string(bad) != c.name):
				t.Errorf("CheckBucket(%q) = %#v, want a BucketError of that name", c.name, err)
			}
		})
	}
}

func TestParseURI(t *testing.T) {
	for _, c := range []struct {
		uri, bucket, prefix string
		ok                  bool
	}{
		{"oss://bucket", "bucket", "", true},
		{"oss://bucket/", "bucket", "", true},
		{"oss://bucket/p", "bucket", "p/", true},
		{"oss://bucket/p/q/", "bucket", "p/q/", true},
		{"oss://bucket/照片?&%20", "bucket", "照片?&%20/", true},
		{"oss://", "", "", false},
		{"oss:///p/", "", "", false},
		{"oss://b/p/", "", "", false},
		{"oss://bucket//", "", "", false},
		{"oss://bucket/../", "", "", false},
		{"oss://bucket/p\n/", "", "", false},
		{"bucket/p/", "", "", false},
		{"https://bucket/p/", "", "", false},
		{"", "", "", false},
	} {
		t.Run(c.uri, func(t *testing.T) {
			bucket, prefix, err := ParseURI(c.uri)
			if bucket != c.bucket || prefix != c.prefix || (err == nil) != c.ok {
				t.Errorf("ParseURI(%q) = %q, %q, %v", c.uri, bucket, prefix, err)
			}
		})
	}
}

func TestNumbered(t *testing.T) {
	for _, c := range []struct {
		key  string
		n    int
		want string
	}{
		{"a/photo.jpg", 2, "a/photo (2).jpg"},
		{"photo.jpg", 10, "photo (10).jpg"},
		{"photo", 2, "photo (2)"},
		{"a.b/photo", 2, "a.b/photo (2)"},
		{"a/.profile", 2, "a/.profile (2)"},
		{".profile", 2, ".profile (2)"},
		{"a/.profile.old", 2, "a/.profile (2).old"},
		{"a.tar.gz", 2, "a.tar (2).gz"},
		{"a/照片.图", 3, "a/照片 (3).图"},
		{"ends.", 2, "ends (2)."},
	} {
		t.Run(c.key, func(t *testing.T) {
			if got := numbered(c.key, c.n); got != c.want {
				t.Errorf("numbered(%q, %d) = %q, want %q", c.key, c.n, got, c.want)
			}
		})
	}
}

func TestE4KeyFor(t *testing.T) {
	for _, c := range []struct{ prefix, name, want string }{
		{"", "a/b", "a/b"},
		{"p/", "a/b", "p/a/b"},
		{"p/", "cafe\u0301.txt", "p/caf\u00e9.txt"},    // as macOS hands out
		{"p/", "\u1112\u1161\u11ab", "p/\ud55c"},       // Hangul by its letters
		{"cafe\u0301/", "x", "cafe\u0301/x"},           // a prefix stays as typed: objects may be there
		{"", "caf\u00e9", "caf\u00e9"},                 // composed already
		{"p/", "a\xff", "p/a\xff"},                     // for CheckKey to refuse
		{"p/", "100% & ?#照片.bin", "p/100% & ?#照片.bin"}, // nothing is escaped here
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := keyFor(c.prefix, c.name); got != c.want {
				t.Errorf("keyFor(%q, %q) = %q, want %q", c.prefix, c.name, got, c.want)
			}
		})
	}
}

func TestShownName(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"", ""},
		{"a/照片", "a/照片"},
		{"a\xffb", `a\xffb`},
		{"\xe7\x85", `\xe7\x85`},
		{"照\xc3/\x80x", `照\xc3/\x80x`},
		{"\ufffd", "\ufffd"},
		{"\ufffd\xff", "\ufffd" + `\xff`},
		{`a\xff`, `a\xff`}, // valid as it is
	} {
		t.Run(c.want, func(t *testing.T) {
			if got := shownName(c.name); got != c.want {
				t.Errorf("shownName(%q) = %q, want %q", c.name, got, c.want)
			}
		})
	}
}

func TestContainsFold(t *testing.T) {
	for _, c := range []struct {
		text, part string
		want       bool
	}{
		{"Photo.JPG", "photo.j", true},
		{"photo.jpg", "PHOTO", true},
		{"photo", "", true},
		{"photo", "photos", false},
		{"照片", "片", true},
		{"É", "é", false}, // as SQLite's LIKE: ASCII only
		{"K", "\u212a", false},
	} {
		t.Run(c.text+" "+c.part, func(t *testing.T) {
			if got := containsFold(c.text, c.part); got != c.want {
				t.Errorf("containsFold(%q, %q) = %v", c.text, c.part, got)
			}
		})
	}
}

// A copy whose name was taken in turn, maybe after a new start, is not a copy of the copy.
func TestCopiesAreNamedAfterTheFile(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, key, want string }{
		{"photo.jpg", "p/photo.jpg", "p/photo.jpg"},
		{"photo.jpg", "p/photo (2).jpg", "p/photo.jpg"},
		{"a/photo.jpg", "a/photo (3).jpg", "a/photo.jpg"},
		{"a/photo (2).jpg", "p/a/photo (2) (2).jpg", "p/a/photo (2).jpg"},
		{"photo", "photo (2)", "photo"},
		{"e\u0301", "\u00e9 (2)", "\u00e9"},
	} {
		u := Upload{Name: c.name, To: Target{Key: c.key}}
		if got := wantedKey(&u); got != c.want {
			t.Errorf("%q at %q: %q, want %q", c.name, c.key, got, c.want)
		}
	}
}
