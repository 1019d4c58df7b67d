package ui

import (
	"context"
	"image/color"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/ui/format"
	"partway/ui/look"
	"partway/ui/text"
)

// partsView lists the parts of an upload: what the journal knows and, once asked for,
// what OSS lists beside it.
type partsView struct {
	u       *UI
	content fyne.CanvasObject
	list    *widget.List
	heads   *partLine
	refresh *button
	note    *widget.Label

	frame  *detailFrame
	lines  []partFacts
	server map[int]transfer.StoredPart // nil: not asked
	listed string                      // the upload ID that server is of
	asked  transfer.ID
}

// partFacts is what a line says of a part.
type partFacts struct {
	number int
	cells  [partColumns]string
	state  transfer.PartState
	differ bool // OSS lists something else than the journal knows
}

// The columns of the table of parts.
const (
	colNumber = iota
	colRange
	colSize
	colState
	colTries
	colETag
	colServer
	partColumns
)

// partWidths are the widths of the columns but the last two, which share what is left, and
// narrowParts those of a table narrower than wideParts.
var (
	partWidths  = [colETag]float32{48, 200, 76, 112, 44}
	narrowParts = [colETag]float32{36, 150, 64, 104, 40}
)

const wideParts = 860

// widthsOf shares out the width of a line. In a narrow table what OSS lists stands in the
// place of the journal's ETag: its sign tells whether they are equal.
func widthsOf(width float32, server bool) (w [partColumns]float32, gap float32) {
	fixed, gap := partWidths, float32(12)
	narrow := width < wideParts
	if narrow {
		fixed, gap = narrowParts, 8
	}
	rest := width - 2*gap
	for i, f := range fixed {
		w[i] = f
		rest -= f + gap
	}
	switch {
	case !server:
		w[colETag] = rest
	case narrow:
		w[colServer] = rest
	default:
		w[colETag], w[colServer] = (rest-gap)/2, (rest-gap)/2
	}
	return w, gap
}

func newPartsView(u *UI) *partsView {
	p := &partsView{u: u}
	p.heads = newPartLine()
	p.heads.bold = true
	p.list = widget.NewList(
		func() int { return len(p.lines) },
		func() fyne.CanvasObject { return newPartLine() },
		func(i widget.ListItemID, o fyne.CanvasObject) {
			if i < len(p.lines) {
				o.(*partLine).set(p.lines[i])
			}
		})
	p.list.HideSeparators = true
	p.refresh = newButton(keyless{}, text.T("Refresh from OSS"), theme.ViewRefreshIcon(), p.ask)
	p.refresh.Importance = widget.LowImportance
	p.note = widget.NewLabel("")
	p.note.SizeName = theme.SizeNameCaptionText
	p.note.Truncation = fyne.TextTruncateEllipsis
	foot := container.NewBorder(nil, nil, p.refresh, nil, p.note)
	p.content = container.NewBorder(p.heads, foot, nil, nil, p.list)
	p.setHeads()
	return p
}

// keyless is for buttons that are in no dialog.
type keyless struct{}

func (keyless) key(*fyne.KeyEvent) bool { return false }

func (p *partsView) setHeads() {
	heads := partFacts{cells: [partColumns]string{
		text.T("Part"), text.T("Range"), text.T("Size"), text.T("State"), text.T("Tries"), "ETag", "",
	}}
	if p.server != nil {
		heads.cells[colServer] = text.T("On OSS")
	}
	p.heads.set(heads)
}

// forget drops what belongs to another upload.
func (p *partsView) forget() {
	p.server, p.asked, p.lines = nil, 0, nil
	setText(p.note, "")
	p.refresh.Enable()
	p.setHeads()
	p.list.ScrollToTop()
}

