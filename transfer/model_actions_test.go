package transfer_test

import (
	"context"
	"path/filepath"
	"slices"
	"time"

	"pgregory.net/rapid"

	"partway/transfer"
)

// modelFaults are what the endpoint does now and then: each is survived without a person.
var modelFaults = []string{
	"InitiateMultipartUpload times=1 : lose", "InitiateMultipartUpload times=1 : half", "InitiateMultipartUpload times=1 : cut",
	"InitiateMultipartUpload times=1 : status 500 code=InternalError", "InitiateMultipartUpload times=1 : delay 100ms",
	"UploadPart times=2 : lose", "UploadPart times=2 : cut at=5000 reset", "UploadPart times=1 : html",
	"UploadPart times=2 : status 503 code=ServiceUnavailable", "UploadPart times=1 : corrupt at=7", "UploadPart times=1 : crc 123",
	"UploadPart times=1 : crc none", "UploadPart times=3 : delay 100ms", "UploadPart times=1 : status 503 code=UploadTrafficRateLimitExceeded x-oss-qos-delay-time=50",
	"CompleteMultipartUpload times=1 : lose", "CompleteMultipartUpload times=1 : half", "CompleteMultipartUpload times=1 : cut",
	"CompleteMultipartUpload times=1 : status 500 code=InternalError", "CompleteMultipartUpload times=1 : error applied code=InternalError",
	"CompleteMultipartUpload times=1 : empty applied", "CompleteMultipartUpload times=1 : crc none", "CompleteMultipartUpload times=1 : delay 100ms",
	"PutObject times=1 : lose", "PutObject times=1 : cut at=100", "PutObject times=1 : status 500 code=InternalError applied",
	"PutObject times=1 : html", "PutObject times=1 : delay 100ms", "PutObject times=1 : crc none",
	"HeadObject times=1 : cut", "HeadObject times=1 : status 500 code=InternalError", "HeadObject times=1 : delay 100ms",
	"ListParts times=1 : cut", "ListParts times=1 : status 500 code=InternalError", "ListMultipartUploads times=1 : cut",
	"AbortMultipartUpload times=1 : lose", "AbortMultipartUpload times=1 : cut", "AbortMultipartUpload times=1 : status 503 code=ServiceUnavailable",
}

var modelPolicies = []transfer.Policy{transfer.PolicySkipSame, transfer.PolicySkip, transfer.PolicyReplace, transfer.PolicyKeepBoth, transfer.PolicyAsk}

func (m *model) actions() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"":     func(*rapid.T) { m.check() },
		"add":  m.doAdd,
		"give": m.doGive,
		"kill": m.doKill,
		"quit": func(*rapid.T) { m.quit() },
		"line": func(t *rapid.T) {
			m.line.set(rapid.SampledFrom([]lineState{lineUp, lineUp, lineReset, lineRefused}).Draw(t, "state"))
		},
		"fault": func(t *rapid.T) { m.faults.MustAdd(rapid.SampledFrom(modelFaults).Draw(t, "rule")) },
		"edit":  m.doEdit,
		"other": m.doOther,
		"answer": func(t *rapid.T) {
			ids := m.chosen(t)
			m.answer(rapid.SampledFrom([]transfer.Resolution{transfer.ResolveReplace, transfer.ResolveKeepBoth, transfer.ResolveSkip}).Draw(t, "answer"), ids)
		},
		"let":      m.doLet,
		"move":     m.doMove,
		"limit":    m.doLimit,
		"redirect": m.doRedirect,
		"uploads":  m.doUploads,
	}
}

// some draws one of the files, and sometimes the folder, where that is meant too.
func (m *model) some(t *rapid.T, more ...string) string {
	var names []string
	for path := range m.files {
		name, err := filepath.Rel(m.rig.files, path)
		check(m.t, err)
		names = append(names, name)
	}
	slices.Sort(names)
	return rapid.SampledFrom(append(names, more...)).Draw(t, "file")
}

func (m *model) doAdd(t *rapid.T) {
	m.add(transfer.AddRequest{
		Paths:  []string{filepath.Join(m.rig.files, m.some(t, "dir", "dir"))},
		To:     m.to("p/"),
		Policy: rapid.SampledFrom(modelPolicies).Draw(t, "policy"),
		Paused: rapid.IntRange(0, 4).Draw(t, "paused") == 4,
	}, rapid.IntRange(0, 4).Draw(t, "killed") == 4)
}

func (m *model) doGive(t *rapid.T) {
	c := rapid.SampledFrom([]command{pause, resume, resume, abort, remove, pause}).Draw(t, "command")
	m.give(c, m.chosen(t), false)
}

// doMove changes the order of the queue, and so nothing else.
func (m *model) doMove(t *rapid.T) {
	ids := m.chosen(t)
	beside := transfer.ID(1)
	if len(ids) > 0 {
		beside = ids[len(ids)-1]
	}
	check(m.t, m.m.Move(transfer.These(ids...), transfer.Move{
		To: rapid.SampledFrom([]transfer.MoveTo{
			transfer.MoveTop, transfer.MoveUp, transfer.MoveDown, transfer.MoveBottom,
			transfer.MoveBefore, transfer.MoveAfter, transfer.MovePriority,
		}).Draw(t, "to"),
		Beside:   beside,
		Priority: rapid.SampledFrom([]transfer.Priority{transfer.PriorityLow, transfer.PriorityNormal, transfer.PriorityHigh}).Draw(t, "priority"),
	}))
}

// doKill kills the engine, perhaps right after a command.
func (m *model) doKill(t *rapid.T) {
	var ids []transfer.ID
	if rapid.Bool().Draw(t, "right after a command") {
		c := rapid.SampledFrom([]command{pause, resume, abort}).Draw(t, "command")
		ids = m.chosen(t)
		m.give(c, ids, true)
	}
	m.kill()
	m.learn(ids)
}

func (m *model) doEdit(t *rapid.T) {
	f := m.files[filepath.Join(m.rig.files, m.some(t))]
	m.edit(f, rapid.SampledFrom(modelEdits).Draw(t, "edit"), rapid.SampledFrom([]int64{0, 50 * kib, 150 * kib, 250 * kib, 350 * kib}).Draw(t, "size"))
}

// doOther stores an object as another program does.
func (m *model) doOther(t *rapid.T) {
	key := rapid.SampledFrom(m.files[filepath.Join(m.rig.files, m.some(t))].keys).Draw(t, "key")
	text := rapid.StringN(1, 20, -1).Draw(t, "text")
	m.others[key] = append(m.others[key], contentOf([]byte(text)))
	m.put(key, text)
}

// doLet gives the engine a moment, as long as something arrives at the endpoint.
func (m *model) doLet(t *rapid.T) {
	want := m.requests() + rapid.IntRange(1, 8).Draw(t, "requests")
	ctx, cancel := context.WithTimeout(m.t.Context(), 150*time.Millisecond)
	defer cancel()
	poll := time.NewTicker(2 * time.Millisecond)
	defer poll.Stop()
	for m.requests() < want {
		select {
		case <-poll.C:
		case <-ctx.Done():
			return
		}
	}
}
