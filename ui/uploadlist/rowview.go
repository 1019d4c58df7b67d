package uploadlist

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"partway/transfer"
	"partway/ui/format"
	"partway/ui/look"
	"partway/ui/text"
)

// pad is the room left and right of a cell's text.
const pad = 6

// percentWidth is the room of the percentage behind a progress bar.
const percentWidth = 44

// appearance is all that decides how a row view looks.
type appearance struct {
	row      Row
	known    bool // the content is there
	open     bool // a folder whose files are shown
	selected bool
	hover    bool
	ring     bool // the keyboard is here
}

// rowView holds the canvas objects of one row in sight.
type rowView struct {
	box    *fyne.Container
	ground *canvas.Rectangle
	icon   *canvas.Image
	mark   *canvas.Text // of a priority that is not the normal one
	track  *canvas.Rectangle
	done   *canvas.Rectangle
	cells  [columnCount]*canvas.Text // none for the icon; the percentage for the progress
	widths [columnCount]float32
	name   nameCell

	shown appearance
	stale bool // the style or the widths changed
}

func newRowView() *rowView {
	r := &rowView{
		ground: canvas.NewRectangle(color.Transparent),
		icon:   canvas.NewImageFromResource(nil),
		mark:   canvas.NewText("", color.Transparent),
		track:  canvas.NewRectangle(color.Transparent),
		done:   canvas.NewRectangle(color.Transparent),
		name:   newNameCell(),
		stale:  true,
	}
	r.ground.CornerRadius = 3
	r.track.CornerRadius, r.done.CornerRadius = 3, 3
	r.icon.FillMode = canvas.ImageFillContain
	r.box = container.NewWithoutLayout(r.ground, r.icon, r.mark, r.track, r.done)
	for i := atName; i < columnCount; i++ {
		r.cells[i] = canvas.NewText("", color.Transparent)
		r.box.Add(r.cells[i])
	}
	for _, o := range r.name.objects() {
		r.box.Add(o)
	}
	return r
}

// layout places the cells in their columns.
func (r *rowView) layout(cs *columns) {
	var width float32
	for i := range cs {
		width = max(width, cs[i].x+cs[i].width)
		r.widths[i] = cs[i].width
	}
	r.box.Resize(fyne.NewSize(width, rowHeight))
	r.ground.Move(fyne.NewPos(1, 1))
	r.ground.Resize(fyne.NewSize(width-2, rowHeight-2))
	r.icon.Move(fyne.NewPos(cs[atIcon].x+(cs[atIcon].width-16)/2+2, (rowHeight-16)/2))
	r.icon.Resize(fyne.NewSize(16, 16))
	r.mark.Move(fyne.NewPos(cs[atIcon].x+4, 0))
	r.mark.Resize(fyne.NewSize(8, rowHeight))
	for i := atName; i < columnCount; i++ {
		c := r.cells[i]
		c.Alignment = cs[i].align
		c.Hidden = cs[i].width == 0
		c.Move(fyne.NewPos(cs[i].x+pad, 0))
		c.Resize(fyne.NewSize(max(0, cs[i].width-2*pad), rowHeight))
	}
	r.name.layout(cs[atName].x)
	r.layoutBar(&cs[atProgress])
	r.stale = true
}

func (r *rowView) layoutBar(c *column) {
	const height = 6
	at := fyne.NewPos(c.x+pad, (rowHeight-height)/2)
	r.track.Move(at)
	r.track.Resize(fyne.NewSize(max(0, c.width-2*pad-percentWidth), height))
	r.done.Move(at)
	percent := r.cells[atProgress]
	percent.Alignment = fyne.TextAlignTrailing
	percent.Move(fyne.NewPos(c.x+c.width-pad-percentWidth, 0))
	percent.Resize(fyne.NewSize(percentWidth, rowHeight))
}

func (r *rowView) hide() {
	if r.box.Visible() {
		r.box.Hide()
	}
}

// show makes the view show a row at y.
func (r *rowView) show(s *style, a appearance, y float32) {
	r.box.Move(fyne.NewPos(0, y))
	if !r.box.Visible() {
		r.box.Show()
	}
	if a == r.shown && !r.stale {
		return
	}
	r.showGround(s, a)
	if r.stale || a.row != r.shown.row || a.known != r.shown.known || a.open != r.shown.open {
		r.showIcon(a)
		r.showMark(s, a)
		r.showBar(s, a)
		r.showTexts(s, a)
	}
	r.shown, r.stale = a, false
}

func (r *rowView) showGround(s *style, a appearance) {
	if !r.stale && a.selected == r.shown.selected && a.hover == r.shown.hover && a.ring == r.shown.ring {
		return
	}
	var fill, stroke color.Color = color.Transparent, color.Transparent
	switch {
	case a.selected:
		fill = s.color(theme.ColorNameSelection)
	case a.hover:
		fill = s.color(theme.ColorNameHover)
	}
	r.ground.StrokeWidth = 0
	if a.ring {
		stroke = s.color(theme.ColorNamePrimary)
		r.ground.StrokeWidth = 1
	}
	r.ground.FillColor, r.ground.StrokeColor = fill, stroke
	r.ground.Refresh()
}

