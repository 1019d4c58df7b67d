//go:build unix

package crash

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"time"
)

// table sums up what became of all worlds, by the point of the last kill.
type table struct {
	mu      sync.Mutex
	order   []string
	rows    map[string]*line
	total   line
	jobs    map[string]*job // by scenario
	longest time.Duration
	begun   time.Time
	ended   time.Time
}

type line struct {
	scenarios                                      map[string]bool
	kills, missed                                  int
	lost, duplicated, orphaned, perhaps, sentAgain int
}

// job is what became of a scenario's trials, wherever they were killed.
type job struct {
	line
	lives int            // that were followed to their end
	came  map[string]int // how many of these came to a point, by its name and place
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
		t.begun, t.rows, t.jobs = t.ended.Add(-tr.took), map[string]*line{}, map[string]*job{}
		t.total.scenarios = map[string]bool{}
	}
	t.longest = max(t.longest, tr.took)
	if t.jobs[s.name] == nil {
		t.jobs[s.name] = &job{line: line{scenarios: map[string]bool{}}, came: map[string]int{}}
	}
	t.jobs[s.name].pass(tr.recovery)
	t.jobs[s.name].pass(tr.ended)
	for i, l := range t.linesOf(s, tr) {
		l.add(s, tr)
		if i == 0 && tr.missed {
			l.kills -= tr.hit // they were at other points
		}
	}
}

// pass counts the points that a life came to.
func (j *job) pass(trace []point) {
	if len(trace) > 0 {
		j.lives++
	}
	seen := map[string]bool{}
	for _, p := range trace {
		if name := p.Name + "\t" + string(p.Place); !seen[name] {
			seen[name] = true
			j.came[name]++
		}
	}
}

// miss counts a trial whose kills did not all come about, however often it was tried.
func (t *table) miss(s *scenario, tr *trial) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, l := range t.linesOf(s, tr) {
		l.missed++
	}
}

// linesOf returns the lines that a trial counts in: that of the last kill, or of the first that
// did not come about, that of the scenario, and the total.
func (t *table) linesOf(s *scenario, tr *trial) []*line {
	if len(tr.kills) == 0 {
		return nil
	}
	last := tr.kills[min(tr.hit, len(tr.kills)-1)]
	if last.Place == outside {
		last = tr.kills[len(tr.kills)-1]
	}
	name := last.Name + "\t" + string(last.Place)
	if t.rows[name] == nil {
		t.rows[name] = &line{scenarios: map[string]bool{}}
		t.order = append(t.order, name)
	}
	return []*line{t.rows[name], &t.jobs[s.name].line, &t.total}
}

func (l *line) add(s *scenario, tr *trial) {
	v := tr.verdict
	l.scenarios[s.name] = true
	l.kills += tr.hit
	l.lost += len(v.lost)
	l.duplicated += len(v.duplicated)
	l.orphaned += len(v.orphaned)
	l.perhaps += v.perhaps
	l.sentAgain += len(v.again)
}

// problems tells what the kit did not do that it is there for: a point that lives come to and
// none was killed at, and a job in which most trials missed. That one trial of many misses is
// no problem: what is under way at the same time has no order of its own.
func (t *table) problems() (list []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, name := range t.order {
		for s := range t.rows[name].scenarios {
			// What one life of ten comes to is there by the machine's hurry.
			if j := t.jobs[s]; t.rows[name].kills == 0 && j.came[name] > 1 && j.came[name]*10 >= j.lives {
				list = append(list, fmt.Sprintf("%q: %d of %d lives came to %s, and none could be killed there",
					s, j.came[name], j.lives, strings.ReplaceAll(name, "\t", ", ")))
			}
		}
	}
	for s, j := range t.jobs {
		if j.missed > j.kills {
			list = append(list, fmt.Sprintf("%q: %d trials missed, and %d kills came about", s, j.missed, j.kills))
		}
	}
	slices.Sort(list)
	return list
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
	fmt.Fprintln(w, "killed at\t\tscenarios\tkills\tmissed\tlost\tduplicated\torphaned\tperhaps ours\tparts sent again")
	for _, name := range t.order {
		t.rows[name].write(w, name)
	}
	t.total.write(w, fmt.Sprintf("%d points\t", len(t.order)))
	_ = w.Flush() // a terminal that is gone reads nothing
	fmt.Fprintf(to, "%.0f s in all, %.1f s for the longest world\n", t.ended.Sub(t.begun).Seconds(), t.longest.Seconds())
}

func (l *line) write(w io.Writer, name string) {
	fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\n", name, len(l.scenarios), l.kills, l.missed,
		l.lost, l.duplicated, l.orphaned, l.perhaps, l.sentAgain)
}

// TestTableTellsOfWhatWasNotKilled: a miss here and there is counted only, but a point that
// lives come to and none dies at is told of, and so is a job that is hardly ever killed.
func TestTableTellsOfWhatWasNotKilled(t *testing.T) {
	t.Parallel()
	at := func(name string, n int) point { return point{Name: name, Place: after, N: n} }
	var tab table
	add := func(job string, hit int, came []point, kills ...point) {
		s, tr := &scenario{name: job}, &trial{kills: kills, hit: hit, missed: hit < len(kills), recovery: came}
		tab.add(s, tr)
		if tr.missed {
			tab.miss(s, tr)
		}
	}
	add("a", 0, []point{at("x", 1), at("x", 2), at("y", 1)})
	add("a", 1, []point{at("x", 1)}, at("x", 1))
	add("a", 0, []point{at("x", 1)}, at("x", 2))             // another of its name was hit
	add("a", 0, nil, at("y", 1))                             // only one life ever came to it
	add("a", 2, []point{at("z", 1)}, at("x", 1), at("w", 1)) // both came about
	if got := tab.problems(); len(got) != 0 {
		t.Errorf("told of %q", got)
	}
	add("a", 1, []point{at("z", 1)}, at("x", 1), at("z", 1))
	add("b", 0, nil, at("x", 3))
	want := []string{`"a": 2 of 5 lives came to z, after, and none could be killed there`, `"b": 1 trials missed, and 0 kills came about`}
	if got := tab.problems(); !slices.Equal(got, want) {
		t.Errorf("told of %q, want %q", got, want)
	}
	if n := tab.total; n.kills != 4 || n.missed != 4 {
		t.Errorf("%d kills, %d missed", n.kills, n.missed)
	}
}
