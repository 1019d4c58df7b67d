package ui

import (
	"path/filepath"
	"time"

	"partway/transfer"
	"partway/ui/format"
	"partway/ui/text"
	"partway/ui/uploadlist"
)

// rowsOf lays what the engine is doing over what the journal holds.
// places are those of some of them in the queue.
func rowsOf(rows []transfer.Row, snap *transfer.Snapshot, places map[transfer.ID]int, now time.Time) []uploadlist.Row {
	shown := make([]uploadlist.Row, 0, len(rows))
	for i := range rows {
		row := rowOf(&rows[i], liveOf(snap, rows[i].ID), now)
		row.Place = places[row.ID]
		shown = append(shown, row)
	}
	return shown
}

func liveOf(snap *transfer.Snapshot, id transfer.ID) *transfer.Live {
	live, working := snap.Live[id]
	if !working {
		return nil
	}
	return &live
}

func rowOf(r *transfer.Row, live *transfer.Live, now time.Time) uploadlist.Row {
	status := statusOf(r, live)
	end := text.End{Outcome: r.Outcome, Callback: r.Callback}
	shown := uploadlist.Row{
		ID: r.ID, Name: r.Name, Size: r.Size,
		Progress: progress(r, status, live),
		Status:   status, StatusText: text.StatusLine(status, end, r.Error, live, now), StatusLong: end.Long(), Flawed: end.Flawed(),
		Destination: placeOf(r.To),
		Priority:    r.Priority, Added: r.Created, Finished: r.Finished,
		Folder: filepath.Dir(r.Path), Account: r.Account,
	}
	if r.To.Endpoint == transfer.TrialEndpoint {
		shown.Account = text.Account(transfer.Account{Kind: transfer.AccountTrial})
	}
	if kept := keptOf(r, status, live); kept > 0 {
		shown.StatusLong = text.WithKept(shown.StatusText, kept)
	}
	if live != nil && status == transfer.StatusUploading {
		shown.Speed, shown.Left = live.Speed, live.Left
	}
	return shown
}

// keptOf is how many parts the row says are not sent again: of an upload that is paused,
// and of one that went on after a pause or a start of the program.
func keptOf(r *transfer.Row, status transfer.Status, live *transfer.Live) int {
	switch {
	case status == transfer.StatusPaused:
		return r.PartsDone
	case status == transfer.StatusUploading && live != nil:
		return live.Kept
	default:
		return 0
	}
}

// statusOf prefers what the engine says, unless the journal knows that the upload has
// ended: a snapshot may be a moment older.
func statusOf(r *transfer.Row, live *transfer.Live) transfer.Status {
	ended := r.Status == transfer.StatusCompleted || r.Status == transfer.StatusAborted
	if live == nil || live.Status == "" || ended {
		return r.Status
	}
	return live.Status
}

// progress is how much of the file is on OSS, 0 to 1. A file being checked shows how far
// the check is. An empty file is either not there or wholly there, and of one that was
// skipped nothing is.
func progress(r *transfer.Row, status transfer.Status, live *transfer.Live) float64 {
	switch {
	case status == transfer.StatusCompleted && r.Outcome.NotSent():
		return 0
	case status == transfer.StatusCompleted:
		return 1
	case status == transfer.StatusChecking && live != nil:
		return max(0, min(1, live.Checked))
	case r.Size == 0:
		return 0
	case live != nil:
		return format.Fraction(max(live.Sent, r.BytesDone), r.Size)
	default:
		return format.Fraction(r.BytesDone, r.Size)
	}
}

// placeOf is the object's folder: the row has its name already.
func placeOf(t transfer.Target) string { return t.Bucket + "/" + format.Name(folderOf(t.Key)) }

// ossURI names an object as the service's tools do.
func ossURI(t transfer.Target) string { return "oss://" + t.Bucket + "/" + t.Key }

// judge unites what the selected rows allow. total is how many are selected; when these
// are more than were looked at, everything is offered: commands leave alone what they do
// not fit.
func judge(rows []transfer.Row, total int, snap *transfer.Snapshot) (a transfer.Allowed, unsettled bool) {
	if total > len(rows) && len(rows) >= judged {
		return transfer.Allowed{
			Start: true, Pause: true, Abort: true, Remove: true, Again: true, Move: true,
		}, true
	}
	for i := range rows {
		status := statusOf(&rows[i], liveOf(snap, rows[i].ID))
		a = a.Or(transfer.Allows(status))
		unsettled = unsettled || (status != transfer.StatusCompleted && status != transfer.StatusAborted)
	}
	return a, unsettled
}
