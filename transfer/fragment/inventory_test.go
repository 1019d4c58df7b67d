package fragment

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"partway/transfer"
)

// TestInventoryReadsAllPages lists more uploads than a page has, and keeps what came before
// an error.
func TestInventoryReadsAllPages(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	const count = 1_203
	for i := range count {
		b.begin(fmt.Sprintf("p/%04d", i/2)) // two uploads of each key
	}
	pages := 0
	v := NewInventory(nil)
	if err := v.Read(t.Context(), b, "", func(int) { pages++ }); err != nil {
		t.Fatal(err)
	}
	if n := len(everything(v)); n != count || pages != 2 {
		t.Errorf("%d uploads in %d pages, not %d in 2", n, pages, count)
	}
	if err := v.Read(t.Context(), b, "p/0001", func(int) {}); err != nil || len(everything(v)) != count {
		t.Errorf("read again, there are %d: %v", len(everything(v)), err)
	}
	b.faults.MustAdd("ListMultipartUploads nth=2 : status 403 code=AccessDenied")
	v = NewInventory(nil)
	err := v.Read(t.Context(), b, "", func(int) {})
	if e := transfer.AsError(err); e == nil || e.Code != transfer.CodeAccessDenied || len(everything(v)) != 1000 {
		t.Errorf("a refusal after a page is %v, with %d uploads", err, len(everything(v)))
	}
	ctx, cancel := context.WithCancel(t.Context())
	v = NewInventory(nil)
	if err := v.Read(ctx, b, "", func(int) { cancel() }); transfer.KindOf(err) != transfer.KindCanceled || len(everything(v)) != 1000 {
		t.Errorf("canceled after a page it is %v, with %d uploads", err, len(everything(v)))
	}
}

// TestInventoryTellsOriginAndSize attributes, measures, filters, orders and sums up.
func TestInventoryTellsOriginAndSize(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ours, doubt := b.begin("a/1", 300<<10), b.begin("a/2")
	other := b.begin("B/3", 200<<10, 200<<10, 5)
	gone := b.begin("c")
	v := b.read(
		transfer.BegunUpload{Upload: 7, UploadID: ours}, transfer.BegunUpload{Upload: 7, UploadID: ours, Doubt: true},
		transfer.BegunUpload{Upload: 8, UploadID: doubt, Doubt: true})
	if err := b.Abort(b.ctx(), "c", gone); err != nil {
		t.Fatal(err)
	}
	told := atomic.Int64{}
	if err := v.Measure(b.ctx(), b, []string{ours, doubt, other, gone}, func() { told.Add(1) }); err != nil {
		t.Fatal(err)
	}
	list := v.View(Filter{Any: true}, Order{By: ByBytes, Descending: true}, DefaultPrices())
	var ids []string
	for _, f := range list {
		ids = append(ids, f.UploadID)
	}
	if !slices.Equal(ids, []string{other, ours, doubt}) || told.Load() != 4 {
		t.Fatalf("in order of size: %v, told %d times", ids, told.Load())
	}
	if list[0].Size != (Size{3, 400<<10 + 5}) || list[0].Origin != OriginOther || list[1].Origin != OriginOurs || list[1].Row != 7 ||
		list[2].Origin != OriginDoubt || list[0].Class != "Standard" {
		t.Errorf("%+v", list)
	}
	total := TotalsOf(list, Prices{"Standard": 1 << 20})
	if total.Count != 3 || total.Measured != 3 || total.Bytes != 700<<10+5 || math.Abs(total.Cost-(700+5./1024)) > 1e-9 {
		t.Errorf("%+v", total)
	}
	for name, c := range map[string]struct {
		f    Filter
		want int
	}{
		"old":    {Filter{Any: true, Before: time.Now().Add(-time.Hour)}, 0},
		"now":    {Filter{Any: true, Before: time.Now().Add(time.Hour)}, 3},
		"ours":   {Filter{Origin: OriginOurs}, 1},
		"others": {Filter{Origin: OriginOther}, 1},
		"prefix": {Filter{Any: true, Text: "a/"}, 2},
		"text":   {Filter{Any: true, Text: "b"}, 1},
	} {
		if n := len(v.View(c.f, Order{}, nil)); n != c.want {
			t.Errorf("%s: %d shown, not %d", name, n, c.want)
		}
	}
}

// TestMeasureEndsWithARefusal asks no further once OSS refuses to list parts.
func TestMeasureEndsWithARefusal(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var ids []string
	for i := range 100 {
		ids = append(ids, b.begin(fmt.Sprint(i)))
	}
	v := b.read()
	rule := b.faults.MustAdd("ListParts : status 403 code=AccessDenied")
	err := v.Measure(b.ctx(), b, ids, func() {})
	if e := transfer.AsError(err); e == nil || e.Code != transfer.CodeAccessDenied {
		t.Errorf("a refusal is %v", err)
	}
	if n := len(b.faults.Hits()); n > 2*atOnce {
		t.Errorf("%d were asked for", n)
	}
	b.faults.Remove(rule)
	b.faults.MustAdd("ListParts key=7 : status 400 code=InvalidArgument")
	if err := v.Measure(b.ctx(), b, ids, func() {}); err != nil {
		t.Error(err)
	}
	failed := 0
	for _, f := range everything(v) {
		if f.Failed != nil {
			failed++
		}
	}
	if failed != 1 {
		t.Errorf("%d could not be measured, not 1", failed)
	}
}

