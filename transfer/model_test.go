package transfer_test

import (
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"partway/transfer"
	"partway/transfer/aliyun"
	"partway/transfer/osslocal"
)

// model is the engine before an endpoint, and what a person who gave it all those commands
// expects of it. Commands and faults come in any order; see check for what must hold after
// each of them, and drain for what must have become of all uploads in the end.
type model struct {
	*rig
	line    *line
	life    *life
	journal *mortalJournal // as the engine sees it
	files   map[string]*modelFile
	rows    map[transfer.ID]*modelRow
	top     transfer.ID // the highest that was seen
	batches map[transfer.BatchID]bool
	others  map[string][]content // what another program stored, by key
	left    map[string]bool      // keys that a log said an object of it may be under, kept under another since
	answers transfer.Resolution  // to conflicts, in the end

	acknowledged map[partKey]int // how many records there were when the part was seen committed
	seen         int             // records looked at

	mu      sync.Mutex
	written []string // keys of requests that would overwrite; guarded by mu
}

// modelRow is an upload as the person remembers it.
type modelRow struct {
	key      string // as added: a copy gets another
	path     string
	batch    transfer.BatchID
	intents  map[transfer.Intent]bool // what it may be
	aborted  bool                     // abort or remove was asked for
	removed  bool
	answered bool // an answer, which is carried out later, sets it going
	skipped  bool // skip was an answer, or the policy
	replace  bool // overwriting was the policy, or an answer
	limit    int64
	final    transfer.Phase
}

type partKey struct {
	uploadID string
	number   int
}

// modelTester is one check of a model as the rig needs it.
type modelTester struct{ *rapid.T }

func (t modelTester) TempDir() string {
	dir, err := os.MkdirTemp("", "model")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Errorf("remove %q: %v", dir, err)
		}
	})
	return dir
}

func newModel(t *rapid.T) *model {
	server := modelTester{t}.TempDir() // first, so that it goes last
	m := &model{
		rig: makeRig(modelTester{t}), files: map[string]*modelFile{}, rows: map[transfer.ID]*modelRow{},
		batches: map[transfer.BatchID]bool{}, others: map[string][]content{}, left: map[string]bool{}, acknowledged: map[partKey]int{},
	}
	m.answers = rapid.SampledFrom([]transfer.Resolution{transfer.ResolveReplace, transfer.ResolveKeepBoth, transfer.ResolveSkip}).Draw(t, "answer")
	m.watch = m.watchWrites
	m.startServer(server, "127.0.0.1:0")
	m.line = newLine(m.t, m.addr)
	m.rig.line = m.line.url()
	for name, size := range map[string]int64{
		"empty": 0, "small": 50 * kib, "two.bin": 150 * kib, "four": 350 * kib,
		"dir/a": 120 * kib, "dir/b.txt": 30 * kib, "dir/sub/c": 250 * kib,
	} {
		path := filepath.Join(m.rig.files, name)
		m.files[path] = &modelFile{path: path, keys: []string{
			"p/" + name, "p/" + filepath.Base(name), "q/" + name, "q/" + filepath.Base(name),
		}}
		m.writeVersion(m.files[path], size)
	}
	m.start()
	return m
}

// start begins a life of the engine.
func (m *model) start() {
	m.t.Helper()
	l := newLife()
	m.life = l
	m.dial = l.dial(aliyun.Dial)
	m.wrap = func(j transfer.Journal) transfer.Journal {
		m.journal = &mortalJournal{Journal: j, life: l}
		return m.journal
	}
	m.startEngine()
}

// kill ends the engine as SIGKILL does, and starts it again.
func (m *model) kill() {
	m.t.Helper()
	m.life.end()
	m.stopEngine()
	m.start()
}

// quit ends the engine as a person does, and starts it again.
func (m *model) quit() {
	m.t.Helper()
	m.stopEngine()
	m.life.end()
	m.start()
}

// watchWrites notes requests of the engine's that would overwrite an object.
func (m *model) watchWrites(service http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		to := osslocal.TargetOf(r)
		writes := to.Op == osslocal.OpPutObject || to.Op == osslocal.OpComplete
		own := r.Host == strings.TrimPrefix(m.rig.line, "http://")
		if writes && own && r.Header.Get("x-oss-forbid-overwrite") != "true" {
			m.mu.Lock()
			m.written = append(m.written, to.Key)
			m.mu.Unlock()
		}
		service.ServeHTTP(w, r)
	})
}

// add gives files to the engine, and kills it before they are scanned if so asked.
func (m *model) add(r transfer.AddRequest, killed bool) {
	m.t.Helper()
	batch, err := m.m.Add(m.t.Context(), r)
	if err != nil {
		m.t.Fatal(err)
	}
	m.batches[batch] = true
	if killed {
		m.kill()
	}
	m.scanned(batch)
	rows := m.all()
	intent := transfer.IntentRun
	if r.Paused {
		intent = transfer.IntentPause
	}
	for id, u := range rows {
		if u.Batch == batch {
			m.rows[id] = &modelRow{
				key: u.To.Key, path: u.Path, batch: batch,
				intents: map[transfer.Intent]bool{intent: true, transfer.IntentAbort: r.Policy == transfer.PolicySkip},
				skipped: r.Policy == transfer.PolicySkip, replace: r.Policy == transfer.PolicyReplace,
			}
		}
	}
	for path, f := range m.files {
		if f.missing || !m.below(path, r.Paths[0]) {
			continue
		}
		if !slices.ContainsFunc(slices.Collect(maps.Values(m.rows)), func(row *modelRow) bool {
			return row.path == path && (row.batch == batch || row.final == "" && !row.aborted)
		}) {
			m.t.Fatalf("%s was added and has no row\n%s", path, m.describe())
		}
	}
}

