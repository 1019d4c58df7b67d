package ui

import (
	"context"
	"errors"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"partway/transfer"
)

func profileOf(name, endpoint string) Profile {
	return Profile{
		Name: name,
		Account: transfer.Account{
			Name: name, Kind: transfer.AccountKeys, Endpoint: endpoint, Region: "cn-beijing",
			Addressing: transfer.AddressVirtual, Signature: transfer.SignatureV4, KeyID: "LTAI-" + name,
		},
		Credentials: transfer.Credentials{KeyID: "LTAI-" + name, Secret: transfer.NewSecret("hush-" + name)},
	}
}

// importing opens the dialog for a new account, and presses its Import button.
func importing(t *testing.T, profiles []Profile, err error) (*harness, *accountDialog) {
	t.Helper()
	h := newHarness(t, func(_ *harness, c *Config) {
		c.Profiles = func(context.Context) ([]Profile, error) { return profiles, err }
	})
	d := newAccount(h)
	d.imports.press()
	h.until("the profiles are read", func() bool { return !d.imports.Disabled() })
	return h, d
}

func TestImportFillsTheFormAndSavesAsIfTyped(t *testing.T) {
	h, d := importing(t, []Profile{profileOf("work", "oss-cn-beijing.aliyuncs.com")}, nil)
	if h.u.win.Canvas().Focused() != fyne.Focusable(d.bucket) {
		t.Error("the bucket, which is missing, has not the focus")
	}
	d.store()
	if len(h.u.accounts) != 0 || !strings.Contains(d.lines[transfer.FieldBucket].words.Text, "bucket") {
		t.Errorf("an account without a bucket: %q", d.lines[transfer.FieldBucket].words.Text)
	}
	d.bucket.SetText("photos")
	d.store()
	h.until("it is saved", func() bool { return len(h.u.accounts) == 1 })
	a := h.u.accounts[0]
	if a.Name != "work" || a.Endpoint != "https://oss-cn-beijing.aliyuncs.com" || a.KeyID != "LTAI-work" {
		t.Errorf("saved %+v", a)
	}
	if h.secrets.kept[a.ID].Secret.Reveal() != "hush-work" {
		t.Error("the keyring was not given the secret")
	}
}

func TestImportListsSeveralProfiles(t *testing.T) {
	role := Profile{Name: "role", Mode: "EcsRamRole"}
	role.Account.Endpoint = "https://oss-cn-shanghai.aliyuncs.com"
	h, d := importing(t, []Profile{profileOf("a", "https://a.example.com"), profileOf("b", "https://b.example.com"), role}, nil)
	list := h.u.topModal()
	if list == d.modal {
		t.Fatal("no list was opened")
	}
	var uses []*button
	for _, o := range test.LaidOutObjects(list.body.Content) {
		if b, ok := o.(*button); ok {
			uses = append(uses, b)
		}
	}
	if len(uses) != 3 {
		t.Fatalf("%d buttons", len(uses))
	}
	uses[1].press()
	if h.u.topModal() != d.modal || d.keyID.Text != "LTAI-b" || d.secret.Text != "hush-b" || d.endpoint.Text != "https://b.example.com" {
		t.Errorf("the form holds %q %q", d.keyID.Text, d.endpoint.Text)
	}
	d.take(role)
	if d.keyID.Text != "" || d.secret.Text != "" || !strings.Contains(d.message.Text, "EcsRamRole") {
		t.Errorf("of a role: key %q, said %q", d.keyID.Text, d.message.Text)
	}
}

func TestImportSaysWhatIsNotThere(t *testing.T) {
	_, d := importing(t, nil, nil)
	if !strings.Contains(d.message.Text, "No configuration") {
		t.Errorf("said %q", d.message.Text)
	}
	h, d := importing(t, nil, errors.New("line 3: not of the form name = value"))
	if h.u.topModal() == d.modal {
		t.Error("the error was not shown")
	}
}

func TestImportIsForNewAccounts(t *testing.T) {
	h := newReady(t, func(_ *harness, c *Config) {
		c.Profiles = func(context.Context) ([]Profile, error) { return nil, nil }
	})
	if d := h.u.editAccount(h.u.accounts[0], nil); d.imports != nil {
		t.Error("an account that is there can be overwritten by an import")
	}
}
