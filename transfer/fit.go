package transfer

import (
	"context"
	"errors"
	"os"
	"slices"
)

// FitState tells what becomes of a part that OSS holds of an upload that is to be adopted.
type FitState int

// The states of parts on OSS beside a file.
const (
	FitOther FitState = iota // its bytes are not the file's, or not where they could be
	FitSpare                 // its bytes are the file's, but no plan that OSS takes has it beside the others
	FitKept                  // proved, and part of the plan
)

// FitPart is a part on OSS, and its place in the file.
type FitPart struct {
	StoredPart
	Offset int64 // where its bytes were found; -1 where they were not
	State  FitState
}

// Fit is what comparing the parts of an upload with a file's bytes led to.
type Fit struct {
	File   Identity  // the file that was read
	Stored int       // parts on OSS
	Parts  []FitPart // all of these, ascending
	Plan   Plan      // how the file is sent: the parts that are kept, and what is missing
	Keep   []Part    // the parts that are not sent again
	Taken  bool      // the key has an object already, which is not replaced without asking
}

// KeptBytes is the size of what need not be sent.
func (f *Fit) KeptBytes() (sum int64) {
	for _, p := range f.Keep {
		sum += p.Size
	}
	return sum
}

// Count counts the parts on OSS by what becomes of them.
func (f *Fit) Count(s FitState) (n int) {
	for _, p := range f.Parts {
		if p.State == s {
			n++
		}
	}
	return n
}

// FitFile compares the parts that OSS holds of an upload with a file's bytes, and makes the
// plan that sends only what is missing. progress, if not nil, is told how many bytes were
// read of about how many. A file that no part is of is an Error of CodeNothingFits.
func (m *Manager) FitFile(ctx context.Context, to Target, uploadID, path string, progress func(read, of int64)) (Fit, error) {
	store, err := m.openStore(ctx, to)
	if err != nil {
		return Fit{}, err
	}
	defer store.Close()
	stored, err := listAll(ctx, store, &Upload{To: to, UploadID: uploadID}, nil)
	if err != nil {
		return Fit{}, err
	}
	file, id, err := openFit(path)
	if err != nil {
		return Fit{}, err
	}
	defer file.Close() //nolint:errcheck // it was only read
	before, _, err := headIfAllowed(ctx, store, to.Key)
	if err != nil {
		return Fit{}, err
	}
	fit, err := fitParts(ctx, fitting{file: file, path: path, id: id, progress: progress}, stored)
	if err != nil {
		return Fit{}, err
	}
	if err := verifySource(file, path, true, id); err != nil {
		return Fit{}, err
	}
	fit.Taken = before.Exists
	if len(fit.Keep) > 0 || fit.Stored == 0 {
		return fit, nil
	}
	refused := &Error{Kind: KindPermanent, Op: "adopt", Path: path, Bucket: to.Bucket, Key: to.Key, Code: CodeNothingFits}
	refused.Err = errors.New("no part on OSS has bytes of this file")
	if fit.Count(FitSpare) > 0 {
		refused.Code, refused.Err = CodeNoLegalPlan, errors.New("parts on OSS have bytes of this file, but OSS would not join them with what is missing")
	}
	return fit, refused
}

// fitting is a file that parts are compared with.
type fitting struct {
	file     *os.File
	path     string
	id       Identity
	progress func(read, of int64)
	read, of int64
	tried    map[attempt]bool
}

// attempt is a part and a place that it was compared with.
type attempt struct {
	number int
	offset int64
}

