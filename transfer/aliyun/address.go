package aliyun

import (
	"net"
	"time"
)

// lookAtAddress is how often a request that does not move is asked whether its connection
// still has an address on this computer to come from.
const lookAtAddress = 2 * time.Second

// addressClock cuts requests whose connection's own address is gone, as when a wireless
// network was left: nothing will ever move on them again, and nobody tells.
type addressClock struct {
	looked time.Time
	addrs  func() ([]net.Addr, error)
}

// check returns a clockError when the request has not moved since a moment, and its
// connection's address is no longer one of this computer's.
func (a *addressClock) check(now, since time.Time, local net.Addr) error {
	tcp, ok := local.(*net.TCPAddr)
	if !ok || now.Sub(since) < lookAtAddress || now.Sub(a.looked) < lookAtAddress {
		return nil
	}
	a.looked = now
	addrs, err := a.addrs()
	if err != nil || has(addrs, tcp.IP) {
		return nil // where the system does not say, the other clocks do
	}
	return &clockError{"the network of this connection is gone, and it has not moved", now.Sub(since).Round(time.Second)}
}

// has tells whether an address is one of the interfaces': all of 127.0.0.0/8 is the
// loopback's.
func has(addrs []net.Addr, ip net.IP) bool {
	for _, a := range addrs {
		own, ok := a.(*net.IPNet)
		if ok && (own.IP.Equal(ip) || ip.IsLoopback() && own.Contains(ip)) {
			return true
		}
	}
	return false
}
