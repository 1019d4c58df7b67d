package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"partway/transfer"
	"partway/ui/text"
)

// fieldProxyPassword is the one field of the page that is no setting, but a secret.
const fieldProxyPassword transfer.FieldName = "proxy password"

// networkPage is how the network is reached. It has no switch that has certificates not
// looked at.
type networkPage struct {
	d        *settingsDialog
	before   transfer.Network
	proxy    *choice
	url      *entry
	user     *entry
	password *entry
	caFile   *entry
	browse   *button
	lines    checkedForm
}

func newNetworkPage(d *settingsDialog, c choices) *networkPage {
	p := &networkPage{d: d, before: c.network}
	p.url = newEntry(d, text.T("http://proxy.example.com:3128, https:// or socks5://"))
	p.user = newEntry(d, text.T("Empty, if the proxy asks for none"))
	p.password = newSecretEntry(d, "")
	p.caFile = newEntry(d, text.T("Certificates in PEM that are trusted beside the system's"))
	p.browse = newButton(d, text.T("Browse…"), nil, p.choose)
	p.lines = checkedForm{
		transfer.FieldProxyURL:  newChecked(text.T("Address"), p.url, p.url),
		transfer.FieldProxyUser: newChecked(text.T("User name"), p.user, p.user),
		fieldProxyPassword:      newChecked(text.T("Password"), p.password, p.password),
		transfer.FieldCAFile:    newChecked(text.T("Certificates"), p.caFile, container.NewBorder(nil, nil, nil, p.browse, p.caFile)),
	}
	p.proxy = newChoice(d, []string{
		text.T("As the environment says (HTTPS_PROXY, NO_PROXY)"), text.T("None"), text.T("This one"),
	}, func(int) { p.showLines() })
	p.lines[transfer.FieldProxy] = newChecked(text.T("Proxy"), p.proxy, p.proxy)
	if c.network.ProxyUser != "" {
		p.password.SetPlaceHolder(text.T("Unchanged"))
	}
	p.url.SetText(c.network.ProxyURL)
	p.user.SetText(c.network.ProxyUser)
	p.caFile.SetText(c.network.CAFile)
	p.proxy.SetSelectedIndex(index(transfer.ProxyKinds, c.network.Proxy))
	return p
}

// showLines shows the lines of a typed proxy only where there is one.
func (p *networkPage) showLines() {
	typed := p.kind() == transfer.ProxyTyped
	for _, f := range []transfer.FieldName{transfer.FieldProxyURL, transfer.FieldProxyUser, fieldProxyPassword} {
		p.lines[f].show(typed)
	}
	if p.d.open() {
		p.d.fit()
	}
}

func (p *networkPage) kind() transfer.ProxyKind {
	return transfer.ProxyKinds[max(0, p.proxy.SelectedIndex())]
}

func (p *networkPage) title() string         { return text.T("Network") }
func (p *networkPage) first() fyne.Focusable { return p.proxy }

func (p *networkPage) content() fyne.CanvasObject {
	words := smallWords(text.T("It holds for all accounts, at once. Every server's certificate is checked, always: a company that inspects traffic has one of its own, which can be added here."))
	return page(formOf(
		p.lines[transfer.FieldProxy].row, p.lines[transfer.FieldProxyURL].row, p.lines[transfer.FieldProxyUser].row,
		p.lines[fieldProxyPassword].row, p.lines[transfer.FieldCAFile].row), words)
}

// choose asks for a file of certificates.
func (p *networkPage) choose() {
	u := p.d.u
	p.browse.Disable()
	load(u, u.ctx, func(ctx context.Context) ([]string, error) {
		return u.picker.Files(ctx, text.T("Choose a file of certificates"))
	}, func(paths []string, err error) {
		p.browse.Enable()
		if err != nil {
			u.log.Warn("no file was chosen", "err", err)
		}
		if len(paths) > 0 {
			p.caFile.SetText(paths[0])
		}
	})
}

// take is where pages are read; what is wrong is said at its field when it is put in force.
func (p *networkPage) take(c *choices) error {
	c.network = transfer.Network{Proxy: p.kind(), CAFile: strings.TrimSpace(p.caFile.Text)}
	c.proxyPassword = transfer.Secret{}
	if c.network.Proxy == transfer.ProxyTyped {
		c.network.ProxyURL = tidyProxy(p.url.Text)
		c.network.ProxyUser = strings.TrimSpace(p.user.Text)
		c.proxyPassword = transfer.NewSecret(p.password.Text)
	}
	return nil
}

// tidyProxy completes the address of a proxy: most speak HTTP.
func tidyProxy(typed string) string {
	typed = strings.TrimRight(strings.TrimSpace(typed), "/")
	if typed != "" && !strings.Contains(typed, "://") {
		typed = "http://" + typed
	}
	return typed
}

// faults says what is wrong before anything is tried.
func (p *networkPage) faults(c choices) []fault {
	faults, _ := faultsOf(c.network.Check())
	switch {
	case c.network.ProxyUser == "" && !c.proxyPassword.Empty():
		faults = append(faults, fault{transfer.FieldProxyUser, text.T("A password needs a user name.")})
	case c.network.ProxyUser != "" && c.network.ProxyUser != p.before.ProxyUser && c.proxyPassword.Empty():
		faults = append(faults, fault{fieldProxyPassword, text.T("This is needed.")})
	}
	return faults
}

// saveNetwork puts the network's settings in force, if they are others than before, and goes
// on. What is wrong with them is said at the field.
func (d *settingsDialog) saveNetwork(c choices, then func()) {
	p := d.network
	if p == nil || c.network == p.before && c.proxyPassword.Empty() {
		then()
		return
	}
	if faults := p.faults(c); len(faults) > 0 {
		d.refuseNetwork(faults)
		return
	}
	d.saving.Disable()
	d.u.act(func(ctx context.Context) error {
		return d.u.c.Network.SetNetwork(ctx, c.network, c.proxyPassword)
	}, func(err error) {
		d.saving.Enable()
		if err == nil {
			then()
			return
		}
		faults, ok := faultsOf(err)
		if !ok {
			sentence, hint := text.Problem(transfer.AsError(err))
			faults = []fault{{transfer.FieldProxy, text.Sentences(text.T("The settings could not be saved."), sentence, hint)}}
		}
		d.refuseNetwork(faults)
	})
}

// refuseNetwork shows the page with what is wrong on it.
func (d *settingsDialog) refuseNetwork(faults []fault) {
	for i, p := range d.pages {
		if p == settingsPage(d.network) {
			d.turnTo(i)
		}
	}
	first, _ := d.network.lines.tell(faults)
	d.fit()
	if first != nil {
		d.u.win.Canvas().Focus(first.field)
	}
}
