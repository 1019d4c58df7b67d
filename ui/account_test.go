package ui

import (
	"errors"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
)

// TestE9EndpointsAsTyped types endpoints into the dialog, and saves.
func TestE9EndpointsAsTyped(t *testing.T) {
	tests := map[string]struct {
		typed, want string
		plain       bool
		wrong       transfer.FieldName // the line that says so
	}{
		"usual":            {typed: "https://oss-cn-beijing.aliyuncs.com", want: "https://oss-cn-beijing.aliyuncs.com"},
		"without scheme":   {typed: " oss-cn-beijing.aliyuncs.com/ ", want: "https://oss-cn-beijing.aliyuncs.com"},
		"capitals":         {typed: "OSS-CN-Beijing.aliyuncs.com", want: "https://oss-cn-beijing.aliyuncs.com"},
		"loopback http":    {typed: "http://127.0.0.1:9000", want: "http://127.0.0.1:9000"},
		"loopback v6":      {typed: "http://[::1]:9000", want: "http://[::1]:9000"},
		"localhost http":   {typed: "http://localhost:9000", want: "http://localhost:9000"},
		"http elsewhere":   {typed: "http://oss.example.com", want: "http://oss.example.com", plain: true},
		"http lookalike":   {typed: "http://localhost.example.com", want: "http://localhost.example.com", plain: true},
		"nothing":          {typed: "", wrong: transfer.FieldEndpoint},
		"another scheme":   {typed: "ftp://oss.example.com", wrong: transfer.FieldEndpoint},
		"with a bucket":    {typed: "https://oss.example.com/bucket", wrong: transfer.FieldEndpoint},
		"bucket in front":  {typed: "https://photos.oss-cn-beijing.aliyuncs.com", wrong: transfer.FieldEndpoint},
		"with a query":     {typed: "https://oss.example.com?x=1", wrong: transfer.FieldEndpoint},
		"with a user":      {typed: "https://me:pw@oss.example.com", wrong: transfer.FieldEndpoint},
		"not even a host":  {typed: "https://", wrong: transfer.FieldEndpoint},
		"broken port part": {typed: "https://host:port", wrong: transfer.FieldEndpoint},
		"another region":   {typed: "https://oss-cn-shanghai.aliyuncs.com", wrong: transfer.FieldRegion},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			d := newAccount(h)
			typed(d)
			d.endpoint.SetText(tt.typed)
			got, faults := d.read(time.Now())
			if tt.wrong != "" {
				d.store()
				if len(faults) == 0 || d.lines[tt.wrong].words.Text == "" || !d.lines[tt.wrong].words.Visible() {
					t.Errorf("%+v, and at the field %q", faults, d.lines[tt.wrong].words.Text)
				}
				if h.u.win.Canvas().Focused() != d.lines[tt.wrong].field {
					t.Error("the field has not the keyboard")
				}
				return
			}
			if len(faults) > 0 || got.account.Endpoint != tt.want || got.plain != tt.plain {
				t.Errorf("%q, plain %v, %+v", got.account.Endpoint, got.plain, faults)
			}
		})
	}
}

// typed fills a dialog in as a person would.
func typed(d *accountDialog) {
	d.region.SetText("cn-beijing")
	d.bucket.SetText("photos")
	d.keyID.SetText("LTAI2")
	d.secret.SetText("hush")
}

func newAccount(h *harness) *accountDialog {
	return h.u.editAccount(newAccountBase(), nil)
}

func TestEndpointFollowsTheRegionUntilChanged(t *testing.T) {
	h := newHarness(t)
	d := newAccount(h)
	d.region.SetText("cn-shenzhen")
	if got := d.endpoint.Text; got != "https://oss-cn-shenzhen.aliyuncs.com" {
		t.Fatalf("endpoint %q", got)
	}
	d.endpoint.SetText("https://files.example.com")
	d.region.SetText("cn-beijing")
	if got := d.endpoint.Text; got != "https://files.example.com" {
		t.Errorf("the region overwrote what was typed: %q", got)
	}
}

