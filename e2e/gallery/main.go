//go:build linux

// Command gallery takes the screenshots that the README shows: the built program on a
// display of its own, doing real work against the built-in endpoint.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"partway/e2e/harness"
)

// limit is how long one scene may take. Nothing waits for it when all is well.
const limit = 2 * time.Minute

func main() {
	program := flag.String("program", "build/partway", "the built program")
	out := flag.String("out", "assets/screenshots", "the folder for the pictures")
	only := flag.String("only", "", "the one scene to take")
	flag.Parse()
	if err := gallery(*program, *out, *only); err != nil {
		fmt.Fprintln(os.Stderr, "gallery:", err)
		os.Exit(1)
	}
}

func gallery(program, out, only string) error {
	program, err := filepath.Abs(program)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	for _, s := range scenes {
		if only != "" && s.name != only {
			continue
		}
		path := filepath.Join(out, s.name+".png")
		if err := s.take(program, path); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		fmt.Fprintln(os.Stdout, path)
	}
	return nil
}

// studio is where one scene is played.
type studio struct {
	desktop *harness.Desktop
	server  *harness.Server
	files   *harness.Tree
	app     *harness.App
	window  *harness.Window
	launch  harness.Launch
}

// take plays a scene and takes its picture.
func (s scene) take(program, path string) (err error) {
	ctx, cancel := context.WithTimeoutCause(context.Background(), limit, fmt.Errorf("not within %v", limit))
	defer cancel()
	dir, err := os.MkdirTemp("", "pw") // short, for sockets lie in it
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	st := &studio{files: harness.NewTree(filepath.Join(dir, "Travel"))}
	if st.server, err = harness.StartServer(filepath.Join(dir, "oss")); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.server.Close()) }()
	var said bytes.Buffer
	if st.desktop, err = harness.StartDesktop(ctx, dir, &said); err != nil {
		return err
	}
	defer st.desktop.Close()
	if err := s.start(ctx, st, program, dir); err != nil {
		return err
	}
	defer st.app.Stop()
	if err := s.play(ctx, st); err != nil {
		return fmt.Errorf("%w\n%s%s", err, st.app.Said(), st.app.Log())
	}
	return st.window.Portrait(ctx, path)
}

// start writes the files and starts the program with them.
func (s scene) start(ctx context.Context, st *studio, program, dir string) error {
	if err := os.MkdirAll(st.files.Root, 0o700); err != nil {
		return err
	}
	for name, size := range s.files {
		if err := st.files.Write(name, size); err != nil {
			return err
		}
	}
	if err := st.files.Age(); err != nil {
		return err
	}
	if s.prepare != nil {
		if err := s.prepare(ctx, st.server); err != nil {
			return err
		}
	}
	st.server.PassParts(s.parts)
	st.launch = harness.Launch{Program: program, DataDir: filepath.Join(dir, "data"), Env: append(st.server.Env(), s.env...)}
	var err error
	if st.app, err = st.run(append(slices.Clone(s.args), s.given...)); err != nil {
		return err
	}
	st.window, err = st.app.Window(ctx)
	return err
}

// run starts the program; arguments that name files of the scene become their paths.
func (st *studio) run(args []string) (*harness.App, error) {
	l := st.launch
	for _, a := range args {
		if path := st.files.Path(a); exists(path) {
			a = path
		}
		l.Args = append(l.Args, a)
	}
	return st.desktop.Start(l)
}

// hand has a second start hand over what it is given.
func (st *studio) hand(ctx context.Context, args ...string) error {
	second, err := st.run(args)
	if err != nil {
		return err
	}
	status, err := second.Wait(ctx)
	if err == nil && status != 0 {
		err = fmt.Errorf("the second start ended with %d: %s", status, second.Said())
	}
	return err
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
