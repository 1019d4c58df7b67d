package ui

import (
	"context"
	"fmt"
	"path"
	"path/filepath"
	"sync/atomic"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/transfer/fragment"
	"partway/ui/format"
	"partway/ui/text"
)

// mayFinish tells whether what is selected can be finished with a file: one upload that is
// not in the list already.
func (v *fragmentsView) mayFinish(chosen []fragment.Fragment) bool {
	return len(chosen) == 1 && chosen[0].Origin != fragment.OriginOurs
}

// finish asks for the file of the upload that is selected.
func (v *fragmentsView) finish() {
	chosen := v.table.chosen()
	switch {
	case len(chosen) == 1 && chosen[0].Row != 0:
		v.showRow(chosen[0].Row)
	case v.stop == nil && v.mayFinish(chosen):
		v.openAdopt(chosen[0], chosen[0].Path)
	}
}

// showRow leaves for a row of the list.
func (v *fragmentsView) showRow(id transfer.ID) {
	u := v.u
	v.close()
	u.main.list.Select(id)
	u.pump.poke()
}

// dropped takes a file that was dropped on an upload, on the table while one is selected, or on
// the dialog that asks for it.
func (v *fragmentsView) dropped(at fyne.Position, uris []fyne.URI) bool {
	if len(uris) != 1 || uris[0].Scheme() != "file" || v.stop != nil {
		return false
	}
	file := filepath.Clean(uris[0].Path())
	switch v.u.topModal() {
	case v.modal:
	case v.finishing.modal:
		v.finishing.take(file)
		return true
	default:
		return false
	}
	if i := v.table.rowAt(at); i >= 0 {
		v.table.goTo(i, false, false)
	}
	chosen := v.table.chosen()
	if !v.mayFinish(chosen) {
		return false
	}
	v.openAdopt(chosen[0], file)
	return true
}

// adoptDialog matches an unfinished upload with a file, and finishes it.
type adoptDialog struct {
	*modal
	u    *UI
	to   transfer.Target
	f    fragment.Fragment
	path *entry
	ctx  context.Context //nolint:containedctx // ends with the dialog
	end  context.CancelFunc

	stop     context.CancelFunc // ends the comparison under way
	said     *widget.Label
	bar      *widget.ProgressBar
	problem  *fyne.Container
	compare  *button
	parts    *button
	find     *button
	choose   *button
	start    *button
	compared string // the path that fit is of
	fit      transfer.Fit
}

func (v *fragmentsView) openAdopt(f fragment.Fragment, file string) {
	u, to := v.u, v.of
	to.Key = f.Key
	d := &adoptDialog{modal: u.newModal(text.T("Finish an upload with a file"), 660), u: u, to: to, f: f}
	d.ctx, d.end = context.WithCancel(u.ctx)
	v.finishing = d
	d.onClose = func() {
		d.end()
		if v.open() {
			u.win.Canvas().Focus(v.table)
		}
	}
	d.makeFields()
	d.setContent(d.layout(), []*button{d.parts}, newButton(d, text.T("Cancel"), nil, d.close), d.start)
	d.show(d.path)
	if file != "" {
		d.take(file)
	}
}

// take compares a file, unless another is being compared.
func (d *adoptDialog) take(file string) {
	if d.stop != nil {
		return
	}
	d.path.SetText(file)
	d.check()
}

func (d *adoptDialog) makeFields() {
	d.path = newEntry(d, text.T("Type a path, or drop the file here"))
	d.path.OnChanged = func(string) { d.changed() }
	d.choose = newButton(d, text.T("Choose…"), theme.FileIcon(), d.pick)
	d.find = newButton(d, text.T("Find in a folder…"), theme.SearchIcon(), d.findIn)
	d.compare = newButton(d, text.T("Compare"), nil, d.check)
	d.parts = newButton(d, text.T("Show the parts…"), nil, d.showParts)
	d.start = newButton(d, text.T("Finish the upload"), theme.UploadIcon(), d.enterPressed)
	d.said = wrapped(text.T("Partway compares each part that OSS holds with the file's bytes. What fits is kept, and only what is missing is sent. Nothing on OSS changes until you start."))
	d.bar = widget.NewProgressBar()
	d.bar.Hide()
	d.problem = container.NewVBox()
	d.parts.Hide()
	d.changed()
}