func TestAccountIsSavedByEnter(t *testing.T) {
	h := newHarness(t)
	d := newAccount(h)
	typed(d)
	h.press(fyne.KeyReturn)
	h.until("it is saved", func() bool { return len(h.u.accounts) == 1 })
	a := h.u.accounts[0]
	if a.Name != "photos" || a.Region != "cn-beijing" || a.Endpoint != "https://oss-cn-beijing.aliyuncs.com" ||
		a.Kind != transfer.AccountKeys || a.Signature != transfer.SignatureV4 {
		t.Errorf("saved %+v", a)
	}
	if c := h.secrets.kept[a.ID]; c.Secret.Reveal() != "hush" || c.KeyID != "LTAI2" || !c.Token.Empty() {
		t.Error("the credentials are not those typed")
	}
	if len(h.engine.creds) != 1 {
		t.Error("the engine was not told")
	}
	if d.open() {
		t.Error("the dialog is still open")
	}
}

func TestE1AccountSaysThatTheSecretIsForThisSession(t *testing.T) {
	h := newHarness(t, func(h *harness, _ *Config) { h.secrets.where = transfer.KeptForSession })
	d := newAccount(h)
	typed(d)
	d.store()
	h.until("the notice", func() bool { return len(h.u.notices.box.Objects) == 1 })

	h.until("it is read", func() bool { return len(h.u.accounts) == 1 })
	again := h.u.editAccount(h.u.accounts[0], nil)
	again.secret.SetText("hush again")
	again.store()
	h.until("it is saved", func() bool { return !again.open() })
	if n := len(h.u.notices.box.Objects); n != 1 {
		t.Errorf("%d notices say the same", n)
	}
}

func TestAccountStaysOpenWhenItCannotBeSaved(t *testing.T) {
	tests := map[string]func(h *harness){
		"journal": func(h *harness) { h.journal.err = errors.New("disk full") },
		"keyring": func(h *harness) { h.secrets.err = errors.New("locked") },
	}
	for name, breaks := range tests {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t, func(h *harness, _ *Config) { breaks(h) })
			d := newAccount(h)
			typed(d)
			d.store()
			h.until("the reason is said", func() bool { return strings.Contains(d.message.Text, "could not be saved") })
			if !d.open() || d.save.Disabled() {
				t.Error("it cannot be tried again")
			}
			h.journal.mu.Lock()
			h.journal.err = nil
			h.journal.mu.Unlock()
			h.secrets.mu.Lock()
			h.secrets.err = nil
			h.secrets.mu.Unlock()
			d.store()
			h.until("it is saved", func() bool { return !d.open() && len(h.u.accounts) > 0 })
			if len(h.u.accounts) != 1 {
				t.Errorf("%d accounts after two tries, want 1", len(h.u.accounts))
			}
		})
	}
}

func TestAccountValidation(t *testing.T) {
	tests := map[string]func(d *accountDialog){
		"no region":        func(d *accountDialog) { d.region.SetText("") },
		"no endpoint":      func(d *accountDialog) { d.endpoint.SetText("") },
		"no bucket":        func(d *accountDialog) { d.bucket.SetText("") },
		"bad bucket":       func(d *accountDialog) { d.bucket.SetText("No") },
		"no key ID":        func(d *accountDialog) { d.keyID.SetText("") },
		"no secret":        func(d *accountDialog) { d.secret.SetText("  ") },
		"name taken":       func(d *accountDialog) { d.name.SetText("work") },
		"endpoint a path":  func(d *accountDialog) { d.endpoint.SetText("https://a/b") },
		"http not allowed": func(d *accountDialog) { d.endpoint.SetText("http://oss.example.com") },
	}
	for name, breaks := range tests {
		t.Run(name, func(t *testing.T) {
			h := newReady(t)
			d := newAccount(h)
			typed(d)
			breaks(d)
			d.store()
			h.runQueued()
			if len(h.journal.accounts) != 1 {
				t.Fatal("it was saved")
			}
			told := 0
			for _, line := range d.lines {
				if line.words.Text != "" && line.words.Visible() {
					told++
				}
			}
			if (told == 0 || d.message.Text != "") && h.u.topModal() == d.modal {
				t.Errorf("%d fields say what is wrong, and for none %q", told, d.message.Text)
			}
		})
	}
}

func TestPlainHTTPNeedsAConfirmation(t *testing.T) {
	h := newHarness(t)
	d := newAccount(h)
	typed(d)
	d.endpoint.SetText("http://oss.example.com")
	d.store()
	if h.u.topModal() == d.modal {
		t.Fatal("nothing asks")
	}
	h.press(fyne.KeyEscape)
	h.runQueued()
	if len(h.journal.accounts) != 0 {
		t.Fatal("saved without a confirmation")
	}
	d.store()
	h.press(fyne.KeyReturn)
	h.until("it is saved", func() bool { return len(h.u.accounts) == 1 })
}

