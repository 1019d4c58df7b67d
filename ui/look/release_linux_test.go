package look

import (
	"os"
	"testing"
	"unsafe"

	"fyne.io/fyne/v2/theme"
)

func TestReleaseLeavesTheFonts(t *testing.T) {
	font := theme.DefaultTextFont()
	before := string(font.Content())
	Release()
	if string(font.Content()) != before {
		t.Error("a font has other bytes than before")
	}
}

func TestWholePages(t *testing.T) {
	page := os.Getpagesize()
	b := make([]byte, 4*page)
	for _, cut := range [][2]int{{0, 4 * page}, {1, 4*page - 1}, {page / 2, page}, {5, 5}} {
		whole := wholePages(b[cut[0]:cut[1]])
		if begin := uintptr(unsafe.Pointer(unsafe.SliceData(whole))); len(whole)%page != 0 || len(whole) > 0 && begin%uintptr(page) != 0 {
			t.Errorf("of %v: %d bytes at %x", cut, len(whole), begin)
		}
		if lost := cut[1] - cut[0] - len(whole); lost < 0 || lost >= 2*page {
			t.Errorf("of %v: %d bytes are left out", cut, lost)
		}
	}
}
