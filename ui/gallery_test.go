package ui

import (
	"encoding/json"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"partway/transfer"
	"partway/ui/look"
	"partway/ui/text"
)

// galleryDir is the environment variable that names a folder for pictures of every state.
const galleryDir = "PARTWAY_GALLERY"

// scene is an upload in one state, and the buttons that the details offer in it.
type scene struct {
	name   string
	status transfer.Status
	set    func(u *transfer.Upload)
	live   func(l *transfer.Live)
	events []transfer.Event
	offers []string
	warned bool // completed, with a warning
}

var denied = &transfer.Error{
	Kind: transfer.KindPermanent, Op: "UploadPart", Part: 17, Bucket: "pictures", Key: "a/影片.mp4", Code: "AccessDenied", EC: "0003-00000001",
	RequestID: "6745A2F1B9C3D8E1A2B3C4D5",
}

func wait(w transfer.Wait, e *transfer.Error) func(*transfer.Upload) {
	return func(u *transfer.Upload) { u.Wait, u.Error = w, e }
}

func ended(o transfer.Outcome, p transfer.Proof) func(*transfer.Upload) {
	return func(u *transfer.Upload) {
		u.Phase = transfer.PhaseDone
		u.Receipt = transfer.Receipt{
			Outcome: o, Proof: p, ETag: "5D41402ABC4B2A76B9719D911017C592-80", CRC64: 1234567890123456789, RequestID: "6745A2F1B9C3D8E1A2B3C4D5",
			Finished: time.Unix(1_790_000_000, 0),
		}
	}
}

func sourceError(code string) *transfer.Error {
	return &transfer.Error{Kind: transfer.KindSource, Op: "read", Path: "/home/me/影片.mp4", Code: code}
}

