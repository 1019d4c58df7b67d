package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"partway/transfer"
	"partway/ui/text"
)

const pasted = `{"Credentials": {"AccessKeyId": "STS.NU1", "AccessKeySecret": "hush-sts", "SecurityToken": "hush-token", "Expiration": "2036-01-02T03:04:05Z"}}`

func TestEveryWayShowsItsOwnLines(t *testing.T) {
	h := newHarness(t)
	d := newAccount(h)
	for way, want := range linesOf {
		d.choose(way)
		for _, f := range append(slices.Clone(sourceUsual[1:]), sourceAdvanced...) {
			if d.lines[f].shown() != slices.Contains(want, f) {
				t.Errorf("way %d: the line %s is shown: %v", way, f, d.lines[f].shown())
			}
		}
	}
	if len(linesOf) != len(d.way.Options) || waysOf(transfer.SourceAssume) != wayAssume || waysOf(transfer.SourceKept) != wayKey {
		t.Error("the list of ways is another than the engine's")
	}
}

// TestE1OnePasteOfATokenIsEnough pastes JSON into the dialog of an account that waits.
func TestE1OnePasteOfATokenIsEnough(t *testing.T) {
	for name, paste := range map[string]func(h *harness, d *accountDialog){
		"by the button": func(h *harness, d *accountDialog) {
			h.u.app.Clipboard().SetContent(strings.ReplaceAll(pasted, "hush", "quiet"))
			d.paste.press()
		},
		"into the key ID": func(_ *harness, d *accountDialog) { d.keyID.SetText(strings.ReplaceAll(pasted, "hush", "quiet")) },
	} {
		t.Run(name, func(t *testing.T) {
			h := newReady(t)
			d := h.u.editAccount(h.u.accounts[0], nil)
			paste(h, d)
			if d.chosen() != wayToken || d.keyID.Text != "STS.NU1" {
				t.Fatalf("way %d, key %q", d.chosen(), d.keyID.Text)
			}
			h.press(fyne.KeyReturn)
			h.until("it is saved", func() bool { return !d.open() && len(h.engine.creds) == 1 })
			c := h.secrets.kept[1]
			if c.Token.Reveal() != "quiet-token" || c.Secret.Reveal() != "quiet-sts" ||
				c.Expires.Sub(time.Date(2036, 1, 2, 3, 4, 0, 0, time.UTC)).Abs() > time.Minute {
				t.Errorf("kept with %v", c.Expires)
			}
		})
	}
}

func TestAClipboardWithoutCredentialsIsSaidSo(t *testing.T) {
	h := newHarness(t)
	d := newAccount(h)
	h.u.app.Clipboard().SetContent("what I wrote")
	d.paste.press()
	if d.lines[transfer.FieldSource].words.Text == "" || d.keyID.Text != "" {
		t.Error("nothing is said")
	}
}

func TestATemporaryKeyWantsAllOfIt(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(d *accountDialog)
		wrong  transfer.FieldName
	}{
		"no token":   {func(d *accountDialog) { d.token.SetText("") }, fieldToken},
		"no secret":  {func(d *accountDialog) { d.secret.SetText("") }, fieldSecret},
		"odd expiry": {func(d *accountDialog) { d.expires.SetText("soon") }, fieldExpires},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			d := newAccount(h)
			typed(d)
			d.choose(wayToken)
			d.token.SetText("hush")
			tt.change(d)
			d.store()
			if d.lines[tt.wrong].words.Text == "" {
				t.Error("the field does not say what is wrong")
			}
		})
	}
}

