package transfer_test

import (
	"strings"

	"pgregory.net/rapid"

	"partway/transfer"
)

// doLimit holds uploads to a speed that holds nothing up.
func (m *model) doLimit(t *rapid.T) {
	ids := m.chosen(t)
	limit := rapid.SampledFrom([]int64{0, 1 << 30, 1 << 31}).Draw(t, "limit")
	check(m.t, m.m.LimitSpeed(transfer.These(ids...), limit))
	for _, id := range ids {
		m.rows[id].limit = limit
	}
}

// doUploads changes how many uploads may be under way at once.
func (m *model) doUploads(t *rapid.T) {
	var s transfer.Settings
	m.changes(&s)
	s.Uploads = rapid.IntRange(0, 3).Draw(t, "uploads")
	check(m.t, m.m.SetSettings(s))
}

// doRedirect sends what has not begun elsewhere. An answer was about the key before.
func (m *model) doRedirect(t *rapid.T) {
	ids := m.chosen(t)
	prefix := rapid.SampledFrom([]string{"p/", "q/"}).Draw(t, "prefix")
	before := m.all()
	told, err := m.m.Redirect(m.t.Context(), transfer.These(ids...), m.to(prefix))
	check(m.t, err)
	moved, rows := 0, m.all()
	for _, id := range ids {
		u, was := rows[id], before[id]
		if copied := strings.Contains(u.To.Key, " ("); strings.HasPrefix(u.To.Key, prefix) && u.To.Key != was.To.Key && !copied {
			m.rows[id].key = u.To.Key
			moved++
		}
	}
	if moved > told.Moved {
		m.t.Fatalf("%d go elsewhere, %d were told of\n%s", moved, told.Moved, m.describe())
	}
}
