package transfer

import (
	"io/fs"
	"os"
	"syscall"
	"time"
)

// noFollow makes an open of a link fail.
const noFollow = syscall.O_NOFOLLOW

// pseudo tells whether a file is of /proc or /sys, where reading may even wait.
func pseudo(f *os.File) bool {
	const proc, sys = 0x9fa0, 0x62656572
	var s syscall.Statfs_t
	raw, err := f.SyscallConn()
	if err != nil {
		return false
	}
	err = raw.Control(func(fd uintptr) {
		if syscall.Fstatfs(int(fd), &s) != nil {
			s.Type = 0
		}
	})
	return err == nil && (s.Type == proc || s.Type == sys)
}

// identify returns what tells the file from others.
func identify(info fs.FileInfo) Identity {
	id := Identity{Size: info.Size(), ModTime: info.ModTime()}
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		id.Device, id.Inode = s.Dev, s.Ino
		id.Change = time.Unix(s.Ctim.Unix())
	}
	return id
}
