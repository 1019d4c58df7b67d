package uploadlist

import (
	"path"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
)

const ellipsis = "…"

// maxRunes bounds what a ruler remembers; there are about as many common Han characters.
const maxRunes = 30_000

// ruler cuts texts to a width. It adds up the widths of single runes, which is a little
// more than a shaped text takes, and much quicker to find out than measuring one text
// for each place it could be cut at.
type ruler struct {
	size   float32
	widths map[rune]float32
}

func newRuler(size float32) *ruler {
	return &ruler{size: size, widths: map[rune]float32{}}
}

func (r *ruler) rune(c rune) float32 {
	if w, ok := r.widths[c]; ok {
		return w
	}
	if len(r.widths) >= maxRunes {
		clear(r.widths)
	}
	w := fyne.MeasureText(string(c), r.size, fyne.TextStyle{}).Width
	r.widths[c] = w
	return w
}

func (r *ruler) width(s string) float32 {
	var w float32
	for _, c := range s {
		w += r.rune(c)
	}
	return w
}

// end cuts s at its end to fit into width.
func (r *ruler) end(s string, width float32) string {
	if r.width(s) <= width {
		return s
	}
	width -= r.width(ellipsis)
	if width < 0 {
		return ""
	}
	return s[:r.head(s, width)] + ellipsis
}

// middle cuts s in its middle, so that its last letters, and a file name's extension
// with them, stay. Where that leaves too little of its beginning, it cuts at the end.
func (r *ruler) middle(s string, width float32) string {
	if r.width(s) <= width {
		return s
	}
	room := width - r.width(ellipsis)
	tail := max(room*0.35, r.width(path.Ext(s)))
	if tail > room*0.7 {
		return r.end(s, width)
	}
	from := r.tail(s, tail)
	return s[:r.head(s, room-r.width(s[from:]))] + ellipsis + s[from:]
}

// head returns how many bytes from the start fit into width.
func (r *ruler) head(s string, width float32) int {
	for i, c := range s {
		if width -= r.rune(c); width < 0 {
			return i
		}
	}
	return len(s)
}

// tail returns from which byte on the rest fits into width. The rest does not begin with
// a mark that belongs to the letter before.
func (r *ruler) tail(s string, width float32) int {
	from := len(s)
	for from > 0 {
		c, size := utf8.DecodeLastRuneInString(s[:from])
		if width -= r.rune(c); width < 0 {
			break
		}
		from -= size
	}
	for from < len(s) {
		c, size := utf8.DecodeRuneInString(s[from:])
		if !unicode.Is(unicode.M, c) {
			break
		}
		from += size
	}
	return from
}
