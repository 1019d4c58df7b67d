package transfer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// resumed is an upload ready to send what is missing.
type resumed struct {
	file   *os.File
	id     Identity // as found: the same, proved to be, or that of the new version
	plan   Plan     // the upload's, or as many parts of that size as the new version has
	settle time.Duration
	unfit  bool // the new version does not go by parts of this size: it begins anew
	merged merged
	proved []Part
	denied bool // OSS refuses to list the parts: the journal alone counts
	err    error
}

// resume opens the file, and merges what the journal, OSS and the file say of the parts.
// An upload that was just begun has no parts to merge.
func (m *Manager) resume(t *task) {
	u, store, ctx := t.u, t.store, t.ctx
	now, partSize := m.now(), m.settings.PartSize
	fresh := t.sure
	t.sure = false
	m.work(t, stepResume, func() (func(), error) {
		r, asked := reopen(&u, now, partSize), error(errUnasked)
		switch {
		case r.file == nil:
		case fresh:
			r.merged = reconcile(r.plan, r.id.Size, nil, nil)
		default:
			asked = nil
			r.err = r.mergeParts(ctx, store, m.journal, &u)
			if r.err == nil {
				r.err = r.check(ctx, &u, t)
			}
		}
		if r.err != nil && r.file != nil {
			r.file.Close() //nolint:errcheck // it was only read
			r.file = nil
		}
		return func() {
			t.checkSize.Store(0)
			m.handleResumed(t, r, fresh)
		}, cmp.Or(r.err, asked)
	})
}

// reopen opens the file that an upload was begun with, or the new version of it, if that
// is wanted. Without a file in the answer there is nothing to go on with.
func reopen(u *Upload, now time.Time, partSize int64) (r resumed) {
	f, id, err := openSource(u.Path, picked(u))
	if err != nil {
		return resumed{err: err}
	}
	r = resumed{file: f, id: id, plan: u.Plan}
	switch {
	case u.Restart:
		plan, fits := u.Plan.refit(u.File.Size, id.Size, partSize)
		r.plan, r.unfit, r.settle = plan, !fits, settling(id, now)
	case u.File.compare(id) == changedFile:
		r.err = changeError(u.Path, u.File, id)
	}
	if r.err != nil || r.unfit || r.settle > 0 {
		f.Close() //nolint:errcheck // it was only read
		r.file = nil
	}
	return r
}

// mergeParts asks the journal and OSS which parts they hold.
func (r *resumed) mergeParts(ctx context.Context, store Store, journal Journal, u *Upload) error {
	remembered, err := journal.Parts(ctx, u.ID)
	if err != nil {
		return err
	}
	stored, err := listAll(ctx, store, u, nil)
	if isDenied(err) {
		r.denied = true
		stored, err = asStored(remembered), nil
	}
	r.merged = reconcile(r.plan, r.id.Size, remembered, stored)
	return err
}

// asStored takes the journal's word for what OSS has.
func asStored(parts []Part) []StoredPart {
	stored := make([]StoredPart, len(parts))
	for i, p := range parts {
		stored[i] = StoredPart{Number: p.Number, Size: p.Size, ETag: p.ETag, CRC64: p.CRC64, HasCRC: true}
	}
	return stored
}

// check reads what has to be compared with the file's bytes: the parts that only OSS
// knows, and all that were sent when the file may have been rewritten, or was.
func (r *resumed) check(ctx context.Context, u *Upload, t *task) error {
	compare := u.Restart || u.File.compare(r.id) == suspectFile
	total := int64(0)
	for _, s := range r.merged.Prove {
		total += s.Size
	}
	if compare {
		for _, p := range r.merged.Keep {
			total += p.Size
		}
	}
	t.checked.Store(0)
	t.checkSize.Store(total)
	progress := func(n int) { t.checked.Add(int64(n)) }
	if compare {
		if err := r.compareKept(ctx, u, progress); err != nil {
			return err
		}
	}
	if err := r.proveStored(ctx, u, progress); err != nil {
		return err
	}
	slices.Sort(r.merged.Send)
	return nil
}

// compareKept reads the parts that were sent. Where other bytes are there now, the file
// changed, unless the new version is wanted: of that, such parts are sent again.
func (r *resumed) compareKept(ctx context.Context, u *Upload, progress func(int)) error {
	var same []Part
	for _, p := range r.merged.Keep {
		d, err := digestRange(ctx, newSection(r.file, u.Path, p.Offset, p.Size), false, progress)
		switch {
		case err != nil:
			return err
		case d.CRC64 == p.CRC64:
			same = append(same, p)
		case !u.Restart:
			return changedError(u.Path, CodeFileRewritten, fmt.Sprintf("the bytes of part %d are not those that were sent", p.Number))
		default:
			r.merged.Send = append(r.merged.Send, p.Number)
			r.merged.Forget = append(r.merged.Forget, p.Number)
		}
	}
	r.merged.Keep = same
	return nil
}

// proveStored reads the parts that only OSS knows. What is not the file's is sent again.
func (r *resumed) proveStored(ctx context.Context, u *Upload, progress func(int)) error {
	for _, s := range r.merged.Prove {
		offset, length := r.plan.Range(s.Number, r.id.Size)
		d, err := digestRange(ctx, newSection(r.file, u.Path, offset, length), !s.HasCRC, progress)
		if err != nil {
			return err
		}
		stored := Digest{CRC64: s.CRC64, HasCRC: s.HasCRC}
		if _, err := proveDigests(d, stored, s.ETag, false); err != nil {
			r.merged.Send = append(r.merged.Send, s.Number)
			continue
		}
		r.proved = append(r.proved, Part{Number: s.Number, Offset: offset, Size: length, ETag: s.ETag, CRC64: d.CRC64, MD5: d.MD5})
	}
	return nil
}

