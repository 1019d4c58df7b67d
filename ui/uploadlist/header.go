package uploadlist

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
)

// header holds the columns' titles. A click on one sorts, a drag between two resizes, a drag
// of one moves its column, and a right click asks for the menu of columns.
type header struct {
	widget.BaseWidget
	list *List

	pointer  float32 // x under the pointer, or -1
	pressed  int     // column a press began on, or -1
	resizing *resize // nil when no divider is dragged
	from     float32 // x where the press began
	moving   bool    // the pressed column is on its way
}

// slack is how far a press may slip and still be a click.
const slack = 5

// resize is a divider on its way.
type resize struct {
	left, right   int
	leftW, rightW float32 // widths when it began
	from          float32 // x where it began
}

var (
	_ desktop.Mouseable  = (*header)(nil)
	_ desktop.Hoverable  = (*header)(nil)
	_ desktop.Cursorable = (*header)(nil)
	_ fyne.Draggable     = (*header)(nil)

	_ fyne.SecondaryTappable = (*header)(nil)
)

func newHeader(l *List) *header {
	h := &header{list: l, pointer: -1, pressed: -1}
	h.ExtendBaseWidget(h)
	return h
}

// Cursor tells by the pointer's form that a divider can be dragged.
func (h *header) Cursor() desktop.Cursor {
	switch {
	case h.resizing != nil:
		return desktop.HResizeCursor
	case h.moving:
		return desktop.PointerCursor
	}
	if _, _, ok := h.list.columns.edge(h.pointer); ok && h.pointer >= 0 {
		return desktop.HResizeCursor
	}
	return desktop.DefaultCursor
}

func (h *header) MouseIn(e *desktop.MouseEvent)    { h.hover(e.Position.X) }
func (h *header) MouseMoved(e *desktop.MouseEvent) { h.hover(e.Position.X) }
func (h *header) MouseOut()                        { h.hover(-1) }

func (h *header) hover(x float32) {
	before := h.list.columns.at(h.pointer)
	h.pointer = x
	if h.list.columns.at(x) != before {
		h.Refresh()
	}
}

func (h *header) MouseDown(e *desktop.MouseEvent) {
	if e.Button != desktop.MouseButtonPrimary {
		return
	}
	cs := &h.list.columns
	left, right, ok := cs.edge(e.Position.X)
	if !ok {
		h.pressed, h.from = cs.at(e.Position.X), e.Position.X
		return
	}
	cs.fix()
	h.resizing = &resize{
		left: left, right: right, leftW: cs[left].width, rightW: cs[right].width, from: e.Position.X,
	}
}

func (h *header) MouseUp(e *desktop.MouseEvent) {
	if h.resizing != nil || h.moving {
		h.DragEnd()
		return
	}
	pressed := h.pressed
	h.pressed = -1
	at := h.list.columns.at(e.Position.X)
	if pressed < 0 || at != pressed || h.list.columns[at].sort == "" {
		return
	}
	h.list.sortBy(h.list.columns[at].sort)
}

// TappedSecondary asks for the menu of columns.
func (h *header) TappedSecondary(e *fyne.PointEvent) {
	h.list.asked = h.list.columns.at(e.Position.X)
	if h.list.cb.OnColumnMenu != nil {
		h.list.cb.OnColumnMenu(e.AbsolutePosition)
	}
}

func (h *header) Dragged(e *fyne.DragEvent) {
	x := e.Position.X
	h.pointer = x
	switch r := h.resizing; {
	case r != nil:
		h.list.columns.move(r.left, r.right, r.leftW, r.rightW, x-r.from)
		h.list.relayout()
	case h.pressed <= atIcon: // the icon stays where it is
	case h.moving || x < h.from-slack || x > h.from+slack:
		h.moving = true
		h.carry(x)
	}
}

// carry moves the pressed column towards x, once x is past the middle of the column there.
func (h *header) carry(x float32) {
	cs := &h.list.columns
	at := cs.at(x)
	if at > atIcon && at != h.pressed {
		middle := cs[at].x + cs[at].width/2
		if right := cs[at].rank > cs[h.pressed].rank; right == (x > middle) {
			cs.put(h.pressed, at)
			h.list.relayout()
			return
		}
	}
	h.Refresh()
}

func (h *header) DragEnd() {
	if h.resizing == nil && !h.moving {
		return
	}
	h.resizing, h.moving, h.pressed = nil, false, -1
	h.list.columnsChanged()
}

