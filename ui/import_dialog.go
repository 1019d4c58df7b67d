package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/ui/text"
)

// Profile is an account that another program's configuration describes. What that leaves
// out is empty.
type Profile struct {
	Name        string
	Account     transfer.Account // its endpoint may be without a scheme
	Credentials transfer.Credentials
	// Mode is how credentials are got that are no access key: the profile has none here.
	Mode string
}

// importProfile reads ossutil's configuration, and fills the form with the one profile in
// it, or the one that is chosen.
func (d *accountDialog) importProfile() {
	d.imports.Disable()
	load(d.u, d.u.ctx, d.u.c.Profiles, func(profiles []Profile, err error) {
		d.imports.Enable()
		switch {
		case !d.open():
		case err != nil:
			d.u.showError(text.T("The configuration of ossutil could not be read."), err)
		case len(profiles) == 0:
			d.say(text.T("No configuration of ossutil was found on this computer."))
		case len(profiles) == 1:
			d.take(profiles[0])
		default:
			d.chooseProfile(profiles)
		}
	})
}

// chooseProfile lists the profiles, each with a button.
func (d *accountDialog) chooseProfile(profiles []Profile) {
	m := d.u.newModal(text.T("Import from ossutil"), 560)
	list := container.NewVBox()
	for _, p := range profiles {
		use := newButton(m, text.T("Use"), nil, func() {
			m.close()
			d.take(p)
		})
		name := widget.NewLabelWithStyle(p.Name, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
		about := widget.NewLabel(aboutProfile(p))
		about.SizeName, about.Importance = theme.SizeNameCaptionText, widget.LowImportance
		name.Truncation, about.Truncation = fyne.TextTruncateEllipsis, fyne.TextTruncateEllipsis
		list.Add(container.NewBorder(nil, nil, nil, container.NewCenter(use), container.NewVBox(name, about)))
	}
	m.setContent(list, nil, newButton(m, text.T("Cancel"), nil, m.close))
	m.show(nil)
}

// aboutProfile says in one line where a profile leads.
func aboutProfile(p Profile) string {
	switch {
	case p.Account.Source.Kind != transfer.SourceKept:
		return text.T("{{.Endpoint}}, {{.Credentials}}", text.Args{"Endpoint": p.Account.Endpoint, "Credentials": text.Source(p.Account.Source)})
	case p.Mode != "":
		return text.T("{{.Endpoint}}, without an access key ({{.Mode}})",
			text.Args{"Endpoint": p.Account.Endpoint, "Mode": p.Mode})
	case p.Account.Bucket != "":
		return aboutAccount(p.Account)
	default:
		return text.T("{{.Endpoint}}, key {{.Key}}", text.Args{"Endpoint": p.Account.Endpoint, "Key": p.Account.KeyID})
	}
}

// take fills the form with a profile. What is right, and what is missing, the form says
// when it is saved, as if it had been typed.
func (d *accountDialog) take(p Profile) {
	a := p.Account
	a.Endpoint = withScheme(a.Endpoint)
	d.lines.clear()
	d.fill(a)
	d.setCredentials(p.Credentials)
	if p.Mode != "" && a.Source.Kind == transfer.SourceKept {
		d.say(text.T("This profile gets its keys by {{.Mode}}, which Partway cannot: an access key is needed.",
			text.Args{"Mode": p.Mode}))
	} else {
		d.say("")
	}
	if a.Bucket == "" {
		d.u.win.Canvas().Focus(d.bucket)
	}
}

// withScheme completes an endpoint as another program has it.
func withScheme(endpoint string) string {
	if there, err := transfer.ParseEndpoint(endpoint); endpoint != "" && err == nil {
		return there.URL
	}
	return endpoint
}
