//go:build unix

package crash

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"partway/transfer"
	"partway/transfer/aliyun"
	"partway/transfer/osslocal"
	"partway/transfer/osslocal/fault"
)

// world is one data folder and one bucket, and what happened to them.
type world struct {
	s      *scenario
	env    *environment
	dir    string
	bucket string
	prefix string
	lives  int
	rules  []*fault.Rule
	kills  []killed
	// foreign is an upload ID that another program began; known once the meddling is over.
	foreign string
	log     bytes.Buffer // of all lives

	killer func(context.Context, *os.Process) error // kills lives from outside; nil: nobody does
	late   bool                                     // a request is held that its life sent
}

// killed is what was there right after a kill.
type killed struct {
	left    left
	arrived map[partName]bool // parts on OSS, or acknowledged
	records int               // how many requests had come
}

// partName tells one part from all others.
type partName struct {
	uploadID string
	number   int
}

func (e *environment) newWorld(s *scenario) (*world, error) {
	n := e.worlds.Add(1)
	w := &world{
		s: s, env: e, bucket: fmt.Sprintf("bucket-%d", n), prefix: fmt.Sprintf("w%d/", n),
		dir: filepath.Join(e.dir, fmt.Sprintf("world-%d", n)),
	}
	if err := os.MkdirAll(w.dir, 0o700); err != nil {
		return nil, err
	}
	return w, e.oss.CreateBucket(w.bucket)
}

// drop deletes what is not needed any more, and ends the faults.
func (w *world) drop() error {
	w.clearRules()
	return os.RemoveAll(w.dir)
}

// setRules puts faults on the world's own keys: in the rules, KEY stands for all of them.
func (w *world) setRules(rules ...string) error {
	for _, text := range rules {
		r, err := w.env.faults.Add(strings.ReplaceAll(text, "KEY", "key="+w.prefix+"*"))
		if err != nil {
			return err
		}
		w.rules = append(w.rules, r)
	}
	return nil
}

func (w *world) clearRules() {
	for _, r := range w.rules {
		w.env.faults.Remove(r)
	}
	w.rules = nil
}

// store opens the bucket as another program would.
func (w *world) store() (transfer.Store, error) {
	known := transfer.Credentials{KeyID: keyID, Secret: transfer.NewSecret(secret)}
	return aliyun.Dial(testAccount(w.env.oss.URL(), w.env.oss.Region()), known, w.bucket)
}

// live runs one life of the program, to be killed at a point, or to its end. It returns the
// points it came to, and whether it was killed.
func (w *world) live(ctx context.Context, play script, kill point) (trace []point, died bool, err error) {
	w.lives++
	o := orders{
		Data: filepath.Join(w.dir, "data"), Endpoint: w.env.oss.URL(), Region: w.env.oss.Region(),
		To:    transfer.Destination{Endpoint: w.env.oss.URL(), Region: w.env.oss.Region(), Bucket: w.bucket, Prefix: w.prefix},
		Paths: w.s.paths, Policy: w.s.policy, Options: w.s.options, Script: play, Kill: kill, Orderly: !w.s.adding,
		Trace: filepath.Join(w.dir, fmt.Sprintf("trace-%d", w.lives)),
	}
	child, err := o.command(ctx)
	if err != nil {
		return nil, false, err
	}
	fmt.Fprintf(&w.log, "--- life %d: %s, to be killed %s\n", w.lives, play, kill)
	child.Stdout, child.Stderr = &w.log, &w.log
	w.env.processes <- struct{}{}
	err = w.run(ctx, child)
	<-w.env.processes
	died = wasKilled(child)
	if err != nil && !died {
		return nil, false, fmt.Errorf("life %d: %w", w.lives, err)
	}
	if !w.late {
		if err := w.env.quiet(ctx, w.bucket); err != nil {
			return nil, died, err
		}
	}
	if died {
		if err := w.look(ctx); err != nil {
			return nil, died, fmt.Errorf("after life %d: %w", w.lives, err)
		}
	}
	trace, err = readTrace(o.Trace)
	return trace, died, err
}

// run runs a child, and lets the parent kill it where that was asked for.
func (w *world) run(ctx context.Context, child *exec.Cmd) error {
	if w.killer == nil {
		return child.Run()
	}
	if err := child.Start(); err != nil {
		return err
	}
	own, stop := context.WithCancel(ctx)
	shot := make(chan error, 1)
	go func() { shot <- w.killer(own, child.Process) }()
	err := child.Wait()
	stop()
	return errors.Join(err, <-shot)
}

func (o orders) command(ctx context.Context) (*exec.Cmd, error) {
	text, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	child := exec.CommandContext(ctx, self)
	child.Env = append(os.Environ(), childVariable+"="+string(text))
	child.WaitDelay = time.Second
	return child, nil
}

func wasKilled(c *exec.Cmd) bool {
	if c.ProcessState == nil {
		return false
	}
	state, ok := c.ProcessState.Sys().(syscall.WaitStatus)
	return ok && state.Signaled() && state.Signal() == syscall.SIGKILL
}

// look notes what a killed process left, in the journal and on OSS.
func (w *world) look(ctx context.Context) error {
	l, err := lookAt(ctx, filepath.Join(w.dir, "data"), filepath.Join(w.dir, fmt.Sprintf("look-%d", w.lives)))
	if err != nil {
		return err
	}
	k := killed{left: l, arrived: map[partName]bool{}, records: len(w.env.seen(w.bucket))}
	ours := map[string]bool{}
	for _, u := range l.uploads {
		for number := range l.parts[u.id] {
			k.arrived[partName{u.uploadID, number}] = true
		}
		ours[u.uploadID] = true
	}
	open, err := w.env.oss.OpenUploads(w.bucket)
	if err != nil {
		return err
	}
	for _, u := range open {
		for _, p := range u.Parts {
			k.arrived[partName{u.UploadID, p.Number}] = k.arrived[partName{u.UploadID, p.Number}] || ours[u.UploadID]
		}
	}
	w.kills = append(w.kills, k)
	return nil
}

// sentAgain counts the parts that were sent although they had arrived before a kill.
func (w *world) sentAgain() (n int) {
	records := w.env.seen(w.bucket)
	for _, k := range w.kills {
		for _, r := range records[k.records:] {
			if r.Phase == osslocal.PhaseBegin && r.Op == osslocal.OpUploadPart && r.Part != w.s.damaged && k.arrived[partName{r.UploadID, r.Part}] {
				n++
			}
		}
	}
	return n
}

// applied counts the requests of an operation that OSS carried out.
func (w *world) applied(op string) (n int) {
	for _, r := range w.env.seen(w.bucket) {
		if r.Phase == osslocal.PhaseEnd && r.Op == op && r.Applied {
			n++
		}
	}
	return n
}

// putOld stores an object under a file's key, as somebody else did before. It waits until
// OSS's clock shows another second: objects are told apart by it.
func (w *world) putOld(ctx context.Context, name string, content []byte) (err error) {
	s, err := w.store()
	if err != nil {
		return err
	}
	defer s.Close()
	_, err = s.Put(ctx, transfer.PutRequest{Key: path.Join(w.prefix, name), Size: int64(len(content)), Body: bytes.NewReader(content)})
	next := time.NewTimer(time.Until(time.Now().Truncate(time.Second).Add(time.Second)))
	defer next.Stop()
	select {
	case <-next.C:
	case <-ctx.Done():
		err = errors.Join(err, ctx.Err())
	}
	return err
}
