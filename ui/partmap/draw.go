package partmap

import (
	"image"
	"image/color"

	"partway/transfer"
)

// inks are the colours of the states.
type inks [4]color.RGBA

// draw paints the strip. Each state has a pattern beside its colour: done is plain,
// waiting is plain and pale, what is in flight has stripes, what failed a cross.
func draw(g grid, states []transfer.PartState, ink inks) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, g.width, g.height))
	for i := range g.count {
		x0, y0, x1, y1 := g.rect(i)
		drawCell(img, image.Rect(x0, y0, x1, y1), g.cell(i, states).Counts, ink)
	}
	return img
}

// drawCell paints one cell. A group that is partly done is filled up from below by as
// much as is done.
func drawCell(img *image.RGBA, r image.Rectangle, c Counts, ink inks) {
	state := c.State()
	fill(img, r, ink[state])
	switch state {
	case transfer.PartSending:
		stripe(img, r, darker(ink[state]))
	case transfer.PartFailed:
		cross(img, r)
	case transfer.PartWaiting:
		done := int(c.share() * float64(r.Dy()))
		r.Min.Y = r.Max.Y - done
		fill(img, r, ink[transfer.PartDone])
	case transfer.PartDone:
	}
}

func fill(img *image.RGBA, r image.Rectangle, c color.RGBA) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := img.Pix[img.PixOffset(r.Min.X, y):img.PixOffset(r.Max.X, y)]
		for i := 0; i+3 < len(row); i += 4 {
			row[i], row[i+1], row[i+2], row[i+3] = c.R, c.G, c.B, c.A
		}
	}
}

// stripe draws slanted stripes, which a cell of at least three pixels shows.
func stripe(img *image.RGBA, r image.Rectangle, c color.RGBA) {
	const period = 6
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if (x+y)%period < period/2 {
				img.SetRGBA(x, y, c)
			}
		}
	}
}

// cross draws both diagonals in white over the middle of a cell.
func cross(img *image.RGBA, r image.Rectangle) {
	side := min(r.Dx(), r.Dy()) - 2
	if side < 3 {
		return
	}
	white := color.RGBA{R: 0xff, G: 0xff, B: 0xff, A: 0xff}
	left, top := r.Min.X+(r.Dx()-side)/2, r.Min.Y+(r.Dy()-side)/2
	for k := range side {
		img.SetRGBA(left+k, top+k, white)
		img.SetRGBA(left+side-1-k, top+k, white)
		if side >= 8 && k+1 < side {
			img.SetRGBA(left+k+1, top+k, white)
			img.SetRGBA(left+side-2-k, top+k, white)
		}
	}
}

func darker(c color.RGBA) color.RGBA {
	return color.RGBA{
		R: uint8(uint16(c.R) * 5 / 8), G: uint8(uint16(c.G) * 5 / 8), B: uint8(uint16(c.B) * 5 / 8), A: c.A,
	}
}
