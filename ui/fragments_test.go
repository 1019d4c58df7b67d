package ui

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"

	"partway/transfer"
	"partway/transfer/fragment"
)

// fragmentStore is a bucket with unfinished uploads.
type fragmentStore struct {
	*fakeStore
	mu       sync.Mutex
	uploads  []transfer.OpenUpload
	measured int
	aborted  map[string]bool
	rules    []byte
}

func (s *fragmentStore) ListUploadPage(_ context.Context, _ string, after transfer.UploadMarker) (p transfer.UploadPage, err error) {
	at := 0
	fmt.Sscan(after.UploadID, &at) //nolint:errcheck // no marker is 0
	end := min(at+1000, len(s.uploads))
	p = transfer.UploadPage{Uploads: s.uploads[at:end], More: end < len(s.uploads), Next: transfer.UploadMarker{Key: "k", UploadID: fmt.Sprint(end)}}
	if at > 0 {
		err = s.answer("ListMore")
	}
	if err == nil {
		err = s.answer("ListMultipartUploads")
	}
	return p, err
}

func (s *fragmentStore) ListParts(_ context.Context, _, id string, _ int) (transfer.PartPage, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.aborted[id] {
		return transfer.PartPage{}, &transfer.Error{Kind: transfer.KindGone, Code: transfer.CodeNoSuchUpload}
	}
	s.measured++
	return transfer.PartPage{Parts: []transfer.StoredPart{{Number: 1, Size: 1 << 20}, {Number: 3, Size: 1 << 20}}}, s.answer("ListParts")
}

func (s *fragmentStore) Abort(_ context.Context, _, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.aborted[id] = true
	return s.answer("Abort")
}

func (s *fragmentStore) Lifecycle(context.Context) ([]byte, error) { return s.rules, nil }

func (s *fragmentStore) SetLifecycle(_ context.Context, document []byte) error {
	s.rules = document
	return nil
}

func (s *fragmentStore) gone() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.aborted)
}

// openFragmentsOf opens the view on a bucket with so many uploads, the first of which is in
// the list.
func openFragmentsOf(t *testing.T, count int, refuse string) (*harness, *fragmentsView, *fragmentStore) {
	t.Helper()
	s := &fragmentStore{fakeStore: &fakeStore{refuse: refuse}, aborted: map[string]bool{}}
	for i := range count {
		s.uploads = append(s.uploads, transfer.OpenUpload{
			Key: fmt.Sprintf("k/%05d.bin", i), UploadID: fmt.Sprint("U", i), Class: "Standard",
			Initiated: time.Now().AddDate(0, 0, -i%100).Add(-time.Hour),
		})
	}
	h := newReady(t, func(h *harness, c *Config) {
		c.Dial = func(transfer.Account, transfer.Credentials, string) (transfer.Store, error) { return s, nil }
		h.journal.begun = []transfer.BegunUpload{{Upload: 1, UploadID: "U0"}}
	})
	h.u.openFragments()
	h.until("the view is open", func() bool { return h.u.fragments != nil })
	v := h.u.fragments
	h.until("the bucket is listed", func() bool { return v.listed && len(v.table.rows) == count || v.listed && refuse != "" })
	return h, v, s
}

// TestFragmentsAreListedAndMeasured lists thousands, and asks for the size of those in sight
// only, until all are to be measured.
func TestFragmentsAreListedAndMeasured(t *testing.T) {
	h, v, s := openFragmentsOf(t, 2_500, "")
	h.until("those in sight are measured", func() bool { return v.totals.Measured > 0 && !v.sighting && len(v.wanted) == 0 })
	s.mu.Lock()
	n := s.measured
	s.mu.Unlock()
	if n > 2*mostSighted {
		t.Errorf("%d were asked for", n)
	}
	if row := v.table.rows[0]; row.Origin != fragment.OriginOurs || row.Row != 1 || v.table.rows[1].Origin != fragment.OriginOther {
		t.Errorf("the first is %+v", row)
	}
	v.gauge.press()
	h.until("all are measured", func() bool { return v.stop == nil && v.totals.Measured == 2_500 })
	if !strings.Contains(v.words.Text, "4.9 GiB") || !strings.Contains(v.words.Text, "0.59") {
		t.Errorf("it says %q", v.words.Text)
	}
	v.ages.SetSelectedIndex(4) // older than 30 days
	h.until("the old ones are shown", func() bool { return len(v.table.rows) == 1_750 })
	v.order.SetSelectedIndex(2)
	v.text.SetText("k/0000")
	h.until("few are shown", func() bool { return len(v.table.rows) == 0 })
	if v.words.Text != "There are no such uploads." {
		t.Errorf("it says %q", v.words.Text)
	}
}

