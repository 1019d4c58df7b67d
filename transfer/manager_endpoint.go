package transfer

import (
	"context"
	"maps"
	"slices"
	"time"
)

// endpoint returns what is known of the upload's endpoint.
func (m *Manager) endpoint(t *task) *endpoint {
	e := m.endpoints[t.u.To.Endpoint]
	if e == nil {
		e = &endpoint{}
		m.endpoints[t.u.To.Endpoint] = e
	}
	return e
}

// errUnasked is the outcome, as far as an endpoint is concerned, of a step that asked OSS
// nothing.
var errUnasked = &Error{Kind: KindCanceled, Op: "nothing was asked"}

// learnt acts on what an outcome did to an endpoint.
func (m *Manager) learnt(name string, what change) {
	switch what {
	case unchanged:
	case wentDown:
		m.log.Warn("endpoint does not answer", "endpoint", name, "error", m.endpoints[name].down)
		m.dropIdle(name)
	case cameUp:
		m.log.Info("endpoint answers again", "endpoint", name)
		m.wakeAll(name)
	}
}

// dropIdle closes connections that may be dead: a probe must not wait on one.
func (m *Manager) dropIdle(name string) {
	for key, o := range m.stores {
		if key.endpoint == name && o.store != nil {
			o.store.Close()
		}
	}
}

// wakeAll lets the uploads of an endpoint that is back go on at once. Those that are
// Stalled by failures of their own keep their pause: a probe proves nothing for them.
func (m *Manager) wakeAll(name string) {
	m.more = true
	for _, t := range m.order {
		if t.u.To.Endpoint != name {
			continue
		}
		waited := t.parked || t.u.Wait == WaitOffline
		t.parked = false
		if waited || t.u.Wait == WaitRetry {
			t.hurry()
		}
		if waited && !t.u.Wait.NeedsPerson() {
			m.setWait(t, WaitNone, nil)
		}
	}
}

// probe asks the endpoints that are down whether they are back, and returns how long until
// the next time, or most.
func (m *Manager) probe(now time.Time, most time.Duration) time.Duration {
	if m.closing {
		return most
	}
	for _, name := range slices.Sorted(maps.Keys(m.endpoints)) {
		e := m.endpoints[name]
		if e.probeDue(now) {
			e.probeBegun(now)
			m.sendProbe(name, e)
		}
		if e.down != nil && e.probes < mostProbes {
			most = min(most, max(e.nextProbe.Sub(now), time.Millisecond))
		}
	}
	return most
}

// sendProbe sends the smallest request there is: any answer of OSS to it, a refusal too,
// tells that the endpoint is there.
func (m *Manager) sendProbe(name string, e *endpoint) {
	for _, t := range m.order {
		if t.u.To.Endpoint != name || t.store == nil {
			continue
		}
		store, key := t.store, t.u.To.Key
		m.calls.Go(func() {
			err := bounded(m.gentle, probeLimit, "HeadObject", func(ctx context.Context) error {
				return try("HeadObject", func() error {
					_, err := store.Head(ctx, key)
					return err
				})
			})
			m.mail.put(func() { m.learnt(name, e.probed(AsError(err))) })
		})
		return
	}
	// There is no open bucket to ask by: the next upload that opens one tells.
	e.probes--
	m.learnt(name, e.rise())
}

// handleRoutes asks at once what did not answer: the machine's ways to the network changed. That
// goes for credentials that come over it, too, which no probe of an endpoint asks for. Other
// pauses stay: some wait for what may still be on its way to OSS.
func (m *Manager) handleRoutes() {
	m.probeNow(m.now())
	for _, t := range m.order {
		if e := t.u.Error; e != nil && e.Op == opCredentials && !t.aborting() {
			t.hurry()
		}
	}
}

// opCredentials is the Op of errors of getting credentials, those of package credentials too.
const opCredentials = "Credentials"

// probeNow asks at once: the machine's routes changed, or a person pressed Start.
func (m *Manager) probeNow(now time.Time) {
	for _, e := range m.endpoints {
		e.nextProbe = now
	}
}
