package ui

import (
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/ui/format"
	"partway/ui/look"
	"partway/ui/partmap"
	"partway/ui/text"
)

// mapHeight is the height of the strip of parts.
const mapHeight = 30

// overview tells of one upload in words, above them the strip of its parts.
type overview struct {
	u       *UI
	content fyne.CanvasObject
	icon    *widget.Icon
	name    *widget.Label
	status  *widget.Label
	trouble *fyne.Container
	told    troubleKey
	strip   *partmap.Map
	legend  *partmap.Legend
	facts   *factList
}

// troubleKey tells whether what is said of an upload's trouble must be made anew.
type troubleKey struct {
	id     transfer.ID
	status transfer.Status
	text   string
}

func newOverview(u *UI) *overview {
	o := &overview{u: u, icon: widget.NewIcon(nil), trouble: container.NewVBox()}
	o.name = widget.NewLabelWithStyle("", fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	o.name.Truncation = fyne.TextTruncateEllipsis
	o.status = widget.NewLabel("")
	o.strip, o.legend = partmap.New(), partmap.NewLegend()
	o.facts = newFactList(u)

	tall := canvas.NewRectangle(nil)
	tall.SetMinSize(fyne.NewSize(0, mapHeight))
	head := container.NewBorder(nil, nil, o.icon, o.status, o.name)
	o.content = container.NewVScroll(container.NewPadded(container.NewVBox(
		head, o.trouble, container.NewStack(tall, o.strip), o.legend, o.facts.content)))
	return o
}

func (o *overview) show(f *detailFrame, snap *transfer.Snapshot) {
	o.icon.SetResource(look.StatusIcon(f.status))
	setText(o.name, format.Name(f.upload.Name))
	setText(o.status, text.StatusLine(f.status, f.upload.Receipt.Outcome, f.upload.Error, f.live, snap.Time))
	o.showTrouble(f)
	o.strip.SetStates(f.states)
	o.legend.SetCounts(partmap.Count(f.states))
	o.facts.show(factsOf(f, o.u.accounts))
}

// showTrouble says what is wrong, and offers the answers that the upload's state allows.
func (o *overview) showTrouble(f *detailFrame) {
	told := troubleKey{id: f.upload.ID, status: f.status}
	if f.upload.Error != nil {
		told.text = f.upload.Error.Error()
	}
	if told == o.told {
		return
	}
	o.told = told
	o.trouble.RemoveAll()
	owner := o.u.main
	ended := f.upload.Phase.Final()
	allowed := transfer.Allows(f.status)
	if allowed.Resolve {
		o.trouble.Add(o.u.conflictChoices(owner, &f.upload))
	}
	if answers := o.u.fileChoices(owner, f.upload.ID, allowed); len(answers.Objects) > 0 {
		o.trouble.Add(answers)
	}
	if f.upload.Error != nil && !ended {
		o.trouble.Add(o.u.problem(owner, f.upload.Error))
	}
	o.trouble.Refresh()
}

// factList is a table of words and values, whose values can be selected and copied.
type factList struct {
	u       *UI
	content *fyne.Container
	labels  []*widget.Label
	values  []*widget.Label
}

func newFactList(u *UI) *factList {
	return &factList{u: u, content: container.New(&factLayout{})}
}

// fact is one line; copyable offers to copy the value.
type fact struct{ label, value string }

func (l *factList) show(facts []fact) {
	for len(l.labels) < len(facts) {
		label := widget.NewLabelWithStyle("", fyne.TextAlignTrailing, fyne.TextStyle{})
		label.Importance = widget.LowImportance
		value := widget.NewLabel("")
		value.Selectable = true
		value.Truncation = fyne.TextTruncateEllipsis
		l.labels, l.values = append(l.labels, label), append(l.values, value)
		l.content.Add(label)
		l.content.Add(value)
	}
	for i := range l.labels {
		if i >= len(facts) {
			l.labels[i].Hide()
			l.values[i].Hide()
			continue
		}
		setText(l.labels[i], facts[i].label)
		setText(l.values[i], facts[i].value)
		l.labels[i].Show()
		l.values[i].Show()
	}
}

// factLayout sets facts out in pairs, close together, in one column or two.
type factLayout struct{ wide bool }

func (l *factLayout) visible(objects []fyne.CanvasObject) int {
	n := 0
	for i := 0; i < len(objects); i += 2 {
		if objects[i].Visible() {
			n++
		}
	}
	return n
}

const (
	factHeight = 26
	// twoColumns is the width from which facts stand in two columns.
	twoColumns = 760
)

// MinSize is called by Fyne.
func (l *factLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	lines := l.visible(objects)
	if l.wide {
		lines = (lines + 1) / 2
	}
	return fyne.NewSize(300, float32(lines)*factHeight)
}

// Layout is called by Fyne.
func (l *factLayout) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	l.wide = s.Width >= twoColumns
	columns, perColumn := 1, l.visible(objects)
	if l.wide {
		columns, perColumn = 2, (perColumn+1)/2
	}
	width := s.Width / float32(columns)
	shown := 0
	for i := 0; i+1 < len(objects); i += 2 {
		if !objects[i].Visible() {
			continue
		}
		column := shown / max(1, perColumn)
		x, y := float32(column)*width, float32(shown%max(1, perColumn))*factHeight
		words := l.widest(objects, column, perColumn)
		objects[i].Move(fyne.NewPos(x, y))
		objects[i].Resize(fyne.NewSize(words, factHeight))
		objects[i+1].Move(fyne.NewPos(x+words, y))
		objects[i+1].Resize(fyne.NewSize(width-words, factHeight))
		shown++
	}
}

