package keyring

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"
)

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
