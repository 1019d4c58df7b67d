package ui

import (
	"errors"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"partway/transfer"
)

// networkSettings opens the settings on the page of the network.
func networkSettings(h *harness) *settingsDialog {
	d := h.u.showSettings(ResumeAlways)
	for i, p := range d.pages {
		if p == settingsPage(d.network) {
			d.turnTo(i)
		}
	}
	return d
}

func TestAProxyIsSetWithItsPassword(t *testing.T) {
	h := newReady(t)
	d := networkSettings(h)
	d.network.proxy.SetSelectedIndex(index(transfer.ProxyKinds, transfer.ProxyTyped))
	d.network.url.SetText("proxy.example.com:3128/")
	d.network.user.SetText("me")
	d.save()
	if d.network.lines[fieldProxyPassword].words.Text == "" || h.network.sets != 0 {
		t.Fatal("a user without a password was taken")
	}
	d.network.password.SetText("hush")
	d.save()
	h.until("it is set", func() bool { return !d.open() })
	want := transfer.Network{Proxy: transfer.ProxyTyped, ProxyURL: "http://proxy.example.com:3128", ProxyUser: "me"}
	if h.network.is != want || h.network.password.Reveal() != "hush" {
		t.Errorf("set %+v", h.network.is)
	}
	for key, saved := range h.journal.saved() {
		if strings.Contains(saved, "hush") {
			t.Errorf("the password is in the setting %s", key)
		}
	}
	h.u.network = h.network.is
	d = networkSettings(h)
	d.save()
	h.until("it closes", func() bool { return !d.open() })
	if h.network.sets != 1 {
		t.Error("what did not change was set again")
	}
}

func TestWhatIsWrongWithTheNetworkIsSaidAtItsField(t *testing.T) {
	certificates := &transfer.FieldError{Field: transfer.FieldCAFile, Problem: transfer.ProblemCertificates}
	for name, tt := range map[string]struct {
		change func(h *harness, p *networkPage)
		at     transfer.FieldName
	}{
		"no address": {func(_ *harness, p *networkPage) {}, transfer.FieldProxyURL},
		"no proxy":   {func(_ *harness, p *networkPage) { p.url.SetText("ftp://a") }, transfer.FieldProxyURL},
		"a password inside": {
			func(_ *harness, p *networkPage) { p.url.SetText("http://me:pw@proxy:1") }, transfer.FieldProxyURL,
		},
		"no certificate": {func(h *harness, p *networkPage) {
			p.url.SetText("socks5://proxy:1080")
			p.caFile.SetText("/etc/hostname")
			h.network.err = &transfer.Error{Kind: transfer.KindPermanent, Err: errors.Join(certificates, nil)}
		}, transfer.FieldCAFile},
		"the journal": {func(h *harness, p *networkPage) {
			p.url.SetText("socks5://proxy:1080")
			h.network.err = &transfer.Error{Kind: transfer.KindStorage, Op: "write", Code: transfer.CodeDiskFull}
		}, transfer.FieldProxy},
	} {
		t.Run(name, func(t *testing.T) {
			h := newReady(t)
			d := networkSettings(h)
			d.turnTo(0)
			d.network.proxy.SetSelectedIndex(index(transfer.ProxyKinds, transfer.ProxyTyped))
			tt.change(h, d.network)
			d.save()
			line := d.network.lines[tt.at]
			h.until("it is said", func() bool { return line.words.Text != "" })
			if !d.open() || d.saving.Disabled() || h.u.win.Canvas().Focused() != line.field {
				t.Error("it cannot be put right")
			}
			if d.pages[d.chosen] != settingsPage(d.network) {
				t.Error("the page is not shown")
			}
		})
	}
}

// TestE1SecretsInAFile moves them to a file with a passphrase and back.
func TestE1SecretsInAFile(t *testing.T) {
	h := newReady(t)
	d := h.u.showSettings(ResumeAlways)
	page, ok := d.pages[len(d.pages)-1].(*secretsPage)
	if !ok {
		t.Fatal("no page of secrets")
	}
	page.protect.press()
	type2 := func(first, again string) *fyne.Container {
		top := h.u.topModal()
		var entries []*entry
		for _, o := range top.body.Content.(*fyne.Container).Objects[0].(*fyne.Container).Objects[1].(*fyne.Container).Objects {
			if c, ok := o.(*fyne.Container); ok {
				if e, ok := c.Objects[0].(*entry); ok {
					entries = append(entries, e)
				}
			}
		}
		entries[0].SetText(first)
		entries[1].SetText(again)
		top.enter.press()
		return top.body.Content.(*fyne.Container)
	}
	form := type2("hush hush", "hush hash")
	if !strings.Contains(textOf(form), "not the same") {
		t.Error("two that differ were taken")
	}
	type2("hush", "hush")
	h.until("it is too short", func() bool { return strings.Contains(textOf(form), "too short") })
	type2("hush hush", "hush hush")
	h.until("the page tells", func() bool { return h.u.topModal() == d.modal && strings.Contains(page.where.Text, "passphrase opens") })
	if len(h.vault.moved) != 2 || h.vault.moved[0].ID != transfer.ProxyAccount().ID {
		t.Errorf("moved %v: the proxy's password is a secret, too", h.vault.moved)
	}
	page.release.press()
	h.press(fyne.KeyReturn)
	h.until("it is back", func() bool { return !page.release.Visible() && page.protect.Visible() })
}

// TestE1ThePassphraseIsAskedForAtTheStart starts with a locked file: first wrong, then not now,
// then right.
func TestE1ThePassphraseIsAskedForAtTheStart(t *testing.T) {
	h := newReady(t, func(h *harness, _ *Config) {
		h.vault.file, h.vault.locked, h.vault.passphrase = true, true, "hush hush"
	})
	h.until("it is asked for", func() bool { return h.u.topModal() != nil })
	enter := func(passphrase string) {
		h.u.win.Canvas().Focused().(*entry).SetText(passphrase)
		h.press(fyne.KeyReturn)
	}
	m := h.u.topModal()
	enter("hush hash")
	h.until("it is refused", func() bool { return strings.Contains(textOf(m.body.Content), "not the passphrase") })
	h.press(fyne.KeyEscape)
	if len(h.u.notices.box.Objects) != 1 {
		t.Fatal("nothing says that the secrets are locked")
	}
	h.engine.change(func(s *transfer.Snapshot) { s.NeedCredentials = []transfer.AccountID{1} })
	h.u.pump.poke()
	h.until("the engine waits", func() bool { return h.u.pump != nil && len(h.u.notices.box.Objects) == 1 })
	buttonIn(h.u.notices.box, "Unlock…").OnTapped()
	enter("hush hush")
	h.until("uploads go on", func() bool { return len(h.engine.creds) == 1 && h.u.topModal() == nil })
	h.engine.change(func(s *transfer.Snapshot) { s.NeedCredentials = nil })
	h.u.pump.poke()
	h.until("the notice goes", func() bool { return len(h.u.notices.box.Objects) == 0 })
}
