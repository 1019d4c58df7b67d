//go:build unix

package crash

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"
)

// environment is what all worlds share.
type environment struct {
	*endpoint
	dir       string
	worlds    atomic.Int64
	processes chan struct{} // room for children: most of them wait for the disk or for OSS
	table     table
}

var env *environment

func TestMain(m *testing.M) {
	if text := os.Getenv(childVariable); text != "" {
		os.Exit(runChild(text))
	}
	goleak.VerifyTestMain(runner{m})
}

// runner runs the tests with one environment.
type runner struct{ m *testing.M }

// Run implements goleak.TestingM.
func (r runner) Run() int {
	code, err := r.run()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

func (r runner) run() (code int, err error) {
	dir, err := os.MkdirTemp("", "partway-crash")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	e, err := startEndpoint(dir + "/oss")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, e.oss.Close()) }()
	env = &environment{endpoint: e, dir: dir, processes: make(chan struct{}, 5*runtime.NumCPU())}
	code = r.m.Run()
	env.table.write(os.Stdout)
	if problems := env.table.problems(); len(problems) > 0 {
		return 1, errors.New("the kit did not do its work: " + strings.Join(problems, "; "))
	}
	return code, nil
}
