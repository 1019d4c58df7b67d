package speedgraph

import (
	"time"

	"partway/transfer"
)

const (
	// kept is how many seconds are remembered, those of the longest span.
	kept = 30 * 60
	// most is how many uploads are remembered beside the sum of all.
	most = 32
	// bridged is how many seconds without a sample are taken to be as the next: the window
	// looks but once a second when another has the focus.
	bridged = 3
	// unknown stands for a second of which nothing is known: nobody looked.
	unknown = -1
)

// track is one speed, second by second.
type track struct {
	first  int64     // the second of values[0]
	values []float32 // bytes per second, or unknown
}

// note sets the speed of a second. A clock that was set back begins anew.
func (t *track) note(second int64, speed float32) {
	newest := t.first + int64(len(t.values)) - 1
	skipped := second - newest - 1
	switch {
	case len(t.values) > 0 && second == newest:
		t.values[len(t.values)-1] = speed
		return
	case len(t.values) == 0 || skipped < 0 || skipped >= kept:
		t.first, t.values = second, append(t.values[:0], speed)
		return
	}
	between := speed
	if skipped > bridged {
		between = unknown
	}
	for range skipped {
		t.values = append(t.values, between)
	}
	t.values = append(t.values, speed)
	if over := len(t.values) - kept; over > kept/4 { // moved seldom, not each second
		t.first += int64(over)
		t.values = t.values[:copy(t.values, t.values[over:])]
	}
}

// at returns the speed of a second, or unknown.
func (t *track) at(second int64) float32 {
	if i := second - t.first; i >= 0 && i < int64(len(t.values)) {
		return t.values[i]
	}
	return unknown
}

// newest is the last second that is known.
func (t *track) newest() int64 { return t.first + int64(len(t.values)) - 1 }

// History remembers how fast uploads were, for half an hour, in bounded memory. It is not
// safe for use by several goroutines.
type History struct {
	all track
	one map[transfer.ID]*track
}

// Note takes in what a snapshot says at a moment. More than one look in a second cost
// nothing.
func (h *History) Note(now time.Time, snap *transfer.Snapshot) {
	second := now.Unix()
	h.all.note(second, float32(snap.Speed))
	for id := range snap.Live {
		t := h.one[id]
		if t == nil {
			if snap.Live[id].Speed == 0 {
				continue // nothing to remember of what only waits
			}
			t = h.room(id)
		}
		t.note(second, float32(snap.Live[id].Speed))
	}
	for id, t := range h.one {
		if _, live := snap.Live[id]; live {
			continue
		}
		if second-t.newest() > kept {
			delete(h.one, id)
		} else if t.at(t.newest()) != 0 {
			t.note(second, 0)
		}
	}
}

// room makes a track for an upload, in the place of that which was quiet for longest.
func (h *History) room(id transfer.ID) *track {
	if h.one == nil {
		h.one = map[transfer.ID]*track{}
	}
	for len(h.one) >= most {
		var oldest transfer.ID
		for other, t := range h.one {
			if oldest == 0 || t.newest() < h.one[oldest].newest() {
				oldest = other
			}
		}
		delete(h.one, oldest)
	}
	h.one[id] = &track{}
	return h.one[id]
}

// Series is what a graph shows: equal steps up to now. Values are bytes per second; those
// below zero are not known.
type Series struct {
	Span  time.Duration
	One   []float32 // one upload
	All   []float32 // all uploads
	Limit float64   // bytes per second, 0: none
}

// points is how many steps a span is shown in, at most.
const points = 300

// Series returns the speeds of an upload, and of all, over a span up to now. Steps of more
// than a second begin at whole steps, so that the picture moves but does not shimmer.
func (h *History) Series(id transfer.ID, span time.Duration, now time.Time) Series {
	seconds := int64(span / time.Second)
	step := max(1, seconds/points)
	n := seconds / step
	end := (now.Unix()/step + 1) * step
	return Series{
		Span: span,
		One:  means(h.one[id], end-n*step, n, step),
		All:  means(&h.all, end-n*step, n, step),
	}
}

// means returns n means of step seconds each. After the last sample of an upload that
// rests there is nothing but rest.
func means(t *track, from, n, step int64) []float32 {
	values := make([]float32, n)
	for i := range values {
		sum, known := float32(0), 0
		for s := range step {
			if v := valueAt(t, from+int64(i)*step+s); v != unknown {
				sum += v
				known++
			}
		}
		values[i] = unknown
		if known > 0 {
			values[i] = sum / float32(known)
		}
	}
	return values
}

func valueAt(t *track, second int64) float32 {
	if t == nil || len(t.values) == 0 {
		return unknown
	}
	if newest := t.newest(); second > newest && t.at(newest) == 0 {
		return 0
	}
	return t.at(second)
}
