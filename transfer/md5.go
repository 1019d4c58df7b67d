package transfer

import "time"

// MD5Mode says whether parts are proved by their MD5 too, beside the CRC64 that always is
// compared.
type MD5Mode string

// The modes. MD5 costs ten times as much as all else that is done with a byte.
const (
	MD5Auto MD5Mode = ""   // unless it would be what the upload waits for
	MD5On   MD5Mode = "on" // always
	MD5Off  MD5Mode = "off"
)

const (
	// md5TooMuch is the share of a part's time above which its MD5 holds it up: the rest is
	// reading and the line. Below md5Little it is worth computing again.
	md5TooMuch, md5Little = 0.3, 0.15
	// leastMD5 is the least size, in bytes, of a part that tells anything.
	leastMD5 = MiB / 4
)

// md5Load follows what the MD5 of parts takes on one endpoint. It is measured, not looked up:
// a core that others use too, or a slow one, is the limit earlier.
type md5Load struct {
	cost  float64 // seconds a byte, smoothed; 0 while unknown
	share float64 // of parts' time that it takes, or would take; smoothed
	heavy bool    // it is left out
}

// learn takes in a part: how long the MD5 of it took, 0 if it was left out, and how long all
// of it.
func (l *md5Load) learn(size int64, hashing, took time.Duration) {
	if size < leastMD5 || took <= 0 {
		return
	}
	share := hashing.Seconds() / took.Seconds()
	if hashing > 0 {
		l.cost += (hashing.Seconds()/float64(size) - l.cost) / 4
	} else {
		would := l.cost * float64(size)
		share = would / (took.Seconds() + would)
	}
	l.share += (share - l.share) / 4
	switch {
	case l.share > md5TooMuch:
		l.heavy = true
	case l.share < md5Little:
		l.heavy = false
	}
}

// wantsMD5 tells whether what is sent next of an upload is to be proved by its MD5 too.
func (m *Manager) wantsMD5(t *task) bool {
	switch m.settings.MD5 {
	case MD5On:
		return true
	case MD5Off:
		return false
	case MD5Auto:
	}
	return !m.endpoint(t).md5.heavy
}

// learnMD5 takes in what a part's MD5 cost, and says so in the upload's log if it was left
// out for that. Where OSS states no CRC64 there is nothing to leave it out for.
func (m *Manager) learnMD5(t *task, size int64, r sentPart) {
	if r.proof.noCRC {
		return
	}
	m.endpoint(t).md5.learn(size, r.hashing, r.took)
	if m.settings.MD5 == MD5Auto && r.part.MD5 == "" {
		m.note(t, "MD5 is left out while it would be slower than the line: the CRC64 of each part, and of the object, is compared")
	}
}
