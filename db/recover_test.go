package db

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"partway/transfer"
)

// backedUp makes a journal with uploads in several states, backs it up, adds one more
// upload, and closes it.
func backedUp(t *testing.T) (dir, file, identity string) {
	t.Helper()
	dir = t.TempDir()
	j := openAt(t, dir)
	batch := addBatch(t, j)
	us := addNamed(t, j, batch, 4)
	begun, done, restarts := us[1], us[2], us[3]
	begun.Phase, begun.UploadID, begun.Plan = transfer.PhaseUploading, "U", transfer.Plan{PartSize: 100, Parts: 9}
	done.Phase, done.Claims, done.Receipt.Finished = transfer.PhaseDone, false, created
	restarts.Phase, restarts.UploadID, restarts.Restart = transfer.PhaseAborting, "V", true
	commit(t, j, transfer.Change{
		Uploads: []transfer.Upload{begun, done, restarts},
		Parts:   []transfer.PartFact{part(begun.ID, 1, 100)},
	})
	if err := j.BackUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	add(t, j, planned(addBatch(t, j), "later"))
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, filepath.Join(dir, journalName), j.Identity()
}

// ruin overwrites the middle of a file.
func ruin(t *testing.T, file string) (ruined []byte) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	clear(content[4096*2 : 4096*5])
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return content
}

func TestD2BackupTakesTheDamagedJournalsPlace(t *testing.T) {
	for name, harm := range map[string]func(file string) error{
		"damaged": func(file string) error { ruin(t, file); return nil },
		"deleted": os.Remove,
		"empty":   func(file string) error { return os.Truncate(file, 0) },
		// Cut between setting aside and restoring: the next start goes on.
		"cut before": func(file string) error {
			ruin(t, file)
			_, err := setAside(file)
			return errors.Join(err, os.WriteFile(file+copying, []byte("half"), 0o600))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir, file, identity := backedUp(t)
			if err := harm(file); err != nil {
				t.Fatal(err)
			}
			j := openAt(t, dir)
			r := j.Recovered()
			if r == nil || !r.Restored() || time.Since(r.Backup) > time.Minute {
				t.Fatalf("recovered: %v", r)
			}
			if name == "damaged" {
				if _, err := os.Stat(r.Aside); err != nil {
					t.Error(err)
				}
			}
			checkRestored(t, j)
			if j.Identity() != identity {
				t.Error("the journal's secrets are no longer found")
			}
			if err := j.Close(); err != nil {
				t.Fatal(err)
			}
			command(t, openRunning(t, dir), transfer.Everything(), transfer.SetRun)
			if again := openAt(t, dir); again.Recovered() != nil || load(t, again, 1).Intent != transfer.IntentRun {
				t.Errorf("recovered twice: %v", again.Recovered())
			}
		})
	}
}