func (h *header) CreateRenderer() fyne.WidgetRenderer {
	r := &headerView{
		header: h,
		ground: canvas.NewRectangle(color.Transparent),
		line:   canvas.NewRectangle(color.Transparent),
		hover:  canvas.NewRectangle(color.Transparent),
		arrow:  canvas.NewImageFromResource(nil),
	}
	r.objects = []fyne.CanvasObject{r.ground, r.hover, r.line, r.arrow}
	for i := range columnCount {
		r.titles[i] = canvas.NewText("", color.Transparent)
		r.dividers[i] = canvas.NewRectangle(color.Transparent)
		r.objects = append(r.objects, r.titles[i], r.dividers[i])
	}
	r.Layout(h.Size())
	r.Refresh()
	return r
}

type headerView struct {
	header   *header
	ground   *canvas.Rectangle
	hover    *canvas.Rectangle
	line     *canvas.Rectangle
	arrow    *canvas.Image
	titles   [columnCount]*canvas.Text
	dividers [columnCount]*canvas.Rectangle
	objects  []fyne.CanvasObject
}

const arrowSize = 16

func (r *headerView) Destroy()                     {}
func (r *headerView) Objects() []fyne.CanvasObject { return r.objects }
func (r *headerView) MinSize() fyne.Size           { return fyne.NewSize(0, headerHeight) }

func (r *headerView) Layout(size fyne.Size) {
	r.ground.Resize(size)
	r.line.Move(fyne.NewPos(0, size.Height-1))
	r.line.Resize(fyne.NewSize(size.Width, 1))
	r.place()
}

// place puts titles, dividers, hover and arrow where the columns are.
func (r *headerView) place() {
	if r.header.list.view == nil {
		return
	}
	r.arrow.Hide()
	r.hover.Hide()
	hovered := r.header.list.columns.at(r.header.pointer)
	if r.header.moving {
		hovered = r.header.pressed
	}
	first := true
	for _, i := range r.header.list.columns.order() {
		c := &r.header.list.columns[i]
		r.titles[i].Hidden = c.width == 0
		r.dividers[i].Hidden = c.width == 0 || i == atIcon || first
		first = first && (i == atIcon || c.width == 0)
		if c.width == 0 {
			continue
		}
		r.placeTitle(i, c)
		r.dividers[i].Move(fyne.NewPos(c.x, 6))
		r.dividers[i].Resize(fyne.NewSize(1, headerHeight-12))
		if i == hovered && c.sort != "" {
			r.hover.Move(fyne.NewPos(c.x, 0))
			r.hover.Resize(fyne.NewSize(c.width, headerHeight-1))
			r.hover.Show()
		}
	}
}

func (r *headerView) placeTitle(i int, c *column) {
	room := c.width - 2*pad
	sorted := c.sort != "" && c.sort == r.header.list.sort.By
	if sorted {
		room -= arrowSize
	}
	at := fyne.NewPos(c.x+pad, 0)
	t := r.titles[i]
	t.Alignment = c.align
	t.Text = r.header.list.view.style.ruler.end(c.title, room)
	t.Move(at)
	t.Resize(fyne.NewSize(max(0, room), headerHeight))
	if !sorted {
		return
	}
	x := c.x + c.width - pad - arrowSize
	if c.align == fyne.TextAlignLeading {
		x = at.X + min(room, r.header.list.view.style.ruler.width(t.Text)) + 2
	}
	r.arrow.Move(fyne.NewPos(x, (headerHeight-arrowSize)/2))
	r.arrow.Resize(fyne.NewSize(arrowSize, arrowSize))
	r.arrow.Show()
}

func (r *headerView) Refresh() {
	if r.header.list.view == nil {
		return // the list left its window; Fyne may still refresh what it held
	}
	s := r.header.list.view.style
	r.ground.FillColor = s.color(theme.ColorNameHeaderBackground)
	r.hover.FillColor = s.color(theme.ColorNameHover)
	r.line.FillColor = s.color(theme.ColorNameSeparator)
	r.arrow.Resource = arrowIcon(r.header.list.sort)
	for i := range r.titles {
		r.titles[i].Color = s.color(theme.ColorNameForeground)
		r.titles[i].TextSize = s.textSize
		r.dividers[i].FillColor = s.color(theme.ColorNameSeparator)
	}
	r.place()
	for _, o := range r.objects {
		o.Refresh()
	}
}

func arrowIcon(s transfer.Sort) fyne.Resource {
	if s.Descending {
		return theme.MenuDropDownIcon()
	}
	return theme.MenuDropUpIcon()
}
