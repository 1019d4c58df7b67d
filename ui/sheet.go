package ui

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync/atomic"

	"fyne.io/fyne/v2"
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
	u        *UI
	accounts []transfer.Account
	what     proposal

	files   *widget.Label // what was dropped, by name
	tally   *widget.Label // how much it is
	account *choice
	bucket  *combo
	prefix  *entry
	policy  *choice
	paused  *tick
	goes    *widget.Label // where the first file will be
	message *widget.Label
	start   *button

	counting context.CancelFunc
	counted  *transfer.Tally // nil while counting
	first    string          // the first file's name in a prefix, "" while none is known
	adding   bool
}

func (u *UI) openSheet(p proposal) {
	s := &sheet{modal: u.newModal(text.T("Upload"), 620), u: u, what: proposal{policy: p.policy, to: p.to}}
	u.sheet = s
	s.makeFields()
	cancel := newButton(s, text.T("Cancel"), nil, s.close)
	s.start = newButton(s, text.T("Start"), theme.UploadIcon(), s.confirm)
	s.onClose = func() {
		s.counting()
		u.sheet = nil
	}
	s.setContent(s.layout(), nil, cancel, s.start)
	s.counting = func() {}
	s.setAccounts(u.accounts)
	s.join(p)
	s.show(s.bucket)
	s.u.win.Canvas().Focus(s.prefix)
}

func (s *sheet) makeFields() {
	s.files, s.tally = widget.NewLabel(""), widget.NewLabel("")
	s.files.Truncation = fyne.TextTruncateEllipsis
	s.files.TextStyle.Bold = true
	s.account = newChoice(s, nil, s.chooseAccount)
	s.bucket = newCombo(s, text.T("Name of the bucket"), nil)
	s.bucket.OnChanged = s.bucketTyped
	s.prefix = newEntry(s, text.T("Folder in the bucket, as photos/2026/ (may be empty)"))
	s.prefix.OnChanged = func(string) { s.check() }
	policies := make([]string, 0, len(transfer.Policies))
	for _, p := range transfer.Policies {
		policies = append(policies, text.Policy(p))
	}
	s.policy = newChoice(s, policies, nil)
	s.policy.SetSelectedIndex(index(transfer.Policies, s.what.policy))
	s.paused = newTick(s, text.T("Add paused, to be started later"), func(on bool) {
		if on {
			s.start.SetText(text.T("Add paused"))
		} else {
			s.start.SetText(text.T("Start"))
		}
	})
	s.goes = wrapped("")
	s.goes.SizeName = theme.SizeNameCaptionText
	s.message = wrapped("")
	s.message.Importance = widget.DangerImportance
}

func (s *sheet) layout() fyne.CanvasObject {
	buckets := newButton(s, text.T("Browse…"), nil, func() { s.browseBuckets() })
	prefixes := newButton(s, text.T("Browse…"), nil, func() { s.browsePrefixes() })
	return container.NewVBox(
		s.files, s.tally, widget.NewSeparator(),
		formOf(
			row(text.T("Account"), s.account),
			row(text.T("Bucket"), container.NewBorder(nil, nil, nil, buckets, s.bucket)),
			row(text.T("Prefix"), container.NewBorder(nil, nil, nil, prefixes, s.prefix)),
			row(text.T("If it exists"), s.policy),
			row("", s.paused)),
		s.goes, s.message)
}

// setAccounts offers the accounts: the one asked for, or else the last used, is chosen.
func (s *sheet) setAccounts(accounts []transfer.Account) {
	before := s.chosen().ID
	s.accounts = accounts
	names := make([]string, 0, len(accounts))
	want := 0
	for i, a := range accounts {
		names = append(names, a.Name)
		switch {
		case before != 0 && a.ID == before, before == 0 && s.what.to.Account != 0 && a.ID == s.what.to.Account:
			want = i
		case before == 0 && s.what.to.Account == 0 && a.ID == s.u.prefs.Account:
			want = i
		}
	}
	if before != 0 && len(names) > 0 && accounts[want].ID == before {
		// What was typed stays.
		s.account.Options, s.account.Selected = names, names[want]
		s.account.Refresh()
		return
	}
	s.account.SetOptions(names)
	if len(names) > 0 {
		s.account.SetSelectedIndex(want)
	}
}

