package speedgraph

import (
	"image"
	"image/color"
	"math"
)

// inks are the colours of the picture.
type inks struct {
	grid, one, all, limit color.NRGBA
}

// draw paints a series into w times h pixels, of which scale make one of Fyne's.
func draw(s *Series, w, h int, scale float32, ink inks) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	top := s.top()
	p := plot{img: img, top: top, thick: max(1, float64(scale)*1.5)}
	for i := range 3 {
		p.level(top*float64(i)/2, ink.grid, 0)
	}
	p.curve(s.All, ink.all, 0x30)
	p.curve(s.One, ink.one, 0x48)
	if s.Limit > 0 && s.Limit <= top {
		p.level(s.Limit, ink.limit, int(6*scale))
	}
	return img
}

type plot struct {
	img   *image.NRGBA
	top   float64 // the speed at the upper edge
	thick float64 // of a line, in pixels
}

// y is where a speed lies, so that a line at either edge is still whole.
func (p *plot) y(speed float64) float64 {
	room := float64(p.img.Rect.Dy()) - p.thick
	return p.thick/2 + room*(1-speed/p.top)
}

// level draws a line across: dashes of a length, or without a break for 0.
func (p *plot) level(speed float64, c color.NRGBA, dash int) {
	y := p.y(speed)
	thick := p.thick
	if dash == 0 {
		thick = 1
	}
	for x := range p.img.Rect.Dx() {
		if dash == 0 || x/dash%2 == 0 {
			p.column(x, y-thick/2, y+thick/2, c)
		}
	}
}

// curve draws speeds as a line over a pale ground.
func (p *plot) curve(values []float32, c color.NRGBA, ground uint8) {
	w := p.img.Rect.Dx()
	pale := c
	pale.A = ground
	before := math.NaN()
	for x := range w {
		v := between(values, (float64(x)+0.5)*float64(len(values))/float64(w)-0.5)
		if math.IsNaN(v) {
			before = v
			continue
		}
		y := p.y(v)
		from, to := y, y
		if !math.IsNaN(before) { // a steep line has no gaps
			from, to = min(before, y), max(before, y)
		}
		before = y
		p.column(x, y, float64(p.img.Rect.Dy()), pale)
		p.column(x, from-p.thick/2, to+p.thick/2, c)
	}
}

// between is the value at a place between two points, NaN where nothing is known.
func between(values []float32, at float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	at = max(0, min(at, float64(len(values)-1)))
	i := int(at)
	a, b := values[i], values[min(i+1, len(values)-1)]
	switch {
	case a < 0 && b < 0:
		return math.NaN()
	case a < 0:
		a = b
	case b < 0:
		b = a
	}
	return float64(a) + float64(b-a)*(at-float64(i))
}

// column paints one column from y0 to y1; pixels that it covers in part are paler.
func (p *plot) column(x int, y0, y1 float64, c color.NRGBA) {
	h := p.img.Rect.Dy()
	for y := max(0, int(y0)); y < h && float64(y) < y1; y++ {
		cover := min(float64(y)+1, y1) - max(float64(y), y0)
		if cover > 0 {
			p.blend(x, y, c, min(1, cover))
		}
	}
}

func (p *plot) blend(x, y int, c color.NRGBA, cover float64) {
	i := p.img.PixOffset(x, y)
	pix := p.img.Pix[i : i+4 : i+4]
	over, under := float64(c.A)/255*cover, float64(pix[3])/255
	sum := over + under*(1-over)
	if sum <= 0 {
		return
	}
	mix := func(above, below uint8) uint8 {
		return uint8((float64(above)*over+float64(below)*under*(1-over))/sum + 0.5)
	}
	pix[0], pix[1], pix[2] = mix(c.R, pix[0]), mix(c.G, pix[1]), mix(c.B, pix[2])
	pix[3] = uint8(sum*255 + 0.5)
}
