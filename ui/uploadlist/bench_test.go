package uploadlist

import (
	"testing"

	"fyne.io/fyne/v2"

	"partway/transfer"
)

// BenchmarkUpdate changes 20 rows in sight, as each tick does.
func BenchmarkUpdate(b *testing.B) {
	f := newFixture(b, upTo(100_000))
	f.window.Resize(fyne.NewSize(1200, headerHeight+20*rowHeight))
	rows := rowsOf(f.VisibleIDs())
	for i := 0; b.Loop(); i++ {
		for k := range rows {
			rows[k].Progress = float64(i%1000) / 1000
			rows[k].Speed = float64(1<<20 + i%1000*1000)
		}
		f.SetRows(rows)
	}
}

// BenchmarkUnchanged hands over 20 rows that are shown already.
func BenchmarkUnchanged(b *testing.B) {
	f := newFixture(b, upTo(100_000))
	f.window.Resize(fyne.NewSize(1200, headerHeight+20*rowHeight))
	rows := rowsOf(f.VisibleIDs())
	f.SetRows(rows)
	for b.Loop() {
		f.SetRows(rows)
	}
}

// BenchmarkScroll scrolls by one notch of a wheel.
func BenchmarkScroll(b *testing.B) {
	f := newFixture(b, upTo(100_000))
	f.window.Resize(fyne.NewSize(1200, headerHeight+20*rowHeight))
	f.cb.OnVisible = func(ids []transfer.ID) { f.SetRows(rowsOf(ids)) }
	for i := 0; b.Loop(); i++ {
		f.scrollTo(float64(i%90_000) * 45)
	}
}

// BenchmarkSetIDs replaces 100,000 rows while half of them are selected.
func BenchmarkSetIDs(b *testing.B) {
	ids := upTo(100_000)
	f := newFixture(b, ids)
	f.Select(ids[:50_000]...)
	f.scrollTo(60_000 * rowHeight)
	for b.Loop() {
		f.SetIDs(ids)
	}
}
