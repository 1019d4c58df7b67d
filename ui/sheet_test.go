package ui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"partway/transfer"
)

func openSheet(t *testing.T, h *harness) *sheet {
	t.Helper()
	h.u.propose(proposal{paths: files(t, "a.txt")})
	h.until("the sheet opens", func() bool { return h.u.sheet != nil })
	return h.u.sheet
}

func TestSheetProposesTheLastDestination(t *testing.T) {
	h := newReady(t)
	s := openSheet(t, h)
	if s.bucket.Text != "pictures" || s.prefix.Text != "old/" {
		t.Errorf("it proposes %q, %q", s.bucket.Text, s.prefix.Text)
	}
	h.until("it says where", func() bool { return strings.Contains(s.goes.Text, "oss://pictures/old/a.txt") })
}

func TestSheetSaysWhereTheFirstFileOfAFolderGoes(t *testing.T) {
	h := newReady(t)
	root := filepath.Join(t.TempDir(), "trip")
	if err := os.MkdirAll(filepath.Join(root, "day"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"bad\n.jpg", "day/1.jpg"} {
		if err := os.WriteFile(filepath.Join(root, filepath.FromSlash(name)), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	h.u.propose(proposal{paths: []string{root}})
	h.until("it is counted", func() bool { return h.u.sheet != nil && h.u.sheet.survey.whole })
	s := h.u.sheet
	if !strings.HasSuffix(s.goes.Text, "oss://pictures/old/trip/day/1.jpg") {
		t.Errorf("it says %q", s.goes.Text)
	}
	if !strings.Contains(s.tally.Text, "1 file,") || !strings.Contains(s.odd.Text, "1 cannot be sent") {
		t.Errorf("it counts %q, %q", s.tally.Text, s.odd.Text)
	}
	s.prefix.SetText("else")
	if !strings.HasSuffix(s.goes.Text, "oss://pictures/else/trip/day/1.jpg") {
		t.Errorf("under another prefix it says %q", s.goes.Text)
	}
}

func TestSheetIsConfirmedByEnter(t *testing.T) {
	h := newReady(t)
	s := openSheet(t, h)
	s.bucket.SetText("other-bucket")
	s.prefix.SetText("new/place")
	s.policy.SetSelectedIndex(index(transfer.Policies, transfer.PolicyKeepBoth))
	s.paused.SetChecked(true)
	h.press(fyne.KeyReturn)
	h.until("the sheet closes", func() bool { return h.u.sheet == nil })
	added := h.engine.requests()
	if len(added) != 1 {
		t.Fatalf("%d requests", len(added))
	}
	want := transfer.Destination{
		Account: 1, Endpoint: "https://oss-cn-hangzhou.aliyuncs.com", Region: "cn-hangzhou",
		Bucket: "other-bucket", Prefix: "new/place/",
	}
	if r := added[0]; r.To != want || r.Policy != transfer.PolicyKeepBoth || !r.Paused || len(r.Paths) != 1 {
		t.Errorf("added %+v", r)
	}
	if len(h.journal.used) != 1 || h.journal.used[0] != "other-bucket/new/place/" {
		t.Errorf("remembered %q", h.journal.used)
	}
}

func TestSheetIsCancelledByEscape(t *testing.T) {
	h := newReady(t)
	openSheet(t, h)
	h.press(fyne.KeyEscape)
	if h.u.sheet != nil || len(h.engine.requests()) != 0 {
		t.Error("Escape did not cancel")
	}
}

func TestSheetSaysWhyNothingWasAdded(t *testing.T) {
	h := newReady(t)
	s := openSheet(t, h)
	h.engine.err = &transfer.Error{Kind: transfer.KindStorage, Op: "add batch"}
	h.press(fyne.KeyReturn)
	h.until("the reason is said", func() bool { return s.message.Visible() && s.message.Text != "" })
	if h.u.sheet == nil {
		t.Fatal("the sheet closed although nothing was added")
	}
	if s.start.Disabled() {
		t.Error("it cannot be tried again")
	}
}

func TestSheetValidation(t *testing.T) {
	h := newReady(t)
	s := openSheet(t, h)
	tests := map[string]struct {
		bucket, prefix string
		good           bool
	}{
		"usual":           {"pictures", "a/b/", true},
		"no prefix":       {"pictures", "", true},
		"no end slash":    {"pictures", "a/b", true},
		"chinese":         {"pictures", "照片/", true},
		"no bucket":       {"", "a/", false},
		"short bucket":    {"ab", "", false},
		"upper case":      {"Pictures", "", false},
		"bucket ends in-": {"pictures-", "", false},
		"leading slash":   {"pictures", "/a/", false},
		"backslash":       {"pictures", `\a/`, false},
		"dot segment":     {"pictures", "a/../b/", false},
		"too long":        {"pictures", strings.Repeat("x", 1_023) + "/", false},
		"control":         {"pictures", "a\tb/", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s.bucket.SetText(tt.bucket)
			s.prefix.SetText(tt.prefix)
			if got := !s.start.Disabled(); got != tt.good {
				t.Errorf("start enabled: %v, message %q", got, s.message.Text)
			}
			if (s.message.Visible() && s.message.Text != "") == tt.good {
				t.Errorf("message %q", s.message.Text)
			}
		})
	}
	before := len(h.engine.requests())
	s.bucket.SetText("")
	h.press(fyne.KeyReturn)
	h.runQueued()
	if h.u.sheet == nil || len(h.engine.requests()) != before {
		t.Error("Enter confirmed an invalid sheet")
	}
}

func TestSheetTakesAnURI(t *testing.T) {
	h := newReady(t)
	s := openSheet(t, h)
	s.bucket.SetText("oss://elsewhere/some/place/")
	if s.bucket.Text != "elsewhere" || s.prefix.Text != "some/place/" {
		t.Errorf("it has %q, %q", s.bucket.Text, s.prefix.Text)
	}
}

func TestSheetKeepsTheTrialBelowItsLimit(t *testing.T) {
	h := newHarness(t, func(h *harness, _ *Config) { h.trial.limit = 0 })
	h.u.openTrial()
	h.until("the trial", func() bool { return len(h.u.accounts) == 1 })
	s := openSheet(t, h)
	h.until("counted", func() bool { return s.survey.whole })
	if !s.start.Disabled() {
		t.Errorf("more than the limit may be started; it says %q", s.message.Text)
	}
}

// TestProposeBeforeTheAccountsAreRead: files given at the start wait for the accounts,
// rather than have the window ask for one.
func TestProposeBeforeTheAccountsAreRead(t *testing.T) {
	h := newReady(t)
	h.u.accounts, h.u.accountsRead = nil, false
	h.u.Propose(files(t, "a"), transfer.Destination{}, "")
	h.until("the files are kept", func() bool { return h.u.held != nil })
	if h.u.topModal() != nil {
		t.Error("the window asks before it knows its accounts")
	}
	h.u.reloadAccounts(nil)
	h.until("the sheet opens", func() bool { return h.u.sheet != nil && h.u.held == nil })
}

func TestProposeByCommandLine(t *testing.T) {
	h := newReady(t)
	h.u.Propose(files(t, "a"), transfer.Destination{Account: 1, Bucket: "backup", Prefix: "x/"}, transfer.PolicyReplace)
	h.until("the sheet opens", func() bool { return h.u.sheet != nil })
	s := h.u.sheet
	if s.bucket.Text != "backup" || s.prefix.Text != "x/" || transfer.Policies[s.policy.SelectedIndex()] != transfer.PolicyReplace {
		t.Errorf("it proposes %q, %q, %v", s.bucket.Text, s.prefix.Text, s.policy.Selected)
	}
}

func TestBrowseBuckets(t *testing.T) {
	h := newReady(t)
	h.store.buckets = []string{"one", "two"}
	s := openSheet(t, h)
	b := s.browseBuckets()
	h.until("the buckets are listed", func() bool { return len(b.names) == 2 })
	b.list.Select(1)
	if s.bucket.Text != "two" || b.open() {
		t.Errorf("chose %q", s.bucket.Text)
	}
}

func TestBrowsingWithoutPermissionLeavesTyping(t *testing.T) {
	h := newReady(t)
	h.store.refuse = "ListBuckets"
	s := openSheet(t, h)
	b := s.browseBuckets()
	asking := b.note.Objects[0]
	h.until("the refusal is said", func() bool { return len(b.note.Objects) == 1 && len(b.names) == 0 && b.note.Objects[0] != asking })
	h.press(fyne.KeyEscape)
	if b.open() || h.u.sheet != s || s.start.Disabled() {
		t.Error("the sheet cannot be used any more")
	}
}

func TestBrowsePrefixesWalksDownAndUp(t *testing.T) {
	h := newReady(t)
	h.store.pages = map[string]transfer.Listing{
		"old/|":      {Prefixes: []string{"old/2024/"}, Next: "more"},
		"old/|more":  {Prefixes: []string{"old/2025/"}},
		"old/2025/|": {},
		"|":          {Prefixes: []string{"old/"}},
	}
	s := openSheet(t, h)
	b := s.browsePrefixes()
	h.until("both pages are listed", func() bool { return len(b.names) == 2 })
	b.list.Select(1)
	h.until("the folder below is listed", func() bool { return strings.HasSuffix(b.where.Text, "old/2025/") && len(b.names) == 0 })
	h.press(fyne.KeyReturn)
	if s.prefix.Text != "old/2025/" || b.open() {
		t.Errorf("chose %q", s.prefix.Text)
	}
}

func TestBrowsingByKeyboard(t *testing.T) {
	h := newReady(t)
	h.store.buckets = []string{"one", "two"}
	h.store.pages = map[string]transfer.Listing{
		"|":       {Prefixes: []string{"old/", "旧/"}},
		"旧/|":     {Prefixes: []string{"旧/a b/"}},
		"旧/a b/|": {},
		"old/|":   {},
	}
	s := openSheet(t, h)
	b := s.browseBuckets()
	h.until("the buckets are listed", func() bool { return len(b.names) == 2 })
	h.press(fyne.KeyDown)
	h.press(fyne.KeyReturn)
	if s.bucket.Text != "two" || h.u.win.Canvas().Focused() != s.bucket {
		t.Fatalf("chose %q; the focus is on %T", s.bucket.Text, h.u.win.Canvas().Focused())
	}

	b = s.browsePrefixes()
	h.until("the prefix is listed", func() bool { return strings.HasSuffix(b.where.Text, "old/") })
	h.press(fyne.KeyBackspace)
	h.until("what is above", func() bool { return len(b.names) == 2 })
	h.press(fyne.KeyDown)
	h.press(fyne.KeySpace)
	h.until("what is below", func() bool { return len(b.names) == 1 })
	h.press(fyne.KeySpace)
	h.until("what is below that", func() bool { return strings.HasSuffix(b.where.Text, "a b/") })
	h.press(fyne.KeyReturn)
	if s.prefix.Text != "旧/a b/" || h.u.win.Canvas().Focused() != s.prefix {
		t.Errorf("chose %q; the focus is on %T", s.prefix.Text, h.u.win.Canvas().Focused())
	}
}

func TestParent(t *testing.T) {
	for prefix, want := range map[string]string{"a/b/": "a/", "a/": "", "": ""} {
		if got := parent(prefix); got != want {
			t.Errorf("parent of %q is %q, want %q", prefix, got, want)
		}
	}
}
