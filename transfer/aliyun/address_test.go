package aliyun

import (
	"errors"
	"net"
	"testing"
	"time"
)

func TestAddressClock(t *testing.T) {
	network := func(text string) net.Addr {
		ip, n, err := net.ParseCIDR(text)
		if err != nil {
			t.Fatal(err)
		}
		return &net.IPNet{IP: ip, Mask: n.Mask}
	}
	own := []net.Addr{network("127.0.0.1/8"), network("192.168.1.7/24"), network("fe80::1/64")}
	begun := time.Unix(1000, 0)
	for _, c := range []struct {
		name  string
		local net.Addr
		idle  time.Duration
		addrs []net.Addr
		err   error
		cut   bool
	}{
		{"still here", &net.TCPAddr{IP: net.ParseIP("192.168.1.7")}, time.Minute, own, nil, false},
		{"same network, another address", &net.TCPAddr{IP: net.ParseIP("192.168.1.8")}, time.Minute, own, nil, true},
		{"gone", &net.TCPAddr{IP: net.ParseIP("10.0.0.7")}, 2 * time.Second, own, nil, true},
		{"gone, but it moved just now", &net.TCPAddr{IP: net.ParseIP("10.0.0.7")}, 1999 * time.Millisecond, own, nil, false},
		{"IPv6", &net.TCPAddr{IP: net.ParseIP("fe80::1")}, time.Minute, own, nil, false},
		{"loopback is a whole network", &net.TCPAddr{IP: net.ParseIP("127.0.0.5")}, time.Minute, own, nil, false},
		{"loopback gone", &net.TCPAddr{IP: net.ParseIP("127.0.0.1")}, time.Minute, own[1:], nil, true},
		{"the system does not say", &net.TCPAddr{IP: net.ParseIP("10.0.0.7")}, time.Minute, nil, errors.New("no"), false},
		{"no TCP", &net.UnixAddr{}, time.Minute, nil, nil, false},
		{"not connected", nil, time.Minute, nil, nil, false},
	} {
		a := addressClock{addrs: func() ([]net.Addr, error) { return c.addrs, c.err }}
		if err := a.check(begun.Add(c.idle), begun, c.local); (err != nil) != c.cut {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	looks := 0
	a := addressClock{addrs: func() ([]net.Addr, error) { looks++; return own, nil }}
	for tick := range 40 {
		if err := a.check(begun.Add(time.Duration(tick)*250*time.Millisecond), begun, &net.TCPAddr{IP: net.ParseIP("192.168.1.7")}); err != nil {
			t.Fatal(err)
		}
	}
	if looks != 4 {
		t.Errorf("looked %d times in 10 s, want 4", looks)
	}
}