func (p *partsView) show(f *detailFrame) {
	p.frame = f
	if p.server != nil && (p.listed != f.upload.UploadID || f.upload.Phase.Final()) {
		p.server = nil // OSS no longer has what it listed
		setText(p.note, "")
		p.setHeads()
	}
	enable(p.refresh, f.upload.UploadID != "" && !f.upload.Phase.Final() && p.asked == 0)
	lines := partLines(f, p.server)
	if slices.Equal(lines, p.lines) {
		return
	}
	p.lines = lines
	p.list.Refresh()
}

// reveal scrolls to a part and marks it.
func (p *partsView) reveal(number int) {
	p.list.ScrollTo(number - 1)
	p.list.Select(number - 1)
}

// ask has OSS list the parts.
func (p *partsView) ask() {
	if p.frame == nil {
		return
	}
	id := p.frame.upload.ID
	p.asked, p.listed = id, p.frame.upload.UploadID
	p.refresh.Disable()
	setText(p.note, text.T("Asking OSS…"))
	load(p.u, p.u.ctx, func(ctx context.Context) ([]transfer.StoredPart, error) {
		return p.u.c.Engine.ServerParts(ctx, id)
	}, func(parts []transfer.StoredPart, err error) {
		if p.asked != id {
			return // another upload is shown by now
		}
		p.asked = 0
		p.answered(parts, err)
	})
}

func (p *partsView) answered(parts []transfer.StoredPart, err error) {
	p.refresh.Enable()
	if err != nil {
		sentence, hint := text.Problem(transfer.AsError(err))
		setText(p.note, strings.TrimSpace(sentence+" "+hint))
		return
	}
	p.server = make(map[int]transfer.StoredPart, len(parts))
	for _, part := range parts {
		p.server[part.Number] = part
	}
	p.setHeads()
	lines := partLines(p.frame, p.server)
	differ := 0
	for _, l := range lines {
		if l.differ {
			differ++
		}
	}
	words := text.N("OSS lists 1 part", "OSS lists {{.Count}} parts", len(parts))
	if differ > 0 {
		words += " · " + text.N("1 differs from what the journal knows", "{{.Count}} differ from what the journal knows", differ)
	} else {
		words += " · " + text.T("all as the journal knows them")
	}
	setText(p.note, words)
	p.show(p.frame)
}

// partLines says of each part what is known. server is nil when OSS was not asked.
func partLines(f *detailFrame, server map[int]transfer.StoredPart) []partFacts {
	u := &f.upload
	known := make(map[int]transfer.Part, len(f.parts))
	for _, part := range f.parts {
		known[part.Number] = part
	}
	lines := make([]partFacts, 0, len(f.states))
	for i, state := range f.states {
		l := partFacts{number: i + 1, state: state}
		offset, size := int64(0), u.File.Size
		if !u.Plan.Single() {
			offset, size = u.Plan.Range(l.number, u.File.Size)
		}
		part, acknowledged := known[l.number]
		l.cells = [partColumns]string{
			strconv.Itoa(l.number), rangeText(offset, size), format.Bytes(size),
			stateText(f, l.number, state, size), triesText(f, l.number), part.ETag, "",
		}
		if server != nil {
			on, there := server[l.number]
			l.differ = there != acknowledged || there && !samePart(part, on)
			l.cells[colServer] = serverText(on, there, l.differ)
		}
		lines = append(lines, l)
	}
	return lines
}

func samePart(known transfer.Part, on transfer.StoredPart) bool {
	return known.Size == on.Size && strings.EqualFold(known.ETag, on.ETag) && (!on.HasCRC || on.CRC64 == known.CRC64)
}

func rangeText(offset, size int64) string {
	if size <= 0 {
		return format.None
	}
	return format.Count(offset) + " – " + format.Count(offset+size-1)
}

func stateText(f *detailFrame, number int, state transfer.PartState, size int64) string {
	words := text.PartState(state)
	if f.work != nil && state == transfer.PartSending {
		if sent, ok := f.work.Sent[number]; ok {
			words += " " + format.Percent(format.Fraction(sent, size))
		}
	}
	return words
}