func (d *adoptDialog) layout() fyne.CanvasObject {
	what := widget.NewLabel(ossURI(transfer.Target{Bucket: d.to.Bucket, Key: format.Name(d.f.Key)}))
	what.Truncation = fyne.TextTruncateEllipsis
	begun := widget.NewLabel(d.begunWords())
	begun.Truncation = fyne.TextTruncateEllipsis
	return container.NewVBox(
		formOf(row(text.T("Upload"), what), row(text.T("On OSS"), begun), row(text.T("File"), d.path)),
		container.NewHBox(d.choose, d.find, d.compare),
		d.said, d.bar, d.problem)
}

func (d *adoptDialog) begunWords() string {
	args := text.Args{"When": format.Minute(d.f.Initiated), "Size": format.Bytes(d.f.Size.Bytes)}
	if !d.f.Measured {
		return text.T("begun {{.When}}", args)
	}
	return text.N("1 part, {{.Size}}, begun {{.When}}", "{{.Count}} parts, {{.Size}}, begun {{.When}}", d.f.Size.Parts, args)
}

// changed is told that the path, or what is known of it, changed.
func (d *adoptDialog) changed() {
	ready := d.path.Text != "" && d.compared == d.path.Text
	enable(d.start, d.stop == nil && (ready || d.path.Text != ""))
	enable(d.compare, d.path.Text != "")
	if ready {
		d.start.SetText(text.T("Finish the upload"))
		d.start.SetIcon(theme.UploadIcon())
	} else {
		d.start.SetText(text.T("Compare"))
		d.start.SetIcon(nil)
	}
	if d.stop != nil {
		d.compare.SetText(text.T("Stop"))
	} else {
		d.compare.SetText(text.T("Compare"))
	}
	d.compare.Hidden = d.stop == nil
	d.parts.Hidden = !ready || d.fit.Stored == 0
	d.parts.Refresh()
	d.compare.Refresh()
}

// enterPressed compares, and once that is done, finishes.
func (d *adoptDialog) enterPressed() {
	if d.compared != d.path.Text {
		d.check()
		return
	}
	d.adopt()
}

// pick asks for the file.
func (d *adoptDialog) pick() {
	load(d.u, d.ctx, func(ctx context.Context) ([]string, error) {
		return d.u.picker.Files(ctx, text.T("Choose the file of the upload"))
	}, func(paths []string, err error) {
		switch {
		case err != nil:
			d.u.showError(text.T("Files could not be chosen."), err)
		case len(paths) > 0 && d.open():
			d.take(paths[0])
		}
	})
}

// check compares the parts with the file, or stops that.
func (d *adoptDialog) check() {
	if d.stop != nil {
		d.stop()
		return
	}
	file := d.path.Text
	if file == "" {
		return
	}
	var ctx context.Context
	ctx, d.stop = context.WithCancel(d.ctx)
	d.compared, d.fit = "", transfer.Fit{}
	d.problem.RemoveAll()
	d.bar.SetValue(0)
	d.bar.Show()
	d.path.Disable()
	d.changed()
	d.fitHeight()
	var told atomic.Int64
	progress := func(read, of int64) {
		fraction := format.Fraction(read, of)
		if percent := int64(fraction * 100); told.Swap(percent) != percent {
			d.u.do(func() { d.bar.SetValue(fraction) })
		}
	}
	load(d.u, d.ctx, func(context.Context) (transfer.Fit, error) {
		return d.u.c.Engine.FitFile(ctx, d.to, d.f.UploadID, file, progress)
	}, func(fit transfer.Fit, err error) {
		d.stop()
		d.stop = nil
		d.bar.Hide()
		d.path.Enable()
		d.fit = fit
		switch {
		case transfer.KindOf(err) == transfer.KindCanceled:
		case err != nil:
			d.problem.Add(d.explain(transfer.AsError(err)))
		default:
			d.compared = file
			setText(d.said, text.Sentences(fitWords(&fit), d.nameWords(file), takenWords(&fit)))
		}
		d.changed()
		d.fitHeight()
	})
}

// explain says why a file cannot finish the upload. The usual hints on files are for rows of
// the list, which go on by themselves.
func (d *adoptDialog) explain(e *transfer.Error) fyne.CanvasObject {
	sentence, hint := text.Problem(e)
	if e.Kind == transfer.KindSource {
		hint = text.T("Choose a file that can be read and stays as it is.")
	}
	box := container.NewVBox(d.u.explained(d, sentence, hint, e))
	if v := d.u.fragments; v != nil && (e.Code == transfer.CodeNothingFits || e.Code == transfer.CodeNoLegalPlan) {
		box.Add(container.NewHBox(newButton(d, text.T("Abort…"), nil, func() {
			d.close()
			v.abort()
		})))
	}
	return box
}

