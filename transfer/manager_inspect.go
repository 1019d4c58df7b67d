package transfer

import (
	"context"
	"fmt"
)

// Repairable tells whether [Manager.Repair] has something to compare: an upload that OSS
// has parts of, and that waits for no decision.
func (u *Upload) Repairable() bool {
	return u.Phase == PhaseUploading && u.UploadID != "" && u.Intent != IntentAbort &&
		u.Wait != WaitConflict && u.Wait != WaitChanged
}

// ServerParts asks OSS which parts of the upload it holds. progress, if not nil, is told how
// many pages of how many have come; it may be called from any goroutine.
func (m *Manager) ServerParts(ctx context.Context, id ID, progress func(done, of int)) ([]StoredPart, error) {
	uploads, err := m.journal.Uploads(ctx, []ID{id})
	if err != nil || len(uploads) == 0 || uploads[0].UploadID == "" {
		return nil, err
	}
	u := uploads[0]
	store, err := m.openStore(ctx, u.To)
	if err != nil {
		return nil, err
	}
	defer store.Close()
	return listAll(ctx, store, &u, progress)
}

// FileSums reads these parts of an upload's file and returns their CRC64. A part whose bytes
// are not all there has none. progress, if not nil, is told each run of bytes read.
func (m *Manager) FileSums(ctx context.Context, id ID, numbers []int, progress func(bytes int)) (map[int]uint64, error) {
	uploads, err := m.journal.Uploads(ctx, []ID{id})
	if err != nil || len(uploads) == 0 {
		return nil, err
	}
	u := uploads[0]
	file, found, err := openSource(u.Path, picked(&u))
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // it was only read
	if progress == nil {
		progress = func(int) {}
	}
	sums := make(map[int]uint64, len(numbers))
	for _, n := range numbers {
		offset, size := u.Plan.Range(n, u.File.Size)
		if size <= 0 || offset+size > found.Size {
			continue
		}
		d, err := digestRange(ctx, newSection(file, u.Path, offset, size), false, progress)
		if err != nil {
			return nil, err
		}
		sums[n] = d.CRC64
	}
	return sums, nil
}

// Repair brings the journal, OSS and the file into agreement on an upload that was begun:
// what is on its way is stopped, OSS is asked for its parts, those that were sent are
// compared with the file's bytes, and what is missing or differs is sent again. It
// starts an upload that was paused. Nothing is dropped: a file of another size is refused,
// for its new version is a decision of its own.
func (m *Manager) Repair(ctx context.Context, id ID) error {
	uploads, err := m.journal.Uploads(ctx, []ID{id})
	if err != nil {
		return err
	}
	if len(uploads) == 0 || !uploads[0].Repairable() {
		return &Error{Kind: KindPermanent, Op: "Repair", Code: CodeNotRepairable, Err: fmt.Errorf("upload %d has no parts on OSS to be compared", id)}
	}
	u := uploads[0]
	file, found, err := openSource(u.Path, picked(&u))
	if err != nil {
		return err
	}
	file.Close() //nolint:errcheck // it was not even read
	if found.Size != u.File.Size {
		return changeError(u.Path, u.File, found)
	}
	return m.do(func() {
		m.command(These(id), SetPause)
		m.repairs[id] = u
		m.edit(These(id), m.repair)
	})
}

// repair has all parts of an upload compared before it goes on, which one that was paused
// since does when it is started. One that left the phase of parts meanwhile just goes on.
func (m *Manager) repair(u *Upload) bool {
	_, starts := m.repairs[u.ID]
	delete(m.repairs, u.ID)
	if u.Phase.Final() || u.Phase == PhaseAborting || u.Intent == IntentAbort {
		return false
	}
	if starts {
		u.Intent = IntentRun
	}
	if u.Repairable() {
		u.Wait, u.Error, u.Restart = WaitNone, nil, true
	}
	return true
}
