package transfer

import "time"

// bucketCodes are refusals that say the same of every key of a bucket.
var bucketCodes = map[string]bool{
	CodeNoSuchBucket:               true,
	CodeWrongEndpoint:              true,
	CodeWrongRegion:                true,
	"AbnormalBucketOwnerStatus":    true, // suspended, or deleted
	"SecondLevelDomainForbidden":   true,
	"PublicEndpointForbidden":      true,
	"TransferAccelerationDisabled": true,
	"QuotaExceeded":                true, // the bucket takes nothing more
}

// clockTold is how far this computer's clock may be off without a word. OSS refuses at 15
// minutes.
const clockTold = 5 * time.Minute

// refusal is why a bucket refuses every key.
type refusal struct {
	err *Error
	// doubted lets uploads through to ask anew: a person answered one, who may have put an end
	// to it.
	doubted bool
}

// doubt has all buckets asked anew that refused, without a word of it before they answer.
func (m *Manager) doubt() {
	for _, r := range m.parked {
		r.doubted = true
	}
}

// taken forgets a refusal that was doubted, as the bucket took a request.
func (m *Manager) taken(t *task) {
	key := keyOf(t.u.To)
	if r := m.parked[key]; r != nil && r.doubted {
		delete(m.parked, key)
	}
}

// park notes a refusal that holds for all uploads to the upload's bucket: one request says it
// for them.
func (m *Manager) park(t *task, e *Error) {
	if bucketCodes[e.Code] {
		m.parked[keyOf(t.u.To)] = &refusal{err: e}
	}
}

// isParked stops an upload whose bucket was refused, with the reason that was given for it.
// Aborts go on: a bucket that is gone is what they end with.
func (m *Manager) isParked(t *task) bool {
	r := m.parked[keyOf(t.u.To)]
	if r == nil || r.doubted || t.aborting() {
		return false
	}
	if t.idle() {
		own := *r.err
		own.Key, own.Part = t.u.To.Key, 0
		m.needPerson(t, &own)
	}
	return true
}

// unpark lets the uploads of an account's bucket be tried anew; of all its buckets when
// bucket is "".
func (m *Manager) unpark(account AccountID, bucket string) {
	for key := range m.parked {
		if key.account == account && (bucket == "" || key.bucket == bucket) {
			delete(m.parked, key)
		}
	}
}

// learnClock notes how far this computer's clock is off, once an answer tells: to the minute,
// for an answer tells its time without fractions of a second, and may have been long under way.
func (m *Manager) learnClock(t *task) {
	if t.store == nil {
		return
	}
	off := t.store.ClockOffset()
	if off.Abs() < clockTold {
		off = 0
	}
	m.clock = off.Round(time.Minute)
}