// scenes are all statuses, and each kind of an end.
func scenes() []scene {
	next := func(l *transfer.Live) { l.Tries, l.NextTry = 2, time.Now().Add(6*time.Second) }
	offline := &transfer.Error{Kind: transfer.KindOffline, Op: "UploadPart", Bucket: "pictures", Key: "a/影片.mp4"}
	broken := &transfer.Error{Kind: transfer.KindTransient, Op: "UploadPart", Code: "InternalError", RequestID: "6745A2F1B9C3D8E1A2B3C4D5"}
	over := []string{"Copy oss:// URI", "Show in folder"}
	paused := []transfer.Event{{Kind: transfer.EventPausing, Text: transfer.GivenUp(23 << 20).String()}}
	all := []scene{
		{name: "waiting", status: transfer.StatusWaiting, set: func(u *transfer.Upload) { u.Phase, u.UploadID = transfer.PhasePlanned, "" }},
		{name: "checking", status: transfer.StatusChecking, live: func(l *transfer.Live) { l.Checked = 0.37 }},
		{name: "uploading", status: transfer.StatusUploading, live: func(l *transfer.Live) { l.Speed, l.Pace, l.Left, l.InFlight = 12e6, 12e6, time.Hour, 4 }},
		{name: "paused", status: transfer.StatusPaused, set: func(u *transfer.Upload) { u.Intent = transfer.IntentPause }, events: paused, offers: []string{"Start"}},
		{name: "retrying", status: transfer.StatusRetrying, set: wait(transfer.WaitRetry, broken), live: next, offers: []string{"Try now", "Details", "Copy"}},
		{name: "stalled", status: transfer.StatusStalled, set: wait(transfer.WaitStalled, broken), live: next, offers: []string{"Try now", "Details", "Copy"}},
		{name: "no network", status: transfer.StatusNoNetwork, set: wait(transfer.WaitOffline, offline), live: next, offers: []string{"Try now", "Details", "Copy"}},
		{
			name: "needs credentials", status: transfer.StatusNeedsCredentials, offers: []string{"Enter credentials…", "Try again", "Details"},
			set: wait(transfer.WaitCredentials, &transfer.Error{Kind: transfer.KindAuth, Op: "UploadPart", Code: "InvalidAccessKeyId", EC: "0002-00000902"}),
		},
		{name: "file missing", status: transfer.StatusFileMissing, set: wait(transfer.WaitMissing, sourceError(transfer.CodeFileMissing)), offers: []string{"Look again", "Skip this file"}},
		{name: "folder missing", status: transfer.StatusFileMissing, set: wait(transfer.WaitMissing, sourceError(transfer.CodeFolderMissing)), offers: []string{"Look again", "Skip this file"}},
		{
			name: "conflict", status: transfer.StatusConflict, offers: []string{"Replace the object", "Keep both", "Skip this file"},
			set: wait(transfer.WaitConflict, &transfer.Error{Kind: transfer.KindExists, Op: "CompleteMultipartUpload", Code: "FileAlreadyExists", EC: "0026-00000008"}),
		},
		{name: "completing", status: transfer.StatusCompleting, set: func(u *transfer.Upload) { u.Phase = transfer.PhaseCompleting }},
		{name: "failed", status: transfer.StatusFailed, set: wait(transfer.WaitFailed, denied), offers: []string{"Try again", "Details", "Copy"}},
		{name: "aborting", status: transfer.StatusAborting, set: func(u *transfer.Upload) { u.Intent = transfer.IntentAbort }},
		{name: "aborted", status: transfer.StatusAborted, set: func(u *transfer.Upload) { u.Phase = transfer.PhaseAborted }, offers: []string{"Upload again"}},
	}
	all = append(all, scene{name: "aborted in doubt", status: transfer.StatusAborted, offers: []string{"Upload again"}, set: func(u *transfer.Upload) {
		u.Phase, u.Receipt.Outcome = transfer.PhaseAborted, transfer.OutcomeInDoubt
	}})
	for _, code := range []string{transfer.CodeFileChanged, transfer.CodeFileGrew, transfer.CodeFileShrank, transfer.CodeFileReplaced, transfer.CodeFileRewritten} {
		all = append(all, scene{
			name: "changed " + code, status: transfer.StatusFileChanged, set: wait(transfer.WaitChanged, sourceError(code)),
			offers: []string{"Upload the new version", "Skip this file"},
		})
	}
	for _, p := range []transfer.Proof{transfer.ProofCRC64, transfer.ProofHead, transfer.ProofParts, transfer.ProofAnswer} {
		all = append(all, scene{name: "completed " + string(p), status: transfer.StatusCompleted, set: ended(transfer.OutcomeSent, p), offers: over})
	}
	for _, c := range []transfer.CallbackState{transfer.CallbackDone, transfer.CallbackFailed, transfer.CallbackUnknown} {
		all = append(all, scene{name: "completed callback " + string(c), status: transfer.StatusCompleted, warned: c != transfer.CallbackDone, offers: over, set: func(u *transfer.Upload) {
			ended(transfer.OutcomeSent, transfer.ProofCRC64)(u)
			u.Receipt.Callback, u.Receipt.CallbackReply = c, map[transfer.CallbackState]string{
				transfer.CallbackDone: `{"ok":true,"说明":"已登记"}`, transfer.CallbackFailed: "Error status : 502.",
			}[c]
		}})
	}
	for _, o := range []transfer.Outcome{
		transfer.OutcomeAlreadyThere, transfer.OutcomeSkipped, transfer.OutcomeTooLate, transfer.OutcomeLeftOut, transfer.OutcomeEmptyFolder,
	} {
		all = append(all, scene{name: "completed " + string(o), status: transfer.StatusCompleted, set: ended(o, transfer.ProofNone), offers: over})
	}
	return all
}

