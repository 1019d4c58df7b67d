package look

import (
	"os"
	"runtime/debug"
	"unsafe"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"golang.org/x/sys/unix"
)

// Release gives memory back to the system that was needed for a while: what the runtime keeps
// for later, and the fonts inside the program's file, which stay in memory once they were
// read, beside what was made of them. It may be called from any goroutine.
func Release() {
	debug.FreeOSMemory()
	for _, font := range []fyne.Resource{
		theme.DefaultTextFont(), theme.DefaultTextBoldFont(), theme.DefaultEmojiFont(), theme.DefaultSymbolFont(),
	} {
		if font != nil {
			_ = unix.Madvise(wholePages(font.Content()), unix.MADV_PAGEOUT) // an older kernel keeps them
		}
	}
}

// wholePages is what of some bytes fills pages of memory.
func wholePages(b []byte) []byte {
	page := uintptr(os.Getpagesize())
	begin := uintptr(unsafe.Pointer(unsafe.SliceData(b))) //nolint:gosec // to find the pages, not to read
	from := (begin+page-1)/page*page - begin
	to := (begin+uintptr(len(b)))/page*page - begin
	if from >= to || to > uintptr(len(b)) {
		return nil
	}
	return b[from:to]
}
