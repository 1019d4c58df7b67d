package ui

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"partway/transfer"
	"partway/ui/look"
	"partway/ui/text"
)

// everything is options with something in every field.
func everything() transfer.Options {
	return transfer.Options{
		ContentType: "text/html", CacheControl: "no-cache",
		Disposition: transfer.Disposition{Kind: transfer.DispositionAttachment, Name: "报告.html"},
		Encoding:    "gzip", Expires: time.Date(2027, 1, 31, 10, 0, 0, 0, time.UTC),
		Meta: []transfer.Field{{Name: "author", Value: "li"}, {Name: "empty"}}, Tags: []transfer.Field{{Name: "project", Value: "a b"}},
		ACL: transfer.ACLPublicRead, Class: transfer.ClassIA,
		Encryption:   transfer.Encryption{Method: transfer.EncryptKMS, KeyID: "key-1"},
		TrafficLimit: transfer.MinTrafficLimit, Strict: true,
		Callback: &transfer.Callback{
			URLs: []string{"https://a.example/done", "https://b.example/done"}, Host: "a.example", Body: `{"k":${object},"u":${x:user}}`,
			Type: transfer.CallbackJSON, SNI: true, Vars: []transfer.Field{{Name: "user", Value: "李"}},
		},
	}
}

// openOptions opens the dialog, and keeps what it hands on.
func openOptions(h *harness, given transfer.Options) (*optionsDialog, *transfer.Options) {
	chosen := &transfer.Options{}
	d := h.u.askOptions(optionsQuestion{
		title: "Options", given: given, reset: text.T("OSS's own defaults"), confirm: text.T("OK"), existing: "-",
		done: func(o transfer.Options) { *chosen = o },
	})
	return d, chosen
}

// TestOptionsAreShownAndRead shows options in the form and reads the same from it.
func TestOptionsAreShownAndRead(t *testing.T) {
	h := newReady(t)
	nothing := transfer.Options{}
	by := transfer.Options{Detect: transfer.DetectByContent, Disposition: transfer.Disposition{Kind: "inline", OwnName: true}}
	for name, want := range map[string]transfer.Options{"everything": everything(), "nothing": nothing, "by the file": by} {
		d, got := openOptions(h, want)
		h.press(fyne.KeyReturn)
		if d.open() {
			t.Fatalf("%s: the dialog stays open", name)
		}
		if !reflect.DeepEqual(*got, want) {
			t.Errorf("%s:\n%+v\nwant\n%+v", name, *got, want)
		}
	}
}

// TestOptionsAreRefusedAtTheField names each wrong field below it, turns to the first and has
// the keyboard in it; mended, the dialog closes.
func TestOptionsAreRefusedAtTheField(t *testing.T) {
	h := newReady(t)
	d, got := openOptions(h, transfer.Options{})
	d.turnTo(4)
	d.meta.set([]transfer.Field{{Name: "good"}, {}, {Name: "not good"}})
	d.traffic.SetText("1K")
	d.callback.on.SetChecked(true)
	d.callback.urls.lines[0].name.SetText("ftp://example.com")
	h.press(fyne.KeyReturn)
	if !d.open() || d.chosen != 1 {
		t.Fatalf("open %v, page %d", d.open(), d.chosen)
	}
	lines := d.meta.lines
	if lines[0].fault.Visible() || lines[1].fault.Visible() || !lines[2].fault.Visible() || lines[2].fault.Text == "" {
		t.Error("the third line of metadata is not the one that is refused")
	}
	if h.u.win.Canvas().Focused() != lines[2].name {
		t.Error("the keyboard is not in it")
	}
	if words := d.spots[transfer.FieldTraffic].fault.Text; !strings.Contains(words, "100K to 100M") {
		t.Errorf("of the traffic limit it says %q", words)
	}
	if !d.callback.urls.lines[0].fault.Visible() {
		t.Error("nothing is said of the address")
	}
	lines[2].name.SetText("better")
	if lines[2].fault.Visible() {
		t.Error("what was said stays after it was mended")
	}
	d.traffic.SetText("1M")
	d.callback.urls.lines[0].name.SetText("https://example.com/done")
	h.press(fyne.KeyReturn)
	if d.open() || len(got.Meta) != 2 || got.TrafficLimit != 8<<20 || got.Callback == nil || got.Callback.Body != transfer.CallbackBodies[transfer.CallbackForm] {
		t.Errorf("it hands on %+v", got)
	}
}

// TestEachProblemOfOptionsHasItsField checks every field that Options.Check may name.
func TestEachProblemOfOptionsHasItsField(t *testing.T) {
	h := newReady(t)
	d, _ := openOptions(h, transfer.Options{})
	for _, name := range []transfer.FieldName{
		transfer.FieldContentType, transfer.FieldCacheControl, transfer.FieldDisposition, transfer.FieldEncoding, transfer.FieldExpires,
		transfer.FieldMeta, transfer.FieldTags, transfer.FieldACL, transfer.FieldClass, transfer.FieldEncryption, transfer.FieldSSEKey,
		transfer.FieldTraffic, transfer.FieldCallbackURL, transfer.FieldCallbackHost, transfer.FieldCallbackBody, transfer.FieldCallbackType, transfer.FieldCallbackVar,
	} {
		if d.spots[name] == nil {
			t.Errorf("%s has no place on the form", name)
			continue
		}
		d.refuse(transfer.FieldErrors{{Field: name, Problem: transfer.ProblemTooLong}})
		if d.chosen != d.spots[name].page || !d.open() {
			t.Errorf("%s: page %d is shown, and it is on %d", name, d.chosen, d.spots[name].page)
		}
	}
}

