//go:build unix

package crash

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"

	"partway/crash/tear"
)

// place is where at a call the process dies.
type place string

const (
	before place = "before" // the call was not handed on
	during place = "during" // half of it was carried out
	after  place = "after"  // all of it was, and the engine has not heard of it

	// outside is no place at a call: the parent kills.
	outside place = "from outside"
)

// point is one moment in the life of a process: the n-th time, from 1, that it comes to
// this place of a call of this name.
type point struct {
	Name  string
	Place place
	N     int
}

func (p point) String() string { return fmt.Sprintf("%s %s #%d", p.Place, p.Name, p.N) }

// points names the moments of this process as it comes to them, writes them down, and ends
// it at the chosen one.
type points struct {
	mu     sync.Mutex
	trace  *os.File
	counts map[point]int // by name and place
	kill   point         // its zero value: none
}

func newPoints(trace string, kill point) (*points, error) {
	f, err := os.OpenFile(trace, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	return &points{trace: f, counts: map[point]int{}, kill: kill}, nil
}

// reach tells that the process came to a place. It does not return if that is the chosen
// point, unless the place is during: it then dies in the next write of the journal.
func (p *points) reach(name string, at place) {
	if p.here(name, at) {
		die()
	}
}

// tearNext is reach for the middle of the next transaction.
func (p *points) tearNext(name string) {
	if !p.here(name, during) {
		return
	}
	if err := tear.AtWrite(1); err != nil {
		panic(err)
	}
}

func (p *points) here(name string, at place) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := point{Name: name, Place: at}
	p.counts[key]++
	key.N = p.counts[point{Name: name, Place: at}]
	if _, err := fmt.Fprintf(p.trace, "%s\t%s\t%d\n", key.Place, key.Name, key.N); err != nil {
		panic(err)
	}
	return key == p.kill
}

// die ends this process as the kernel or the power does: nothing is run, nothing flushed.
func die() {
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Kill()
	}
	if err != nil {
		panic(err)
	}
	select {}
}

// readTrace reads the points that a process came to, in their order.
func readTrace(path string) ([]point, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil // it was killed before it came to any
	}
	if err != nil {
		return nil, err
	}
	var ps []point
	for line := range strings.Lines(string(text)) {
		var p point
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(fields) != 3 {
			return nil, fmt.Errorf("%s: line %q", path, line)
		}
		p.Place, p.Name = place(fields[0]), fields[1]
		if _, err := fmt.Sscan(fields[2], &p.N); err != nil {
			return nil, fmt.Errorf("%s: line %q: %w", path, line, err)
		}
		ps = append(ps, p)
	}
	return ps, nil
}

// choose leaves of each name and place the first, the one in the middle and the last: the
// 1,000th part is not another step of the protocol. Of calls that change nothing one is
// enough.
func choose(all []point) []point {
	last := map[point]int{}
	for _, p := range all {
		last[point{Name: p.Name, Place: p.Place}] = p.N
	}
	var chosen []point
	for _, p := range all {
		n := last[point{Name: p.Name, Place: p.Place}]
		reads := strings.HasPrefix(p.Name, "read ")
		if p.N == 1 || !reads && (p.N == n || p.N == (n+1)/2) {
			chosen = append(chosen, p)
		}
	}
	return chosen
}
