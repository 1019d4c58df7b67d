//go:build soak

package transfer_test

import (
	"flag"
	"strconv"
	"testing"
	"time"
)

var (
	soakTime  = flag.Duration("soak.time", 10*time.Minute, "begin no further check of the model after this time")
	soakSeeds = flag.Int("soak.seeds", 50, "how many checks of the model to make")
	soakSteps = flag.Int("soak.steps", 1000, "how many steps each of them has, on average")
)

// TestSoakModel is TestA4Model with many seeds and long checks.
func TestSoakModel(t *testing.T) {
	if err := flag.Set("rapid.steps", strconv.Itoa(*soakSteps)); err != nil {
		t.Fatal(err)
	}
	checkModels(t, *soakSeeds, time.Now().Add(*soakTime))
}