func TestPublicAccessIsWarnedOf(t *testing.T) {
	h := newReady(t)
	d, _ := openOptions(h, transfer.Options{})
	if d.public.Visible() {
		t.Error("it warns of the bucket's own access")
	}
	for i, a := range transfer.ACLs {
		d.acl.SetSelectedIndex(i)
		if d.public.Visible() != a.Public() {
			t.Errorf("%s: warned %v", a, d.public.Visible())
		}
	}
}

func TestTheBodyOfACallbackFollowsItsType(t *testing.T) {
	h := newReady(t)
	d, _ := openOptions(h, transfer.Options{})
	d.callback.on.SetChecked(true)
	d.callback.kind.SetSelectedIndex(1)
	if d.callback.body.Text != transfer.CallbackBodies[transfer.CallbackJSON] {
		t.Errorf("the body is %q", d.callback.body.Text)
	}
	d.callback.body.SetText("mine")
	d.callback.kind.SetSelectedIndex(0)
	if d.callback.body.Text != "mine" {
		t.Errorf("a typed body became %q", d.callback.body.Text)
	}
}

// TestOptionsOfABatch opens the dialog from the sheet: the account's defaults stand in it, what
// differs is said in one line, and the batch is added with it.
func TestOptionsOfABatch(t *testing.T) {
	h := newReady(t, func(h *harness, _ *Config) {
		h.journal.accounts[0].Options = transfer.Options{CacheControl: "no-cache", ACL: transfer.ACLPublicRead}
	})
	s := openSheet(t, h)
	if words := s.options.summary.Text; !strings.Contains(words, "no-cache") || !strings.HasPrefix(words, "Public!") {
		t.Errorf("the sheet says %q", words)
	}
	s.options.ask()
	d := topOptions(h)
	if d.cache.Text != "no-cache" {
		t.Errorf("the form begins with %q", d.cache.Text)
	}
	d.cache.SetText("")
	d.acl.SetSelectedIndex(0)
	d.class.SetSelectedIndex(2)
	d.key(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if words := s.options.summary.Text; words != "Storage class: Infrequent access · Cache-Control: not set · Access: not set" {
		t.Errorf("the sheet says %q", words)
	}
	if h.u.win.Canvas().Focused() != s.options.open {
		t.Error("the keyboard does not come back to the button")
	}
	h.press(fyne.KeyEscape)
	h.u.propose(proposal{paths: files(t, "b.txt")})
	h.until("the sheet opens anew", func() bool { return h.u.sheet != nil && h.u.sheet != s })
	s = h.u.sheet
	if s.options.own != nil {
		t.Error("another batch begins with the options of the last")
	}
	s.options.choose(transfer.Options{Strict: true})
	s.confirm()
	h.until("the sheet closes", func() bool { return h.u.sheet == nil })
	if added := h.engine.requests(); len(added) != 1 || !reflect.DeepEqual(added[0].Options, transfer.Options{Strict: true}) {
		t.Errorf("added %+v", added)
	}
}

// topOptions finds the dialog by its button: modals know no more of each other.
func topOptions(h *harness) *optionsDialog { return h.u.topModal().enter.owner.(*optionsDialog) }

func TestOptionsOfAnAccount(t *testing.T) {
	h := newReady(t)
	h.u.editAccountOptions(h.u.accounts[0], nil, nil)
	d := topOptions(h)
	d.set(everything())
	d.confirm()
	h.until("the account has them", func() bool { return sameOptions(h.u.accounts[0].Options, everything()) })
	h.u.editAccountOptions(h.u.accounts[0], nil, nil)
	d = topOptions(h)
	buttonsOf(d.foot)[0].press()
	d.confirm()
	h.until("they are OSS's own again", func() bool { return sameOptions(h.u.accounts[0].Options, transfer.Options{}) })
}

// TestOptionsFit shows every page in the least window, in both languages: nothing of it is
// wider than the dialog. With PARTWAY_GALLERY it leaves a picture of each.
func TestOptionsFit(t *testing.T) {
	for _, lang := range []text.Language{text.English, text.Chinese} {
		for _, mode := range []look.Mode{look.ModeLight, look.ModeDark} {
			prefs, err := json.Marshal(preferences{Language: lang, Mode: mode})
			if err != nil {
				t.Fatal(err)
			}
			h := newReady(t, func(h *harness, _ *Config) { h.journal.settings[settingWindow] = string(prefs) })
			for name, size := range map[string]fyne.Size{"least": fyne.NewSize(leastWidth, leastHeight), "large": fyne.NewSize(1400, 900)} {
				h.u.win.Resize(size)
				d, _ := openOptions(h, everything())
				for page := range d.tabs {
					d.turnTo(page)
					if least := d.body.Content.MinSize().Width; least > d.body.Size().Width {
						t.Errorf("%s, page %d needs a width of %v, and has %v", lang, page, least, d.body.Size().Width)
					}
					h.picture(strings.Join([]string{"options", string(lang), string(mode), name, d.tabs[page].Text}, " "))
				}
				d.close()
			}
			h.u.win.Resize(fyne.NewSize(leastWidth, leastHeight))
			s := openSheet(t, h)
			s.options.choose(everything())
			h.picture(strings.Join([]string{"sheet", string(lang), string(mode)}, " "))
			s.close()
		}
	}
}
