package transfer

import (
	"testing"
	"time"
)

func clock(t *testing.T, zone, words string) time.Time {
	t.Helper()
	where, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04:05", words, where)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// 2026-03-02 is a Monday.
func TestSchedule(t *testing.T) {
	t.Parallel()
	office := Schedule{On: true, Days: DaysOf(time.Monday, time.Tuesday), From: 9 * 60, To: 17*60 + 30}
	night := Schedule{On: true, Days: DaysOf(time.Monday), From: 22 * 60, To: 6 * 60}
	whole := Schedule{On: true, Days: DaysOf(time.Saturday, time.Sunday)}
	for _, c := range []struct {
		name, at string
		s        Schedule
		in       bool
		since    string
	}{
		{"before", "2026-03-02 08:59:59", office, false, "2026-02-24 17:30:00"},
		{"begins", "2026-03-02 09:00:00", office, true, "2026-03-02 09:00:00"},
		{"last moment", "2026-03-02 17:29:59", office, true, "2026-03-02 09:00:00"},
		{"ended", "2026-03-02 17:30:00", office, false, "2026-03-02 17:30:00"},
		{"another day", "2026-03-04 12:00:00", office, false, "2026-03-03 17:30:00"},
		{"late on Monday", "2026-03-02 23:00:00", night, true, "2026-03-02 22:00:00"},
		{"after midnight", "2026-03-03 05:59:59", night, true, "2026-03-02 22:00:00"},
		{"in the morning", "2026-03-03 06:00:00", night, false, "2026-03-03 06:00:00"},
		{"Tuesday night", "2026-03-03 23:00:00", night, false, "2026-03-03 06:00:00"},
		{"early on Monday", "2026-03-02 01:00:00", night, false, "2026-02-24 06:00:00"},
		{"from Saturday to Sunday is one", "2026-03-08 13:00:00", whole, true, "2026-03-07 00:00:00"},
		{"never", "2026-03-08 13:00:00", Schedule{On: true}, false, ""},
		{"always", "2026-03-08 13:00:00", Schedule{On: true, Days: Everyday}, true, ""},
	} {
		now := clock(t, "Asia/Shanghai", c.at)
		if got := c.s.in(now); got != c.in {
			t.Errorf("%s: in force is %v", c.name, got)
		}
		want := time.Time{}
		if c.since != "" {
			want = clock(t, "Asia/Shanghai", c.since)
		}
		if got := c.s.since(now); !got.Equal(want) {
			t.Errorf("%s: since %v, want %v", c.name, got, want)
		}
	}
}

// In Berlin the night to 2026-03-29 has no hour from 2 to 3, that to 2026-10-25 has it twice.
func TestScheduleWhenTheClocksChange(t *testing.T) {
	t.Parallel()
	s := Schedule{On: true, Days: Everyday, From: 60, To: 4 * 60} // 1 to 4
	for day, want := range map[string]time.Duration{
		"2026-03-28 00:00:00": 3 * time.Hour, "2026-03-29 00:00:00": 2 * time.Hour, "2026-10-25 00:00:00": 4 * time.Hour,
	} {
		var in time.Duration
		for at := clock(t, "Europe/Berlin", day); at.Hour() < 12; at = at.Add(time.Minute) {
			if s.in(at) {
				in += time.Minute
			}
			if on := s.in(at); on != (at.Hour() >= 1 && at.Hour() < 4) {
				t.Errorf("at %v in force is %v", at, on)
			}
		}
		if in != want {
			t.Errorf("from %s it is in force for %v, want %v", day, in, want)
		}
	}
}

// A person's choice stands until the schedule's next change.
func TestLimitsSwitch(t *testing.T) {
	t.Parallel()
	l := Limits{
		BytesPerSecond: 5 * MiB, Alternative: 300 * KiB,
		Schedule: Schedule{On: true, Days: Everyday, From: 9 * 60, To: 17 * 60},
	}
	at := func(words string, want int64) time.Time {
		t.Helper()
		now := clock(t, "Asia/Shanghai", words)
		if got := l.At(now); got != want {
			t.Errorf("at %s the limit is %d, want %d", words, got, want)
		}
		return now
	}
	at("2026-03-02 08:00:00", 5*MiB)
	now := at("2026-03-02 10:00:00", 300*KiB)
	l = l.Switch(false, now)
	at("2026-03-02 10:00:01", 5*MiB)
	at("2026-03-02 16:59:59", 5*MiB)
	at("2026-03-02 17:00:00", 5*MiB)
	at("2026-03-03 09:00:00", 300*KiB)
	l = l.Switch(true, clock(t, "Asia/Shanghai", "2026-03-03 20:00:00"))
	at("2026-03-03 21:00:00", 300*KiB)
	at("2026-03-04 18:00:00", 5*MiB)
	l.Schedule.On = false
	at("2026-03-04 18:00:00", 300*KiB)
	l.Alternative = 0
	at("2026-03-04 18:00:00", MiB)
	l.Alternative = -1
	at("2026-03-04 18:00:00", 0)
}