// TestFragmentsRefusedAreNotEmpty says that listing is refused, by which permission, and that
// what came before is not all.
func TestFragmentsRefusedAreNotEmpty(t *testing.T) {
	h, v, _ := openFragmentsOf(t, 2_500, "ListMultipartUploads")
	h.until("it is said", func() bool { return len(v.note.Objects) > 0 })
	if words := textOf(v.note); !strings.Contains(words, "oss:ListMultipartUploads") {
		t.Errorf("it says %q", words)
	}
	if strings.Contains(v.words.Text, "no such uploads") {
		t.Errorf("it says %q", v.words.Text)
	}
	v.close()

	h, v, _ = openFragmentsOf(t, 2_500, "ListMore")
	h.until("a page is shown", func() bool { return len(v.table.rows) == 1_000 && v.stop == nil })
	if !strings.Contains(v.words.Text, "The list is not complete.") {
		t.Errorf("it says %q", v.words.Text)
	}
}

// TestFragmentsThatMayNotBeMeasuredCanBeAborted: a key that may list uploads and not their parts
// is told so once, sees no size as if it were nothing, and is asked before it aborts.
func TestFragmentsThatMayNotBeMeasuredCanBeAborted(t *testing.T) {
	h, v, _ := openFragmentsOf(t, 30, "ListParts")
	h.until("it is said", func() bool { return v.blind && strings.Contains(textOf(v.note), "oss:ListParts") })
	line := newFragLine(v.table, false)
	v.table.show(0, line)
	if facts := line.facts; facts.cells[fragHeld] != "unknown" {
		t.Errorf("a row shows %q", facts.cells)
	}
	if v.words.Text != "30 uploads, not measured yet." {
		t.Errorf("it says %q", v.words.Text)
	}
	v.blind = false // as before any row was in sight
	v.gauge.press()
	h.until("it is refused", func() bool { return v.stop == nil })
	if !v.blind {
		t.Error("it would measure on, unasked")
	}
	v.blind = false
	v.abor.press()
	h.until("it asks", func() bool { return h.u.topModal() != v.modal })
	if words := h.u.topModal().title.Text + h.dialogText(); !strings.Contains(words, "Abort all 30") || !strings.Contains(words, "is not known") || strings.Contains(words, "0 B") {
		t.Errorf("it asks %q", words)
	}
}

// titles is a picker that notes what it is asked for.
type titles struct{ asked chan string }

func (p *titles) Files(_ context.Context, title string) ([]string, error) {
	p.asked <- title
	return nil, nil
}

func (p *titles) Folder(_ context.Context, title string) (string, error) {
	p.asked <- title
	return "", nil
}

// TestWhatIsChosenIsSaid: the dialogs of the desktop say what a file or folder is wanted for.
func TestWhatIsChosenIsSaid(t *testing.T) {
	h, v, _ := openFragmentsOf(t, 3, "")
	p := &titles{asked: make(chan string, 1)}
	h.u.picker = p
	v.openAdopt(v.table.rows[1], "")
	for want, ask := range map[string]func(){
		"Choose a folder to look in": v.finishing.findIn, "Choose the file of the upload": v.finishing.pick,
	} {
		ask()
		if got := <-p.asked; got != want {
			t.Errorf("it asks %q, want %q", got, want)
		}
	}
}

// TestFragmentsAreAborted asks with count and bytes, and aborts the list's own rows by the
// engine.
func TestFragmentsAreAborted(t *testing.T) {
	h, v, s := openFragmentsOf(t, 30, "")
	h.u.win.Canvas().Focus(v.table)
	v.table.TypedShortcut(&fyne.ShortcutSelectAll{})
	h.press(fyne.KeyDelete)
	h.until("it asks", func() bool { return h.u.topModal() != v.modal })
	words := h.u.topModal().title.Text + h.dialogText()
	for _, want := range []string{"Abort 30 unfinished uploads?", "60 MiB", "1 of them is in this Partway's list"} {
		if !strings.Contains(words, want) {
			t.Errorf("%q is not in %q", want, words)
		}
	}
	h.press(fyne.KeyReturn)
	h.until("all are gone but one", func() bool { return len(v.table.rows) == 1 && v.stop == nil })
	if s.gone() != 29 || s.aborted["U0"] {
		t.Errorf("%d were aborted", s.gone())
	}
	if h.engine.last.IDs == nil || h.engine.last.IDs[0] != 1 {
		t.Errorf("the engine was asked for %v", h.engine.log)
	}
}