// openRunning opens a journal that the caller's next openAt finds closed.
func openRunning(t *testing.T, dir string) *Journal {
	t.Helper()
	j, err := Open(t.Context(), dir, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

// checkRestored checks that what backedUp made is there, and nothing of it would go on.
func checkRestored(t *testing.T, j *Journal) {
	t.Helper()
	var phases []string
	for id := transfer.ID(1); id <= 4; id++ {
		u := load(t, j, id)
		phases = append(phases, string(u.Phase))
		if !u.Phase.Final() && u.Intent != transfer.IntentPause {
			t.Errorf("upload %d has intent %s", id, u.Intent)
		}
	}
	if got := strings.Join(phases, " "); got != "planned uploading done aborting" {
		t.Errorf("phases: %s", got)
	}
	if parts, err := j.Parts(t.Context(), 2); err != nil || len(parts) != 1 {
		t.Errorf("parts %v, %v", parts, err)
	}
	for _, u := range runnable(t, j, transfer.RunnableQuery{Limit: 10}) {
		if u.Phase != transfer.PhaseAborting {
			t.Errorf("upload %d would go on", u.ID)
		}
	}
	batches, err := j.Unscanned(t.Context())
	if err != nil || len(batches) != 1 || !batches[0].Paused {
		t.Errorf("scans that go on: %+v, %v", batches, err)
	}
	if all, err := j.List(t.Context(), transfer.Filter{}, transfer.Sort{}); err != nil || len(all) != 4 {
		t.Errorf("%d rows, %v", len(all), err)
	}
}

func TestD2OlderBackupWhereTheNewestIsDamagedToo(t *testing.T) {
	dir, file, _ := backedUp(t)
	newer := file + backupInfix + latest(t) + "-" + time.Now().Add(-time.Millisecond).UTC().Format(stampForm)
	if err := os.WriteFile(newer, bytes.Repeat([]byte("x"), 9000), 0o600); err != nil {
		t.Fatal(err)
	}
	ruin(t, file)
	j := openAt(t, dir)
	if r := j.Recovered(); r == nil || !r.Restored() || !strings.Contains(r.Why, filepath.Base(newer)) {
		t.Errorf("recovered: %v", r)
	}
	checkRestored(t, j)
}

// A backup is private, of one moment, and there are never many.
func TestD2BackupsAreFewAndPrivate(t *testing.T) {
	dir := t.TempDir()
	j := openAt(t, dir)
	addNamed(t, j, addBatch(t, j), 3)
	file := filepath.Join(dir, journalName)
	old := file + backupInfix + "0-20200101-000000.000"
	future := file + backupInfix + latest(t) + "-20990101-000000.000"
	for _, name := range []string{old, future} {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for range keptBackups + 2 {
		if err := j.BackUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		for name := stamp(); name == stamp(); { // their names tell milliseconds
		}
	}
	all, err := backups(file, time.Now())
	if err != nil || len(all) != keptBackups+1 || all[keptBackups].path != old {
		t.Errorf("kept: %+v, %v", all, err)
	}
	for _, b := range all[:keptBackups] {
		if info, err := os.Stat(b.path); err != nil || info.Mode().Perm() != fileMode {
			t.Errorf("%s: %v, %v", b.path, info.Mode(), err)
		}
	}
	checkBackup(t, all[0].path)
	if left, err := filepath.Glob(file + copying + "*"); err != nil || len(left) != 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

func TestD2BackupsAreMadeWhenDue(t *testing.T) {
	j := openNew(t)
	due := func(want bool, when string, at time.Time) {
		t.Helper()
		if is, err := j.backupDue(t.Context(), at); is != want || err != nil {
			t.Errorf("%s: due %v, %v", when, is, err)
		}
	}
	now := time.Now()
	due(false, "a journal that holds nothing", now)
	addNamed(t, j, addBatch(t, j), 1)
	due(true, "the first", now)
	if err := j.BackUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	due(false, "unchanged, later", now.Add(2*backupEvery))
	add(t, j, planned(addBatch(t, j), "later"))
	later := time.Now().Add(time.Second)
	if err := os.Chtimes(j.file+"-wal", later, later); err != nil {
		t.Fatal(err)
	}
	due(false, "changed, too soon", now.Add(backupEvery/2))
	all, err := backups(j.file, now.Add(time.Minute))
	if err != nil || len(all) != 1 {
		t.Fatalf("backups: %v, %v", all, err)
	}
	due(false, "changed, in the same moment", all[0].made)
	due(false, "changed, almost an hour later", all[0].made.Add(backupEvery-1))
	due(true, "changed, just an hour later", all[0].made.Add(backupEvery))
	due(true, "changed, an hour later", time.Now().Add(backupEvery))
	due(true, "the clock was put back", now.Add(-backupEvery))
}

// The newest backup comes first, but for those of a time to come, as a clock put back leaves.
func TestD2BackupsInTheirOrder(t *testing.T) {
	file := filepath.Join(t.TempDir(), journalName)
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	want := []string{"1-20260531-000000.000", "2-20260101-000000.000", "1-20250101-000000.000", "1-20270101-000000.000", "2-20260701-000000.000"}
	for _, name := range slices.Sorted(slices.Values(want)) {
		if err := os.WriteFile(file+backupInfix+name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	all, err := backups(file, now)
	if err != nil || len(all) != len(want) {
		t.Fatalf("%+v, %v", all, err)
	}
	for i, b := range all {
		if b.path != file+backupInfix+want[i] {
			t.Errorf("%d: %s, want %s", i, filepath.Base(b.path), want[i])
		}
	}
}

func TestD2BackupsAreMadeByThemselves(t *testing.T) {
	j := openNew(t)
	addNamed(t, j, addBatch(t, j), 3)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		j.KeepBackups(ctx, slog.New(slog.DiscardHandler))
	}()
	poll := time.NewTicker(5 * time.Millisecond)
	defer poll.Stop()
	for {
		all, err := backups(j.file, time.Now().Add(time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		if len(all) == 1 {
			break
		}
		select {
		case <-poll.C:
		case <-time.After(time.Minute):
			t.Fatal("no backup after a minute")
		}
	}
	cancel()
	<-ended
}

func TestD2HeaderOfFormatsThatDoNotExist(t *testing.T) {
	for _, c := range []struct {
		at    int
		value byte
		sound bool
	}{{18, 2, true}, {18, 3, false}, {19, 2, true}, {19, 3, false}, {47, 4, true}, {47, 5, false}, {44, 1, false}} {
		header := make([]byte, smallestFile)
		header[18], header[19], header[47] = 1, 1, 4
		header[c.at] = c.value
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, header, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := checkHeader(path); (err == nil) != c.sound {
			t.Errorf("byte %d is %d: %v", c.at, c.value, err)
		}
	}
}

// Whatever bytes of a journal are changed: it opens, and what was there is kept.
func TestD2RandomDamage(t *testing.T) {
	_, file, _ := backedUp(t)
	sound, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	backup, err := filepath.Glob(file + backupInfix + "*")
	if err != nil || len(backup) != 1 {
		t.Fatal(backup, err)
	}
	kept, err := os.ReadFile(backup[0])
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(60) {
		damaged := flipped(sound, rand.New(rand.NewPCG(seed, 1)))
		openDamaged(t, damaged, filepath.Base(backup[0]), kept)
	}
}

// FuzzD2Damage changes one run of a journal's bytes, or cuts it.
func FuzzD2Damage(f *testing.F) {
	dir := f.TempDir()
	j := openAt(f, dir)
	addNamed(f, j, addBatch(f, j), 20)
	if err := j.Close(); err != nil {
		f.Fatal(err)
	}
	sound, err := os.ReadFile(filepath.Join(dir, journalName))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(uint(0), []byte("SQLite format 4"), false)
	f.Add(uint(60), []byte{0, 0, 1}, false)
	f.Add(uint(60), []byte{0, 0, 0, 0}, false)
	f.Add(uint(60), []byte{0, 0, 0, 1}, false)
	f.Add(uint(60), []byte{0xff, 0xff}, false)
	f.Add(uint(5000), []byte{0xff, 0xff}, true)
	f.Fuzz(func(t *testing.T, at uint, run []byte, cut bool) {
		damaged := bytes.Clone(sound)
		n := copy(damaged[at%uint(len(damaged)):], run)
		if cut {
			damaged = damaged[:int(at%uint(len(damaged)))+n]
		}
		openDamaged(t, damaged, "", nil)
	})
}

// flipped returns content with a few bits changed, most of them where it counts: in the
// header, and at the begin of pages.
func flipped(content []byte, random *rand.Rand) []byte {
	content = bytes.Clone(content)
	for range 1 + random.IntN(8) {
		at := random.IntN(len(content))
		switch random.IntN(3) {
		case 0:
			at = random.IntN(100)
		case 1:
			at = random.IntN(len(content)/4096)*4096 + random.IntN(16)
		}
		content[at] ^= 1 << random.IntN(8)
	}
	return content
}

// openDamaged opens a folder with such a journal. Either it opens, and a file that was
// set aside is kept as it was; or it is refused, and left as it was.
func openDamaged(t *testing.T, damaged []byte, backup string, kept []byte) {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, journalName)
	if err := os.WriteFile(file, damaged, 0o600); err != nil {
		t.Fatal(err)
	}
	if backup != "" {
		if err := os.WriteFile(filepath.Join(dir, backup), kept, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	j, err := Open(t.Context(), dir, slog.New(slog.DiscardHandler))
	if err != nil {
		// A changed header may be that of a newer journal, or of another program.
		if e := transfer.AsError(err); e.Code != transfer.CodeJournalNewer && e.Code != transfer.CodeJournalForeign {
			t.Errorf("error %v", err)
		}
		same(t, file, damaged)
		return
	}
	if r := j.Recovered(); r != nil && len(damaged) > 0 && r.Aside != "" {
		same(t, r.Aside, damaged)
		if backup != "" && !r.Restored() {
			t.Errorf("not restored: %v", r)
		}
	}
	if err := errors.Join(j.SetSetting(t.Context(), "k", "v"), j.Close()); err != nil {
		t.Error(err)
	}
}

func same(t *testing.T, file string, want []byte) {
	t.Helper()
	if got, err := os.ReadFile(file); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s was changed: %v", filepath.Base(file), err)
	}
}
