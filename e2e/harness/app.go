//go:build linux

package harness

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// App is the built program, running or ended.
type App struct {
	*process
	desktop *Desktop
	said    *lines
	dataDir string
}

// Launch says how the program is started.
type Launch struct {
	Program string // its path
	DataDir string
	Args    []string // beside -data
	Env     []string // beside the desktop's
}

// Start starts the program on the desktop.
func (d *Desktop) Start(l Launch) (*App, error) {
	a := &App{desktop: d, said: &lines{}, dataDir: l.DataDir}
	args := append([]string{"-data", l.DataDir}, l.Args...)
	var err error
	a.process, err = start(a.said, append(d.env(), l.Env...), nil, l.Program, args...)
	return a, err
}

// Window waits for the program's window.
func (a *App) Window(ctx context.Context) (*Window, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case <-a.ended:
			cancel(fmt.Errorf("the program ended: %s", a.said))
		case <-ctx.Done():
		}
	}()
	return a.desktop.Window(ctx, "Partway")
}

// PID is the program's process.
func (a *App) PID() int { return a.cmd.Process.Pid }

// Kill ends the program as a crash would, and waits until it is gone.
func (a *App) Kill() error { return a.kill() }

// Signal sends the program a signal.
func (a *App) Signal(s syscall.Signal) error { return a.signal(s) }

// Stop asks the program to end.
func (a *App) Stop() { a.stop() }

// Wait returns the exit status once the program has ended.
func (a *App) Wait(ctx context.Context) (int, error) { return a.wait(ctx) }

// Said is what the program printed.
func (a *App) Said() string { return a.said.String() }

// Log is the program's log so far.
func (a *App) Log() string {
	data, err := os.ReadFile(filepath.Join(a.dataDir, "partway.log"))
	if err != nil {
		return err.Error()
	}
	return string(data)
}
