package fragment

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"partway/transfer"
)

// Origin tells who began an upload.
type Origin int

// The origins.
const (
	OriginOther Origin = iota // another program, or this one on another computer or before its data was lost
	OriginOurs                // it is in this computer's queue
	OriginDoubt               // perhaps this computer: the answer to its Initiate was lost
	OriginKept                // this computer: its row was removed, and the parts kept
)

// Size is what an upload holds on OSS.
type Size struct {
	Parts int
	Bytes int64
}

// Fragment is an upload that is unfinished on OSS.
type Fragment struct {
	transfer.OpenUpload
	Origin   Origin
	Row      transfer.ID // of OriginOurs
	Path     string      // of the file that it was begun with, as far as that is known
	Measured bool
	Size     Size            // as measured
	Failed   *transfer.Error // why it could not be measured, or aborted
}

// Inventory holds the fragments of one bucket. It is safe for use by many goroutines.
type Inventory struct {
	mu    sync.Mutex
	known map[string]transfer.BegunUpload // guarded by mu; by upload ID
	list  []Fragment                      // guarded by mu
	at    map[string]int                  // guarded by mu; by upload ID
}

// NewInventory makes an empty inventory that knows what the journal has begun.
func NewInventory(known []transfer.BegunUpload) *Inventory {
	v := &Inventory{at: map[string]int{}}
	v.Know(known)
	return v
}

// Know takes the journal's word of what it has begun, in place of what it said before.
func (v *Inventory) Know(known []transfer.BegunUpload) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.known = make(map[string]transfer.BegunUpload, len(known))
	for _, k := range known {
		if have, ok := v.known[k.UploadID]; !ok || have.Doubt || have.Kept {
			v.known[k.UploadID] = k
		}
	}
	for i := range v.list {
		v.attribute(&v.list[i])
	}
}

// attribute tells who began a fragment; v.mu is held.
func (v *Inventory) attribute(f *Fragment) {
	k, known := v.known[f.UploadID]
	f.Origin, f.Row, f.Path = OriginOther, 0, k.Path
	switch {
	case known && k.Doubt:
		f.Origin = OriginDoubt
	case known && k.Kept:
		f.Origin = OriginKept
	case known:
		f.Origin, f.Row = OriginOurs, k.Upload
	}
}

// Read lists the bucket's unfinished uploads below a prefix, page by page, and tells after
// each how many there are. What it found before an error stays.
func (v *Inventory) Read(ctx context.Context, store transfer.Store, prefix string, tell func(found int)) error {
	var after transfer.UploadMarker
	for {
		page, err := store.ListUploadPage(ctx, prefix, after)
		if err != nil {
			return err
		}
		tell(v.add(page.Uploads))
		if !page.More {
			return nil
		}
		after = page.Next
	}
}

// add takes in a page, and returns how many there are by now.
func (v *Inventory) add(page []transfer.OpenUpload) (found int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, u := range page {
		if _, have := v.at[u.UploadID]; have {
			continue
		}
		f := Fragment{OpenUpload: u}
		v.attribute(&f)
		v.at[u.UploadID] = len(v.list)
		v.list = append(v.list, f)
	}
	return len(v.list)
}

// Drop takes away what is gone from OSS.
func (v *Inventory) Drop(uploadIDs ...string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	gone := make(map[string]bool, len(uploadIDs))
	for _, id := range uploadIDs {
		gone[id] = true
	}
	v.list = slices.DeleteFunc(v.list, func(f Fragment) bool { return gone[f.UploadID] })
	clear(v.at)
	for i := range v.list {
		v.at[v.list[i].UploadID] = i
	}
}

// change changes a fragment that is still there.
func (v *Inventory) change(uploadID string, f func(*Fragment)) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if i, have := v.at[uploadID]; have {
		f(&v.list[i])
	}
}

// Get returns the fragments of these upload IDs that are still there.
func (v *Inventory) Get(uploadIDs ...string) []Fragment {
	v.mu.Lock()
	defer v.mu.Unlock()
	list := make([]Fragment, 0, len(uploadIDs))
	for _, id := range uploadIDs {
		if i, have := v.at[id]; have {
			list = append(list, v.list[i])
		}
	}
	return list
}

// Filter says which fragments are shown. Its zero value shows all.
type Filter struct {
	Before time.Time // begun before this; zero: at any time
	Origin Origin
	Any    bool   // of any origin
	Text   string // a part of the key, or, ending in "/", what it begins with
}

// shows tells whether the filter shows a fragment.
func (f *Filter) shows(g *Fragment) bool {
	switch {
	case !f.Before.IsZero() && !g.Initiated.Before(f.Before), !f.Any && g.Origin != f.Origin:
		return false
	case strings.HasSuffix(f.Text, "/"):
		return strings.HasPrefix(g.Key, f.Text)
	default:
		return strings.Contains(strings.ToLower(g.Key), strings.ToLower(f.Text))
	}
}

// Totals is what some fragments come to.
type Totals struct {
	Count    int
	Measured int // of these; Bytes and Cost are of those
	Bytes    int64
	Cost     float64 // CNY a month
}

// TotalsOf sums fragments up.
func TotalsOf(list []Fragment, prices Prices) (t Totals) {
	t.Count = len(list)
	for i := range list {
		if list[i].Measured {
			t.Measured++
			t.Bytes += list[i].Size.Bytes
			t.Cost += prices.Month(list[i].Class, list[i].Size.Bytes)
		}
	}
	return t
}

// View returns the fragments that a filter shows, in order.
func (v *Inventory) View(f Filter, order Order, prices Prices) []Fragment {
	v.mu.Lock()
	list := make([]Fragment, 0, len(v.list))
	for i := range v.list {
		if f.shows(&v.list[i]) {
			list = append(list, v.list[i])
		}
	}
	v.mu.Unlock()
	order.sort(list, prices)
	return list
}
