package transfer_test

import (
	"partway/transfer/osslocal/faultproxy"
)

// line is what lies between a model's engine and its endpoint.
type line struct {
	t     tester
	proxy *faultproxy.Proxy
}

// lineState is what becomes of connections.
type lineState string

const (
	lineUp      lineState = "up"
	lineReset   lineState = "reset"   // taken, and ended by RST
	lineRefused lineState = "refused" // nobody listens
)

func newLine(t tester, to string) *line {
	t.Helper()
	p, err := faultproxy.Start(to)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return &line{t: t, proxy: p}
}

func (n *line) url() string { return "http://" + n.proxy.Addr() }

// set cuts the line, with all that is on it, or mends it.
func (n *line) set(state lineState) {
	n.t.Helper()
	if state == lineRefused {
		n.proxy.Off()
		return
	}
	n.proxy.Set(faultproxy.Fault{Reset: state == lineReset})
	if err := n.proxy.On(); err != nil {
		n.t.Fatal(err)
	}
}
