package transfer

import "time"

// defaultAlternative is the alternative limit that nobody has set, in bytes per second.
const defaultAlternative = MiB

// minutesOfDay is how many a day has, by the clock on the wall.
const minutesOfDay = 24 * 60

// Weekdays is a set of days of the week.
type Weekdays uint8

// Everyday holds all days.
const Everyday Weekdays = 1<<7 - 1

// DaysOf makes a set of days.
func DaysOf(days ...time.Weekday) (set Weekdays) {
	for _, d := range days {
		set |= 1 << d
	}
	return set
}

// Has tells whether a day is in the set.
func (w Weekdays) Has(d time.Weekday) bool { return w&(1<<d) != 0 }

// Schedule says at which hours of the week the alternative limit is in force, by the clock
// on the wall: also on days with 23 or 25 hours.
type Schedule struct {
	On   bool     `json:"on,omitempty"`
	Days Weekdays `json:"days,omitempty"` // those on which it begins
	// From and To are minutes after midnight. If To is not after From, it is of the day after.
	From int `json:"from,omitempty"`
	To   int `json:"to,omitempty"`
}

// hours is when the schedule's hours of a day begin and end. They need not be in force:
// the day may not be of the schedule.
func (s Schedule) hours(day time.Time) (from, to time.Time) {
	at := func(minutes int) time.Time {
		y, m, d := day.Date()
		return time.Date(y, m, d, 0, minutes, 0, 0, day.Location())
	}
	end := s.To
	if end <= s.From {
		end += minutesOfDay
	}
	return at(s.From), at(end)
}

// dayOf is noon of the day so many days before a moment: no clock is set at noon.
func dayOf(now time.Time, before int) time.Time {
	y, m, d := now.Date()
	return time.Date(y, m, d-before, 12, 0, 0, 0, now.Location())
}

// in tells whether a moment is in the schedule's hours, whether it is on or not.
func (s Schedule) in(now time.Time) bool {
	for before := range 2 {
		day := dayOf(now, before)
		if from, to := s.hours(day); s.Days.Has(day.Weekday()) && !now.Before(from) && now.Before(to) {
			return true
		}
	}
	return false
}

// since is when the schedule last changed what is in force, the zero time if it never did.
func (s Schedule) since(now time.Time) (last time.Time) {
	for before := range 9 { // a week, and the hours of the day before that last into it
		day := dayOf(now, before)
		if !s.Days.Has(day.Weekday()) {
			continue
		}
		from, to := s.hours(day)
		for _, at := range []time.Time{from, to} {
			turns := s.in(at) != s.in(at.Add(-1))
			if turns && !at.After(now) && at.After(last) {
				last = at
			}
		}
	}
	return last
}

// Limits are the speed limits over all connections, in bytes per second, and which of them
// is in force when.
type Limits struct {
	BytesPerSecond int64 `json:"bytesPerSecond,omitempty"` // 0: none
	// Alternative is what a switch or the schedule puts into its place; 0 means 1 MiB/s,
	// below 0 none.
	Alternative int64    `json:"alternative,omitempty"`
	Schedule    Schedule `json:"schedule,omitzero"`
	// Switched tells that a person chose the alternative limit, at SwitchedAt, seconds since
	// 1970. It stands until the schedule's next change.
	Switched   bool  `json:"switched,omitempty"`
	SwitchedAt int64 `json:"switchedAt,omitempty"`
}

// Switch puts the alternative limit into force, or the other, until the schedule's next
// change.
func (l Limits) Switch(alternative bool, now time.Time) Limits {
	l.Switched, l.SwitchedAt = alternative, now.Unix()
	return l
}

// UsesAlternative tells whether the alternative limit is in force at a moment, in the
// moment's own time zone.
func (l Limits) UsesAlternative(now time.Time) bool {
	if l.Schedule.On && l.Schedule.since(now).Unix() > l.SwitchedAt {
		return l.Schedule.in(now)
	}
	return l.Switched
}

// AlternativeLimit is the alternative limit, 0 for none.
func (l Limits) AlternativeLimit() int64 {
	if l.Alternative == 0 {
		return defaultAlternative
	}
	return max(l.Alternative, 0)
}

// At is the limit in force at a moment, 0 for none.
func (l Limits) At(now time.Time) int64 {
	if l.UsesAlternative(now) {
		return l.AlternativeLimit()
	}
	return max(l.BytesPerSecond, 0)
}
