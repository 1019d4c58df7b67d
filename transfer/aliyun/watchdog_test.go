package aliyun

import (
	"errors"
	"testing"
	"time"
)

// TestWatchdog plays a connection's course, second by second, and asks when it is cut.
func TestWatchdog(t *testing.T) {
	sending := observation{connected: true, writing: true, known: true}
	at := func(o observation, f func(*observation)) observation { f(&o); return o }
	tests := []struct {
		name   string
		course func(second int) observation
		answer time.Duration
		drain  time.Duration
		cut    int // second, 0: never
	}{
		{
			name:   "no connection yet",
			course: func(int) observation { return observation{} },
		},
		{
			name: "moves a byte every 29 s",
			course: func(s int) observation {
				return at(sending, func(o *observation) { o.unsent = 4<<20 - s/29 })
			},
		},
		{
			name: "stops after 100 s",
			course: func(s int) observation {
				return at(sending, func(o *observation) { o.unsent = 4<<20 - min(s, 100) })
			},
			cut: 131,
		},
		{
			name: "writes, but the system does not say what has left",
			course: func(s int) observation {
				return observation{connected: true, writing: true, written: int64(min(s, 50))}
			},
			cut: 81,
		},
		{
			name:   "the rate limit holds the content back",
			course: func(int) observation { return observation{connected: true, known: true} },
		},
		{
			name: "4 MiB at 8 KiB/s, then an answer after 50 s",
			course: func(s int) observation {
				o := observation{connected: true, known: true, wrote: true, unsent: max(0, 4<<20-s*8<<10)}
				if s >= 512+50 {
					o.read = int64(s)
				}
				return o
			},
		},
		{
			name: "all has left, no answer",
			course: func(s int) observation {
				return observation{connected: true, known: true, wrote: true, unsent: max(0, 100-s)}
			},
			cut: 161,
		},
		{
			name: "all is in the kernel, and stays there",
			course: func(int) observation {
				return observation{connected: true, known: true, wrote: true, unsent: 100}
			},
			cut: 32,
		},
		{
			name:   "complete may take longer",
			answer: 5 * time.Minute,
			course: func(int) observation { return observation{connected: true, known: true, wrote: true} },
			cut:    302,
		},
		{
			name:   "no answer, and the system does not say what has left",
			drain:  100 * time.Second,
			course: func(int) observation { return observation{connected: true, wrote: true} },
			cut:    162,
		},
		{
			name: "an answer of 1 byte a second",
			course: func(s int) observation {
				return observation{connected: true, known: true, wrote: true, read: int64(s)}
			},
		},
		{
			name: "an answer that stops",
			course: func(s int) observation {
				return observation{connected: true, known: true, wrote: true, read: int64(min(s, 9))}
			},
			cut: 70,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			answer := tt.answer
			if answer == 0 {
				answer = productClocks.answer
			}
			start := time.Unix(0, 0)
			w := newWatchdog(productClocks, answer, tt.drain, start)
			got := 0
			for s := 1; s <= 1_000 && got == 0; s++ {
				if err := w.check(start.Add(time.Duration(s)*time.Second), tt.course(s)); err != nil {
					var ce *clockError
					if got = s; !errors.As(err, &ce) {
						t.Errorf("got %T", err)
					}
				}
			}
			if got != tt.cut {
				t.Errorf("cut at second %d, want %d", got, tt.cut)
			}
		})
	}
}

// TestA9AnswerThatCameWhileTheComputerSlept has an answer in the kernel, or none, when a process
// goes on that stood still for an hour: only the second look at a connection cuts it.
func TestA9AnswerThatCameWhileTheComputerSlept(t *testing.T) {
	k := productClocks
	for name, answered := range map[string]bool{"answered": true, "dead": false} {
		now := time.Unix(0, 0)
		w := newWatchdog(k, k.answer, 0, now)
		o := observation{connected: true, known: true, wrote: true}
		look := func(after time.Duration) error { now = now.Add(after); return w.check(now, o) }
		for range 3 {
			if err := look(k.tick); err != nil {
				t.Fatal(err)
			}
		}
		if err := look(time.Hour); err != nil {
			t.Errorf("%s: cut before what came was read: %v", name, err)
		}
		if answered {
			o.read = 100
		}
		if err := look(k.tick); (err == nil) != answered {
			t.Errorf("%s: %v", name, err)
		}
	}
	// One that is slow for good is cut all the same.
	w := newWatchdog(k, k.answer, 0, time.Unix(0, 0))
	for s := range 60 {
		if w.check(time.Unix(int64(3*s), 0), observation{connected: true, known: true, wrote: true}) != nil {
			return
		}
	}
	t.Error("looks that all come late cut nothing")
}

func TestDrainTime(t *testing.T) {
	tests := []struct {
		size, rate int64
		want       time.Duration
	}{
		{8 << 20, 0, 512 * time.Second},      // unknown: as slow as can be
		{8 << 20, 4 << 20, time.Second},      // the buffer is not larger
		{16 << 10, 8 << 10, 2 * time.Second}, // a small body
		{5 << 30, 1, 512 * time.Second},      // no slower than that
		{0, 1 << 20, 0},
	}
	for _, tt := range tests {
		if got := drainTime(tt.size, tt.rate); got.Round(time.Millisecond) != tt.want {
			t.Errorf("drainTime(%d, %d) is %s, want %s", tt.size, tt.rate, got, tt.want)
		}
	}
}
