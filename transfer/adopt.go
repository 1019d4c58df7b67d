package transfer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// ErrInQueue is the cause of a refusal to adopt an upload that the queue has already.
var ErrInQueue = errors.New("the list has this upload already")

// BegunUpload is an upload ID that the journal knows.
type BegunUpload struct {
	Upload   ID // 0 if its row was removed, and the parts kept
	Key      string
	UploadID string
	Doubt    bool   // it may be ours: the answer to its Initiate was lost
	Kept     bool   // its row was removed, and its parts stay on OSS
	Path     string // of its file, as far as that is known
}

// Adoption is an upload that another program began, with what was proved of it.
type Adoption struct {
	To       Target
	UploadID string
	Path     string // of the file on this computer, absolute
	Policy   Policy // for an object that has the key; the zero value: PolicySkipSame
	Fit      Fit
}

// Adopt makes an upload that another program began one of the queue's: its row, its upload
// ID, its plan and the parts that were proved become durable as one fact, before anything is
// sent. From then on it is an upload like any other.
func (m *Manager) Adopt(ctx context.Context, a Adoption) (ID, error) {
	now := m.now()
	if err := a.check(now); err != nil {
		return 0, err
	}
	if a.Policy == "" {
		a.Policy = PolicySkipSame
	}
	b := Batch{Roots: []string{a.Path}, To: a.To.folder(), Policy: a.Policy, Scanned: true, Created: now}
	u := Upload{
		Path: a.Path, Name: shownName(filepath.Base(a.Path)), File: a.Fit.File, To: a.To, Policy: a.Policy, Plan: a.Fit.Plan,
		Intent: IntentRun, Phase: PhaseUploading, UploadID: a.UploadID, Sealed: true, Initiated: now, Claims: true, Created: now,
	}
	id, err := m.journal.Adopt(ctx, b, u, a.Fit.Keep)
	if KindOf(err) == KindStorage {
		return 0, errors.Join(err, m.do(func() { m.halt("adopt an upload", err) }))
	}
	if err != nil {
		return 0, err
	}
	return id, m.do(func() { m.more = true })
}

// check refuses what the engine could not complete, and a file that is not the one whose
// bytes were compared.
func (a *Adoption) check(now time.Time) error {
	refuse := func(code string, err error) error {
		return &Error{Kind: KindPermanent, Op: "adopt", Path: a.Path, Bucket: a.To.Bucket, Key: a.To.Key, Code: code, Err: err}
	}
	switch {
	case a.UploadID == "" || a.To.Bucket == "" || a.To.Key == "":
		return refuse("", errors.New("it is not said which upload"))
	case a.Fit.Plan.Single() || len(a.Fit.Keep) == 0 && a.Fit.Stored > 0:
		return refuse(CodeNothingFits, errors.New("no part on OSS can be kept"))
	}
	f, id, err := openSource(a.Path, true)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // it was only read
	if a.Fit.File.compare(id) != sameFile {
		return changeError(a.Path, a.Fit.File, id)
	}
	if settling(id, now) > 0 {
		return refuse("", errors.New("the file is still being written to"))
	}
	return nil
}

// openFit opens the file that an upload's parts are to be compared with.
func openFit(path string) (*os.File, Identity, error) {
	f, id, err := openSource(path, true)
	if err != nil {
		return nil, Identity{}, err
	}
	if id.Size == 0 || id.Size > MaxObjectSize {
		f.Close() //nolint:errcheck // it was only read
		return nil, Identity{}, &Error{Kind: KindPermanent, Op: "adopt", Path: path, Code: CodeNothingFits, Err: fmt.Errorf("a file of %d bytes has no parts", id.Size)}
	}
	return f, id, nil
}
