package ui

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/ui/look"
	"partway/ui/text"
)

// The choices of the settings, in the order of their lists.
var (
	resumePolicies = []ResumePolicy{ResumeAlways, ResumeAsk, ResumeNever}
	modes          = []look.Mode{look.ModeSystem, look.ModeLight, look.ModeDark}
)

const (
	maxSlots     = 64
	defaultSlots = 8
)

// settingsDialog changes what applies to all uploads.
type settingsDialog struct {
	*modal
	u        *UI
	slots    *entry
	limit    *entry
	partSize *entry
	md5      *tick
	resume   *choice
	language *choice
	mode     *choice
	message  *widget.Label
	restart  *widget.Label
}

// openSettings reads what the journal holds, then opens the dialog.
func (u *UI) openSettings() {
	if u.topModal() != nil {
		return
	}
	load(u, u.ctx, func(ctx context.Context) (string, error) { return u.c.Journal.Setting(ctx, SettingResume) },
		func(resume string, err error) {
			if err != nil {
				u.showError(text.T("The settings could not be read."), err)
				return
			}
			if u.topModal() == nil {
				u.showSettings(ResumePolicy(resume))
			}
		})
}

func (u *UI) showSettings(resume ResumePolicy) *settingsDialog {
	d := &settingsDialog{modal: u.newModal(text.T("Settings"), 600), u: u}
	d.makeFields()
	d.fill(resume)
	cancel := newButton(d, text.T("Cancel"), nil, d.close)
	save := newButton(d, text.T("Save"), nil, d.save)
	d.setContent(d.layout(), nil, cancel, save)
	d.show(d.slots)
	return d
}

func (d *settingsDialog) makeFields() {
	d.slots = newEntry(d, strconv.Itoa(defaultSlots))
	d.limit = newEntry(d, text.T("No limit"))
	d.partSize = newEntry(d, text.T("Automatic"))
	d.md5 = newTick(d, text.T("Compare each part's MD5 too, beside its CRC64"), nil)
	d.resume = newChoice(d, []string{
		text.T("Go on at the next start"), text.T("Ask at the next start"), text.T("Stay paused at the next start"),
	}, nil)
	languages := []string{text.T("As the system"), "English", "简体中文"}
	d.restart = wrapped(text.T("The language changes at the next start."))
	d.restart.SizeName = theme.SizeNameCaptionText
	d.restart.Hide()
	d.language = newChoice(d, languages, func(i int) {
		if text.Languages[i] == d.u.prefs.Language {
			d.restart.Hide()
		} else {
			d.restart.Show()
		}
		if d.open() {
			d.fit()
		}
	})
	d.mode = newChoice(d, []string{text.T("As the system"), text.T("Light"), text.T("Dark")}, nil)
	d.message = wrapped("")
	d.message.Importance = widget.DangerImportance
	d.message.Hide()
}

func (d *settingsDialog) fill(resume ResumePolicy) {
	s := d.u.c.Settings
	if s.Slots > 0 {
		d.slots.SetText(strconv.Itoa(s.Slots))
	}
	if s.BytesPerSecond > 0 {
		d.limit.SetText(amount(s.BytesPerSecond))
	}
	if s.PartSize > 0 {
		d.partSize.SetText(amount(s.PartSize))
	}
	d.md5.SetChecked(!s.SkipMD5)
	d.resume.SetSelectedIndex(index(resumePolicies, resume))
	d.language.SetSelectedIndex(index(text.Languages, d.u.prefs.Language))
	d.mode.SetSelectedIndex(index(modes, d.u.prefs.Mode))
}

func (d *settingsDialog) layout() fyne.CanvasObject {
	unit := func(field fyne.CanvasObject, words string) fyne.CanvasObject {
		narrow := container.NewGridWrap(fyne.NewSize(130, field.MinSize().Height), field)
		return container.NewBorder(nil, nil, narrow, nil, hintLabel(words))
	}
	return container.NewVBox(
		formOf(
			row(text.T("Requests at once"), unit(d.slots, text.T("1 to 64"))),
			row(text.T("Speed limit"), unit(d.limit, text.T("per second, as 500K or 2M"))),
			row(text.T("Part size"), unit(d.partSize, text.T("100K to 5G; for uploads not yet begun"))),
			row("", d.md5),
			row(text.T("Unfinished uploads"), d.resume),
			row(text.T("Language"), d.language),
			row(text.T("Appearance"), d.mode)),
		d.restart, d.message)
}

