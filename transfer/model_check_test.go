package transfer_test

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"

	"partway/transfer"
	"partway/transfer/osslocal"
)

// check tells whether what must hold at any moment holds.
func (m *model) check() {
	m.t.Helper()
	m.settle()
	before := m.openUploads()
	rows := m.all()
	for id, row := range m.rows {
		u, there := rows[id]
		m.checkRow(id, row, u, there)
	}
	m.checkOpen(before, rows)
	m.checkWritten()
	m.checkObjects(rows)
	m.checkParts()
	m.checkCounts()
}

// settle waits until the commands so far are durable.
func (m *model) settle() {
	m.t.Helper()
	done := make(chan error, 1)
	m.journal.Runnable(transfer.RunnableQuery{}, func(_ []transfer.Upload, err error) { done <- err })
	check(m.t, <-done)
}

// checkRow compares a row with what the person remembers of it.
func (m *model) checkRow(id transfer.ID, row *modelRow, u transfer.Upload, there bool) {
	m.t.Helper()
	switch {
	case row.removed && (!there || u.Hidden && u.Intent == transfer.IntentAbort || u.Hidden && u.Phase.Final()):
		return
	case row.removed:
		m.t.Fatalf("%s was removed, and is %s %s %s", row.path, u.Intent, u.Phase, u.Wait)
	case !there:
		m.t.Fatalf("the row of %s is lost", row.path)
	case u.Hidden:
		m.t.Fatalf("%s is hidden, and was not removed", row.path)
	case row.final != "" && u.Phase != row.final:
		m.t.Fatalf("%s was %s, and is %s", row.path, row.final, u.Phase)
	}
	if u.Phase.Final() {
		m.checkFinal(id, row, &u)
		return
	}
	if u.Limit != row.limit {
		m.t.Fatalf("%s is held to %d, want %d\n%s", row.path, u.Limit, row.limit, m.describe())
	}
	restarting := u.Phase == transfer.PhaseAborting && u.Intent == transfer.IntentRun
	if !row.intents[u.Intent] && !restarting {
		m.t.Fatalf("%s has intent %s, want one of %v\n%s", row.path, u.Intent, slices.Collect(maps.Keys(row.intents)), m.describe())
	}
	f := m.files[row.path]
	wrong := map[transfer.Status]bool{
		transfer.StatusFailed:           !wrongSums(u.Error), // the faults may come thrice for one part
		transfer.StatusNeedsCredentials: true,
		transfer.StatusFileMissing:      !f.vanished,
		transfer.StatusFileChanged:      !f.edited,
		transfer.StatusConflict:         !m.contested(id, row),
		transfer.StatusAborting:         !row.aborted && !row.skipped && !restarting,
	}[u.Status()]
	if wrong {
		m.t.Fatalf("%s is %s: %v\n%s\n%s", row.path, u.Status(), u.Error, m.events(id), m.log)
	}
}

// writersOf says what became of each upload to a key whose row is there.
func (m *model) writersOf(key string) string {
	var b strings.Builder
	for id, u := range m.all() {
		if u.To.Key == key {
			fmt.Fprintf(&b, "%d %s %s %q %+v, aborted %t, hidden %t\n%s\n", id, u.Intent, u.Phase, u.Receipt.Outcome,
				content{size: u.File.Size, crc: u.Receipt.CRC64}, m.rows[id].aborted, u.Hidden, m.events(id))
		}
	}
	return b.String()
}

// wrongSums tells whether a part was given up as OSS stated another sum again and again.
func wrongSums(e *transfer.Error) bool {
	return e != nil && e.Kind == transfer.KindIntegrity && e.Op == "UploadPart"
}

func (m *model) checkFinal(id transfer.ID, row *modelRow, u *transfer.Upload) {
	m.t.Helper()
	row.final = u.Phase
	sent := content{size: u.File.Size, crc: u.Receipt.CRC64}
	wrong := ""
	switch {
	case u.Phase == transfer.PhaseAborted && !row.aborted && (!row.skipped || u.Receipt.Outcome != transfer.OutcomeInDoubt):
		wrong = "nobody aborted it"
	case u.Phase == transfer.PhaseAborted:
	case m.files[row.path] == nil:
		if u.Receipt.Outcome != transfer.OutcomeEmptyFolder {
			wrong = "a folder has no bytes"
		}
	case u.Receipt.Outcome == transfer.OutcomeTooLate && !row.aborted:
		wrong = "nobody aborted it"
	case u.Receipt.Outcome == transfer.OutcomeSkipped && !row.skipped:
		wrong = "nobody wanted it skipped"
	case u.Receipt.Outcome != transfer.OutcomeSkipped && !m.files[row.path].was(sent):
		wrong = "no version of the file has these bytes"
	}
	if wrong != "" {
		m.t.Fatalf("%s is %s, %q, %+v: %s\n%s", row.path, u.Phase, u.Receipt.Outcome, sent, wrong, m.events(id))
	}
}

