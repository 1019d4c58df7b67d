package transfer

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const (
	// missingPause is how long after a look at all missing files the next begins.
	missingPause = 3 * time.Second
	// missingPage is how many files one look takes on.
	missingPage = 200
	// missingRest is how many times as long as it took is rested after a look: looking at
	// 100,000 files, or at a slow drive, must not cost more than a fiftieth of one CPU.
	missingRest = 50
)

// missing is the periodic look for files that uploads wait for.
type missing struct {
	some  bool // the journal may hold such uploads
	under bool // a look is under way
	next  time.Time
	from  string // the path at which the next look begins
	seen  bool   // this round has come upon one that is still missing
}

// lookForMissing lets uploads go on whose files are back. It returns when it wants to be
// called again, the zero time if there is nothing to look for.
func (m *Manager) lookForMissing(now time.Time) time.Time {
	l := &m.missing
	switch {
	case m.closing || m.halted != nil || l.under || !l.some:
		return time.Time{}
	case now.Before(l.next):
		return l.next
	}
	l.under = true
	if l.from == "" {
		l.some, l.seen = false, false // set again by whatever comes upon one
	}
	from := l.from
	m.calls.Go(func() {
		begun := m.now()
		files, err := m.journal.Missing(m.gentle, from, missingPage)
		m.mail.put(func() { m.handleMissing(files, begun, err) })
	})
	return time.Time{}
}

func (m *Manager) handleMissing(files []MissingFile, begun time.Time, err error) {
	if m.closing {
		return
	}
	if err != nil {
		m.missing.under, m.missing.some = false, true
		m.halt("look for missing files", err)
		return
	}
	// Close does not wait for this: the drive of a dead server may hold it for minutes.
	go func() {
		look := lookAt(files)
		m.mail.put(func() { m.handleLooked(look, begun) })
	}()
}

func (m *Manager) handleLooked(look looked, begun time.Time) {
	l := &m.missing
	now := m.now()
	l.under = false
	l.seen = l.seen || look.missing
	l.from = look.next
	switch {
	case look.next == "": // the end of a round
		l.some = l.some || l.seen
		l.next = now.Add(max(missingPause, missingRest*now.Sub(begun)))
	case len(look.back) > 0:
		l.next = now // a drive is back
	default:
		l.next = now.Add(missingRest * now.Sub(begun))
	}
	if m.closing {
		return
	}
	if len(look.back) > 0 {
		m.edit(These(look.back...), comeBack)
	}
	for _, f := range look.folders {
		m.rescan(f.ID, f.Batch)
	}
}

// looked is what came of one look.
type looked struct {
	back    []ID          // their files are there
	folders []MissingFile // there is a folder, which the scan could not read
	missing bool          // some are still missing
	next    string        // the path to go on from, "" when all were looked at
}

// lookAt looks for files, which are ordered by path. All that would be in a folder which is
// not there costs one look.
func lookAt(files []MissingFile) (l looked) {
	lost := "" // the topmost folder that is missing, with a separator at its end
	for _, f := range files {
		if lost != "" && strings.HasPrefix(f.Path, lost) {
			continue
		}
		stat := os.Lstat
		if !strings.Contains(f.Name, "/") { // as openSource: what was picked may be a link
			stat = os.Stat
		}
		info, err := stat(f.Path)
		switch {
		case err == nil && info.IsDir():
			l.folders = append(l.folders, f)
		case err == nil:
			l.back = append(l.back, f.ID)
		default:
			l.missing = true
			lost = lostFolder(f.Path)
		}
	}
	if len(files) < missingPage {
		return l
	}
	last := files[len(files)-1].Path
	l.next = last + "\x00"
	if lost != "" && strings.HasPrefix(last, lost) {
		// Behind everything below the folder.
		l.next = strings.TrimSuffix(lost, string(filepath.Separator)) + string(filepath.Separator+1)
	}
	return l
}

// lostFolder returns the topmost folder above path that is not there, with a separator at
// its end, or "" when the file's folder is there.
func lostFolder(path string) string {
	lost := ""
	for {
		above := filepath.Dir(path)
		if above == path {
			return lost
		}
		if _, err := os.Lstat(above); !errors.Is(err, fs.ErrNotExist) {
			return lost
		}
		path, lost = above, above+string(filepath.Separator)
	}
}

// rescan scans a batch again that has a row for a folder which could not be read then, and
// can be now: every file of it gets its row.
func (m *Manager) rescan(id ID, batch BatchID) {
	m.missing.some = true
	for _, b := range m.scans {
		if b.ID == batch {
			return // the scan under way may have passed it: looked at again later
		}
	}
	m.calls.Go(func() {
		b, err := m.journal.Rescan(m.gentle, id)
		m.mail.put(func() {
			switch {
			case m.closing:
			case err != nil:
				m.log.Error("a folder that is back could not be scanned", "error", err)
			case b.Scanned: // a person stopped its scan: what was not found then stays out
			default:
				delete(m.enqueued, b.ID)
				delete(m.stopped, b.ID) // by the journal that came after the scan was over
				m.enqueueScan(b)
			}
		})
	})
}
