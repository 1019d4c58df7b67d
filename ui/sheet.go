package ui

import (
	"context"
	"errors"
	"image/color"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/ui/format"
	"partway/ui/text"
)

// sheet asks where dropped files go. What is dropped while it is open joins it.
type sheet struct {
	*modal
	*destination
	u       *UI
	what    proposal
	survey  *survey
	checkup *checkup

	tally    *widget.Label // how much it is
	odd      *widget.Label // what of it is not sent
	existing *widget.Label // what is there already
	list     *button       // shows the files that odd and existing speak of
	policy   *choice
	options  *sheetOptions
	ignore   *entry
	paused   *tick
	goes     *widget.Label // where the first file will be
	message  *widget.Label
	start    *button

	fitted float32 // the content's height that the dialog was fitted to
	adding bool
}

func (u *UI) openSheet(p proposal) {
	s := &sheet{modal: u.newModal("", 660), u: u, what: proposal{policy: p.policy, to: p.to}}
	u.sheet = s
	s.survey = u.newSurvey(s.showSurvey)
	s.checkup = newCheckup(s)
	s.makeFields(p)
	cancel := newButton(s, text.T("Cancel"), nil, s.close)
	s.start = newButton(s, text.T("Start"), theme.UploadIcon(), s.confirm)
	s.paused.SetChecked(u.prefs.AddPaused)
	s.onClose = func() {
		s.survey.close()
		s.checkup.stop()
		u.sheet = nil
	}
	s.setContent(s.layout(), []*button{s.checkup.more}, cancel, s.start)
	s.setAccounts(u.accounts)
	s.join(p)
	s.show(s.bucket)
	s.u.win.Canvas().Focus(s.prefix)
}

func (s *sheet) makeFields(p proposal) {
	s.tally = widget.NewLabel("")
	s.tally.Truncation = fyne.TextTruncateEllipsis
	s.odd, s.existing, s.goes = caption(), caption(), caption()
	s.list = newButton(s, text.T("Show…"), nil, s.showList)
	s.list.Hide()
	s.destination = s.u.newDestination(s, p.to, s.check)
	policies := make([]string, 0, len(transfer.Policies))
	for _, p := range transfer.Policies {
		policies = append(policies, text.Policy(p))
	}
	s.policy = newChoice(s, policies, nil)
	s.policy.SetSelectedIndex(index(transfer.Policies, s.what.policy))
	s.options = newSheetOptions(s)
	s.ignore = newEntry(s, text.T("Names in folders, as .DS_Store, *.tmp, cache/"))
	s.ignore.SetText(ignoreText(s.u.c.Settings))
	s.ignore.OnChanged = func(string) { s.recount() }
	s.paused = newTick(s, text.T("Add paused, to be started later"), func(on bool) {
		if on {
			s.start.SetText(text.T("Add paused"))
		} else {
			s.start.SetText(text.T("Start"))
		}
	})
	s.message = wrapped("")
	s.message.Importance = widget.DangerImportance
	s.message.Hide()
}

// ignoreText is the patterns as they are typed.
func ignoreText(s transfer.Settings) string {
	patterns := s.Ignore
	if patterns == nil {
		patterns = transfer.DefaultIgnore()
	}
	return strings.Join(patterns, ", ")
}

// caption is a small line that wraps.
func caption() *widget.Label {
	l := wrapped("")
	l.SizeName = theme.SizeNameCaptionText
	return l
}

func (s *sheet) layout() fyne.CanvasObject {
	rows := append(s.rows(),
		row(text.T("If it exists"), s.policy),
		row(text.T("Object"), s.options.content()),
		row(text.T("Leave out"), s.ignore),
		row("", s.paused))
	room := canvas.NewRectangle(color.Transparent) // kept while there is nothing to show
	room.SetMinSize(s.list.MinSize())
	found := container.NewBorder(nil, nil, nil, container.NewVBox(container.NewStack(room, s.list)), container.NewVBox(s.existing, s.odd))
	return container.NewVBox(s.tally, found, formOf(rows...), s.goes, s.checkup.words, s.message)
}

// join adds what was dropped meanwhile.
func (s *sheet) join(p proposal) {
	s.what.join(p)
	if p.to.Bucket != "" {
		s.want = p.to
		s.chooseAccount(0)
	}
	setText(s.title, text.T("Upload: {{.Names}}", text.Args{"Names": namesOf(s.what.paths)}))
	s.recount()
}

// recount counts what was dropped, by the patterns as they are now.
func (s *sheet) recount() {
	if patterns, err := transfer.ParseIgnore(s.ignore.Text); err == nil {
		s.survey.count(s.what.paths, patterns)
	}
	s.showSurvey()
}