func triesText(f *detailFrame, number int) string {
	if f.work == nil || f.work.Tries[number] < 2 {
		return ""
	}
	return strconv.Itoa(f.work.Tries[number])
}

// serverText says what OSS lists, and by its sign whether that is what the journal knows.
func serverText(on transfer.StoredPart, there, differ bool) string {
	sign := "= "
	if differ {
		sign = "≠ "
	}
	if !there {
		return sign + text.T("not there")
	}
	return sign + format.Bytes(on.Size) + " · " + on.ETag
}

// partLine is one line of the table, of texts that cost little to change.
type partLine struct {
	widget.BaseWidget
	facts partFacts
	bold  bool
	dot   *canvas.Rectangle
	cells [partColumns]*canvas.Text
}

func newPartLine() *partLine {
	l := &partLine{dot: canvas.NewRectangle(color.Transparent)}
	l.dot.CornerRadius = 2
	for i := range l.cells {
		l.cells[i] = canvas.NewText("", color.Black)
	}
	l.cells[colNumber].Alignment = fyne.TextAlignTrailing
	l.cells[colSize].Alignment = fyne.TextAlignTrailing
	l.cells[colTries].Alignment = fyne.TextAlignTrailing
	l.ExtendBaseWidget(l)
	return l
}

func (l *partLine) set(f partFacts) {
	if f == l.facts {
		return
	}
	l.facts = f
	l.Refresh()
}

// CreateRenderer is called by Fyne.
func (l *partLine) CreateRenderer() fyne.WidgetRenderer {
	objects := []fyne.CanvasObject{l.dot}
	for _, c := range l.cells {
		objects = append(objects, c)
	}
	r := &partLineRenderer{l: l, objects: objects}
	r.Refresh()
	return r
}

type partLineRenderer struct {
	l       *partLine
	objects []fyne.CanvasObject
}

// partLineHeight is the pitch of the table of parts.
const partLineHeight = 20

func (r *partLineRenderer) MinSize() fyne.Size {
	return fyne.NewSize(500, partLineHeight)
}

func (r *partLineRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *partLineRenderer) Destroy()                     {}

func (r *partLineRenderer) Layout(s fyne.Size) {
	widths, gap := widthsOf(s.Width, r.l.facts.cells[colServer] != "")
	x := gap
	for i, c := range r.l.cells {
		w := widths[i]
		if w <= 0 {
			c.Hide()
			continue
		}
		c.Show()
		var dot float32
		if i == colState {
			r.l.dot.Resize(fyne.NewSize(8, 8))
			r.l.dot.Move(fyne.NewPos(x, s.Height/2-4))
			dot = 14
		}
		fitText(c, r.l.facts.cells[i], w-dot)
		c.Resize(fyne.NewSize(w-dot, s.Height))
		c.Move(fyne.NewPos(x+dot, 0))
		x += w + gap
	}
}

// fitText shortens a text to the width of its column.
func fitText(c *canvas.Text, words string, width float32) {
	shown := words
	for n := len([]rune(words)); n > 1; n = n * 9 / 10 {
		if fyne.MeasureText(shown, c.TextSize, c.TextStyle).Width <= width {
			break
		}
		shown = string([]rune(words)[:n*9/10]) + "…"
	}
	c.Text = shown
}

func (r *partLineRenderer) Refresh() {
	size := theme.Size(theme.SizeNameCaptionText) + 1
	ink := theme.Color(theme.ColorNameForeground)
	for _, c := range r.l.cells {
		c.Color, c.TextSize = ink, size
		c.TextStyle.Bold = r.l.bold
	}
	r.l.dot.FillColor = color.Transparent
	if !r.l.bold && r.l.facts.number > 0 {
		r.l.dot.FillColor = theme.Color(look.PartColor(r.l.facts.state))
	}
	if r.l.facts.differ {
		r.l.cells[colServer].Color = theme.Color(theme.ColorNameWarning)
	}
	r.Layout(r.l.Size())
	for _, o := range r.objects {
		o.Refresh()
	}
}
