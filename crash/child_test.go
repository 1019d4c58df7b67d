//go:build unix

package crash

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"partway/db"
	"partway/transfer"
	"partway/transfer/aliyun"
)

// childVariable holds the orders of a child, as JSON.
const childVariable = "PARTWAY_TEST_CRASH_CHILD"

const (
	keyID  = "LTAItest"
	secret = "secret-of-the-test"
)

// batch is the one drop.
const batch transfer.BatchID = 1

// pressAt is how many parts are acknowledged when the person presses a button.
const pressAt = 3

// damagedPart is the part that scriptRepair finds replaced.
const damagedPart = 2

// orders are what a child is to do.
type orders struct {
	Data, Endpoint, Region string
	To                     transfer.Destination
	Paths                  []string
	Policy                 transfer.Policy
	Options                transfer.Options
	Script                 script
	Kill                   point
	Orderly                bool   // uploads begin after the scan
	Trace                  string // where the points are written down
}

// script is what the person does in one life of the program. A person who finds the files
// in the list does not drop them again, and does not press what was pressed.
type script string

const (
	scriptSend   script = "send"   // drop, and wait until all is over
	scriptScan   script = "scan"   // drop paused, and wait until every file has its row
	scriptPause  script = "pause"  // drop, and pause when some parts are there
	scriptResume script = "resume" // resume all, and wait until all is over
	scriptAbort  script = "abort"  // drop, and abort when some parts are there
	scriptRemove script = "remove" // the same, off the list

	// scriptReplace is: drop, answer the conflicts by replacing, and wait until all is over.
	scriptReplace script = "replace"
	// scriptStop is: drop paused, and stop the scan when it has found some files.
	scriptStop script = "stop"
	// scriptRepair is: drop, and repair when some parts are there, of which another program
	// replaced one; wait until all were compared.
	scriptRepair script = "repair"
	// scriptQueue is: drop paused, change what there is to change before the start, and resume.
	scriptQueue script = "queue"
)

// life is one life of the program.
type life struct {
	orders
	journal *db.Journal
	m       *transfer.Manager
}

