package credentials

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// programVariable makes the test's own program play one that prints credentials.
const programVariable = "PARTWAY_TEST_PRINTS"

func TestMain(m *testing.M) {
	switch text := os.Getenv(programVariable); text {
	case "":
	case "fail":
		_, _ = os.Stderr.WriteString("secret-in-stderr")
		os.Exit(3)
	case "hang":
		select {}
	case "flood":
		for {
			if _, err := os.Stdout.Write(make([]byte, 1<<16)); err != nil {
				os.Exit(4)
			}
		}
	default:
		_, _ = os.Stdout.WriteString(text)
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}
