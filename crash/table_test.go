//go:build unix

package crash

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
	"time"
)

// table sums up what became of all worlds, by the point of the last kill.
type table struct {
	mu      sync.Mutex
	order   []string
	rows    map[string]*line
	total   line
	longest time.Duration
	begun   time.Time
	ended   time.Time
}

type line struct {
	scenarios                                      map[string]bool
	kills                                          int
	lost, duplicated, orphaned, perhaps, sentAgain int
}

// filesOf is where a scenario's files are.
func (e *environment) filesOf(s *scenario) string {
	return filepath.Join(e.dir, "files", strings.ReplaceAll(s.name, " ", "-"))
}

func (t *table) add(s *scenario, tr *trial) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended = time.Now()
	if t.begun.IsZero() {
		t.begun, t.rows = t.ended.Add(-tr.took), map[string]*line{}
		t.total.scenarios = map[string]bool{}
	}
	t.longest = max(t.longest, tr.took)
	if len(tr.kills) == 0 {
		return
	}
	last := tr.kills[len(tr.kills)-1]
	name := last.Name + "\t" + string(last.Place)
	if t.rows[name] == nil {
		t.rows[name] = &line{scenarios: map[string]bool{}}
		t.order = append(t.order, name)
	}
	for _, l := range []*line{t.rows[name], &t.total} {
		l.add(s, tr)
	}
}

func (l *line) add(s *scenario, tr *trial) {
	v := tr.verdict
	l.scenarios[s.name] = true
	l.kills += len(tr.kills)
	l.lost += len(v.lost)
	l.duplicated += len(v.duplicated)
	l.orphaned += len(v.orphaned)
	l.perhaps += v.perhaps
	l.sentAgain += len(v.again)
}

// write writes the table, if there is one.
func (t *table) write(to io.Writer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.order) == 0 {
		return
	}
	slices.Sort(t.order)
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "killed at\t\tscenarios\tkills\tlost\tduplicated\torphaned\tperhaps ours\tparts sent again")
	for _, name := range t.order {
		t.rows[name].write(w, name)
	}
	t.total.write(w, fmt.Sprintf("%d points\t", len(t.order)))
	_ = w.Flush() // a terminal that is gone reads nothing
	fmt.Fprintf(to, "%.0f s in all, %.1f s for the longest world\n", t.ended.Sub(t.begun).Seconds(), t.longest.Seconds())
}

func (l *line) write(w io.Writer, name string) {
	fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\n", name, len(l.scenarios), l.kills,
		l.lost, l.duplicated, l.orphaned, l.perhaps, l.sentAgain)
}