// showSurvey says what the survey found so far.
func (s *sheet) showSurvey() {
	if s.start == nil {
		return
	}
	setText(s.tally, s.tallyWords())
	setText(s.existing, s.existingWords())
	say(s.odd, s.oddWords())
	v := s.survey
	if len(v.existing.First)+len(v.tally.Twice.First)+len(v.tally.Ignored.First) > 0 {
		s.list.Show()
	} else {
		s.list.Hide()
	}
	s.check()
}

// refit makes room for what is said, or takes it back.
func (s *sheet) refit() {
	if height := s.body.Content.MinSize().Height; height != s.fitted && s.open() {
		s.fitted = height
		s.fit()
	}
}

// say shows words, or gives up their place while there are none. It tells whether they are
// others than before.
func say(l *widget.Label, words string) bool {
	changed := l.Text != words
	setText(l, words)
	if words == "" {
		l.Hide()
	} else {
		l.Show()
	}
	return changed
}

func (s *sheet) showList() {
	s.u.showFindings(text.T("Worth a look"), s.survey.findings(), s.list)
}

// first is where the first file will be, without bucket and prefix, or "".
func (s *sheet) first() string {
	if len(s.survey.tally.Sample) == 0 {
		return ""
	}
	return s.survey.tally.Sample[0].Key
}

// fault says what keeps the sheet from being confirmed, or "".
func (s *sheet) fault() string {
	if words := s.destination.fault(); words != "" {
		return words
	}
	var bad transfer.PatternError
	if _, err := transfer.ParseIgnore(s.ignore.Text); errors.As(err, &bad) {
		return patternWords(bad)
	}
	t := s.survey.tally
	trial := s.chosen().Kind == transfer.AccountTrial && s.u.c.Trial != nil
	if trial && t.Bytes > s.u.c.Trial.Limit() {
		return text.T("The trial account takes {{.Limit}} at most, and this is {{.Size}}.",
			text.Args{"Limit": format.Bytes(s.u.c.Trial.Limit()), "Size": format.Bytes(t.Bytes)})
	}
	return ""
}

func patternWords(bad transfer.PatternError) string {
	return text.T("The pattern {{.Pattern}} cannot be used: a [ without ], or a ! at its beginning.", text.Args{"Pattern": string(bad)})
}

// check says what is wrong, shows where files will be, and has the destination looked at.
func (s *sheet) check() {
	if s.start == nil {
		return
	}
	fault := s.fault()
	s.sayWrong(fault)
	s.options.show()
	enable(s.start, fault == "" && !s.adding)
	to := transfer.Destination{}
	where := ""
	if s.destination.fault() == "" {
		to = s.value()
	}
	if name := s.first(); name != "" && fault == "" {
		target := transfer.Target{Bucket: to.Bucket, Key: to.Prefix + format.Name(name)}
		where = text.T("The first will be {{.URI}}", text.Args{"URI": ossURI(target)})
	}
	setText(s.goes, where)
	s.checkup.look(to)
	if to != s.survey.to {
		s.survey.look(to)
		s.showSurvey()
	}
	s.refit()
}

func (s *sheet) sayWrong(words string) {
	say(s.message, words)
	s.refit()
}

// confirm hands the files to the engine.
func (s *sheet) confirm() {
	if s.adding || s.fault() != "" {
		return
	}
	patterns, _ := transfer.ParseIgnore(s.ignore.Text) // fault has looked
	request := transfer.AddRequest{
		Paths:  slices.Clone(s.what.paths),
		To:     s.value(),
		Policy: transfer.Policies[max(0, s.policy.SelectedIndex())],
		Ignore: patterns,
		Paused: s.paused.Checked,

		Options: s.options.value(),
	}
	s.adding = true
	s.start.Disable()
	u, to := s.u, request.To
	u.prefs.Account = to.Account
	u.act(func(ctx context.Context) error {
		if _, err := u.c.Engine.Add(ctx, request); err != nil {
			return err
		}
		if err := u.c.Journal.UseAccount(ctx, to.Account, to.Bucket, to.Prefix); err != nil {
			u.log.Warn("destination not remembered", "err", err)
		}
		return nil
	}, s.added)
}

// added closes the sheet, or says why nothing was added.
func (s *sheet) added(err error) {
	s.adding = false
	if err != nil {
		sentence, hint := text.Problem(transfer.AsError(err))
		s.check()
		s.sayWrong(text.Sentences(text.T("Nothing was added."), sentence, hint))
		return
	}
	s.close()
	s.u.reloadAccounts(nil)
	s.u.pump.poke()
}