// fitParts proves the parts, and plans by what was proved.
func fitParts(ctx context.Context, f fitting, stored []StoredPart) (Fit, error) {
	slices.SortStableFunc(stored, func(a, b StoredPart) int { return a.Number - b.Number })
	f.tried = map[attempt]bool{}
	fit := Fit{File: f.id, Stored: len(stored), Parts: make([]FitPart, len(stored))}
	proved := make([]Part, len(stored))
	for i, s := range stored {
		fit.Parts[i] = FitPart{StoredPart: s, Offset: -1}
		f.of += s.Size
	}
	common := commonSize(stored)
	if err := f.place(ctx, fit.Parts, proved, common); err != nil {
		return Fit{}, err
	}
	kept, pieces := planAround(f.id.Size, proved, common)
	for i := range fit.Parts {
		if fit.Parts[i].Offset >= 0 {
			fit.Parts[i].State = FitSpare
		}
	}
	for _, i := range kept {
		fit.Parts[i].State = FitKept
		fit.Keep = append(fit.Keep, proved[i])
	}
	var err error
	fit.Plan, err = PlanOf(f.id.Size, pieces)
	return fit, err
}

// commonSize is the size that most parts have, of those that may be cut by it: the last part
// is smaller in most uploads.
func commonSize(stored []StoredPart) int64 {
	counts := map[int64]int{}
	for _, s := range stored {
		counts[s.Size]++
	}
	best := int64(0)
	for size, n := range counts {
		if size < MinPartSize || size > MaxPartSize {
			continue
		}
		if b := counts[best]; best == 0 || n > b || n == b && size > best {
			best = size
		}
	}
	if best == 0 {
		return plainPartSize
	}
	return best
}

// place finds where in the file the parts' bytes are: where a program would have put them
// first, then anywhere between those that were found.
func (f *fitting) place(ctx context.Context, parts []FitPart, proved []Part, common int64) error {
	for i := range parts {
		for _, offset := range f.guesses(parts, i, common) {
			if err := f.prove(ctx, &parts[i], &proved[i], offset); err != nil {
				return err
			}
			if parts[i].Offset >= 0 {
				break
			}
		}
	}
	// Backwards: what lies before a part whose place is known.
	end, number := f.id.Size, MaxParts+1
	for i := len(parts) - 1; i >= 0; i-- {
		p := &parts[i]
		if p.Offset < 0 && (i == len(parts)-1 || p.Number == number-1) {
			if err := f.prove(ctx, p, &proved[i], end-p.Size); err != nil {
				return err
			}
		}
		if number = p.Number; p.Offset >= 0 {
			end = p.Offset
		} else {
			number = -1
		}
	}
	return f.search(ctx, parts, proved, common)
}

// guesses lists where the bytes of a part may begin: by its number, where all have one size;
// behind the part before it; and there with room for the numbers that are missing.
func (f *fitting) guesses(parts []FitPart, i int, common int64) []int64 {
	p := &parts[i]
	before, number := int64(0), 0
	for j := i - 1; j >= 0; j-- {
		if parts[j].Offset >= 0 {
			before, number = parts[j].Offset+parts[j].Size, parts[j].Number
			for _, other := range parts[j+1 : i] { // parts that were not found have a size still
				before += other.Size
				number = other.Number
			}
			break
		}
	}
	missing := int64(p.Number - number - 1)
	list := []int64{int64(p.Number-1) * common, before + missing*common, before + missing*p.Size, before}
	slices.Sort(list[1:])
	return list
}

// prove compares a part with the file's bytes at an offset, once: guesses often agree.
func (f *fitting) prove(ctx context.Context, p *FitPart, proved *Part, offset int64) error {
	at := attempt{p.Number, offset}
	if offset < 0 || p.Size <= 0 || offset+p.Size > f.id.Size || f.tried[at] {
		return nil
	}
	f.tried[at] = true
	d, err := digestRange(ctx, newSection(f.file, f.path, offset, p.Size), true, f.tell)
	if err != nil {
		return err
	}
	if _, err := proveDigests(d, Digest{CRC64: p.CRC64, HasCRC: p.HasCRC}, p.ETag, true); err != nil {
		return nil //nolint:nilerr // not here
	}
	p.Offset = offset
	*proved = Part{Number: p.Number, Offset: offset, Size: p.Size, ETag: p.ETag, CRC64: d.CRC64, MD5: d.MD5}
	return nil
}

func (f *fitting) tell(n int) {
	f.read += int64(n)
	if f.progress != nil {
		f.progress(f.read, max(f.of, f.read))
	}
}
