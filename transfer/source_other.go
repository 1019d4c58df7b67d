//go:build !linux

package transfer

import (
	"io/fs"
	"os"
)

// noFollow makes an open of a link fail, where the system can.
const noFollow = 0

// pseudo tells whether a file is one that the system makes up.
func pseudo(*os.File) bool { return false }

// identify returns what tells the file from others: size and time alone, where the system
// says no more in a way that lasts.
func identify(info fs.FileInfo) Identity {
	return Identity{Size: info.Size(), ModTime: info.ModTime()}
}