// chosen returns the account that is chosen.
func (s *sheet) chosen() transfer.Account {
	if i := s.account.SelectedIndex(); i >= 0 && i < len(s.accounts) {
		return s.accounts[i]
	}
	return transfer.Account{}
}

// chooseAccount fills in where the account's last drop went.
func (s *sheet) chooseAccount(int) {
	a := s.chosen()
	s.bucket.SetOptions(bucketsOf(a))
	bucket, prefix := a.Bucket, a.Prefix
	if to := s.what.to; to.Bucket != "" && (to.Account == 0 || to.Account == a.ID) {
		bucket, prefix = to.Bucket, to.Prefix
	}
	s.bucket.SetText(bucket)
	s.prefix.SetText(prefix)
	s.check()
}

func bucketsOf(a transfer.Account) []string {
	if a.Bucket == "" {
		return nil
	}
	return []string{a.Bucket}
}

// bucketTyped splits an oss:// URI that was put into the bucket's field.
func (s *sheet) bucketTyped(typed string) {
	if strings.HasPrefix(typed, "oss://") {
		if bucket, prefix, err := transfer.ParseURI(typed); err == nil && bucket != "" && strings.Count(typed, "/") > 2 {
			s.bucket.SetText(bucket)
			s.prefix.SetText(prefix)
			s.u.win.Canvas().Focus(s.prefix)
			return
		}
	}
	s.check()
}

// join adds what was dropped meanwhile.
func (s *sheet) join(p proposal) {
	s.what.join(p)
	if p.to.Bucket != "" {
		s.chooseAccount(0)
	}
	s.files.SetText(namesOf(s.what.paths))
	s.count()
	s.check()
}

// namesOf lists what was dropped, as far as a line may hold.
func namesOf(paths []string) string {
	const most = 4
	names := make([]string, 0, most)
	for _, p := range paths[:min(most, len(paths))] {
		names = append(names, format.Name(filepath.Base(p)))
	}
	if len(paths) > most {
		return text.T("{{.Names}} and {{.Count}} more",
			text.Args{"Names": strings.Join(names, ", "), "Count": format.Count(int64(len(paths) - most))})
	}
	return strings.Join(names, ", ")
}

// count counts files and bytes, from the start: a sum of sums would count a file twice
// that was dropped alone and in its folder.
func (s *sheet) count() {
	s.counting()
	ctx, cancel := context.WithCancel(s.u.ctx)
	s.counting = cancel
	s.counted, s.first = nil, ""
	s.showTally(transfer.Tally{}, false)
	paths := append([]string(nil), s.what.paths...)
	var queued atomic.Bool
	progress := func(t transfer.Tally) {
		if queued.Swap(true) {
			return
		}
		s.u.do(func() {
			queued.Store(false)
			if ctx.Err() == nil && s.counted == nil {
				s.showTally(t, false)
				s.showFirst(firstOf(t))
			}
		})
	}
	load(s.u, ctx, func(ctx context.Context) (transfer.Tally, error) {
		return transfer.Measure(ctx, transfer.Measuring{Paths: paths}, progress)
	}, func(t transfer.Tally, err error) {
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			s.u.log.Warn("dropped files not counted", "err", err)
		}
		s.counted, s.first = &t, firstOf(t)
		s.showTally(t, true)
		s.check()
	})
}

// firstOf returns the key of the first file that can be sent, without a prefix, or "".
func firstOf(t transfer.Tally) string {
	if len(t.Sample) == 0 {
		return ""
	}
	return t.Sample[0].Key
}

