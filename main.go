// Command partway sends files and folders to Alibaba Cloud OSS: see the README.
//
// This file alone joins the journal, the store, the built-in endpoint and the window.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"partway/cli"
	_ "partway/cli/quiet" // before Fyne prints while it is initialised
	"partway/instance"
	"partway/ui"
)

func main() { os.Exit(run(context.Background(), os.Args[1:])) }

// run returns the exit status.
func run(ctx context.Context, args []string) int {
	o, err := cli.Parse(args, os.Getenv, os.Stdout)
	if errors.Is(err, cli.ErrHelp) {
		return cli.StatusOK
	}
	if err == nil && o.Version {
		fmt.Fprintln(os.Stdout, versionLine())
		return cli.StatusOK
	}
	if err == nil {
		err = cli.ForbidCoreDumps()
	}
	status := cli.StatusUsage
	if err == nil {
		status, err = start(ctx, o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "partway:", err)
	}
	if _, ok := errors.AsType[*cannotStart](err); ok && !o.QuitWhenDone {
		// Who started it by a double click has not seen that.
		if err := ui.ShowFailure(version, err); err != nil {
			fmt.Fprintln(os.Stderr, "partway:", err)
		}
	}
	return status
}

// cannotStart is why no window could be opened on the data folder: a person has to do
// something on this computer.
type cannotStart struct{ why error }

func (e *cannotStart) Error() string { return e.why.Error() }
func (e *cannotStart) Unwrap() error { return e.why }

// start enters the data folder: the first start opens the window, a later one hands over
// to it.
func start(ctx context.Context, o cli.Options) (int, error) {
	if err := cli.CheckDisplay(ctx, os.Getenv); err != nil {
		return cli.StatusUsage, err
	}
	if err := cli.ChoosePlatform(os.Getenv, os.Setenv); err != nil {
		return cli.StatusUsage, err
	}
	if err := cli.MakeDataDir(o.Data); err != nil {
		return cli.StatusUsage, &cannotStart{err}
	}
	env := cli.ReadEnvironment(os.Getenv)
	lock, running, err := instance.Enter(ctx, o.Data)
	if err != nil {
		return cli.StatusUsage, &cannotStart{err}
	}
	if running != nil {
		status, err := running.HandOver(ctx, o.Request(env))
		switch {
		case errors.Is(err, instance.ErrClosed) && o.QuitWhenDone:
			return cli.StatusUnverified, err
		case err != nil:
			return cli.StatusUsage, err
		}
		return status, nil
	}
	defer func() { _ = lock.Release() }() // the kernel does it else
	p, err := open(ctx, o, env)
	if err != nil {
		return cli.StatusUsage, &cannotStart{err}
	}
	return p.run(ctx, lock, o)
}
