package ui

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/ui/text"
)

// week is the days of the week in the order that they are shown.
var week = []time.Weekday{
	time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday,
}

// speedPage is how fast files may be sent, and when.
type speedPage struct {
	limit       *entry
	alternative *entry
	scheduled   *tick
	from, to    *entry
	days        []*tick
}

func newSpeedPage(d *settingsDialog, c choices) *speedPage {
	l := c.engine.Limits
	p := &speedPage{limit: newEntry(d, text.T("No limit")), alternative: newEntry(d, text.T("No limit"))}
	p.from, p.to = newEntry(d, "22:00"), newEntry(d, "06:00")
	if l.BytesPerSecond > 0 {
		p.limit.SetText(amount(l.BytesPerSecond))
	}
	if l.AlternativeLimit() > 0 {
		p.alternative.SetText(amount(l.AlternativeLimit()))
	}
	for _, day := range week {
		box := newTick(d, dayName(day), nil)
		box.SetChecked(l.Schedule.Days.Has(day))
		p.days = append(p.days, box)
	}
	if l.Schedule.Days != 0 {
		p.from.SetText(clockText(l.Schedule.From))
		p.to.SetText(clockText(l.Schedule.To))
	}
	p.scheduled = newTick(d, text.T("Use the alternative limit at these hours"), p.enableHours)
	p.scheduled.SetChecked(l.Schedule.On)
	p.enableHours(l.Schedule.On)
	return p
}

// dayName is the short name of a day.
func dayName(day time.Weekday) string {
	return text.T([...]string{
		time.Sunday: text.Key("Sun"), time.Monday: text.Key("Mon"), time.Tuesday: text.Key("Tue"), time.Wednesday: text.Key("Wed"),
		time.Thursday: text.Key("Thu"), time.Friday: text.Key("Fri"), time.Saturday: text.Key("Sat"),
	}[day])
}

func (p *speedPage) enableHours(on bool) {
	enable(p.from, on)
	enable(p.to, on)
	for _, day := range p.days {
		enable(day, on)
	}
	if !on || p.from.Text != "" {
		return
	}
	// A beginning: working days in the office.
	p.from.SetText("09:00")
	p.to.SetText("18:00")
	for i, day := range week {
		p.days[i].SetChecked(day != time.Saturday && day != time.Sunday)
	}
}

func (p *speedPage) title() string         { return text.T("Speed") }
func (p *speedPage) first() fyne.Focusable { return p.limit }

func (p *speedPage) content() fyne.CanvasObject {
	days := container.NewHBox()
	for _, day := range p.days {
		days.Add(day)
	}
	time := func(e *entry) fyne.CanvasObject {
		return container.NewGridWrap(fyne.NewSize(76, e.MinSize().Height), e)
	}
	next := hintLabel(text.T("if earlier, on the next day"))
	hours := container.NewBorder(nil, nil, container.NewHBox(time(p.from), widget.NewLabel("–"), time(p.to)), nil, next)
	return page(formOf(
		row(text.T("Speed limit"), ofWidth(p.limit, amountWidth, text.T("per second, as 500K or 2M"))),
		row(text.T("Alternative limit"), ofWidth(p.alternative, amountWidth, text.T("one click away in the status bar"))),
		row("", p.scheduled),
		row(text.T("From, to"), hours),
		row(text.T("On"), days)))
}

func (p *speedPage) take(c *choices) (err error) {
	l := &c.engine.Limits
	if l.BytesPerSecond, err = parseAmount(p.limit.Text); err != nil {
		return errors.New(text.Key("Speed limit: a number with K, M or G, or nothing for no limit."))
	}
	if l.Alternative, err = parseAmount(p.alternative.Text); err != nil {
		return errors.New(text.Key("Alternative limit: a number with K, M or G, or nothing for no limit."))
	}
	if l.Alternative == 0 {
		l.Alternative = -1
	}
	s := transfer.Schedule{On: p.scheduled.Checked}
	for i, day := range week {
		if p.days[i].Checked {
			s.Days |= transfer.DaysOf(day)
		}
	}
	from, fromErr := parseClock(p.from.Text)
	to, toErr := parseClock(p.to.Text)
	switch {
	case !s.On:
		s = l.Schedule // what is greyed out stays as it was
		s.On = false
	case fromErr != nil || toErr != nil:
		return errors.New(text.Key("Hours: as 9:00 or 22:30."))
	case s.Days == 0:
		return errors.New(text.Key("Choose the days on which the hours begin."))
	default:
		s.From, s.To = from, to
	}
	l.Schedule = s
	return nil
}

// clockText writes minutes after midnight.
func clockText(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

// parseClock reads a time of the day as minutes after midnight.
func parseClock(s string) (int, error) {
	t, err := time.Parse("15:04", strings.ReplaceAll(strings.TrimSpace(s), "：", ":"))
	return t.Hour()*60 + t.Minute(), err
}