func TestEditKeepsTheSecret(t *testing.T) {
	h := newReady(t)
	d := h.u.editAccount(h.u.accounts[0], nil)
	d.name.SetText("Renamed")
	d.store()
	h.until("it is saved", func() bool { return h.u.accounts[0].Name == "Renamed" })
	if h.secrets.kept[1].Secret.Reveal() != "s" {
		t.Error("the secret was lost")
	}
	d = h.u.editAccount(h.u.accounts[0], nil)
	d.keyID.SetText("LTAI9")
	d.store()
	if d.lines[fieldSecret].words.Text == "" {
		t.Error("another key ID was taken with the old secret")
	}
}

func TestTestConnectionNamesTheRefusedAction(t *testing.T) {
	tests := map[string]struct{ refuse, want string }{
		"all allowed": {"", "The connection works"},
		"part":        {"UploadPart", "oss:PutObject is not allowed: nothing can be uploaded"},
		"list":        {"ListParts", "oss:ListParts is not allowed: after a crash"},
		"abort":       {"Abort", "oss:AbortMultipartUpload is not allowed: what you abort stays"},
		"head":        {"Head", "oss:GetObject is not allowed"},
		"objects":     {"ListPrefixes", "oss:ListObjects is not allowed"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			h.store.refuse = tt.refuse
			d := newAccount(h)
			typed(d)
			d.tryOut()
			h.until("the verdict", func() bool { return d.testing == nil && strings.Contains(textOf(d.result), tt.want) })
			copying := buttonIn(d.result, "Copy policy")
			if (copying != nil) != (tt.refuse != "") {
				t.Fatalf("a policy to copy: %v", copying != nil)
			}
			if copying != nil {
				copying.OnTapped()
				if got := h.u.app.Clipboard().Content(); !strings.Contains(got, "oss:PutObject") || !strings.Contains(got, "acs:oss:*:*:photos/*") {
					t.Errorf("copied %q", got)
				}
			}
			if len(h.journal.accounts) != 0 {
				t.Error("the test saved the account")
			}
		})
	}
}

// TestC9TheRightEndpointIsOneClickAway has OSS name the bucket's endpoint.
func TestC9TheRightEndpointIsOneClickAway(t *testing.T) {
	h := newHarness(t)
	h.store.elsewhere = "oss-cn-shanghai.aliyuncs.com"
	d := newAccount(h)
	typed(d)
	d.tryOut()
	var use *widget.Button
	h.until("it is offered", func() bool { use = buttonIn(d.result, "Use oss-cn-shanghai.aliyuncs.com"); return use != nil })
	h.store.elsewhere = ""
	use.OnTapped()
	h.until("it works there", func() bool { return d.testing == nil && strings.Contains(textOf(d.result), "The connection works") })
	if d.endpoint.Text != "https://oss-cn-shanghai.aliyuncs.com" || d.region.Text != "cn-shanghai" {
		t.Errorf("the form has %q in %q", d.endpoint.Text, d.region.Text)
	}
}

func TestTestConnectionOfAWrongAccount(t *testing.T) {
	h := newHarness(t, func(_ *harness, c *Config) {
		c.Dial = func(transfer.Account, transfer.Credentials, string) (transfer.Store, error) {
			return nil, &transfer.Error{Kind: transfer.KindPermanent, Op: "Dial"}
		}
	})
	d := newAccount(h)
	typed(d)
	d.tryOut()
	h.until("it is said", func() bool { return d.testing == nil && strings.Contains(textOf(d.result), "OSS refused") })
}

func TestCredentialsAreAskedForOnce(t *testing.T) {
	h := newReady(t)
	for range 3 {
		h.engine.change(func(s *transfer.Snapshot) { s.NeedCredentials = []transfer.AccountID{1} })
		h.u.pump.poke()
		h.until("the notice", func() bool { return len(h.u.notices.box.Objects) > 0 })
	}
	if n := len(h.u.notices.box.Objects); n != 1 {
		t.Errorf("%d notices for one account", n)
	}
	h.engine.change(func(s *transfer.Snapshot) { s.NeedCredentials = nil })
	h.u.pump.poke()
	h.until("the notice goes once nothing waits", func() bool { return len(h.u.notices.box.Objects) == 0 })
	h.engine.change(func(s *transfer.Snapshot) { s.NeedCredentials = []transfer.AccountID{1} })
	h.u.pump.poke()
	h.until("it is asked anew", func() bool { return len(h.u.notices.box.Objects) == 1 })
}