// Other accounts than those with keys are saved without any, and tried with what their source
// yields.
func TestSourcesAreSavedAndTried(t *testing.T) {
	for name, tt := range map[string]struct {
		way  int
		fill func(d *accountDialog)
		want transfer.CredentialSource
		bad  func(d *accountDialog)
		at   transfer.FieldName
	}{
		"command": {
			wayCommand, func(d *accountDialog) { d.command.SetText(`get "my key"`) },
			transfer.CredentialSource{Kind: transfer.SourceCommand, Command: `get "my key"`},
			func(d *accountDialog) { d.command.SetText(`get "my key`) }, transfer.FieldCommand,
		},
		"uri": {
			wayURI, func(d *accountDialog) { d.uri.SetText("https://a.example.com/x") },
			transfer.CredentialSource{Kind: transfer.SourceURI, URI: "https://a.example.com/x"},
			func(d *accountDialog) { d.uri.SetText("http://a.example.com/x") }, transfer.FieldURI,
		},
		"ecs": {
			wayECS, func(d *accountDialog) { d.role.SetText("uploader") },
			transfer.CredentialSource{Kind: transfer.SourceECS, Role: "uploader"},
			func(d *accountDialog) { d.role.SetText("not a role") }, transfer.FieldRole,
		},
		"role": {
			wayAssume, func(d *accountDialog) {
				d.role.SetText("acs:ram::1:role/uploader")
				d.duration.SetText("900")
			},
			transfer.CredentialSource{Kind: transfer.SourceAssume, Role: "acs:ram::1:role/uploader", Seconds: 900},
			func(d *accountDialog) {
				d.role.SetText("acs:ram::1:role/uploader")
				d.duration.SetText("5")
			}, transfer.FieldDuration,
		},
	} {
		t.Run(name, func(t *testing.T) {
			obtainer := &fakeObtainer{}
			h := newHarness(t, func(_ *harness, c *Config) { c.Obtainer = obtainer })
			d := newAccount(h)
			typed(d)
			d.choose(tt.way)
			tt.bad(d)
			d.store()
			if line := d.lines[tt.at]; line.words.Text == "" || !line.shown() || h.u.win.Canvas().Focused() != line.field {
				t.Errorf("the field says %q", line.words.Text)
			}
			tt.fill(d)
			d.tryOut()
			h.until("it is tried", func() bool { return d.testing == nil && strings.Contains(textOf(d.result), "The connection works") })
			obtainer.mu.Lock()
			asked, with := slices.Clone(obtainer.asked), obtainer.kept
			obtainer.mu.Unlock()
			if !slices.Equal(asked, []transfer.CredentialSource{tt.want}) || (with.KeyID != "") != tt.want.NeedsKeys() {
				t.Errorf("asked for %+v with %q", asked, with.KeyID)
			}
			d.store()
			h.until("it is saved", func() bool { return len(h.u.accounts) == 1 })
			if a := h.u.accounts[0]; a.Source != tt.want || (a.KeyID != "") != tt.want.NeedsKeys() || len(h.engine.creds) != 1 {
				t.Errorf("saved %+v", a)
			}
			if _, kept := h.secrets.kept[1]; kept != tt.want.NeedsKeys() {
				t.Errorf("a secret is kept: %v", kept)
			}
		})
	}
}

func TestE1ASecretMayBeForThisSessionOnly(t *testing.T) {
	h := newHarness(t)
	d := newAccount(h)
	typed(d)
	d.keep.SetSelectedIndex(keepSession)
	d.store()
	h.until("it is saved", func() bool { return len(h.u.accounts) == 1 })
	if c := h.vault.remembered()[1]; c.Secret.Reveal() != "hush" {
		t.Error("it is not known")
	}
	if len(h.secrets.kept) != 0 {
		t.Error("it is in the keyring")
	}
	if n := len(h.u.notices.box.Objects); n != 0 {
		t.Errorf("%d notices say what was asked for", n)
	}
}

func TestKindAndRegionMakeTheEndpoint(t *testing.T) {
	h := newHarness(t)
	d := newAccount(h)
	d.region.SetText("cn-beijing")
	for kind, want := range map[transfer.EndpointKind]string{
		transfer.EndpointInternal:   "https://oss-cn-beijing-internal.aliyuncs.com",
		transfer.EndpointDualStack:  "https://cn-beijing.oss.aliyuncs.com",
		transfer.EndpointAccelerate: "https://oss-accelerate.aliyuncs.com",
		transfer.EndpointOverseas:   "https://oss-accelerate-overseas.aliyuncs.com",
		transfer.EndpointPublic:     "https://oss-cn-beijing.aliyuncs.com",
	} {
		d.kind.SetSelectedIndex(index(places, kind))
		if d.endpoint.Text != want {
			t.Errorf("%s: %q", kind, d.endpoint.Text)
		}
	}
	d.kind.SetSelectedIndex(index(places, transfer.EndpointCustom))
	if d.endpoint.Text != "" {
		t.Errorf("a domain of one's own is %q", d.endpoint.Text)
	}
}