func (r *rowView) showIcon(a appearance) {
	if !a.known {
		r.icon.Hide()
		return
	}
	icon := look.StatusIcon(a.row.Status, a.row.Flawed)
	if !r.stale && r.icon.Visible() && r.icon.Resource == icon {
		return // drawing a picture anew costs more than all the rest of a row
	}
	r.icon.Resource = icon
	r.icon.Show()
	r.icon.Refresh()
}

// showMark marks what goes before, or after, all of normal priority.
func (r *rowView) showMark(s *style, a appearance) {
	content, name := "", theme.ColorNamePlaceHolder
	switch p := a.row.Priority; {
	case !a.known:
	case p > transfer.PriorityNormal:
		content, name = "↑", theme.ColorNamePrimary
	case p < transfer.PriorityNormal:
		content = "↓"
	}
	r.mark.TextStyle.Bold = true
	r.mark.Text, r.mark.Color, r.mark.TextSize = content, s.color(name), s.textSize
	r.mark.Hidden = content == ""
	r.mark.Refresh()
}

func (r *rowView) showBar(s *style, a appearance) {
	width := r.track.Size().Width
	if !a.known || width <= 0 {
		r.track.Hide()
		r.done.Hide()
		return
	}
	if r.stale || !r.track.Visible() {
		r.track.FillColor = s.color(look.ColorTrack)
		r.track.Show()
		r.track.Refresh()
	}
	r.done.FillColor = s.color(look.StatusColor(a.row.Status, a.row.Flawed))
	filled := width * float32(a.row.progress())
	r.done.Hidden = filled < 1
	r.done.Resize(fyne.NewSize(filled, r.track.Size().Height))
	r.done.Refresh()
}

func (r *rowView) showTexts(s *style, a appearance) {
	normal := s.color(theme.ColorNameForeground)
	if !a.known {
		for i := atName; i < columnCount; i++ {
			r.cell(s, i, "", normal)
		}
		r.showFold(a, false)
		r.showNote(s, "", 0)
		r.cell(s, atName, "…", s.color(theme.ColorNamePlaceHolder))
		return
	}
	row := &a.row
	quiet := s.color(theme.ColorNamePlaceHolder)
	r.showName(s, a)
	r.cell(s, atSize, s.ruler.end(format.Bytes(row.Size), r.room(atSize)), normal)
	r.cell(s, atProgress, format.Percent(row.progress()), normal)
	r.cell(s, atSpeed, s.ruler.end(row.speed(), r.room(atSpeed)), normal)
	r.cell(s, atLeft, s.ruler.end(row.left(), r.room(atLeft)), normal)
	r.cell(s, atStatus, s.ruler.end(row.status(s, r.room(atStatus)), r.room(atStatus)), s.color(look.StatusColor(row.Status, row.Flawed)))
	r.cell(s, atDestination, s.ruler.middle(format.Name(row.Destination), r.room(atDestination)), quiet)
	r.showMore(s, row, quiet)
}

// showMore fills the columns that are off by default, those that are on.
func (r *rowView) showMore(s *style, row *Row, quiet color.Color) {
	for i := atPlace; i < columnCount; i++ {
		if r.widths[i] > 0 {
			r.cell(s, i, s.ruler.middle(row.more(i), r.room(i)), quiet)
		}
	}
}

func (r *rowView) room(i int) float32 { return r.widths[i] - 2*pad }

func (r *rowView) cell(s *style, i int, content string, c color.Color) {
	t := r.cells[i]
	if t.Text == content && t.Color == c && t.TextSize == s.textSize {
		return
	}
	t.Text, t.Color, t.TextSize = content, c, s.textSize
	t.Refresh()
}

// progress is what the bar shows.
func (r *Row) progress() float64 { return max(0, min(1, r.Progress)) }

func (r *Row) speed() string {
	if r.Speed <= 0 {
		return ""
	}
	return format.Speed(r.Speed)
}

// more is what a row says in a column that is off by default.
func (r *Row) more(column int) string {
	switch column {
	case atPlace:
		return r.place()
	case atPriority:
		if r.ID.Folder() != 0 {
			return "" // its files may have several
		}
		return text.Priority(r.Priority)
	case atAdded:
		return format.Minute(r.Added)
	case atFinished:
		return format.Minute(r.Finished)
	case atFolder:
		return format.Name(r.Folder)
	case atAccount:
		return format.Name(r.Account)
	default:
		return ""
	}
}

func (r *Row) place() string {
	if r.Place <= 0 {
		return ""
	}
	return format.Count(int64(r.Place))
}

func (r *Row) left() string {
	if r.Left <= 0 && r.Status != transfer.StatusUploading {
		return ""
	}
	return text.Left(r.Left)
}

func (r *Row) status(s *style, room float32) string {
	switch {
	case r.StatusLong != "" && s.ruler.width(r.StatusLong) <= room:
		return r.StatusLong
	case r.StatusText != "":
		return r.StatusText
	default:
		return text.Status(r.Status)
	}
}
