package transfer

import (
	"io/fs"
	"syscall"
	"time"
)

// identify returns what tells the file from others.
func identify(info fs.FileInfo) Identity {
	id := Identity{Size: info.Size(), ModTime: info.ModTime()}
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		id.Device, id.Inode = s.Dev, s.Ino
		id.Change = time.Unix(s.Ctim.Unix())
	}
	return id
}