// listAll returns every part that OSS holds of an upload. Pages are asked for at once as
// far as the plan tells how many there may be: markers are part numbers.
func listAll(ctx context.Context, store Store, u *Upload, progress func(done, of int)) ([]StoredPart, error) {
	pages := max((u.Plan.Number(u.Plan.Parts-1)+ListPageSize-1)/ListPageSize, 1)
	found := make([][]StoredPart, pages)
	failed := make([]error, pages)
	var calls sync.WaitGroup
	var came atomic.Int64
	for i := range pages {
		calls.Go(func() {
			// The last page's range is open: a listing may hold more than the plan.
			last := MaxParts + 1
			if i < pages-1 {
				last = (i + 1) * ListPageSize
			}
			failed[i] = try("ListParts", func() (err error) {
				found[i], err = listRange(ctx, store, u, i*ListPageSize, last)
				return err
			})
			if n := came.Add(1); progress != nil {
				progress(int(n), pages)
			}
		})
	}
	calls.Wait()
	for _, err := range failed {
		if err != nil {
			return nil, err
		}
	}
	return slices.Concat(found...), nil
}

// listRange returns the parts with numbers above marker, up to last.
func listRange(ctx context.Context, store Store, u *Upload, marker, last int) ([]StoredPart, error) {
	var parts []StoredPart
	for {
		page, err := store.ListParts(ctx, u.To.Key, u.UploadID, marker)
		if err != nil {
			return nil, err
		}
		for _, p := range page.Parts {
			if p.Number > marker && p.Number <= last {
				parts = append(parts, p)
			}
		}
		if !page.More || page.Next >= last || page.Next <= marker {
			return parts, nil
		}
		marker = page.Next
	}
}

func (m *Manager) handleResumed(t *task, r resumed, fresh bool) {
	switch {
	case r.err == nil && (t.stopped() || t.aborting() || m.closing):
		if r.file != nil {
			r.file.Close() //nolint:errcheck // it was only read
		}
	case IsGone(r.err, CodeNoSuchUpload) && t.u.Sealed && t.u.PartsDone < t.u.Plan.Parts:
		t.u.Torn = TornPerhaps // as to tell it takes all parts
		m.lost(t)
	case IsGone(r.err, CodeNoSuchUpload) && t.u.Sealed: // its Complete may have arrived since
		t.reset()
		t.gone, t.sure = true, false
		m.enter(t, PhaseCompleting, nil)
	case IsGone(r.err, CodeNoSuchUpload):
		m.lost(t)
	case r.err != nil:
		t.sure = fresh // nothing was sent: it is as fresh as before
		m.failed(t, r.err)
	case r.settle > 0:
		m.settle(t, r.settle)
	case r.unfit: // begins anew once the old upload ID is aborted
		m.abandon(t)
	default:
		m.goOn(t, r, fresh)
	}
}

// goOn makes durable, as one fact, which version of the file the upload now is of, how it
// is cut, and which of its parts are there: a crash finds either the old version or the new.
func (m *Manager) goOn(t *task, r resumed, fresh bool) {
	if r.denied {
		m.note(t, NotedPartsUnlisted)
	}
	t.reset()
	t.closeFile()
	t.file, t.ready = r.file, true
	how := EventResumed
	switch {
	case !t.u.Restart:
	case t.u.File.compare(r.id) == sameFile:
		how = EventRepaired
	default:
		how = EventNewVersion
		if t.u.Sealed { // its Complete may still arrive, with the old version's parts
			t.u.Torn = TornPerhaps
		}
	}
	t.u.File, t.u.Plan, t.u.Restart = r.id, r.plan, false
	c := Change{}
	for _, p := range slices.Concat(r.merged.Keep, r.proved) {
		t.done[p.Number] = p
	}
	for _, p := range r.proved {
		c.Parts = append(c.Parts, PartFact{Upload: t.u.ID, Part: p})
		m.found++
		m.foundBytes += p.Size
	}
	if len(r.merged.Forget) > 0 {
		c.Forget = []ForgetParts{{Upload: t.u.ID, Numbers: r.merged.Forget}}
	}
	t.unsent = r.merged.Send
	t.attempts = 0
	t.count()
	c.Uploads = []Upload{t.u}
	if !fresh {
		t.kept = len(t.done)
		c.Events = []Event{m.event(t, how, r.carried().String(), "")}
	}
	m.commit(t, c, true, nil)
}

// count brings the sums of acknowledged parts up to date.
func (t *task) count() {
	t.u.PartsDone, t.u.BytesDone = len(t.done), 0
	for _, p := range t.done {
		t.u.BytesDone += p.Size
	}
}

// lost begins an upload anew whose ID OSS does not know any more, once: somebody aborted
// it, or a rule of the bucket did.
func (m *Manager) lost(t *task) {
	if t.u.Again > 0 {
		m.needPerson(t, &Error{
			Kind: KindGone, Op: "ListParts", Bucket: t.u.To.Bucket, Key: t.u.To.Key, Code: CodeNoSuchUpload,
			Err: errors.New("OSS dropped the upload twice: something else aborts uploads in this bucket"),
		})
		return
	}
	t.u.Again++
	m.anew(t, "OSS no longer has the upload: it begins anew")
}

// anew forgets an upload ID that is gone and plans the upload again.
func (m *Manager) anew(t *task, why string) {
	t.u.forgetID()
	t.reset()
	t.closeFile()
	m.enter(t, PhasePlanned, nil, m.event(t, EventRestarting, why, ""))
}
