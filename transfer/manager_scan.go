package transfer

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync/atomic"
)

// findScans goes on with the folders whose scan a crash or quit cut short. hold
// adds their rows paused.
func (m *Manager) findScans(hold bool) {
	batches, err := m.journal.Unscanned(m.gentle)
	m.mail.put(func() {
		if err != nil {
			m.halt("look up folders whose scan was cut short", err)
			m.afterHalt(func() { m.calls.Go(func() { m.findScans(hold) }) })
			return
		}
		for _, b := range batches {
			if b.Stopped {
				m.noteScanStopped(b.ID, true)
				continue
			}
			b.Paused = b.Paused || hold
			m.enqueueScan(b)
		}
	})
}

// enqueueScan scans a batch after those before it: one disk, one walk.
func (m *Manager) enqueueScan(b Batch) {
	if m.enqueued[b.ID] {
		return // added while the unfinished scans were looked up, which found it too
	}
	m.enqueued[b.ID] = true
	if m.stopped[b.ID] {
		m.noteScanStopped(b.ID, true)
		return
	}
	m.unpark(b.To.Account, b.To.Bucket)
	m.scans = append(m.scans, b)
	if len(m.scans) == 1 {
		m.scanNext()
	}
}

func (m *Manager) scanNext() {
	if m.closing || len(m.scans) == 0 {
		return
	}
	b := m.scans[0]
	m.scanned = scanProgress{}
	job := scanJob{batch: b, now: m.now, stop: &atomic.Bool{}, progress: func(p scanProgress) {
		m.mail.put(func() { m.handleScanned(p) })
	}}
	m.stopScan = job.stop
	m.calls.Go(func() {
		err := try("scan", func() error { return scan(m.gentle, m.journal, job) })
		m.mail.put(func() { m.handleScanDone(b, err) })
	})
}

// handleScanned lets uploads begin while the scan goes on.
func (m *Manager) handleScanned(p scanProgress) {
	m.scanned = p
	m.more = true
	m.missing.some = true
}

func (m *Manager) handleScanDone(b Batch, err error) {
	m.scans = m.scans[1:]
	m.more = true
	switch {
	case err == nil:
		m.tellIgnored(b.ID)
		m.log.Info("scanned", "batch", b.ID, "files", m.scanned.files, "bytes", m.scanned.bytes, "ignored", m.scanned.ignored)
	case errors.Is(err, errScanStopped):
		m.tellIgnored(b.ID)
		m.log.Info("scan stopped", "batch", b.ID, "files", m.scanned.files, "bytes", m.scanned.bytes)
		m.noteScanStopped(b.ID, true)
	case m.closing || errors.Is(err, context.Canceled):
		return // goes on at the next start
	case AsError(err).Code == CodeBug:
		m.report(err) // so does this: it would only happen again
	default:
		// The journal refused: the batch stays unscanned there, and is tried again.
		m.halt("scan folders", err)
		m.afterHalt(func() { delete(m.enqueued, b.ID); m.enqueueScan(b) })
	}
	m.scanNext()
}

// tellIgnored tells how much the patterns left out of a batch.
func (m *Manager) tellIgnored(id BatchID) {
	if m.scanned.ignored == 0 {
		return
	}
	ignored := maps.Clone(m.ignored)
	if ignored == nil {
		ignored = map[BatchID]int{}
	}
	ignored[id] = m.scanned.ignored
	m.ignored = ignored
}

// handleStopScan ends a scan. That it was stopped is written at once; one under way tells
// when it has written what it found.
func (m *Manager) handleStopScan(id BatchID) {
	m.stopped[id] = true
	at := slices.IndexFunc(m.scans, func(b Batch) bool { return b.ID == id })
	m.noteScanStopped(id, at > 0)
	switch {
	case at == 0 && m.stopScan != nil: // it has begun
		m.stopScan.Store(true)
	case at > 0:
		m.scans = slices.Delete(m.scans, at, at+1)
	}
}

// noteScanStopped has the journal know that a scan was stopped, and whether it is over.
func (m *Manager) noteScanStopped(id BatchID, over bool) {
	m.save("stop looking through folders", func(done func(error)) { m.journal.StopScan(id, over, done) })
}
