//go:build soak

package transfer_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"partway/transfer"
	"partway/transfer/osslocal/fault"
)

var (
	soakTime    = flag.Duration("soak.time", 10*time.Minute, "begin no further check of the model after this time")
	soakSeeds   = flag.Int("soak.seeds", 50, "how many checks of the model to make")
	soakSteps   = flag.Int("soak.steps", 1000, "how many steps each of them has, on average")
	soakUploads = flag.Int("soak.uploads", 10_000, "how many uploads go through one engine")
)

// TestSoakModel is TestA4Model with many seeds and long checks.
func TestSoakModel(t *testing.T) {
	if err := flag.Set("rapid.steps", strconv.Itoa(*soakSteps)); err != nil {
		t.Fatal(err)
	}
	checkModels(t, *soakSeeds, time.Now().Add(*soakTime))
}

// usage is what must not grow with what was uploaded.
type usage struct {
	heap       uint64
	goroutines int
}

func measure() usage {
	runtime.GC()
	runtime.GC() // what the first one finalized
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return usage{heap: s.HeapAlloc, goroutines: runtime.NumGoroutine()}
}

// TestSoakUploads sends many files through one engine while the endpoint errs at random: none
// is lost, doubled or left open, and memory and goroutines come back to where they were.
func TestSoakUploads(t *testing.T) {
	r := newRig(t)
	r.patience = 10 * time.Minute
	for i := range *soakUploads {
		size := int64(1 + rand.IntN(20*kib))
		if i%20 == 0 {
			size = 120 * kib // two parts
		}
		r.file(fmt.Sprintf("many/%02d/%05d", i%100, i), size)
	}
	r.file("first", 350*kib)
	r.reaches(r.add(transfer.PolicySkipSame, filepath.Join(r.files, "first"))[0], transfer.StatusCompleted)
	r.forget()
	before := measure()
	begun := time.Now()
	batch, err := r.m.Add(t.Context(), transfer.AddRequest{Paths: []string{filepath.Join(r.files, "many")}, To: r.to("p/"), Policy: transfer.PolicySkipSame})
	check(t, err)
	faults, looks, most := map[string]*fault.Rule{}, 0, before
	r.until("all are completed", func() bool {
		most.goroutines = max(most.goroutines, runtime.NumGoroutine())
		r.forget()
		counts, scanned, err := r.journal.BatchCounts(t.Context(), batch)
		check(t, err)
		for ; looks < counts[transfer.StatusCompleted]/20; looks++ {
			// One for each operation at a time: what piled up would hit one part until that fails.
			text := modelFaults[rand.IntN(len(modelFaults))]
			op, _, _ := strings.Cut(text, " ")
			if waiting := faults[op]; waiting == nil || waiting.Hits() > 0 {
				faults[op] = r.faults.MustAdd(text)
			}
		}
		return scanned && counts[transfer.StatusCompleted] == *soakUploads
	})
	took, hits := time.Since(begun), len(r.faults.Hits())
	r.faults.Clear()
	r.until("nothing is in work", func() bool { s := r.m.Snapshot(); return s.InFlight == 0 && len(s.Live) == 0 })
	r.dropConnections()
	r.until("the goroutines are back", func() bool { return runtime.NumGoroutine() <= before.goroutines })
	after := measure()
	journal := int64(0)
	for _, name := range []string{"partway.db", "partway.db-wal"} {
		info, err := os.Stat(filepath.Join(r.data, name))
		check(t, err)
		journal += info.Size()
	}
	t.Logf("%d uploads in %v with %d faults: heap %d KiB before, %d after; goroutines %d, at most %d, %d after; journal %d KiB",
		*soakUploads, took.Round(time.Millisecond), hits, before.heap>>10, after.heap>>10, before.goroutines, most.goroutines, after.goroutines, journal>>10)
	r.checkSoaked(before, after, journal)
}

// checkSoaked compares every object with its file, and what was used with what was before.
func (r *rig) checkSoaked(before, after usage, journal int64) {
	r.t.Helper()
	const heapMore, journalMore, journalPerUpload = 8 << 20, 16 << 20, 4 << 10
	if after.heap > before.heap+heapMore+uint64(*soakUploads)*2048 { // the endpoint keeps its objects in memory
		r.t.Errorf("the heap grew from %d to %d bytes", before.heap, after.heap)
	}
	if most := int64(journalMore + *soakUploads*journalPerUpload); journal > most {
		r.t.Errorf("the journal has %d bytes, more than %d", journal, most)
	}
	keys := r.keys()
	if len(keys) != *soakUploads+1 {
		r.t.Errorf("%d objects, want %d", len(keys), *soakUploads+1)
	}
	for i := range *soakUploads {
		name := fmt.Sprintf("many/%02d/%05d", i%100, i)
		r.holds("p/"+name, filepath.Join(r.files, name))
	}
	perhaps, err := r.journal.PerhapsOurs(r.t.Context())
	check(r.t, err)
	open, err := r.oss.OpenUploads(testBucket)
	check(r.t, err)
	if len(open) > len(perhaps) {
		r.t.Errorf("%d uploads are open, %d are perhaps ours", len(open), len(perhaps))
	}
}

// forget drops what the rig recorded: it grows with what was uploaded, which is not the
// engine's doing.
func (r *rig) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.records = nil
}

// dropConnections asks the engine for its stores anew: idle connections would keep their
// goroutines for a while.
func (r *rig) dropConnections() {
	check(r.t, r.m.CredentialsChanged(r.account.ID))
}