func TestATypedEndpointTellsKindAndRegion(t *testing.T) {
	for typed, want := range map[string]transfer.EndpointKind{
		"oss-cn-beijing-internal.aliyuncs.com": transfer.EndpointInternal,
		"https://cn-beijing.oss.aliyuncs.com":  transfer.EndpointDualStack,
		"oss-accelerate.aliyuncs.com":          transfer.EndpointAccelerate,
		"files.example.com":                    transfer.EndpointCustom,
		"oss.example.com":                      transfer.EndpointIP,
		"10.0.0.7:9000":                        transfer.EndpointIP,
	} {
		h := newHarness(t)
		d := newAccount(h)
		d.endpoint.SetText(typed)
		if d.chosenPlace() != want || strings.Contains(typed, "beijing") != (d.region.Text == "cn-beijing") {
			t.Errorf("%q: %s in %q", typed, d.chosenPlace(), d.region.Text)
		}
		var a transfer.Account
		d.placeFields.put(&a)
		if (a.Addressing == transfer.AddressCNAME) != (want == transfer.EndpointCustom) {
			t.Errorf("%q: addressed by %s", typed, a.Addressing)
		}
	}
}

func TestTheEndOfATokenAsTyped(t *testing.T) {
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.Local)
	for typed, want := range map[string]time.Time{
		"": {}, "45m": now.Add(45 * time.Minute), "2026-12-31 18:00": time.Date(2026, 12, 31, 18, 0, 0, 0, time.Local),
		"2026-12-31T18:00:00Z": time.Date(2026, 12, 31, 18, 0, 0, 0, time.UTC),
	} {
		if got, ok := parseEnd(typed, now); !ok || !got.Equal(want) {
			t.Errorf("%q: %v, %v", typed, got, ok)
		}
	}
	for _, typed := range []string{"tomorrow", "-1h", "31.12.2026"} {
		if got, ok := parseEnd(typed, now); ok {
			t.Errorf("%q is %v", typed, got)
		}
	}
}

func TestTheCountdown(t *testing.T) {
	now := time.Unix(1_790_000_000, 0)
	for left, want := range map[time.Duration]struct {
		words string
		soon  bool
	}{
		2 * time.Hour:     {"Its token expires in 2 h.", false},
		10 * time.Minute:  {"Its token expires in 10 min.", true},
		-5 * time.Minute:  {"Its token expired 5 min ago.", true},
		-time.Millisecond: {"Its token expired 1 s ago.", true},
	} {
		if words, soon := expiryWords(now.Add(left), now); words != want.words || soon != want.soon {
			t.Errorf("%v: %q, %v", left, words, soon)
		}
	}
	h := newReady(t)
	h.secrets.kept[1] = transfer.Credentials{KeyID: "k", Secret: transfer.NewSecret("s"), Expires: time.Now().Add(-time.Hour)}
	h.u.openAccounts()
	h.until("the list tells", func() bool { return strings.Contains(textOf(h.u.topModal().body.Content), "expired 1 h ago") })
	h.u.topModal().close()
	h.engine.change(func(s *transfer.Snapshot) { s.NeedCredentials = []transfer.AccountID{1} })
	h.u.pump.poke()
	h.until("the notice tells", func() bool { return strings.Contains(textOf(h.u.notices.box), "expired 1 h ago") })
}

func TestAProblemHasWordsOfItsOwn(t *testing.T) {
	for _, p := range []transfer.Problem{transfer.ProblemMissing, transfer.ProblemOther, transfer.ProblemCertificates, transfer.ProblemShort} {
		if words := text.Field(&transfer.FieldError{Problem: p}); words == string(p) {
			t.Errorf("%s has no words", p)
		}
	}
}