// TestFragmentIsFinished drops a file on an upload, compares, and has the engine take it over.
func TestFragmentIsFinished(t *testing.T) {
	h, v, _ := openFragmentsOf(t, 30, "")
	path := files(t, "00003.bin")[0]
	h.engine.fit = transfer.Fit{
		File: transfer.Identity{Size: 10 << 20}, Stored: 2, Plan: transfer.Plan{PartSize: 1 << 20, Parts: 10},
		Parts: []transfer.FitPart{{StoredPart: transfer.StoredPart{Number: 1}, State: transfer.FitKept}, {Offset: -1}},
		Keep:  []transfer.Part{{Number: 1, Size: 1 << 20}},
	}
	corner := fyne.CurrentApp().Driver().AbsolutePositionForObject(v.table)
	h.u.dropped(corner.AddXY(40, 3*(fragLineHeight+4)+8), []fyne.URI{storage.NewFileURI(path)})
	h.until("it was compared", func() bool { return strings.Contains(h.dialogText(), "1 of 2 parts on OSS fit") })
	if words := h.dialogText(); !strings.Contains(words, "To be sent: 9 MiB in 9 parts.") || !strings.Contains(words, "1 part has other bytes") {
		t.Errorf("it says %q", words)
	}
	// Another is dropped on the dialog that shows this one.
	path = files(t, "moved.bin")[0]
	h.u.dropped(corner, []fyne.URI{storage.NewFileURI(path)})
	h.until("the other was compared", func() bool { return strings.Contains(h.dialogText(), "The object keeps the name 00003.bin.") })
	h.press(fyne.KeyReturn)
	h.until("the view is left", func() bool { return h.u.fragments == nil && h.u.topModal() == nil })
	if len(h.engine.took) != 1 || h.engine.took[0].UploadID != "U3" || h.engine.took[0].To.Key != "k/00003.bin" || h.engine.took[0].Path != path {
		t.Errorf("the engine was handed %+v", h.engine.took)
	}
}

// TestFragmentsRuleIsShownBeforeItIsWritten merges a rule into those of the bucket.
func TestFragmentsRuleIsShownBeforeItIsWritten(t *testing.T) {
	h, v, s := openFragmentsOf(t, 3, "")
	s.rules = []byte(`<LifecycleConfiguration><Rule><ID>old</ID><Prefix>logs/</Prefix><Status>Enabled</Status><Expiration><Days>9</Days></Expiration></Rule></LifecycleConfiguration>`)
	v.rules.press()
	h.until("the rules are shown", func() bool { return h.u.topModal() != v.modal })
	if words := h.dialogText(); !strings.Contains(words, "old: below logs/ · Expiration") || !strings.Contains(words, "aborts uploads after 30 days") {
		t.Errorf("it says %q", words)
	}
	h.press(fyne.KeyReturn)
	h.until("it is written", func() bool { return strings.Contains(textOf(v.note), "The rules were written.") })
	if !strings.Contains(string(s.rules), "<Days>9</Days>") || !strings.Contains(string(s.rules), "<Days>30</Days>") {
		t.Errorf("the rules are %s", s.rules)
	}
}

// TestRemoveAsksWhatBecomesOfParts offers to finish, to keep and to abort.
func TestRemoveAsksWhatBecomesOfParts(t *testing.T) {
	h := newReady(t)
	h.u.askRemove(loss{of: transfer.These(1), Loss: transfer.Loss{Rows: 1, Unfinished: 1, Begun: 1, Bytes: 5 << 20}})
	if words := h.dialogText(); !strings.Contains(words, "5 MiB on OSS") {
		t.Errorf("it says %q", words)
	}
	for label, command := range map[string]string{"Keep for later": "keep", "Finish": "resume", "Abort and remove": "remove"} {
		for h.u.topModal() != nil {
			h.u.topModal().close()
		}
		h.u.askRemove(loss{of: transfer.These(1), Loss: transfer.Loss{Rows: 1, Unfinished: 1, Begun: 1, Bytes: 5 << 20}})
		for _, o := range h.u.topModal().foot.Objects {
			if b, ok := o.(*button); ok && b.Text == label {
				b.press()
			}
		}
		h.until(label, func() bool {
			h.engine.mu.Lock()
			defer h.engine.mu.Unlock()
			return len(h.engine.log) > 0 && strings.HasPrefix(h.engine.log[len(h.engine.log)-1], command)
		})
	}
}