// show puts the scene into a window of the least size.
func (s *scene) show(t *testing.T, lang text.Language, mode look.Mode) *harness {
	t.Helper()
	prefs, err := json.Marshal(preferences{Language: lang, Mode: mode})
	if err != nil {
		t.Fatal(err)
	}
	h := newReady(t, func(h *harness, _ *Config) { h.journal.settings[settingWindow] = string(prefs) })
	h.u.win.Resize(fyne.NewSize(leastWidth, leastHeight))
	h.journal.add(1, transfer.StatusUploading)
	h.journal.change(func() {
		u := h.journal.uploads[1]
		u.Name, u.Path, u.File.Size = "影片.mp4", "/home/me/影片.mp4", 10_240<<20
		u.To.Key, u.Plan = "a/影片.mp4", transfer.Plan{PartSize: 64 << 20, Parts: 160}
		u.BytesDone = 4096 << 20
		for n := range 64 {
			h.journal.parts[1] = append(h.journal.parts[1], transfer.Part{Number: n + 1, Size: 64 << 20})
		}
		if s.set != nil {
			s.set(&u)
		}
		h.journal.uploads[1], h.journal.events = u, s.events
		h.journal.rows[0].Name, h.journal.rows[0].Size, h.journal.rows[0].BytesDone = u.Name, u.File.Size, u.BytesDone
		h.journal.rows[0].Status, h.journal.rows[0].Error, h.journal.rows[0].Outcome = s.status, u.Error, u.Receipt.Outcome
		h.journal.rows[0].Callback = u.Receipt.Callback
	})
	if s.live != nil {
		h.engine.change(func(snap *transfer.Snapshot) {
			l := transfer.Live{Status: s.status, Sent: 4200 << 20}
			s.live(&l)
			snap.Live, snap.Time = map[transfer.ID]transfer.Live{1: l}, time.Now()
		})
	}
	h.u.pump.poke()
	h.until("the row is listed", func() bool { return h.u.main.list.Len() == 1 })
	h.u.main.list.Select(1)
	h.until("the details are shown", func() bool {
		f := h.u.main.details.frame
		return f != nil && f.status == s.status
	})
	return h
}

// TestEveryState shows every state in both languages at the window's least size. The row's words must fit into their column, and the details must offer the next
// step. With PARTWAY_GALLERY it leaves a picture of each, in both themes.
func TestEveryState(t *testing.T) {
	shown := map[transfer.Status]bool{}
	modes := []look.Mode{look.ModeLight}
	if os.Getenv(galleryDir) != "" {
		modes = append(modes, look.ModeDark) // which changes nothing but colours
	}
	for _, s := range scenes() {
		shown[s.status] = true
		for _, lang := range []text.Language{text.English, text.Chinese} {
			t.Run(s.name+" "+string(lang), func(t *testing.T) {
				for _, mode := range modes {
					h := s.show(t, lang, mode)
					s.check(t, h)
					h.picture(s.name + " " + string(lang) + " " + string(mode))
				}
			})
		}
	}
	for _, s := range transfer.Statuses {
		if !shown[s] {
			t.Errorf("no scene shows %s", s)
		}
	}
}

// statusRoom is the room of the status column's text in a window of the least size.
const statusRoom = 136 - 2*6

func (s *scene) check(t *testing.T, h *harness) {
	t.Helper()
	f := h.u.main.details.frame
	words := text.StatusLine(f.status, endOf(&f.upload), f.upload.Error, f.live, time.Now())
	if width := fyne.MeasureText(words, theme.TextSize(), fyne.TextStyle{}).Width; words == "" || width > statusRoom {
		t.Errorf("the row's %q takes %v of %v", words, width, float32(statusRoom))
	}
	o := h.u.main.details.overview
	if o.icon.Resource != look.StatusIcon(s.status, s.warned) || o.status.Text == "" {
		t.Errorf("the details have the icon %v and say %q", o.icon.Resource.Name(), o.status.Text)
	}
	var offered []string
	for _, b := range append(buttonsOf(o.trouble), buttonsOf(o.steps)...) {
		offered = append(offered, b.Text)
	}
	for _, label := range s.offers {
		if !slices.Contains(offered, text.T(label)) {
			t.Errorf("the details offer %q, without %q", offered, text.T(label))
		}
	}
	if len(s.offers) == 0 && len(offered) > 0 {
		t.Errorf("the details offer %q", offered)
	}
	if e := f.upload.Error; e != nil && e.Code != "" {
		raw := rawText(e)
		for _, part := range []string{e.Code, e.EC, e.RequestID} {
			if !strings.Contains(raw, part) {
				t.Errorf("behind Details: %q, without %q", raw, part)
			}
		}
	}
}