// TestAbortUntilGone aborts other programs' uploads until OSS says that they are gone, and
// never the queue's.
func TestAbortUntilGone(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ours, other, late := b.begin("ours", 100), b.begin("other", 100), b.begin("late", 100)
	v := b.read(transfer.BegunUpload{Upload: 7, UploadID: ours})
	v.Know([]transfer.BegunUpload{{Upload: 7, UploadID: ours}, {Upload: 8, UploadID: late}}) // begun since
	// The first abort leaves parts that were on their way: OSS answers 204, and lists on.
	b.faults.MustAdd("AbortMultipartUpload nth=1 : status 204")
	most := 0
	a, err := v.Abort(b.ctx(), b, []string{ours, other, late}, func(done int) { most = done })
	if err != nil || !slices.Equal(a.Gone, []string{other}) || a.Ours != 2 || a.Failed != 0 || most != 3 {
		t.Errorf("%+v, told %d: %v", a, most, err)
	}
	open, err := b.oss.OpenUploads("bucket")
	if err != nil || len(open) != 2 || len(everything(v)) != 2 {
		t.Errorf("%d are left on OSS, %d in the list: %v", len(open), len(everything(v)), err)
	}
	b.faults.MustAdd("AbortMultipartUpload : status 403 code=AccessDenied")
	more := b.begin("more")
	v = b.read()
	if a, err = v.Abort(b.ctx(), b, []string{more}, func(int) {}); transfer.KindOf(err) != transfer.KindAuth || len(a.Gone) != 0 {
		t.Errorf("a refusal is %+v, %v", a, err)
	}
}

// TestPricesAreASetting reads back what was written, and nothing that no price can be.
func TestPricesAreASetting(t *testing.T) {
	t.Parallel()
	p := DefaultPrices()
	p["Standard"], p["Frozen"] = 0.2, 0.5
	again := ParsePrices(p.String())
	if again.Month("Standard", 10<<30) != 2 || again.Month("Frozen", 1<<30) != 0.5 || again.Month("unheard of", 1<<30) != 0.2 {
		t.Errorf("%v", again)
	}
	if got := again.Classes(); len(got) != 6 || got[5] != "Frozen" {
		t.Errorf("classes %v", got)
	}
	for _, bad := range []string{"", "x", `{"Standard":-1}`, `{"Standard":"1"}`} {
		if ParsePrices(bad)["Standard"] != DefaultPrices()["Standard"] {
			t.Errorf("%q is read as %v", bad, ParsePrices(bad))
		}
	}
}

// TestLifecycleIsMerged adds a rule to those of a bucket, which stay as they were to the byte.
func TestLifecycleIsMerged(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	rules, err := ReadRules(b.ctx(), b)
	if err != nil || len(rules.List) != 0 {
		t.Fatalf("a bucket without rules has %+v, %v", rules, err)
	}
	if err := rules.Merge("", 7).Write(b.ctx(), b); err != nil {
		t.Fatal(err)
	}
	const theirs = `<Rule><ID>t</ID><Prefix>logs/</Prefix><Status>Enabled</Status><Filter><Not><Prefix>logs/a</Prefix></Not></Filter><Expiration><Days>30</Days></Expiration></Rule>` +
		`<Rule><ID>u</ID><Prefix>tmp/</Prefix><Status>Enabled</Status><AbortMultipartUpload><Days>3</Days></AbortMultipartUpload><Expiration><Days>9</Days></Expiration></Rule>`
	document := `<?xml version="1.0" encoding="UTF-8"?>` + "\n<LifecycleConfiguration>" + theirs + "</LifecycleConfiguration>"
	if err := rules.Merge("", 8).Write(b.ctx(), b); !errors.Is(err, ErrRulesChanged) {
		t.Errorf("written over rules that were not read: %v", err)
	}
	if err := b.SetLifecycle(b.ctx(), []byte(document)); err != nil {
		t.Fatal(err)
	}
	if rules, err = ReadRules(b.ctx(), b); err != nil {
		t.Fatal(err)
	}
	merged := rules.Merge("videos & more/", 14)
	if len(merged.List) != 3 || merged.List[2].AbortDays != 14 || !merged.List[2].Ours || merged.List[0].Others[0] != "Filter" {
		t.Fatalf("%+v", merged.List)
	}
	if err := merged.Write(b.ctx(), b); err != nil {
		t.Fatal(err)
	}
	now, err := b.Lifecycle(b.ctx())
	want := document[:len(document)-len("</LifecycleConfiguration>")] +
		`<Rule><ID>partway-abort-unfinished</ID><Prefix>videos &amp; more/</Prefix><Status>Enabled</Status><AbortMultipartUpload><Days>14</Days></AbortMultipartUpload></Rule></LifecycleConfiguration>`
	if err != nil || string(now) != want {
		t.Errorf("the rules are\n%s\nnot\n%s\n%v", now, want, err)
	}
	if rules, err = ReadRules(b.ctx(), b); err != nil {
		t.Fatal(err)
	}
	changed := rules.Merge("tmp/", 5)
	if len(changed.List) != 3 || changed.List[1].AbortDays != 5 || !changed.List[1].Ours {
		t.Fatalf("%+v", changed.List)
	}
	if err := changed.Write(b.ctx(), b); err != nil {
		t.Error(err)
	}
	again, err := ReadRules(b.ctx(), b)
	if err != nil || again.List[1].AbortDays != 5 || again.List[1].Others[0] != "Expiration" {
		t.Errorf("%+v, %v", again.List, err)
	}
	if err := again.Merge("", 30).Write(b.ctx(), b); err != nil {
		t.Errorf("beside a rule that aborts below a folder, one for all of the bucket is refused: %v", err)
	}
}
