package aliyun

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// kernelUnsent asks Linux how many bytes of a TCP connection are not yet acknowledged
// (SIOCOUTQ, see tcp(7)).
func kernelUnsent(c net.Conn) (n int, ok bool) {
	ok = control(c, func(fd int) (err error) { n, err = unix.IoctlGetInt(fd, unix.SIOCOUTQ); return err })
	return n, ok
}

// kernelAcked asks Linux how many bytes of a TCP connection the peer's kernel acknowledged in
// all (TCP_INFO, see tcp(7)). Unlike a count less what is unsent, it knows how much of a write
// that is still under way has left.
func kernelAcked(c net.Conn) (n int64, ok bool) {
	ok = control(c, func(fd int) error {
		info, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
		if err == nil {
			n = int64(info.Bytes_acked)
		}
		return err
	})
	return n, ok
}

// control asks the kernel something about a connection, and tells whether it answered.
func control(c net.Conn, ask func(fd int) error) bool {
	sc, ok := c.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return false
	}
	var refused error
	err = raw.Control(func(fd uintptr) { refused = ask(int(fd)) })
	return err == nil && refused == nil
}
