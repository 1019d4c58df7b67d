package aliyun

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// kernelUnsent asks Linux how many bytes of a TCP connection are not yet acknowledged
// (SIOCOUTQ, see tcp(7)).
func kernelUnsent(c net.Conn) (int, bool) {
	sc, ok := c.(syscall.Conn)
	if !ok {
		return 0, false
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return 0, false
	}
	var n int
	var ioctlErr error
	err = raw.Control(func(fd uintptr) {
		n, ioctlErr = unix.IoctlGetInt(int(fd), unix.SIOCOUTQ)
	})
	return n, err == nil && ioctlErr == nil
}
