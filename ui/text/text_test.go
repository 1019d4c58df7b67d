package text

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"
	"unicode"

	"fyne.io/fyne/v2/lang"

	"partway/transfer"
)

func setup(t *testing.T, l Language) {
	t.Helper()
	if err := Setup(l); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := Setup(English); err != nil {
			t.Error(err)
		}
	})
}

func TestSetupChoosesALanguageOverTheSystems(t *testing.T) {
	setup(t, Chinese)
	if got := T("Paused"); got != "已暂停" {
		t.Errorf("Chinese says %q", got)
	}
	if got := lang.L("Cancel"); got != "取消" {
		t.Errorf("Fyne's own words are %q in Chinese", got)
	}
	setup(t, English)
	if got := T("Paused"); got != "Paused" {
		t.Errorf("English says %q", got)
	}
	if got := lang.L("Cancel"); got != "Cancel" {
		t.Errorf("Fyne's own words are %q in English", got)
	}
}

func TestOfLocale(t *testing.T) {
	for locale, want := range map[string]Language{
		"zh-CN": Chinese, "zh": Chinese, "zh-TW-Hant": Chinese, "en-US": English, "de-DE": English, "zhx": English, "": English,
	} {
		if got := ofLocale(locale); got != want {
			t.Errorf("locale %q gives %q, want %q", locale, got, want)
		}
	}
}