// contested tells whether anything but the row itself may have had its key.
func (m *model) contested(id transfer.ID, row *modelRow) bool {
	if len(m.others[row.key]) > 0 || m.files[row.path].edited {
		return true
	}
	for other, r := range m.rows {
		if other != id && r.key == row.key {
			return true
		}
	}
	return false
}

func (m *model) openUploads() map[string]string {
	m.t.Helper()
	list, err := m.oss.OpenUploads(testBucket)
	check(m.t, err)
	open := map[string]string{}
	for _, u := range list {
		open[u.UploadID] = u.Key
	}
	return open
}

// checkOpen makes sure that the journal knows each upload that is open on OSS. One that
// was begun or aborted while we looked is in one of the two listings only.
func (m *model) checkOpen(before map[string]string, rows map[transfer.ID]transfer.Upload) {
	m.t.Helper()
	perhaps, err := m.rig.journal.PerhapsOurs(m.t.Context())
	check(m.t, err)
	known := map[string]bool{}
	asking := map[string]bool{} // keys with a request under way, or whose answer was lost
	for _, p := range perhaps {
		known[p.UploadID] = true
	}
	for _, u := range rows {
		known[u.UploadID] = true
		asking[u.To.Key] = asking[u.To.Key] || u.Phase == transfer.PhaseInitiating
	}
	after := m.openUploads()
	for id, key := range before {
		if _, open := after[id]; open && !known[id] && !asking[key] {
			m.t.Fatalf("upload %s of %q is open on OSS, and the journal does not know it\n%s\n%s", id, key, m.describe(), m.log)
		}
	}
}

// checkWritten looks at the requests that would overwrite.
func (m *model) checkWritten() {
	m.t.Helper()
	m.mu.Lock()
	written := m.written
	m.written = nil
	m.mu.Unlock()
	for _, key := range written {
		f, _ := m.home(key)
		may := f.edited // a Put during which the file changed is put again over its own object
		for _, row := range m.rows {
			may = may || row.path == f.path && row.replace
		}
		if !may {
			m.t.Fatalf("a request for %q would overwrite, and nobody said so\n%s", key, m.describe())
		}
	}
}

// checkObjects makes sure that each object is some version of its file, or another's.
func (m *model) checkObjects(rows map[transfer.ID]transfer.Upload) {
	m.t.Helper()
	objects, err := m.oss.Objects(testBucket)
	check(m.t, err)
	for _, o := range objects {
		c := content{size: o.Size, crc: o.CRC64}
		f, own := m.home(o.Key)
		if !f.was(c) && !slices.Contains(m.others[own], c) && !m.torn(f, rows) {
			m.t.Fatalf("object %q (%+v) is no version of its file: %+v\n%s", o.Key, c, f.versions, m.describe())
		}
	}
}

// torn tells whether a Put of the file may have caught two versions of it: its row then says
// that the file changed, or was aborted by then.
func (m *model) torn(f *modelFile, rows map[transfer.ID]transfer.Upload) bool {
	if !f.rewritten {
		return false
	}
	for id, row := range m.rows {
		u, there := rows[id]
		if row.path == f.path && (!there || u.Plan.Single() && u.Phase != transfer.PhaseDone) {
			return true
		}
	}
	return false
}

// checkParts makes sure that no part is sent again that the journal had before, unless the
// file changed.
func (m *model) checkParts() {
	m.t.Helper()
	m.rig.mu.Lock()
	records := m.records[m.seen:]
	m.rig.mu.Unlock()
	for i, r := range records {
		if r.Phase != osslocal.PhaseBegin || r.Op != osslocal.OpUploadPart {
			continue
		}
		at, committed := m.acknowledged[partKey{r.UploadID, r.Part}]
		if f, _ := m.home(r.Key); committed && at <= m.seen+i && !f.edited {
			m.t.Fatalf("part %d of %q was committed and is sent again\n%s\n%s", r.Part, r.Key, m.describe(), m.log)
		}
	}
	m.seen += len(records)
	for id, u := range m.all() {
		if u.UploadID == "" || u.Phase.Final() {
			continue
		}
		parts, err := m.rig.journal.Parts(m.t.Context(), id)
		check(m.t, err)
		m.rig.mu.Lock()
		now := len(m.records)
		m.rig.mu.Unlock()
		for _, p := range parts {
			if key := (partKey{u.UploadID, p.Number}); m.acknowledged[key] == 0 {
				m.acknowledged[key] = now
			}
		}
	}
}

// checkCounts compares the journal's sums with its rows, at some moment at which nothing is
// written in between.
func (m *model) checkCounts() {
	m.t.Helper()
	wrong := ""
	for range 200 {
		if wrong = m.compareCounts(); wrong == "" {
			return
		}
	}
	m.t.Fatalf("%s\n%s", wrong, m.describe())
}

