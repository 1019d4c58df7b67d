package ui

import (
	"context"

	"partway/transfer"
	"partway/ui/format"
	"partway/ui/text"
)

// selection is what is selected in the list.
func (u *UI) selection() transfer.Selection { return u.chosen(u.main.list.Selected()) }

// chosen selects entries of the list as it is filtered.
func (u *UI) chosen(entries []transfer.ID) transfer.Selection {
	return transfer.Chosen(u.pump.filter(), entries...)
}

// run carries out a command of the engine, which takes no time, and has its effect shown.
func (u *UI) run(what string, command func() error) {
	if err := command(); err != nil {
		u.showError(what, err)
	}
	u.pump.hurry()
}

func (u *UI) startSelected() {
	if u.main.allowed.Start {
		u.resume(u.selection())
	}
}

func (u *UI) startAll() { u.resume(transfer.Everything()) }

func (u *UI) resume(s transfer.Selection) {
	u.run(text.T("The uploads could not be started."), func() error { return u.c.Engine.Resume(s) })
}

func (u *UI) pauseSelected() {
	if u.main.allowed.Pause {
		u.hold(u.selection())
	}
}

func (u *UI) pauseAll() { u.hold(transfer.Everything()) }

func (u *UI) hold(s transfer.Selection) {
	u.run(text.T("The uploads could not be paused."), func() error { return u.c.Engine.Pause(s) })
}

func (u *UI) abortSelected() {
	if u.main.allowed.Abort {
		u.confirmLoss(u.selection(), u.askAbort)
	}
}

func (u *UI) abortAll() {
	u.confirmLoss(transfer.Everything(), u.askAbort)
}

// removeSelected takes rows off the list; it asks only if some are not finished.
func (u *UI) removeSelected() {
	if !u.main.allowed.Remove || u.topModal() != nil {
		return
	}
	s := u.selection()
	if !u.main.unsettled {
		u.discard(s)
		return
	}
	u.confirmLoss(s, u.askRemove)
}

func (u *UI) removeCompleted() {
	u.discard(transfer.Selection{Filter: transfer.Filter{Group: transfer.GroupCompleted}})
}

func (u *UI) discard(s transfer.Selection) {
	u.run(text.T("The uploads could not be removed."), func() error { return u.c.Engine.Remove(s) })
}

// loss is what giving up a selection would lose.
type loss struct {
	of     transfer.Selection
	folder string // its name, if it is one folder
	transfer.Loss
}

// confirmLoss works out what giving up a selection would lose, and has ask say it.
func (u *UI) confirmLoss(s transfer.Selection, ask func(loss)) {
	if u.topModal() != nil {
		return
	}
	load(u, u.ctx, func(ctx context.Context) (loss, error) {
		lost, err := u.c.Journal.Unfinished(ctx, s)
		l := loss{of: s, Loss: lost}
		if err != nil || len(s.IDs) > 0 || len(s.Folders) != 1 {
			return l, err
		}
		folders, err := u.c.Journal.Folders(ctx, s.Folders, s.Filter)
		if len(folders) == 1 {
			l.folder = format.Name(folders[0].Name)
		}
		return l, err
	}, func(l loss, err error) {
		if err != nil {
			u.showError(text.T("The list could not be read."), err)
			return
		}
		if u.topModal() == nil {
			ask(l)
		}
	})
}

// words says how many uploaded bytes are lost.
func (l loss) words() string {
	if l.Begun == 0 || l.Bytes == 0 {
		return text.T("Nothing of the unfinished files has been uploaded yet, so no uploaded data is lost.")
	}
	return text.N("1 upload has {{.Size}} on OSS that are dropped and would have to be sent again.",
		"{{.Count}} uploads have {{.Size}} on OSS that are dropped and would have to be sent again.",
		l.Begun, text.Args{"Size": format.Bytes(l.Bytes)})
}

