//go:build unix

package crash

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"partway/transfer"
	"partway/transfer/osslocal"
)

// verdict is what became of one world. Each list holds what is wrong, in words.
type verdict struct {
	lost, duplicated, orphaned, again, other []string

	perhaps int // upload IDs left in doubt
}

func (v *verdict) problems() []string {
	return slices.Concat(v.lost, v.duplicated, v.orphaned, v.again, v.other)
}

// judge looks at a world whose job is over.
func (w *world) judge(ctx context.Context) (verdict, error) {
	l, err := lookAt(ctx, filepath.Join(w.dir, "data"), filepath.Join(w.dir, "end"))
	if err != nil {
		return verdict{}, err
	}
	v := verdict{perhaps: len(l.perhaps)}
	w.judgeRows(&v, l)
	if err := w.judgeObjects(&v); err != nil {
		return v, err
	}
	if err := w.judgeUploads(&v, l); err != nil {
		return v, err
	}
	if n := w.sentAgain(); n > 0 {
		v.again = append(v.again, fmt.Sprintf("%d parts that had arrived were sent again", n))
	}
	if bytes.Contains(w.log.Bytes(), []byte("table does not have")) {
		v.other = append(v.other, "the engine took a step its table does not have")
	}
	return v, nil
}

// judgeRows wants one row for each file, in the status that is right.
func (w *world) judgeRows(v *verdict, l left) {
	if l.unscanned > 0 {
		v.lost = append(v.lost, "the scan is not done")
	}
	rows := map[string]int{}
	statuses := map[transfer.Status]int{}
	for _, u := range l.uploads {
		rows[u.path]++
		statuses[u.status]++
	}
	if w.s.stopped {
		if len(rows) == 0 {
			v.lost = append(v.lost, "no row of what was found before the scan was stopped")
		}
		for s, n := range statuses {
			if n > w.s.status[s] {
				v.duplicated = append(v.duplicated, fmt.Sprintf("%d rows are %s", n, s))
			}
		}
	} else if !maps.Equal(statuses, w.s.status) {
		v.lost = append(v.lost, fmt.Sprintf("rows are %v, and should be %v", statuses, w.s.status))
	}
	for name := range w.s.files {
		path := filepath.Join(w.s.dir, name)
		switch n := rows[path]; {
		case n == 0 && len(w.s.status) > 0 && !w.s.stopped:
			v.lost = append(v.lost, "no row: "+name)
		case n > 1:
			v.duplicated = append(v.duplicated, fmt.Sprintf("%d rows: %s", n, name))
		}
	}
}

// judgeObjects wants exactly the objects that should be there, with the right bytes.
func (w *world) judgeObjects(v *verdict) error {
	objects, err := w.env.oss.Objects(w.bucket)
	if err != nil {
		return err
	}
	found := map[string]osslocal.Object{}
	for _, o := range objects {
		found[o.Key] = o
	}
	for name := range w.s.files {
		key := w.s.key(w, name)
		o, there := found[key]
		delete(found, key)
		if w.s.objects != nil && !w.s.objects(name, w) {
			w.judgeNone(v, key, there)
			continue
		}
		if !there {
			v.lost = append(v.lost, "no object "+key)
			continue
		}
		if err := w.compare(v, key, filepath.Join(w.s.dir, name)); err != nil {
			return err
		}
		if want := w.s.options.ContentType; want != "" && o.Header["content-type"] != want {
			v.lost = append(v.lost, fmt.Sprintf("object %s is of type %q, not %q", key, o.Header["content-type"], want))
		}
	}
	for key := range found {
		v.duplicated = append(v.duplicated, "object "+key)
	}
	if n := w.applied(osslocal.OpPutObject); w.s.old == nil && n > w.s.puts || w.s.old != nil && n > w.s.puts+1 {
		v.duplicated = append(v.duplicated, fmt.Sprintf("%d Puts were carried out", n))
	}
	return nil
}

// judgeNone is for a file that must have no object of ours.
func (w *world) judgeNone(v *verdict, key string, there bool) {
	switch {
	case there && w.s.old == nil:
		v.duplicated = append(v.duplicated, "an object that should not be: "+key)
	case !there && w.s.old != nil:
		v.lost = append(v.lost, "the object that was there: "+key)
	case there:
		if sum, err := w.sum(key); err != nil || sum != sha256.Sum256(w.s.old) {
			v.lost = append(v.lost, "the object that was there was overwritten: "+key)
		}
	}
}

func (w *world) sum(key string) (sum [sha256.Size]byte, err error) {
	o, err := w.env.oss.OpenObject(w.bucket, key)
	if err != nil {
		return sum, err
	}
	defer o.Close() //nolint:errcheck // it was only read
	h := sha256.New()
	_, err = io.Copy(h, o)
	return [sha256.Size]byte(h.Sum(nil)), err
}

func (w *world) compare(v *verdict, key, path string) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	sum, err := w.sum(key)
	if err == nil && sum != sha256.Sum256(content) {
		v.lost = append(v.lost, "object with other bytes: "+key)
	}
	return err
}

// judgeUploads wants no unfinished upload on OSS but what the journal knows of, and no more
// begun than needed.
func (w *world) judgeUploads(v *verdict, l left) error {
	known := maps.Clone(l.perhaps)
	for _, u := range l.uploads {
		if !u.phase.Final() {
			known[u.uploadID] = true
		}
	}
	open, err := w.env.oss.OpenUploads(w.bucket)
	if err != nil {
		return err
	}
	known[w.foreign] = true
	for _, u := range open {
		if known[u.UploadID] {
			continue
		}
		v.orphaned = append(v.orphaned, "upload "+u.Key+" "+u.UploadID)
	}
	// Those that are known and were never needed: each doubt may cost one more.
	if n, most := w.env.oss.InitiatedCount(w.bucket), w.s.initiated; n > most {
		v.duplicated = append(v.duplicated, fmt.Sprintf("%d uploads were begun, %d would do", n, most))
	}
	if len(l.perhaps) > w.s.perhaps {
		v.orphaned = append(v.orphaned, fmt.Sprintf("%d uploads are in doubt, %d could be", len(l.perhaps), w.s.perhaps))
	}
	return nil
}

// story is what to read when a world went wrong.
func (w *world) story(v verdict) string {
	var b strings.Builder
	for _, p := range v.problems() {
		b.WriteString("  " + p + "\n")
	}
	for _, r := range w.env.seen(w.bucket) {
		if r.Phase == osslocal.PhaseEnd {
			fmt.Fprintf(&b, "  %s %s part %d upload %s: %d %s applied %v\n", r.Op, r.Key, r.Part, r.UploadID, r.Status, r.Code, r.Applied)
		}
	}
	b.Write(w.log.Bytes())
	return b.String()
}