func hintLabel(words string) *widget.Label {
	l := widget.NewLabel(words)
	l.Importance = widget.LowImportance
	l.Truncation = fyne.TextTruncateEllipsis
	return l
}

// input reads the fields. The error is a sentence's key.
func (d *settingsDialog) input() (transfer.Settings, error) {
	s := transfer.Settings{SkipMD5: !d.md5.Checked}
	if typed := strings.TrimSpace(d.slots.Text); typed != "" {
		n, err := strconv.Atoi(typed)
		if err != nil || n < 1 || n > maxSlots {
			return s, errors.New(text.Key("Requests at once: a number from 1 to 64."))
		}
		s.Slots = n
	}
	var err error
	if s.BytesPerSecond, err = parseAmount(d.limit.Text); err != nil {
		return s, errors.New(text.Key("Speed limit: a number with K, M or G, or nothing for no limit."))
	}
	s.PartSize, err = parseAmount(d.partSize.Text)
	if err != nil || s.PartSize != 0 && (s.PartSize < transfer.MinPartSize || s.PartSize > transfer.MaxPartSize) {
		return s, errors.New(text.Key("Part size: from 100K to 5G, or nothing to have it chosen."))
	}
	return s, nil
}

// save applies the settings at once, and has them remembered.
func (d *settingsDialog) save() {
	s, err := d.input()
	if err != nil {
		d.message.SetText(text.T(err.Error()))
		d.message.Show()
		d.fit()
		return
	}
	u := d.u
	resume := resumePolicies[max(0, d.resume.SelectedIndex())]
	u.prefs.Language = text.Languages[max(0, d.language.SelectedIndex())]
	if mode := modes[max(0, d.mode.SelectedIndex())]; mode != u.prefs.Mode {
		u.prefs.Mode = mode
		u.app.Settings().SetTheme(look.New(mode))
	}
	u.c.Settings = s
	prefs := u.prefs
	d.close()
	u.act(func(ctx context.Context) error {
		u.savePreferences(prefs)
		saved, err := json.Marshal(s)
		if err != nil {
			return err
		}
		return errors.Join(u.c.Engine.SetSettings(s),
			u.c.Journal.SetSetting(ctx, SettingEngine, string(saved)),
			u.c.Journal.SetSetting(ctx, SettingResume, string(resume)))
	}, func(err error) {
		if err != nil {
			u.showError(text.T("The settings could not be saved."), err)
		}
	})
}

// amounts are the units that sizes are typed in.
var amounts = []struct {
	suffix string
	bytes  int64
}{{"G", transfer.GiB}, {"M", transfer.MiB}, {"K", transfer.KiB}}

// amount writes bytes as people type them, without loss.
func amount(n int64) string {
	for _, a := range amounts {
		if n >= a.bytes && n%a.bytes == 0 {
			return strconv.FormatInt(n/a.bytes, 10) + a.suffix
		}
	}
	return strconv.FormatInt(n, 10)
}

// parseAmount reads bytes as people type them: "", "100K", "1.5 MiB", "2097152". Nothing
// is 0.
func parseAmount(s string) (int64, error) {
	s = strings.ToUpper(strings.TrimSpace(s))
	s = strings.TrimSpace(strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(s, "/S"), "B"), "I"))
	if s == "" {
		return 0, nil
	}
	factor := int64(1)
	for _, a := range amounts {
		if rest, ok := strings.CutSuffix(s, a.suffix); ok {
			s, factor = strings.TrimSpace(rest), a.bytes
			break
		}
	}
	value, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, err
	}
	bytes := value * float64(factor)
	if !(bytes >= 1) || bytes > transfer.MaxObjectSize {
		return 0, errors.New("out of range")
	}
	return int64(bytes), nil
}