// nameWords tells of a file that is named otherwise than the object.
func (d *adoptDialog) nameWords(file string) string {
	name := path.Base(d.f.Key)
	if filepath.Base(file) == name {
		return ""
	}
	return text.T("The object keeps the name {{.Name}}.", text.Args{"Name": format.Name(name)})
}

// takenWords tells of an object that is in the way.
func takenWords(f *transfer.Fit) string {
	if !f.Taken {
		return ""
	}
	return text.T("An object has this key already: once all is sent, the row asks before it replaces it.")
}

// fitHeight makes room for what is said.
func (d *adoptDialog) fitHeight() {
	if d.open() {
		d.modal.fit()
	}
}

// fitWords says what a comparison came to.
func fitWords(f *transfer.Fit) string {
	kept := f.KeptBytes()
	args := text.Args{
		"Kept": format.Bytes(kept), "Send": format.Bytes(f.File.Size - kept), "Size": format.Bytes(f.File.Size),
		"Fit": format.Count(int64(len(f.Keep))), "Parts": format.Count(int64(f.Plan.Parts - len(f.Keep))),
	}
	if f.Stored == 0 {
		return text.T("OSS holds no part of this upload yet: all of the file is sent, {{.Size}}.", args)
	}
	words := text.N("The 1 part on OSS fits: {{.Kept}} need not be sent.", "{{.Fit}} of {{.Count}} parts on OSS fit: {{.Kept}} need not be sent.", f.Stored, args)
	if n := f.Count(transfer.FitOther); n > 0 {
		words = text.Sentences(words, text.N("1 part has other bytes: the file may have changed since.", "{{.Count}} parts have other bytes: the file may have changed since.", n))
	}
	if n := f.Count(transfer.FitSpare); n > 0 {
		words = text.Sentences(words, text.N("1 part is of the file, but OSS would not join it with the others.", "{{.Count}} parts are of the file, but OSS would not join them with the others.", n))
	}
	if f.File.Size == kept {
		return text.Sentences(words, text.T("Nothing is missing: the upload only has to be completed."))
	}
	words = text.Sentences(words, text.T("To be sent: {{.Send}} in {{.Parts}} parts.", args))
	return text.Sentences(words, text.T("Content type and storage class stay as the other program chose them."))
}

// showParts lists what became of each part.
func (d *adoptDialog) showParts() {
	words := map[transfer.FitState]string{
		transfer.FitKept: text.T("kept"), transfer.FitOther: text.T("other bytes"), transfer.FitSpare: text.T("fits, but cannot be joined"),
	}
	var findings []finding
	for _, p := range d.fit.Parts {
		where := format.None
		if p.Offset >= 0 {
			where = rangeText(p.Offset, p.Size)
		}
		findings = append(findings, finding{
			name: fmt.Sprintf("%d · %s · %s", p.Number, format.Bytes(p.Size), where), what: words[p.State],
		})
	}
	d.u.showFindings(text.T("Parts on OSS, and the file"), findings, d.path)
}

// adopt makes the upload the queue's, and shows its row.
func (d *adoptDialog) adopt() {
	a := transfer.Adoption{To: d.to, UploadID: d.f.UploadID, Path: d.compared, Fit: d.fit}
	d.start.Disable()
	u := d.u
	load(u, u.ctx, func(ctx context.Context) (transfer.ID, error) { return u.c.Engine.Adopt(ctx, a) },
		func(id transfer.ID, err error) {
			if err != nil {
				d.problem.RemoveAll()
				d.problem.Add(d.explain(transfer.AsError(err)))
				d.changed()
				d.fitHeight()
				return
			}
			d.close()
			if v := u.fragments; v != nil {
				v.close()
			}
			u.adopted(id)
		})
}

// adopted tells that an upload is the queue's now.
func (u *UI) adopted(id transfer.ID) {
	u.pump.hurry()
	u.notices.add(Notice{
		words: func() string {
			return text.T("The upload is in the list now. What was proved is not sent again.")
		},
		next: func(u *UI, dismiss func()) fyne.CanvasObject {
			return newButton(u.main, text.T("Show"), nil, func() {
				u.main.list.Select(id)
				dismiss()
			})
		},
	})
}
