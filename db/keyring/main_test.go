package keyring

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"

	"partway/transfer"
)

// keyringVariable makes the test's own program one that uses the system's keyring, as a start
// of Partway does: keep, read or forget.
const keyringVariable = "PARTWAY_TEST_KEYRING"

func TestMain(m *testing.M) {
	if what := os.Getenv(keyringVariable); what != "" {
		said, err := use(what)
		if err != nil {
			_, _ = fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		_, _ = fmt.Fprintln(os.Stdout, said)
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// use does what a start of Partway does, and says what came of it.
func use(what string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	k := New("real", nil)
	switch what {
	case "keep":
		kept, err := k.Keep(ctx, account(1), given())
		return fmt.Sprint("kept ", kept), err
	case "read":
		c, err := k.Credentials(ctx, account(1))
		if err != nil {
			return "none: " + transfer.AsError(err).Err.Error(), nil
		}
		return fmt.Sprint("as given: ", c == given()), nil
	default:
		return "forgotten", k.Forget(ctx, account(1))
	}
}