// widest is the width of a column's words.
func (l *factLayout) widest(objects []fyne.CanvasObject, column, perColumn int) float32 {
	var widest float32
	shown := 0
	for i := 0; i < len(objects); i += 2 {
		if !objects[i].Visible() {
			continue
		}
		if shown/max(1, perColumn) == column {
			widest = max(widest, objects[i].MinSize().Width)
		}
		shown++
	}
	return widest
}

// factsOf tells what is known of an upload, in words. What is not known is left out.
func factsOf(f *detailFrame, accounts []transfer.Account) []fact {
	u := &f.upload
	facts := []fact{
		{text.T("File"), format.Name(u.Path)},
		{text.T("Destination"), ossURI(u.To)},
		{text.T("Account"), accountName(u.To, accounts)},
		{text.T("Uploaded"), uploadedText(f)},
	}
	add := func(label, value string) {
		if value != "" {
			facts = append(facts, fact{label, value})
		}
	}
	if e := lastStop(f); e != nil {
		add(text.Event(e.Kind), text.EventDetail(*e))
	}
	add(text.T("Parts"), partsText(f))
	add(text.T("If it exists"), text.Policy(u.Policy))
	add(text.T("Added"), when(u.Created))
	add(text.T("Finished"), when(u.Receipt.Finished))
	if u.Phase == transfer.PhaseDone {
		add(text.T("Result"), text.Outcome(u.Receipt.Outcome))
		add(text.T("Proof"), text.Proof(u.Receipt.Proof))
		if u.Receipt.CRC64 != 0 {
			add("CRC64", strconv.FormatUint(u.Receipt.CRC64, 10))
		}
		add("ETag", u.Receipt.ETag)
		add(text.T("Version ID"), u.Receipt.VersionID)
		add(text.T("Request ID"), u.Receipt.RequestID)
	}
	add(text.T("Upload ID"), u.UploadID)
	return facts
}

