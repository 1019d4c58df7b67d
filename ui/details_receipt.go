package ui

import (
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/ui/format"
	"partway/ui/text"
)

// receiptPage shows what remains of a finished upload, to be kept.
type receiptPage struct {
	u       *UI
	content fyne.CanvasObject
	none    *widget.Label // said while there is no receipt yet
	facts   *factPage
	copying *button
	whole   *fyne.Container
	shown   []fact
	of      transfer.ID
}

func newReceiptPage(u *UI) *receiptPage {
	p := &receiptPage{u: u, facts: newFactPage()}
	p.none = widget.NewLabel(text.T("There is a receipt once the upload is finished."))
	p.none.Importance = widget.LowImportance
	p.copying = quiet(newButton(keyless{}, text.T("Copy receipt"), theme.ContentCopyIcon(), func() {
		u.app.Clipboard().SetContent(factText(p.shown))
	}))
	verify := quiet(newButton(keyless{}, text.T("Compare with OSS again"), theme.SearchIcon(), func() { u.verify([]transfer.ID{p.of}) }))
	parts := quiet(newButton(keyless{}, text.T("Parts"), theme.ListIcon(), func() { u.main.details.tabs.SelectIndex(int(tabParts)) }))
	p.whole = container.NewBorder(nil, container.NewHBox(p.copying, verify, parts), nil, nil, p.facts.content)
	p.whole.Hide()
	p.content = container.NewStack(container.NewCenter(p.none), p.whole)
	return p
}

func (p *receiptPage) show(f *detailFrame) {
	on := f.upload.Phase == transfer.PhaseDone
	if on == p.none.Visible() {
		p.none.Hidden, p.whole.Hidden = on, !on
		p.content.Refresh()
	}
	p.shown, p.of = nil, f.upload.ID
	if on {
		p.shown = receiptFacts(f, p.u.accounts)
		p.facts.show(p.shown)
	}
}

// receiptFacts are what proves that a file is on OSS, and what OSS knows it by.
func receiptFacts(f *detailFrame, accounts []transfer.Account) []fact {
	u := &f.upload
	r := &u.Receipt
	var facts []fact
	add := func(label, value string) {
		if value != "" {
			facts = append(facts, fact{label, value})
		}
	}
	add(text.T("Object"), ossURI(u.To))
	add(text.T("Size"), text.T("{{.Size}} ({{.Bytes}} bytes)", text.Args{"Size": format.Bytes(u.File.Size), "Bytes": format.Count(u.File.Size)}))
	add(text.T("Result"), text.Outcome(r.Outcome))
	add(text.T("Proof"), text.Proof(r.Proof))
	add(text.T("Compared"), comparedText(u))
	for _, e := range slices.Backward(f.events) {
		if e.Kind == transfer.EventVerified {
			add(text.T("Compared again"), when(e.Time)+" · "+text.EventDetail(e))
			break
		}
	}
	if !r.Outcome.NotSent() {
		add("CRC64", strconv.FormatUint(r.CRC64, 10))
	}
	add("ETag", r.ETag)
	add(text.T("Version ID"), r.VersionID)
	add(text.T("Callback"), callbackText(r))
	add(text.T("Request IDs"), requestIDs(f))
	add(text.T("Upload ID"), u.UploadID)
	add(text.T("Parts"), planText(f))
	add(text.T("Added"), when(u.Created))
	add(text.T("Begun on OSS"), when(u.Initiated))
	add(text.T("Finished"), when(r.Finished))
	add(text.T("Account"), accountName(u.To, accounts))
	add(text.T("Endpoint"), u.To.Endpoint)
	add(text.T("File"), format.Name(u.Path))
	return facts
}

// requestIDs are OSS's names of the requests that count, to ask the service about.
func requestIDs(f *detailFrame) string {
	var ids []string
	if f.upload.Receipt.RequestID != "" {
		ids = append(ids, f.upload.Receipt.RequestID)
	}
	for _, e := range slices.Backward(f.events) {
		if e.RequestID != "" && !slices.Contains(ids, e.RequestID) {
			ids = append(ids, e.RequestID)
		}
	}
	const most = 10
	return strings.Join(ids[:min(most, len(ids))], ", ")
}

// factText is facts as they are copied, one a line.
func factText(facts []fact) string {
	var b strings.Builder
	for _, f := range facts {
		b.WriteString(text.T("{{.Label}}: {{.Value}}", text.Args{"Label": f.label, "Value": f.value}) + "\n")
	}
	return b.String()
}