// buttonIn finds a button in containers, by its words.
func buttonIn(o fyne.CanvasObject, words string) *widget.Button {
	switch o := o.(type) {
	case *button:
		return buttonIn(&o.Button, words)
	case *widget.Button:
		if o.Text == words {
			return o
		}
	case *fyne.Container:
		for _, c := range o.Objects {
			if b := buttonIn(c, words); b != nil {
				return b
			}
		}
	}
	return nil
}

// TestE1TheQuestionForCredentialsStaysUntilAnswered opens the dialog and cancels it.
func TestE1TheQuestionForCredentialsStaysUntilAnswered(t *testing.T) {
	h := newReady(t)
	h.engine.change(func(s *transfer.Snapshot) { s.NeedCredentials = []transfer.AccountID{1} })
	h.u.pump.poke()
	notices := func() []fyne.CanvasObject { return h.u.notices.box.Objects }
	h.until("the notice", func() bool { return len(notices()) == 1 })
	buttonIn(h.u.notices.box, "Enter credentials…").OnTapped()
	if h.u.topModal() == nil {
		t.Fatal("no dialog")
	}
	h.press(fyne.KeyEscape)
	if len(notices()) != 1 {
		t.Fatal("the question is gone, unanswered")
	}
	buttonIn(h.u.notices.box, "Enter credentials…").OnTapped()
	h.u.win.Canvas().Focused().(*entry).SetText("hush")
	h.press(fyne.KeyReturn)
	h.until("the question goes", func() bool { return len(notices()) == 0 })
}

func TestE1ASecretThatIsGoneIsAskedForAnew(t *testing.T) {
	h := newReady(t)
	for words, kept := range map[string]bool{"Unchanged": true, "Not known any more: type it again": false} {
		h.secrets.mu.Lock()
		clear(h.secrets.kept)
		if kept {
			h.secrets.kept[1] = transfer.Credentials{KeyID: "k"}
		}
		h.secrets.mu.Unlock()
		d := h.u.editAccount(h.u.accounts[0], nil)
		h.until(words, func() bool { return d.secret.PlaceHolder == words })
		d.close()
	}
}

func TestABucketThatRefusesAllIsToldOnce(t *testing.T) {
	h := newReady(t)
	notices := func() []fyne.CanvasObject { return h.u.notices.box.Objects }
	gone := &transfer.Error{Kind: transfer.KindGone, Code: transfer.CodeNoSuchBucket}
	for range 3 {
		h.engine.change(func(s *transfer.Snapshot) {
			s.Refused = []transfer.Refused{{Account: 1, Bucket: "away", Error: gone}}
		})
		h.u.pump.poke()
		h.until("the notice", func() bool { return len(notices()) > 0 })
	}
	if n := len(notices()); n != 1 {
		t.Errorf("%d notices for one bucket", n)
	}
	h.engine.change(func(s *transfer.Snapshot) { s.Refused = nil })
	h.u.pump.poke()
	h.until("the notice is gone", func() bool { return len(notices()) == 0 })
}

func TestC6WrongClockIsToldOnce(t *testing.T) {
	h := newReady(t)
	for _, off := range []time.Duration{time.Hour, -time.Hour} {
		h.engine.change(func(s *transfer.Snapshot) { s.ClockOff = off })
		h.u.pump.poke()
		h.until("the notice", func() bool { return len(h.u.notices.box.Objects) == 1 })
	}
	if words := textOf(h.u.notices.box); !strings.Contains(words, "1 h behind") {
		t.Errorf("the notice says %q", words)
	}
}

func TestAccountsInUseAreNotRemoved(t *testing.T) {
	h := newReady(t)
	h.u.openAccounts()
	d := &accountsDialog{modal: h.u.topModal(), u: h.u}
	d.rows = d.body.Content.(*fyne.Container).Objects[0].(*fyne.Container)
	d.reallyRemove(h.u.accounts[0])
	h.until("it is told", func() bool { return strings.Contains(h.dialogText(), "could not be removed") })
	if len(h.u.accounts) != 1 {
		t.Error("it is gone")
	}
}
