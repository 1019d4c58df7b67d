//go:build linux

// Command demo shows the main job on the built-in endpoint. With a display it opens the
// window with sample files to play with. Without one it runs the same window under a
// virtual display, pauses and resumes it by keyboard, takes a screenshot, and compares
// what was stored with what was sent.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"partway/e2e/harness"
)

const (
	mib    = 1 << 20
	limit  = 5 * time.Minute
	prefix = "demo/"
)

func main() {
	program := flag.String("program", "build/partway", "the built program")
	screenshot := flag.String("screenshot", "build/demo.png", "where the screenshot goes")
	flag.Parse()
	if err := demo(*program, *screenshot); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

func demo(program, screenshot string) error {
	program, err := filepath.Abs(program)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "pw") // short, for sockets lie in it
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	files, err := samples(filepath.Join(dir, "samples"))
	if err != nil {
		return err
	}
	if os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != "" {
		return play(program, dir, files)
	}
	ctx, cancel := context.WithTimeoutCause(context.Background(), limit, fmt.Errorf("not within %v", limit))
	defer cancel()
	return show(ctx, program, screenshot, dir, files)
}

// samples generates a large file and a folder.
func samples(root string) (*harness.Tree, error) {
	fmt.Fprintln(os.Stdout, "Generating a file of 256 MiB and a folder.")
	files := harness.NewTree(root)
	sizes := map[string]int64{"large.bin": 256 * mib, "folder/视频/clip.mp4": 24 * mib, "folder/empty": 0}
	for i := range 40 {
		sizes[fmt.Sprintf("folder/照片/%02d.jpg", i+1)] = int64(i+1) * 50_000
	}
	for name, size := range sizes {
		if err := files.Write(name, size); err != nil {
			return nil, err
		}
	}
	return files, files.Age()
}

// play opens the window on the person's own display, on a data folder of its own that is
// deleted afterwards. The drop sheet asks where the samples go.
func play(program, dir string, files *harness.Tree) error {
	fmt.Fprintln(os.Stdout, "The window opens with sample files, on the built-in endpoint: nothing leaves this computer.")
	cmd := exec.Command(program, "-trial", "-data", filepath.Join(dir, "data"), //nolint:noctx // until the person closes it
		files.Path("large.bin"), files.Path("folder"))
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd.Run()
}

// show runs the window under a virtual display, as a person would use it.
func show(ctx context.Context, program, screenshot, dir string, files *harness.Tree) (err error) {
	server, err := harness.StartServer(filepath.Join(dir, "oss"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	var said bytes.Buffer
	desktop, err := harness.StartDesktop(ctx, dir, &said)
	if err != nil {
		return err
	}
	defer desktop.Close()
	server.PassParts(8)
	app, err := desktop.Start(harness.Launch{
		Program: program, DataDir: filepath.Join(dir, "data"), Env: server.Env(),
		Args: []string{
			"-to", "oss://" + harness.Bucket + "/" + prefix, "-quit-when-done", files.Path("large.bin"), files.Path("folder"),
		},
	})
	if err != nil {
		return err
	}
	defer app.Stop()
	if err := pauseAndResume(ctx, app, desktop, server, screenshot); err != nil {
		return fmt.Errorf("%w\n%s%s", err, app.Said(), app.Log())
	}
	status, err := app.Wait(ctx)
	if err == nil && status != 0 {
		err = fmt.Errorf("exit status %d: %s%s", status, app.Said(), app.Log())
	}
	if err != nil {
		return err
	}
	if err := files.Verify(server, func(name string) string { return prefix + name }); err != nil {
		return err
	}
	fmt.Fprintf(os.Stdout, "Verified: %d objects are stored, and each has its file's SHA-256. The window is in %s.\n",
		len(files.Sums), screenshot)
	return nil
}

// pauseAndResume waits for the upload to be half way, pauses it by keyboard, and resumes.
func pauseAndResume(ctx context.Context, app *harness.App, desktop *harness.Desktop, server *harness.Server, screenshot string) error {
	window, err := app.Window(ctx)
	if err != nil {
		return err
	}
	_, err = server.Wait(ctx, "parts to arrive", func(rs harness.Records) bool {
		return len(rs.Acknowledged()) >= 8 && rs.InFlight("UploadPart") > 0
	})
	if err != nil {
		return err
	}
	if err := portrait(ctx, window, desktop, screenshot); err != nil {
		return err
	}
	if err := window.Key(ctx, "ctrl+shift+p"); err != nil {
		return err
	}
	quiet := func(rs harness.Records) bool { return rs.InFlight("UploadPart") == 0 }
	if _, err := server.Wait(ctx, "the pause", quiet); err != nil {
		return err
	}
	if err := app.Journal().Wait(ctx, harness.CountPaused, 1); err != nil {
		return err
	}
	fmt.Fprintln(os.Stdout, "Paused by Ctrl+Shift+P: no part is in flight.")
	server.PassParts(-1)
	if err := window.Key(ctx, "ctrl+shift+s"); err != nil {
		return err
	}
	fmt.Fprintln(os.Stdout, "Resumed by Ctrl+Shift+S.")
	return nil
}