// runChild lives until the script is over, or the process is killed.
func runChild(text string) int {
	var o orders
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := o.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func (o orders) run(ctx context.Context) (err error) {
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	p, err := newPoints(o.Trace, o.Kill)
	if err != nil {
		return err
	}
	j, err := db.Open(ctx, o.Data, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	if r := j.Recovered(); r != nil {
		return fmt.Errorf("the journal was damaged: %s", r)
	}
	if o.To.Account, err = account(ctx, j, o); err != nil {
		return err
	}
	l := &life{orders: o, journal: j}
	seen := &journal{Journal: j, points: p, phases: map[transfer.ID]transfer.Phase{}}
	if o.Script == scriptStop {
		open, err := j.Unscanned(ctx)
		if err != nil {
			return err
		}
		if len(open) == 0 || !open[0].Stopped {
			seen.stopped = make(chan struct{})
		}
	}
	if o.Orderly {
		if seen.scanned, err = scanned(ctx, j); err != nil {
			return err
		}
	}
	l.m = transfer.Start(transfer.Config{
		Journal: seen, Dial: p.dial, Secrets: secrets{}, Log: log,
		Settings: transfer.Settings{PartSize: transfer.MinPartSize, Slots: 2},
	})
	defer func() { err = errors.Join(err, l.m.Close()) }()
	return l.play(ctx)
}

// scanned returns a channel that is closed if the batch is scanned already.
func scanned(ctx context.Context, j *db.Journal) (chan struct{}, error) {
	done := make(chan struct{})
	_, yes, err := j.BatchCounts(ctx, batch)
	if transfer.KindOf(err) == transfer.KindPermanent {
		return done, nil // there is no batch yet
	}
	if yes {
		close(done)
	}
	return done, err
}

// account returns the one account, which the first life makes.
func account(ctx context.Context, j *db.Journal, o orders) (transfer.AccountID, error) {
	known, err := j.Accounts(ctx)
	if err != nil {
		return 0, err
	}
	if len(known) > 0 {
		return known[0].ID, nil
	}
	return j.SaveAccount(ctx, testAccount(o.Endpoint, o.Region))
}

func testAccount(endpoint, region string) transfer.Account {
	return transfer.Account{
		Name: "test", Kind: transfer.AccountKeys, Endpoint: endpoint, Region: region,
		Signature: transfer.SignatureV4, Addressing: transfer.AddressVirtual, KeyID: keyID,
	}
}

func (l *life) play(ctx context.Context) error {
	if l.Script != scriptResume {
		if err := l.drop(ctx); err != nil {
			return err
		}
	}
	switch l.Script {
	case scriptScan, scriptStop:
		return nil
	case scriptPause:
		if err := l.press(ctx, transfer.StatusPaused, l.m.Pause); err != nil {
			return err
		}
		return l.until(ctx, "all rests", func(us []transfer.Upload) bool {
			return us[0].Status() == transfer.StatusPaused && l.m.Snapshot().InFlight == 0
		})
	case scriptAbort:
		if err := l.press(ctx, transfer.StatusAborting, l.m.Abort); err != nil {
			return err
		}
	case scriptRemove:
		if err := l.press(ctx, transfer.StatusAborting, l.m.Remove); err != nil {
			return err
		}
		return l.gone(ctx)
	case scriptRepair:
		return l.repair(ctx)
	case scriptResume:
		if err := l.m.Resume(transfer.Everything()); err != nil {
			return err
		}
	case scriptReplace:
		if err := l.replace(ctx); err != nil {
			return err
		}
	case scriptQueue:
		if err := l.queue(ctx); err != nil {
			return err
		}
	case scriptSend:
	}
	return l.until(ctx, "all is over", func(us []transfer.Upload) bool {
		for _, u := range us {
			if !u.Phase.Final() && !u.Wait.NeedsPerson() {
				return false
			}
		}
		return true
	})
}

// drop adds the files if they are not in the list, and waits for the scan.
func (l *life) drop(ctx context.Context) error {
	if _, _, err := l.journal.BatchCounts(ctx, batch); err != nil {
		_, err := l.m.Add(ctx, transfer.AddRequest{
			Paths: l.Paths, To: l.To, Policy: l.Policy, Options: l.Options,
			Paused: slices.Contains([]script{scriptScan, scriptStop, scriptQueue}, l.Script),
		})
		if err != nil {
			return err
		}
	}
	if l.Script == scriptStop {
		if err := l.stopScan(ctx); err != nil {
			return err
		}
	}
	return l.wait(ctx, "the scan is done", func() (bool, error) {
		_, done, err := l.journal.BatchCounts(ctx, batch)
		return done, err
	})
}

// press gives a command once some parts are there, unless the first row says that it was
// given, or it is over.
func (l *life) press(ctx context.Context, pressed transfer.Status, command func(transfer.Selection) error) error {
	given := false
	err := l.until(ctx, "some parts are there", func(us []transfer.Upload) bool {
		given = len(us) == 0 || us[0].Status() == pressed || us[0].Phase.Final()
		return given || us[0].PartsDone >= pressAt
	})
	if err != nil || given {
		return err
	}
	return command(transfer.Everything())
}

// stopScan stops the scan once it has found some files, unless it was stopped.
func (l *life) stopScan(ctx context.Context) error {
	given := false
	err := l.wait(ctx, "some files are found", func() (bool, error) {
		open, err := l.journal.Unscanned(ctx)
		if given = len(open) == 0 || open[0].Stopped; given || err != nil {
			return true, err
		}
		ids, err := l.journal.List(ctx, transfer.Filter{}, transfer.Sort{})
		return len(ids) > 0, err
	})
	if err != nil || given {
		return err
	}
	return l.m.StopScan(batch)
}

// repair has another program replace a part, once some are there, and repairs the upload,
// unless it was asked for.
func (l *life) repair(ctx context.Context) error {
	const id transfer.ID = 1
	was := false
	repaired := func() (bool, error) {
		events, err := l.journal.Events(ctx, id)
		was = slices.ContainsFunc(events, func(e transfer.Event) bool { return e.Kind == transfer.EventRepaired })
		return was, err
	}
	asked := false
	err := l.until(ctx, "some parts are there", func(us []transfer.Upload) bool {
		asked = us[0].Restart
		return asked || us[0].PartsDone >= pressAt
	})
	if err == nil {
		_, err = repaired()
	}
	if err == nil && !asked && !was {
		err = l.damage(ctx, id)
	}
	if err == nil && !asked && !was {
		err = l.m.Repair(ctx, id)
	}
	if err != nil {
		return err
	}
	return l.wait(ctx, "all parts are compared", repaired)
}

// damage sends other bytes as a part of an upload, as another program may.
func (l *life) damage(ctx context.Context, id transfer.ID) error {
	us, err := l.journal.Uploads(ctx, []transfer.ID{id})
	if err != nil {
		return err
	}
	s, err := aliyun.Dial(testAccount(l.Endpoint, l.Region), transfer.Credentials{KeyID: keyID, Secret: transfer.NewSecret(secret)}, l.To.Bucket)
	if err != nil {
		return err
	}
	defer s.Close()
	_, err = s.UploadPart(ctx, transfer.PartRequest{
		Key: us[0].To.Key, UploadID: us[0].UploadID, Number: damagedPart, Size: 1, Body: strings.NewReader("x"),
	})
	return err
}

// replace answers the conflicts, once every file is one or over.
func (l *life) replace(ctx context.Context) error {
	conflicts := false
	err := l.until(ctx, "all ask or are over", func(us []transfer.Upload) bool {
		for _, u := range us {
			conflicts = conflicts || u.Wait == transfer.WaitConflict
			if u.Wait != transfer.WaitConflict && !u.Phase.Final() && u.Policy != transfer.PolicyReplace {
				return false
			}
		}
		return true
	})
	if err != nil || !conflicts {
		return err
	}
	if err := l.m.Resolve(transfer.Everything(), transfer.ResolveReplace); err != nil {
		return err
	}
	return l.until(ctx, "the answer is written", func(us []transfer.Upload) bool {
		return !slices.ContainsFunc(us, func(u transfer.Upload) bool { return u.Wait == transfer.WaitConflict })
	})
}

// queueLimit is the speed that scriptQueue sets, in bytes per second.
const queueLimit = 1 << 30

// queue gives all the commands on uploads that have not begun, unless they were set going.
func (l *life) queue(ctx context.Context) error {
	started := false
	err := l.until(ctx, "the rows are there", func(us []transfer.Upload) bool {
		for _, u := range us {
			started = started || u.Intent == transfer.IntentRun || u.Phase.Final()
		}
		return len(us) > 0
	})
	if err != nil || started {
		return err
	}
	all, to := transfer.Everything(), l.To
	to.Prefix += "elsewhere/"
	if err := l.m.Move(all, transfer.Move{To: transfer.MovePriority, Priority: transfer.PriorityHigh}); err != nil {
		return err
	}
	if err := l.m.Move(all, transfer.Move{To: transfer.MoveTop}); err != nil {
		return err
	}
	if err := l.m.LimitSpeed(all, queueLimit); err != nil {
		return err
	}
	if _, err := l.m.Redirect(ctx, all, to); err != nil {
		return err
	}
	return l.m.Resume(all)
}

// gone waits until no row is left in the list, nor in work behind it.
func (l *life) gone(ctx context.Context) error {
	return l.wait(ctx, "all is gone", func() (bool, error) {
		ids, err := l.journal.List(ctx, transfer.Filter{}, transfer.Sort{})
		if err != nil || len(ids) > 0 {
			return false, err
		}
		answer := make(chan error, 1)
		left := 0
		l.journal.Runnable(transfer.RunnableQuery{Limit: 1}, func(us []transfer.Upload, err error) {
			left = len(us)
			answer <- err
		})
		return left == 0, <-answer
	})
}

// until waits for a condition on the rows in the list.
func (l *life) until(ctx context.Context, what string, ok func([]transfer.Upload) bool) error {
	return l.wait(ctx, what, func() (bool, error) {
		ids, err := l.journal.List(ctx, transfer.Filter{}, transfer.Sort{By: transfer.SortQueue})
		if err != nil {
			return false, err
		}
		us, err := l.journal.Uploads(ctx, ids)
		return err == nil && ok(us), err
	})
}

func (l *life) wait(ctx context.Context, what string, ok func() (bool, error)) error {
	poll := time.NewTicker(5 * time.Millisecond)
	defer poll.Stop()
	for {
		if done, err := ok(); done || err != nil {
			return err
		}
		select {
		case <-poll.C:
		case <-ctx.Done():
			return fmt.Errorf("waited in vain until %s", what)
		}
	}
}

// secrets knows one pair of keys.
type secrets struct{}

// Credentials implements [transfer.Secrets].
func (secrets) Credentials(context.Context, transfer.Account) (transfer.Credentials, error) {
	return transfer.Credentials{KeyID: keyID, Secret: transfer.NewSecret(secret)}, nil
}

// Keep implements [transfer.Secrets].
func (secrets) Keep(context.Context, transfer.Account, transfer.Credentials) (transfer.Kept, error) {
	return transfer.KeptForSession, nil
}

// Refused implements [transfer.Secrets].
func (secrets) Refused(transfer.Account, transfer.Credentials) {}

// Forget implements [transfer.Secrets].
func (secrets) Forget(context.Context, transfer.Account) error { return nil }