func (m *model) below(path, root string) bool {
	return path == root || strings.HasPrefix(path, root+string(filepath.Separator))
}

// all reads every row, hidden ones too.
func (m *model) all() map[transfer.ID]transfer.Upload {
	m.t.Helper()
	var ids []transfer.ID
	for id := range m.top + 200 { // a folder that is looked through again after a kill uses up some
		ids = append(ids, id+1)
	}
	uploads, err := m.rig.journal.Uploads(m.t.Context(), ids)
	if err != nil {
		m.t.Fatal(err)
	}
	found, before := make(map[transfer.ID]transfer.Upload, len(uploads)), m.top
	for _, u := range uploads {
		found[u.ID] = u
		m.top = max(m.top, u.ID)
	}
	if m.top > before {
		return m.all()
	}
	return found
}

// command is one that a person gives on some rows.
type command string

const (
	pause, resume, abort, remove command = "pause", "resume", "abort", "remove"
)

// give carries out a command. unsure tells that the engine may be killed before it is
// durable: the rows then may be as before too.
func (m *model) give(c command, ids []transfer.ID, unsure bool) {
	m.t.Helper()
	if c == remove {
		m.noteLeft(ids) // their logs go with them
	}
	do := map[command]func(transfer.Selection) error{pause: m.m.Pause, resume: m.m.Resume, abort: m.m.Abort, remove: m.m.Remove}
	check(m.t, do[c](transfer.These(ids...)))
	for _, id := range ids {
		m.rows[id].expect(c, unsure)
	}
}

// noteLeft notes the keys that uploads were moved from while an object of theirs may be there.
func (m *model) noteLeft(ids []transfer.ID) {
	m.t.Helper()
	for _, id := range ids {
		for line := range strings.Lines(m.events(id)) {
			if _, key, ok := strings.Cut(line, "may be under the key "); ok {
				m.left[strings.TrimSpace(key)] = true
			}
		}
	}
}

// expect notes what a row may be after a command.
func (r *modelRow) expect(c command, unsure bool) {
	intent := map[command]transfer.Intent{pause: transfer.IntentPause, resume: transfer.IntentRun, abort: transfer.IntentAbort, remove: transfer.IntentAbort}[c]
	if !unsure && !r.answered && !r.intents[transfer.IntentAbort] {
		clear(r.intents)
	}
	r.intents[intent] = true
	if (c == abort || c == remove) && !unsure {
		r.aborted = true
	}
	if c == remove {
		r.removed = true
	}
}

// learn notes what became of a command that may have been lost.
func (m *model) learn(ids []transfer.ID) {
	m.t.Helper()
	rows := m.all()
	for _, id := range ids {
		row, u := m.rows[id], rows[id]
		if !row.intents[u.Intent] && !u.Phase.Final() {
			m.t.Fatalf("%s has intent %s after a lost command, want one of %v", row.path, u.Intent, slices.Collect(maps.Keys(row.intents)))
		}
		if !row.answered {
			clear(row.intents)
		}
		row.intents[u.Intent] = true
		row.aborted = row.aborted || u.Intent == transfer.IntentAbort
	}
}

// chosen draws some of the rows that are in the list.
func (m *model) chosen(t *rapid.T) []transfer.ID {
	var ids []transfer.ID
	for id, row := range m.rows {
		if !row.removed {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		t.Skip("no rows")
	}
	slices.Sort(ids)
	if rapid.IntRange(0, 3).Draw(t, "of") == 0 {
		return ids
	}
	return []transfer.ID{rapid.SampledFrom(ids).Draw(t, "row")}
}

// answer resolves conflicts, and takes changed files as they are now.
func (m *model) answer(r transfer.Resolution, ids []transfer.ID) {
	m.t.Helper()
	check(m.t, m.m.Resolve(transfer.These(ids...), r))
	check(m.t, m.m.NewVersion(transfer.These(ids...)))
	for _, id := range ids {
		row := m.rows[id]
		row.intents[transfer.IntentRun], row.answered = true, true
		if r == transfer.ResolveSkip { // one that may have an object there is aborted, to end in doubt
			row.skipped, row.intents[transfer.IntentAbort] = true, true
		}
		row.replace = row.replace || r == transfer.ResolveReplace
	}
}

// TestA4Model runs the engine against the model: checks that rapid makes up, and shrinks
// when one fails.
func TestA4Model(t *testing.T) {
	t.Parallel()
	checkModels(t, 8, time.Now().Add(5*time.Minute))
}

// checkModels makes so many checks of the model, a few at a time, and begins none after a
// deadline. It is no use to ask rapid for a number: that holds for all tests of a package, most
// of which take microseconds.
func checkModels(t *testing.T, checks int, deadline time.Time) {
	t.Helper()
	const side = 4 // an engine waits most of the time
	for i := range side {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			t.Parallel()
			made, failed := 0, false
			rapid.Check(t, func(t *rapid.T) {
				if !failed && (made >= checks/side || time.Now().After(deadline)) {
					return
				}
				made++
				ok := false
				defer func() { failed = failed || !ok }() // from then on it is shrunk
				ok = checkModel(t)
			})
		})
	}
}

func checkModel(t *rapid.T) (ok bool) {
	t.Helper()
	begun := time.Now()
	m := newModel(t)
	t.Repeat(m.actions())
	m.drain()
	t.Logf("%v, %d rows, %d requests", time.Since(begun).Round(time.Millisecond), len(m.rows), m.requests())
	return !t.Failed()
}

func (m *model) requests() int {
	m.rig.mu.Lock()
	defer m.rig.mu.Unlock()
	return len(m.records) / 2
}
