// Package quiet keeps libraries from printing through the standard log before main has a
// file for it: Fyne looks at the locale while it is initialised, and complains of
// C.UTF-8, where a command line that fails owes one clear line.
//
// It works by the order of initialisation, which the language fixes: of the packages that
// are ready, the first by import path. This one needs the standard log only, and so is
// ready, and goes first, before those standard packages that Fyne waits for. It must
// import nothing else.
package quiet

import (
	"io"
	"log"
)

func init() { log.SetOutput(io.Discard) }