func (s *sheet) showTally(t transfer.Tally, whole bool) {
	words := text.N("1 file, {{.Size}}", "{{.Count}} files, {{.Size}}", t.Files, text.Args{"Size": format.Bytes(t.Bytes)})
	if !whole {
		words = text.T("Counting: {{.Sum}}", text.Args{"Sum": words})
	}
	if t.Skipped > 0 {
		words += " · " + text.N("1 thing in them cannot be sent and will be listed with its reason",
			"{{.Count}} things in them cannot be sent and will be listed with their reasons", t.Skipped)
	}
	if t.Folders > 0 {
		words += " · " + text.N("1 empty folder is not sent", "{{.Count}} empty folders are not sent", t.Folders)
	}
	if s.what.missing > 0 {
		words += " · " + text.N("1 was not found on this computer", "{{.Count}} were not found on this computer", s.what.missing)
	}
	setText(s.tally, words)
}

// fault says what keeps the sheet from being confirmed, or "".
func (s *sheet) fault() string {
	if s.chosen().ID == 0 {
		return text.T("Choose an account.")
	}
	if words := checkBucket(strings.TrimSpace(s.bucket.Text)); words != "" {
		return text.T(words)
	}
	var bad transfer.KeyError
	if err := transfer.CheckPrefix(tidyPrefix(s.prefix.Text)); errors.As(err, &bad) {
		return text.T("The prefix cannot be used: {{.Reason}}", text.Args{"Reason": text.KeyError(bad)})
	} else if err != nil {
		return err.Error()
	}
	trial := s.chosen().Kind == transfer.AccountTrial && s.u.c.Trial != nil
	if trial && s.counted != nil && s.counted.Bytes > s.u.c.Trial.Limit() {
		return text.T("The trial account takes {{.Limit}} at most, and this is {{.Size}}.",
			text.Args{"Limit": format.Bytes(s.u.c.Trial.Limit()), "Size": format.Bytes(s.counted.Bytes)})
	}
	return ""
}

// check says what is wrong, and shows where files will be.
func (s *sheet) check() {
	if s.start == nil {
		return
	}
	fault := s.fault()
	s.sayWrong(fault)
	enable(s.start, fault == "" && !s.adding)
	if fault == "" && s.first != "" {
		target := transfer.Target{
			Bucket: strings.TrimSpace(s.bucket.Text), Key: tidyPrefix(s.prefix.Text) + format.Name(s.first),
		}
		setText(s.goes, text.T("The first will be {{.URI}}", text.Args{"URI": ossURI(target)}))
	} else {
		setText(s.goes, "")
	}
}

// showFirst shows where the first file will be, once it is found.
func (s *sheet) showFirst(name string) {
	if s.first == "" && name != "" {
		s.first = name
		s.check()
	}
}

func (s *sheet) sayWrong(words string) {
	setText(s.message, words)
	if words == "" {
		s.message.Hide()
	} else {
		s.message.Show()
	}
	if s.open() {
		s.fit()
	}
}

// tidyPrefix ends a prefix in "/", as all but the empty one must.
func tidyPrefix(typed string) string {
	if typed != "" && !strings.HasSuffix(typed, "/") {
		typed += "/"
	}
	return typed
}

// confirm hands the files to the engine.
func (s *sheet) confirm() {
	if s.adding || s.fault() != "" {
		return
	}
	a := s.chosen()
	request := transfer.AddRequest{
		Paths: s.what.paths,
		To: transfer.Destination{
			Account: a.ID, Endpoint: a.Endpoint, Region: a.Region,
			Bucket: strings.TrimSpace(s.bucket.Text), Prefix: tidyPrefix(s.prefix.Text),
		},
		Policy: transfer.Policies[max(0, s.policy.SelectedIndex())],
		Paused: s.paused.Checked,
	}
	s.adding = true
	s.start.Disable()
	u := s.u
	u.prefs.Account = a.ID
	u.act(func(ctx context.Context) error {
		if _, err := u.c.Engine.Add(ctx, request); err != nil {
			return err
		}
		if err := u.c.Journal.UseAccount(ctx, a.ID, request.To.Bucket, request.To.Prefix); err != nil {
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
		s.sayWrong(text.T("Nothing was added.") + " " + sentence + " " + hint)
		return
	}
	s.close()
	s.u.reloadAccounts(nil)
	s.u.pump.poke()
}
