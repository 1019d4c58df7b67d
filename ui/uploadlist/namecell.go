package uploadlist

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"

	"partway/ui/format"
)

// The measures of the name's cell.
const (
	foldSize   = 16 // of a folder's triangle, and of its picture
	foldIndent = 2*foldSize + 6
	noteGap    = 10
)

// nameCell is what stands in the column of names: the name, and of a folder a triangle, a
// picture and how many of its files are done.
type nameCell struct {
	fold    *canvas.Image
	picture *canvas.Image
	note    *canvas.Text
	x       float32
}

func newNameCell() nameCell {
	c := nameCell{
		fold:    canvas.NewImageFromResource(theme.MenuExpandIcon()),
		picture: canvas.NewImageFromResource(theme.FolderIcon()),
		note:    canvas.NewText("", theme.Color(theme.ColorNamePlaceHolder)),
	}
	for _, image := range []*canvas.Image{c.fold, c.picture} {
		image.FillMode = canvas.ImageFillContain
		image.Resize(fyne.NewSquareSize(foldSize))
		image.Hide()
	}
	c.note.Hide()
	return c
}

func (c *nameCell) objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{c.fold, c.picture, c.note}
}

// layout places the cell at x.
func (c *nameCell) layout(x float32) {
	c.x = x
	c.fold.Move(fyne.NewPos(x+pad-2, (rowHeight-foldSize)/2))
	c.picture.Move(fyne.NewPos(x+pad+foldSize, (rowHeight-foldSize)/2))
}

// showName shows the row's name, and the marks of a folder.
func (r *rowView) showName(s *style, a appearance) {
	folder := a.row.ID.Folder() != 0
	r.showFold(a, folder)
	indent := float32(0)
	if folder || a.row.Inside {
		indent = foldIndent
	}
	room := r.room(atName) - indent
	note := r.noteFor(s, &a.row, room)
	if note != "" {
		room -= s.ruler.width(note) + noteGap
	}
	name := r.cells[atName]
	at := fyne.NewPos(r.name.x+pad+indent, 0)
	if name.Position() != at {
		name.Move(at)
	}
	r.cell(s, atName, s.ruler.middle(format.Name(a.row.Name), room), s.color(theme.ColorNameForeground))
	r.showNote(s, note, at.X+s.ruler.width(name.Text)+noteGap)
}

// noteFor returns the longest note that leaves room for the name, or most of a long one.
func (r *rowView) noteFor(s *style, row *Row, room float32) string {
	name := min(s.ruler.width(row.Name), room*0.5)
	for _, note := range []string{row.Note, row.ShortNote} {
		if note != "" && room-s.ruler.width(note)-noteGap >= name {
			return note
		}
	}
	return ""
}

func (r *rowView) showFold(a appearance, folder bool) {
	if !folder {
		r.name.fold.Hide()
		r.name.picture.Hide()
		return
	}
	icon := theme.MenuExpandIcon()
	if a.open {
		icon = theme.MenuDropDownIcon()
	}
	if r.stale || !r.name.fold.Visible() || r.name.fold.Resource != icon {
		r.name.fold.Resource = icon
		r.name.fold.Show()
		r.name.picture.Show()
		r.name.fold.Refresh()
		r.name.picture.Refresh()
	}
}

func (r *rowView) showNote(s *style, words string, x float32) {
	t := r.name.note
	if words == "" {
		t.Hide()
		return
	}
	t.Move(fyne.NewPos(x, 0))
	t.Resize(fyne.NewSize(s.ruler.width(words), rowHeight))
	c := s.color(theme.ColorNamePlaceHolder)
	if t.Visible() && t.Text == words && t.Color == c && t.TextSize == s.textSize {
		return
	}
	t.Text, t.Color, t.TextSize = words, c, s.textSize
	t.Show()
	t.Refresh()
}
