package cli

import "golang.org/x/sys/unix"

// NetworkFolder tells whether a folder is on another computer. SQLite's log and locks do not
// work between computers.
func NetworkFolder(dir string) bool {
	var s unix.Statfs_t
	return unix.Statfs(dir, &s) == nil && isNetwork(uint32(s.Type))
}

func isNetwork(magic uint32) bool {
	switch magic {
	case unix.NFS_SUPER_MAGIC, unix.SMB_SUPER_MAGIC, unix.SMB2_SUPER_MAGIC, unix.CIFS_SUPER_MAGIC,
		unix.V9FS_MAGIC, unix.AFS_SUPER_MAGIC, unix.CODA_SUPER_MAGIC, unix.CEPH_SUPER_MAGIC:
		return true
	default:
		return false
	}
}