func (m *model) compareCounts() string {
	m.t.Helper()
	counts, err := m.rig.journal.Counts(m.t.Context())
	check(m.t, err)
	want := transfer.Counts{Groups: map[transfer.Group]int{}}
	for id, u := range m.all() {
		var parts []transfer.Part
		if u.UploadID != "" && !u.Phase.Final() {
			parts, err = m.rig.journal.Parts(m.t.Context(), id)
			check(m.t, err)
		}
		bytes := int64(0)
		for _, p := range parts {
			bytes += p.Size
		}
		if u.UploadID != "" && !u.Phase.Final() && (u.PartsDone != len(parts) || u.BytesDone != bytes) {
			return fmt.Sprintf("%s has %d parts of %d bytes, and says %d of %d", u.Path, len(parts), bytes, u.PartsDone, u.BytesDone)
		}
		if u.Hidden {
			continue
		}
		want.Groups[transfer.GroupAll]++
		want.Places = []transfer.PlaceCount{{Account: u.To.Account, Bucket: u.To.Bucket, Rows: want.Groups[transfer.GroupAll]}}
		g := u.Status().Group()
		if g != transfer.GroupAll {
			want.Groups[g]++
		}
		if g == transfer.GroupUploading || g == transfer.GroupWaiting {
			want.Ahead += u.File.Size - u.BytesDone
		}
		if !u.Phase.Final() {
			want.Total += u.File.Size
			want.Done += u.BytesDone
		}
	}
	if !reflect.DeepEqual(counts, want) {
		return fmt.Sprintf("the journal counts %+v, its rows come to %+v", counts, want)
	}
	return ""
}

// forAPerson holds what an upload of the model may wait for in the end.
var forAPerson = []transfer.Status{transfer.StatusConflict, transfer.StatusFileChanged, transfer.StatusFileMissing}

// drain mends everything, answers what waits for an answer, and expects every upload to come
// to its end by itself.
func (m *model) drain() {
	m.t.Helper()
	m.faults.Clear()
	m.line.set(lineUp)
	for _, f := range m.files {
		if f.missing {
			m.edit(f, "rewrite", 150*kib)
		}
	}
	var listed []transfer.ID
	for id, row := range m.rows {
		if !row.removed {
			listed = append(listed, id)
		}
	}
	m.give(resume, listed, false)
	m.until("all uploads came to their end", func() bool {
		m.check()
		over := true
		var waiting []transfer.ID
		rows := m.all()
		for id, row := range m.rows {
			u, there := rows[id]
			over = over && (u.Phase.Final() && !row.removed || !there)
			if slices.Contains(forAPerson, u.Status()) {
				waiting = append(waiting, id)
			}
		}
		if len(waiting) > 0 {
			m.answer(m.answers, waiting)
			m.give(resume, waiting, false)
		}
		return over
	})
	m.checkEnd()
}

// checkEnd is for when nothing is left to do: each object is what the last of its writers sent,
// byte by byte, and nothing is open but what may be another program's.
func (m *model) checkEnd() {
	m.t.Helper()
	stored := map[string]content{}
	for _, key := range m.keys() {
		object, err := m.oss.OpenObject(testBucket, key)
		check(m.t, err)
		data, err := io.ReadAll(object)
		check(m.t, errors.Join(err, object.Close()))
		stored[key] = contentOf(data)
	}
	writers, doubt := map[string][]content{}, map[string]bool{}
	check(m.t, m.rig.journal.Receipts(m.t.Context(), func(r *transfer.Record) error { // of removed rows, too
		switch r.Receipt.Outcome {
		case transfer.OutcomeSkipped, transfer.OutcomeLeftOut, transfer.OutcomeEmptyFolder:
		case transfer.OutcomeInDoubt: // aborted, and a request of it may have been carried out
			doubt[r.To.Key] = true
		default:
			writers[r.To.Key] = append(writers[r.To.Key], content{size: r.Size, crc: r.Receipt.CRC64})
		}
		return nil
	}))
	for key, contents := range writers {
		if c, there := stored[key]; !there || !doubt[key] && !slices.Contains(append(contents, m.others[key]...), c) {
			m.t.Fatalf("object %q is %+v, there: %v; its uploads sent %+v\n%s%s", key, c, there, contents, m.writersOf(key), m.describe())
		}
	}
	m.noteLeft(slices.Collect(maps.Keys(m.all())))
	for key, c := range stored {
		if !doubt[key] && !m.left[key] && !slices.Contains(append(slices.Clone(writers[key]), m.others[key]...), c) {
			m.t.Fatalf("object %q is %+v, and no row says so: they sent %+v\n%s%s", key, c, writers[key], m.writersOf(key), m.describe())
		}
	}
	perhaps, err := m.rig.journal.PerhapsOurs(m.t.Context())
	check(m.t, err)
	open := m.openUploads()
	for _, p := range perhaps {
		delete(open, p.UploadID)
	}
	if len(open) > 0 {
		m.t.Fatalf("left open on OSS: %v\n%s\n%s", open, m.describe(), m.log)
	}
}