func (u *UI) askAbort(l loss) {
	if l.Unfinished == 0 { // more is selected than was judged, or nothing is listed
		u.notices.add(Notice{words: func() string { return text.T("There is nothing to abort: none of these uploads is unfinished.") }})
		return
	}
	title := text.T("Abort all uploads?")
	switch all := l.of.IDs == nil && l.of.Folders == nil; {
	case l.folder != "":
		title = text.N("Abort 1 upload of the folder {{.Folder}}?", "Abort {{.Count}} uploads of the folder {{.Folder}}?",
			l.Unfinished, text.Args{"Folder": l.folder})
	case !all:
		title = text.N("Abort 1 upload?", "Abort {{.Count}} uploads?", l.Unfinished)
	}
	u.ask(question{
		title: title, confirm: text.T("Abort"), danger: true,
		words: l.words() + "\n\n" + text.T("Your files on this computer stay as they are."),
		do: func() {
			u.run(text.T("The uploads could not be aborted."), func() error { return u.c.Engine.Abort(l.of) })
		},
	})
}

func (u *UI) askRemove(l loss) {
	if l.Unfinished == 0 {
		u.discard(l.of)
		return
	}
	title := text.N("Remove 1 upload from the list?", "Remove {{.Count}} uploads from the list?", l.Rows)
	if l.folder != "" {
		title = text.N("Remove the folder {{.Folder}} with 1 upload from the list?",
			"Remove the folder {{.Folder}} with {{.Count}} uploads from the list?", l.Rows, text.Args{"Folder": l.folder})
	}
	q := question{
		title:   title,
		confirm: text.T("Remove"), danger: true,
		words: text.Sentences(text.T("Unfinished uploads are aborted first."), l.words()) + "\n\n" +
			text.T("Objects that are complete on OSS, and your files on this computer, stay as they are."),
		do: func() { u.discard(l.of) },
	}
	if l.Begun > 0 {
		q.words = text.N("1 of them has {{.Size}} on OSS. What shall become of it?", "{{.Count}} of them have {{.Size}} on OSS. What shall become of it?",
			l.Begun, text.Args{"Size": format.Bytes(l.Bytes)}) + "\n\n" +
			text.T("Abort: the parts are deleted from OSS for good.") + "\n" +
			text.T("Keep for later: the parts stay on OSS, and cost money there. File, Unfinished uploads on OSS, finishes or aborts them.") + "\n" +
			text.T("Finish: the uploads go on, and the rows stay until they are done.")
		q.confirm = text.T("Abort and remove")
		q.others = []alternative{
			{text.T("Finish"), func() { u.resume(l.of) }},
			{text.T("Keep for later"), func() { u.keepParts(l.of) }},
		}
	}
	u.ask(q)
}

// keepParts takes rows off the list, and leaves on OSS what is there of them.
func (u *UI) keepParts(s transfer.Selection) {
	u.act(func(ctx context.Context) error { return u.c.Engine.Keep(ctx, s) }, func(err error) {
		if err != nil {
			u.showError(text.T("The uploads could not be removed."), err)
		}
		u.pump.hurry()
	})
}

func (u *UI) uploadSelectedAgain() {
	if !u.main.allowed.Again {
		return
	}
	ids, _ := entriesOf(u.main.list.Selected())
	u.uploadAgain(ids)
}

// resolve answers conflicts.
func (u *UI) resolve(s transfer.Selection, r transfer.Resolution) {
	u.run(text.T("The conflict could not be settled."), func() error { return u.c.Engine.Resolve(inNeed(s), r) })
}

// newVersion takes changed files as they are now.
func (u *UI) newVersion(s transfer.Selection) {
	u.run(text.T("The new version could not be taken."), func() error { return u.c.Engine.NewVersion(inNeed(s)) })
}

// skip ends changed and missing files without uploading them.
func (u *UI) skip(s transfer.Selection) {
	u.run(text.T("The files could not be skipped."), func() error { return u.c.Engine.Skip(inNeed(s)) })
}

// inNeed leaves out what of folders needs no answer: rows are read one by one to be answered.
func inNeed(s transfer.Selection) transfer.Selection {
	if len(s.Folders) > 0 && (s.Filter.Group == "" || s.Filter.Group == transfer.GroupAll) {
		s.Filter.Group = transfer.GroupAttention
	}
	return s
}