// picture saves what the window looks like, if that is wanted.
func (h *harness) picture(name string) {
	h.Helper()
	dir := os.Getenv(galleryDir)
	if dir == "" {
		return
	}
	file, err := os.Create(filepath.Join(dir, strings.ReplaceAll(name, " ", "-")+".png"))
	if err != nil {
		h.Fatal(err)
	}
	if err := png.Encode(file, h.u.win.Canvas().Capture()); err != nil {
		h.Fatal(err)
	}
	if err := file.Close(); err != nil {
		h.Fatal(err)
	}
}

func TestSupportInformationIsCopiedAndSaved(t *testing.T) {
	h := withRows(t, transfer.StatusFailed)
	h.u.c.LogTail = func(int64) ([]byte, error) { return []byte("level=WARN Authorization: hush hush\n"), nil }
	h.u.main.list.Select(1)
	h.until("the details are shown", func() bool { return h.u.main.details.id == 1 })
	h.u.copySupport()
	h.until("it is copied", func() bool { return strings.Contains(h.u.app.Clipboard().Content(), "Upload 1") })
	copied := h.u.app.Clipboard().Content()
	if !strings.Contains(copied, "level=WARN") || strings.Contains(copied, "hush") || strings.Contains(copied, "LTAI1\n") {
		t.Errorf("copied:\n%s", copied)
	}
	h.u.saveSupport()
	h.until("it is saved", func() bool {
		found, err := filepath.Glob(filepath.Join(h.u.c.DataDir, "partway-support-*.zip"))
		return err == nil && len(found) == 1
	})
}

// A file of 10,000 parts has its strip in cells that each stand for a group, which is told
// with its bytes and states, by the pointer and by the keyboard alike.
func TestTheMapOfTenThousandParts(t *testing.T) {
	big := scene{name: "10,000 parts", status: transfer.StatusPaused, set: func(u *transfer.Upload) {
		u.Intent = transfer.IntentPause
		u.File.Size, u.Plan = 10_000<<20, transfer.Plan{PartSize: 1 << 20, Parts: 10_000}
	}}
	h := big.show(t, text.English, look.ModeLight)
	h.picture("10,000 parts")
	o := h.u.main.details.overview
	if o.pointed.Visible() {
		t.Error("a part is told of without being pointed at")
	}
	o.strip.FocusGained()
	o.strip.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	words := o.pointed.Text
	if !o.pointed.Visible() || !strings.HasPrefix(words, "Parts ") || !strings.Contains(words, " done, 0 in flight, ") || o.legend.Visible() {
		t.Errorf("the second cell is told as %q", words)
	}
	o.strip.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
	o.strip.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	parts := h.u.main.details.parts
	if parts.chosen < 9_900 || parts.chosen > 10_000 || h.u.main.details.tabs.SelectedIndex() != int(tabParts) {
		t.Errorf("Enter on the last cell shows part %d", parts.chosen)
	}
	if parts.count() != 10_000 || parts.list.GetScrollOffset() < 9_000*partLineHeight {
		t.Errorf("the table has %d lines and is scrolled to %v", parts.count(), parts.list.GetScrollOffset())
	}
	h.picture("10,000 parts in the table")
	o.strip.FocusLost()
	if o.pointed.Visible() || !o.legend.Visible() {
		t.Error("the legend does not come back")
	}
}
