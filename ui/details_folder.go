package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/ui/format"
	"partway/ui/look"
	"partway/ui/text"
)

// folderFrame is what the details pane is told of folders.
type folderFrame struct {
	selected int                  // rows, folders or not
	folders  []transfer.FolderRow // those of them that are folders
}

// folderPane tells of one folder, by the sums of its files.
type folderPane struct {
	u       *UI
	content *keyScroll
	icon    *widget.Icon
	name    *widget.Label
	status  *widget.Label
	steps   *fyne.Container
	facts   *factList

	attention *button // in steps
}

func newFolderPane(u *UI) *folderPane {
	p := &folderPane{u: u, icon: widget.NewIcon(nil), status: widget.NewLabel(""), facts: newFactList()}
	p.name = widget.NewLabelWithStyle("", fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	p.name.Truncation = fyne.TextTruncateEllipsis
	p.attention = newButton(keyless{}, text.T("Show what needs attention"), look.GroupIcon(transfer.GroupAttention), func() {
		u.main.filters.choose(transfer.GroupAttention)
	})
	p.steps = container.NewHBox(p.attention)
	p.steps.Hide()
	head := container.NewBorder(nil, nil, p.icon, p.status, p.name)
	p.content = newKeyScroll(container.NewPadded(container.NewVBox(head, p.steps, p.facts.content)))
	return p
}

func (p *folderPane) show(r *transfer.FolderRow, snap *transfer.Snapshot) {
	live := liveInFolders(snap)[r.ID]
	row := folderRowOf(r, live)
	p.icon.SetResource(look.StatusIcon(row.Status, false))
	setText(p.name, format.Name(r.Name))
	setText(p.status, row.StatusText)
	totals := totalsOf(r.Sums)
	totals.fly(live)
	if on := totals.attention > 0; on != p.steps.Visible() {
		p.steps.Hidden = !on
		p.content.Refresh()
	}
	facts := []fact{
		{text.T("Files"), row.Note},
		{text.T("Uploaded"), text.T("{{.Done}} of {{.Total}}", text.Args{"Done": format.Bytes(totals.done), "Total": format.Bytes(totals.due)})},
	}
	if row.Status == transfer.StatusUploading {
		facts = append(facts, fact{text.T("Speed"), speedText(&detailFrame{live: &transfer.Live{Speed: row.Speed, Left: row.Left}})})
	}
	facts = append(facts, fact{text.T("Destination"), ossURI(transfer.Target{Bucket: r.To.Bucket, Key: r.To.Prefix})},
		fact{text.T("Folder"), format.Name(r.Path)},
		fact{text.T("Account"), accountName(transfer.Target{Account: r.To.Account, Endpoint: r.To.Endpoint}, p.u.accounts)})
	if p.facts.show(facts) {
		p.content.Refresh()
	}
}
