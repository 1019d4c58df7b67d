package credentials

import (
	"context"
	"errors"
	"os/exec"
	"time"

	"partway/transfer"
)

// grace is how long what a program leaves behind may hold its output open.
const grace = time.Second

// fromCommand runs a program and reads what it prints. What it prints is never repeated: it
// may be a secret, whatever came of it.
func fromCommand(ctx context.Context, command string) (transfer.Credentials, error) {
	words, err := transfer.SplitCommand(command)
	if err != nil {
		return transfer.Credentials{}, fault(transfer.KindAuth, err)
	}
	run := exec.CommandContext(ctx, words[0], words[1:]...) //nolint:gosec // running what the person names is what this is for
	run.WaitDelay = grace
	windowless(run)
	out := &bounded{}
	run.Stdout = out
	err = run.Run()
	switch {
	case ctx.Err() != nil:
		return transfer.Credentials{}, fault(transfer.KindTransient, errors.New("the program for credentials did not end in time"))
	case errors.Is(err, exec.ErrNotFound) || run.Process == nil && err != nil:
		return transfer.Credentials{}, fault(transfer.KindAuth, errors.New("the program for credentials cannot be started"))
	case out.over:
		return transfer.Credentials{}, fault(transfer.KindAuth, errors.New("the program for credentials printed more than 1 MiB"))
	case err != nil: // it may be the network that it lacks
		return transfer.Credentials{}, fault(transfer.KindTransient, errors.New("the program for credentials failed: run it in a terminal to see what it says"))
	}
	c, err := transfer.ParseCredentials(out.text)
	if err != nil {
		return c, fault(transfer.KindAuth, errors.New("the program for credentials did not print JSON with an access key ID and its secret"))
	}
	return c, nil
}

var errTooMuch = errors.New("too much")

// bounded keeps what a program prints, and closes its output when that is more than maxAnswer.
// It is no io.ReaderFrom, which a copy would prefer.
type bounded struct {
	text []byte
	over bool
}

// Write keeps what fits.
func (b *bounded) Write(p []byte) (int, error) {
	if len(b.text)+len(p) > maxAnswer {
		b.over = true
		return 0, errTooMuch
	}
	b.text = append(b.text, p...)
	return len(p), nil
}