// lastStop returns the event of the last pause or resume of an unfinished upload, which
// tells what that cost; nil if there was none.
func lastStop(f *detailFrame) *transfer.Event {
	if f.upload.Phase.Final() {
		return nil
	}
	for i := len(f.events) - 1; i >= 0; i-- {
		switch e := &f.events[i]; e.Kind {
		case transfer.EventPausing, transfer.EventResumed, transfer.EventNewVersion:
			return e
		default:
		}
	}
	return nil
}

func accountName(t transfer.Target, accounts []transfer.Account) string {
	for _, a := range accounts {
		if a.ID == t.Account {
			return a.Name
		}
	}
	return t.Endpoint
}

func uploadedText(f *detailFrame) string {
	u := &f.upload
	done := u.BytesDone
	if u.Phase == transfer.PhaseDone && u.Receipt.Outcome == transfer.OutcomeSent {
		done = u.File.Size
	}
	words := []string{text.T("{{.Done}} of {{.Total}}", text.Args{"Done": format.Bytes(done), "Total": format.Bytes(u.File.Size)})}
	if f.live != nil && f.status == transfer.StatusUploading {
		if under := f.live.Sent - done; under > 0 {
			words = append(words, text.T("{{.Size}} under way", text.Args{"Size": format.Bytes(under)}))
		}
		if f.live.Speed > 0 {
			words = append(words, format.Speed(f.live.Speed))
		}
		if f.live.Left > 0 {
			words = append(words, text.T("{{.Time}} left", text.Args{"Time": format.Left(f.live.Left)}))
		}
	}
	return strings.Join(words, " · ")
}

func partsText(f *detailFrame) string {
	u := &f.upload
	if u.Plan.Single() {
		if u.Phase == transfer.PhasePlanned && u.File.Size > 0 {
			return ""
		}
		return text.T("In one request")
	}
	count := partmap.Count(f.states)
	return text.N("1 part of {{.Size}}, {{.Done}} done", "{{.Count}} parts of {{.Size}}, {{.Done}} done", u.Plan.Parts,
		text.Args{"Size": format.Bytes(u.Plan.PartSize), "Done": format.Count(int64(count.Done))})
}

// when writes a moment in this computer's time zone.
func when(t time.Time) string {
	if t.IsZero() || t.Unix() <= 0 {
		return ""
	}
	return t.Local().Format("2006-01-02 15:04:05")
}

// conflictChoices offers the answers to a conflict.
func (u *UI) conflictChoices(owner keyed, up *transfer.Upload) fyne.CanvasObject {
	all := newTick(owner, text.T("For all conflicts of this batch"), nil)
	id, batch := up.ID, up.Batch
	answer := func(r transfer.Resolution) func() {
		return func() {
			s := transfer.These(id)
			if all.Checked {
				s = conflictsOf(batch)
			}
			u.resolve(s, r)
		}
	}
	buttons := container.NewHBox()
	for _, r := range resolutions {
		buttons.Add(newButton(owner, text.Resolution(r), nil, answer(r)))
	}
	buttons.Add(all)
	return buttons
}

// fileChoices offers what can be done about a file that changed or is missing.
func (u *UI) fileChoices(owner keyed, id transfer.ID, allowed transfer.Allowed) *fyne.Container {
	these, buttons := transfer.These(id), container.NewHBox()
	if allowed.NewVersion {
		buttons.Add(newButton(owner, text.T("Upload the new version"), nil, func() { u.newVersion(these) }))
	}
	if allowed.Skip {
		buttons.Add(newButton(owner, text.Resolution(transfer.ResolveSkip), nil, func() { u.skip(these) }))
	}
	return buttons
}

// resolutions are the answers to a conflict, in the order of their buttons.
var resolutions = []transfer.Resolution{transfer.ResolveReplace, transfer.ResolveKeepBoth, transfer.ResolveSkip}

// conflictsOf selects what needs attention in a batch; only conflicts of it are settled.
func conflictsOf(b transfer.BatchID) transfer.Selection {
	return transfer.Selection{Filter: transfer.Filter{Group: transfer.GroupAttention, Batch: b}}
}
