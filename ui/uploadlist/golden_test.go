package uploadlist

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"partway/transfer"
	"partway/ui/look/looktest"
)

func TestListLooksAsItShould(t *testing.T) {
	rows := []Row{
		{ID: 1, Name: "Sunrise over the bay.mov", Size: 251_658_240, Progress: 0.62, Status: transfer.StatusUploading, StatusText: "Uploading", Speed: 27.9e6, Left: 4 * time.Second, Destination: "bucket-1/2026/"},
		{ID: 2, Name: "Backup 2026-03.tar.zst", Size: 100_663_296, Progress: 0.41, Status: transfer.StatusPaused, StatusText: "Paused", Destination: "bucket-1/2026/"},
		{ID: 3, Name: "report.pdf", Size: 5_242_880, Status: transfer.StatusConflict, StatusText: "Conflict", Destination: "bucket-1/2026/"},
		{ID: 4, Name: "notes.txt", Size: 12_345, Progress: 1, Status: transfer.StatusCompleted, StatusText: "Completed", Destination: "bucket-1/2026/"},
	}
	looktest.Golden(t, "list", fyne.NewSize(860, 150), func() fyne.CanvasObject {
		l := New(Callbacks{})
		l.SetSort(transfer.Sort{By: transfer.SortStatus})
		l.Resize(fyne.NewSize(860, 150)) // rows out of sight are not drawn
		l.SetIDs(upTo(len(rows)))
		l.SetRows(rows)
		l.SelectAll()
		return l
	})
}