func TestPlural(t *testing.T) {
	setup(t, English)
	for n, want := range map[int]string{0: "many 0", 1: "one 1", 2: "many 2"} {
		if got := N("one {{.Count}}", "many {{.Count}}", n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

// Every value of the engine's words has words in Chinese: none is shown as it is stored.
func TestEveryWordIsKnown(t *testing.T) {
	setup(t, Chinese)
	check := func(kind, value, said string) {
		t.Helper()
		if !strings.ContainsFunc(said, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			t.Errorf("%s %q is said as %q", kind, value, said)
		}
	}
	for _, s := range transfer.Statuses {
		check("status", string(s), Status(s))
	}
	for _, g := range transfer.Groups {
		check("group", string(g), Group(g))
	}
	for _, p := range transfer.Policies {
		check("policy", string(p), Policy(p))
	}
	for s := transfer.PartWaiting; s <= transfer.PartFailed; s++ {
		check("part", "", PartState(s))
	}
	for _, o := range transfer.Outcomes {
		check("outcome", string(o), Outcome(o))
	}
	for k := range problems {
		sentence, hint := Problem(&transfer.Error{Kind: k})
		check("kind", string(k), sentence)
		check("hint of kind", string(k), hint)
	}
	for c := range codes {
		sentence, hint := Problem(&transfer.Error{Kind: transfer.KindAuth, Code: c})
		check("code", c, sentence)
		check("hint of code", c, hint)
	}
}

func TestStatusLine(t *testing.T) {
	setup(t, English)
	now := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	next := now.Add(5500 * time.Millisecond)
	cases := []struct {
		name    string
		status  transfer.Status
		outcome transfer.Outcome
		live    *transfer.Live
		want    string
	}{
		{"not in work", transfer.StatusPaused, "", nil, "Paused"},
		{"retrying", transfer.StatusRetrying, "", &transfer.Live{Tries: 2, NextTry: next}, "Retrying (2, in 6 s)"},
		{"retrying now", transfer.StatusRetrying, "", &transfer.Live{Tries: 2, NextTry: now}, "Retrying"},
		{"stalled", transfer.StatusStalled, "", &transfer.Live{Tries: 9, NextTry: next}, "Stalled (in 6 s)"},
		{"checking", transfer.StatusChecking, "", &transfer.Live{Checked: 0.5}, "Checking (50 %)"},
		{"queued", transfer.StatusUploading, "", &transfer.Live{Queued: true}, "Uploading · queued"},
		{"sent", transfer.StatusCompleted, transfer.OutcomeSent, nil, "Completed"},
		{"already there", transfer.StatusCompleted, transfer.OutcomeAlreadyThere, nil, "Already there"},
		{"aborted", transfer.StatusAborted, "", nil, "Aborted"},
		{"aborted, and nobody knows", transfer.StatusAborted, transfer.OutcomeInDoubt, nil, "Aborted, in doubt"},
	}
	for _, c := range cases {
		if got := StatusLine(c.status, End{Outcome: c.outcome}, nil, c.live, now); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	for code, want := range map[string]string{
		transfer.CodeFileGrew: "File became longer", transfer.CodeFileChanged: "File changed", "": "File changed",
	} {
		if got := StatusLine(transfer.StatusFileChanged, End{}, &transfer.Error{Code: code}, nil, now); got != want {
			t.Errorf("%s: %q, want %q", code, got, want)
		}
	}
	if got := StatusLine(transfer.StatusPaused, End{}, &transfer.Error{Code: transfer.CodeFileGrew}, nil, now); got != "Paused" {
		t.Errorf("paused: %q", got)
	}
}

// TestE7CallbackWords has a completed upload say what became of its callback, briefly and
// where there is room; nothing was called for what was there already.
func TestE7CallbackWords(t *testing.T) {
	setup(t, English)
	for c, want := range map[transfer.CallbackState][2]string{
		transfer.CallbackNone:    {"Completed", "Completed"},
		transfer.CallbackDone:    {"Completed", "Completed"},
		transfer.CallbackFailed:  {"Callback failed", "Completed, callback failed"},
		transfer.CallbackUnknown: {"Callback in doubt", "Completed, callback may have run"},
	} {
		end := End{Outcome: transfer.OutcomeSent, Callback: c}
		row := StatusLine(transfer.StatusCompleted, end, nil, nil, time.Time{})
		details := StatusSentence(transfer.StatusCompleted, end, nil, nil, time.Time{})
		warns := c == transfer.CallbackFailed || c == transfer.CallbackUnknown
		if row != want[0] || details != want[1] || end.Flawed() != warns {
			t.Errorf("%q: the row says %q, the details %q, flawed %t", c, row, details, end.Flawed())
		}
	}
	there := End{Outcome: transfer.OutcomeAlreadyThere, Callback: transfer.CallbackNotDue}
	if row := StatusLine(transfer.StatusCompleted, there, nil, nil, time.Time{}); row != "Already there" || there.Long() != "" {
		t.Errorf("of what was there already it says %q, %q", row, there.Long())
	}
}

func TestProblem(t *testing.T) {
	setup(t, English)
	cases := []struct {
		name string
		err  *transfer.Error
		want string // how the sentence begins
	}{
		{"none", nil, ""},
		{"kind", &transfer.Error{Kind: transfer.KindOffline}, "OSS cannot be reached."},
		{"code outweighs kind", &transfer.Error{Kind: transfer.KindAuth, Code: transfer.CodeAccessDenied}, "The account is not allowed"},
		{"unknown kind", &transfer.Error{Kind: "new"}, "OSS refused this upload."},
		{"clock behind", &transfer.Error{Kind: transfer.KindClock, Clock: 20 * time.Minute}, "This computer's clock is 20 min behind"},
		{"clock ahead", &transfer.Error{Kind: transfer.KindClock, Clock: -time.Hour}, "This computer's clock is 1 h ahead"},
		{"key claimed", &transfer.Error{Kind: transfer.KindExists, Err: transfer.ErrKeyClaimed}, "Another unfinished upload"},
		{"key claimed, from the journal", &transfer.Error{Kind: transfer.KindExists, Err: errors.New(transfer.ErrKeyClaimed.Error())}, "Another unfinished upload"},
		{"bad key, from the journal", &transfer.Error{Kind: transfer.KindPermanent, Err: errors.New(transfer.KeyTooLong.Error())}, "The name is longer"},
		{"bad key", &transfer.Error{Kind: transfer.KindPermanent, Err: transfer.KeyControlChar}, "The name has a control character"},
		{"not of OSS", transfer.AsError(errors.New("exec: no such file")), "Something on this computer"},
	}
	for _, c := range cases {
		sentence, hint := Problem(c.err)
		if !strings.HasPrefix(sentence, c.want) || (c.want == "") != (sentence == "") {
			t.Errorf("%s: %q, want %q", c.name, sentence, c.want)
		}
		if (hint == "") != (sentence == "") {
			t.Errorf("%s: the hint is %q", c.name, hint)
		}
	}
}

func TestKeyErrors(t *testing.T) {
	setup(t, English)
	for _, e := range []transfer.KeyError{
		transfer.KeyNotUTF8, transfer.KeyTooLong, transfer.KeyEmpty, transfer.KeyLeading,
		transfer.KeyDotSegment, transfer.KeyControlChar, transfer.KeyPrefixSlash,
	} {
		if got := KeyError(e); !strings.HasSuffix(got, ".") {
			t.Errorf("%q is said as %q", e, got)
		}
	}
}

// TestE5NameThatIsNotUTF8 says why such a file is not sent, also as the journal remembers it.
func TestE5NameThatIsNotUTF8(t *testing.T) {
	for l, want := range map[Language]string{
		English: "The name is not valid UTF-8, which OSS asks for.", Chinese: "名称不是 OSS 要求的有效 UTF-8 编码。",
	} {
		setup(t, l)
		for _, err := range []error{transfer.KeyNotUTF8, errors.New(transfer.KeyNotUTF8.Error())} {
			sentence, hint := Problem(&transfer.Error{Kind: transfer.KindPermanent, Err: err})
			if sentence != want || hint == "" {
				t.Errorf("it says %q, %q", sentence, hint)
			}
		}
	}
}

func TestEventDetail(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{transfer.Carried{Kept: 41 << 20, Proved: 3 << 10, Send: 8 << 20}.String(), "41 MiB kept, 3 KiB proved by reading, 8 MiB to send"},
		{transfer.GivenUp(3 << 20).String(), "3 MiB were in flight, and may have to be sent again"},
		{transfer.GivenUp(0).String(), "nothing was in flight"},
		{"kept 3, proved 1 by reading, to send 2", "kept 3, proved 1 by reading, to send 2"},
	} {
		if got := EventDetail(transfer.Event{Text: tt.text}); got != tt.want {
			t.Errorf("%q is told as %q, want %q", tt.text, got, tt.want)
		}
	}
}

// TestC8HintNamesTheMissingAction names what the bucket's owner has to allow, for each operation.
func TestC8HintNamesTheMissingAction(t *testing.T) {
	for _, l := range []Language{English, Chinese} {
		setup(t, l)
		for op, action := range map[string]string{
			"InitiateMultipartUpload": "oss:PutObject", "UploadPart": "oss:PutObject", "CompleteMultipartUpload": "oss:PutObject",
			"PutObject": "oss:PutObject", "AbortMultipartUpload": "oss:AbortMultipartUpload", "ListParts": "oss:ListParts",
			"ListMultipartUploads": "oss:ListMultipartUploads", "HeadObject": "oss:GetObject",
		} {
			_, hint := Problem(&transfer.Error{Kind: transfer.KindAuth, Code: transfer.CodeAccessDenied, Op: op})
			if !strings.Contains(hint, action) {
				t.Errorf("%s: the hint is %q", op, hint)
			}
		}
	}
}

func TestSentences(t *testing.T) {
	for want, of := range map[string][]string{
		"One. Two.": {"One.", "Two."}, "一。二。": {"一。", "二。"}, "One.": {"One.", ""}, "Two.": {"", "Two."}, "": {},
	} {
		if got := Sentences(of...); got != want {
			t.Errorf("%q become %q", of, got)
		}
	}
}

// TestAge is coarse: one unit.
func TestAge(t *testing.T) {
	setup(t, English)
	for d, want := range map[time.Duration]string{
		-time.Hour: "0 min", 59 * time.Second: "0 min", 61 * time.Minute: "1 h", 23*time.Hour + 59*time.Minute: "23 h", 24 * time.Hour: "1 d", 412 * 24 * time.Hour: "412 d",
	} {
		if got := Age(d); got != want {
			t.Errorf("%v: %q, not %q", d, got, want)
		}
	}
	setup(t, Chinese)
	if got := Age(14 * 24 * time.Hour); got != "14 天" {
		t.Errorf("in Chinese it is %q", got)
	}
}

func TestLeft(t *testing.T) {
	setup(t, English)
	for d, want := range map[time.Duration]string{
		0: "—", -time.Second: "—", time.Millisecond: "1 s", 45 * time.Second: "45 s", 59500 * time.Millisecond: "1 min",
		time.Minute: "1 min", 65 * time.Second: "1 min 5 s", 9*time.Minute + 59*time.Second: "9 min 59 s",
		9*time.Minute + 59500*time.Millisecond: "10 min",
		10*time.Minute + time.Second:           "11 min", 59*time.Minute + time.Second: "1 h",
		2*time.Hour + 5*time.Minute: "2 h 5 min", 23*time.Hour + 59*time.Minute: "23 h 59 min",
		23*time.Hour + 59*time.Minute + time.Second: "1 d",
		76 * time.Hour: "3 d 4 h", 24 * 999 * time.Hour: "999 d", math.MaxInt64: "> 999 d",
	} {
		if got := Left(d); got != want {
			t.Errorf("Left(%v) = %q, want %q", d, got, want)
		}
	}
	setup(t, Chinese)
	if got := Left(2*time.Hour + 15*time.Minute); got != "2 小时 15 分" {
		t.Errorf("in Chinese: %q", got)
	}
}
