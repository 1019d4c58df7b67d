package partmap

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/ui/format"
	"partway/ui/text"
)

// legendOrder is the states' order in the legend.
var legendOrder = [...]transfer.PartState{
	transfer.PartDone, transfer.PartSending, transfer.PartWaiting, transfer.PartFailed,
}

// Legend explains the strip's colours: for each state its square, its word, and how many
// parts are in it.
type Legend struct {
	widget.BaseWidget

	counts Counts
	words  [len(legendOrder)]*canvas.Text
	totals [len(legendOrder)]*canvas.Text
	boxes  [len(legendOrder)]*canvas.Raster
}

// NewLegend returns a legend that counts nothing.
func NewLegend() *Legend {
	l := &Legend{}
	for i, s := range legendOrder {
		l.words[i] = canvas.NewText(text.PartState(s), nil)
		l.totals[i] = canvas.NewText("", nil)
		l.boxes[i] = canvas.NewRaster(l.square(s))
		l.boxes[i].SetMinSize(fyne.NewSize(14, 14))
	}
	l.ExtendBaseWidget(l)
	l.write()
	return l
}

// SetCounts shows how many parts are in each state.
func (l *Legend) SetCounts(c Counts) {
	if c == l.counts {
		return
	}
	l.counts = c
	l.write()
	l.Refresh()
}

func (l *Legend) write() {
	for i, s := range legendOrder {
		l.totals[i].Text = format.Count(int64(l.counts.Of(s)))
	}
}

// square returns what draws the cell of a state as the strip does.
func (l *Legend) square(s transfer.PartState) func(w, h int) image.Image {
	var c Counts
	c.add(s)
	return func(w, h int) image.Image {
		img := image.NewRGBA(image.Rect(0, 0, w, h))
		drawCell(img, img.Bounds(), c, inksOf(l.Theme()))
		return img
	}
}

// CreateRenderer is called by Fyne.
func (l *Legend) CreateRenderer() fyne.WidgetRenderer {
	row := container.New(layout.NewCustomPaddedHBoxLayout(16))
	for i := range legendOrder {
		square := container.NewCenter(l.boxes[i])
		row.Add(container.New(layout.NewCustomPaddedHBoxLayout(6), square, l.words[i], l.totals[i]))
	}
	r := &legendView{WidgetRenderer: widget.NewSimpleRenderer(row), legend: l}
	r.color()
	return r
}

type legendView struct {
	fyne.WidgetRenderer
	legend *Legend
}

// Refresh implements fyne.WidgetRenderer.
func (r *legendView) Refresh() {
	r.color()
	r.WidgetRenderer.Refresh()
}

func (r *legendView) color() {
	th, variant := r.legend.Theme(), fyne.CurrentApp().Settings().ThemeVariant()
	for i := range legendOrder {
		for _, t := range []*canvas.Text{r.legend.words[i], r.legend.totals[i]} {
			t.Color = th.Color(theme.ColorNameForeground, variant)
			t.TextSize = th.Size(theme.SizeNameText)
		}
	}
}
