package ui

import (
	"time"

	"partway/transfer"
	"partway/ui/format"
	"partway/ui/text"
	"partway/ui/uploadlist"
)

// entriesOf parts entries of the list into uploads and folders.
func entriesOf(entries []transfer.ID) (ids []transfer.ID, folders []transfer.FolderID) {
	s := transfer.Chosen(transfer.Filter{}, entries...)
	return s.IDs, s.Folders
}

// insideFolders makes rows stand below their folders, which say the beginning of their names.
func insideFolders(shown []uploadlist.Row, rows []transfer.Row) {
	for i := range rows {
		if rows[i].Folder != 0 {
			shown[i].Inside = true
			shown[i].Name = transfer.NameInFolder(rows[i].Name)
		}
	}
}

// folderLive is what the engine is doing in a folder.
type folderLive struct {
	rows    map[transfer.Status]transfer.Sum
	sending int // uploads
	flying  int64
	speed   float64
}

// liveInFolders sums what the engine is doing by folder. Its cost is that of the uploads in
// work, whatever the folders hold.
func liveInFolders(snap *transfer.Snapshot) map[transfer.FolderID]*folderLive {
	all := map[transfer.FolderID]*folderLive{}
	sending := 0
	for _, live := range snap.Live {
		uploading := live.Status == transfer.StatusUploading
		if uploading {
			sending++
		}
		if live.Folder == 0 {
			continue
		}
		f := all[live.Folder]
		if f == nil {
			f = &folderLive{rows: map[transfer.Status]transfer.Sum{}}
			all[live.Folder] = f
		}
		sum := f.rows[live.Status]
		sum.Rows++
		f.rows[live.Status] = sum
		f.flying += live.Flying
		if uploading {
			f.sending++
			f.speed += live.Speed
		}
	}
	for _, f := range all {
		if f.sending > 0 && f.sending == sending {
			f.speed = snap.Speed // also of files too small to have a speed of their own
		}
	}
	return all
}

// folderRowsOf lays what the engine is doing over what the journal holds of folders.
func folderRowsOf(folders []transfer.FolderRow, snap *transfer.Snapshot) []uploadlist.Row {
	if len(folders) == 0 {
		return nil
	}
	live := liveInFolders(snap)
	shown := make([]uploadlist.Row, 0, len(folders))
	for i := range folders {
		shown = append(shown, folderRowOf(&folders[i], live[folders[i].ID]))
	}
	return shown
}

// folderTotals are the sums of a folder's rows.
type folderTotals struct {
	files, completed, attention int
	size                        int64 // of all files
	due, done                   int64 // bytes of those not aborted; of these, on OSS
	ahead                       int64 // bytes not on OSS of what goes on without a person
}

func totalsOf(sums map[transfer.Status]transfer.Sum) (t folderTotals) {
	for status, s := range sums {
		t.files += s.Rows
		t.size += s.Size
		done := s.Done
		switch group := status.Group(); {
		case status == transfer.StatusAborted:
			continue
		case group == transfer.GroupCompleted:
			t.completed += s.Rows
			done = s.Size
		case group == transfer.GroupAttention:
			t.attention += s.Rows
		case group != transfer.GroupPaused:
			t.ahead += s.Size - s.Done
		}
		t.due += s.Size
		t.done += done
	}
	return t
}

// fly counts what is under way as done, as the rows of uploads do.
func (t *folderTotals) fly(live *folderLive) {
	if live != nil {
		t.done = min(t.due, t.done+live.flying)
	}
}

func folderRowOf(r *transfer.FolderRow, live *folderLive) uploadlist.Row {
	t := totalsOf(r.Sums)
	row := uploadlist.Row{
		ID: r.ID.Entry(), Name: r.Name, Size: t.size, Note: filesNote(t), ShortNote: format.Count(int64(t.completed)) + "/" + format.Count(int64(t.files)),
		Status:      folderStatus(r.Sums, live),
		Priority:    r.Priority,
		Destination: r.To.Bucket + "/" + format.Name(r.To.Prefix),
	}
	if r.Spread {
		row.Destination = text.T("Several destinations")
	}
	if live != nil {
		t.fly(live)
		row.Speed = live.speed
		if ahead := t.ahead - live.flying; row.Speed >= 1 && ahead > 0 {
			row.Left = time.Duration(float64(ahead) / row.Speed * float64(time.Second))
		}
	}
	switch {
	case t.due > 0:
		row.Progress = format.Fraction(t.done, t.due)
	case t.completed > 0: // empty files
		row.Progress = 1
	}
	row.StatusText = text.FolderStatus(row.Status, t.attention)
	return row
}

// folderStatus prefers what goes on now over what the journal says of many rows.
func folderStatus(sums map[transfer.Status]transfer.Sum, live *folderLive) transfer.Status {
	status := transfer.FolderStatus(sums)
	if live == nil || status.Group() != transfer.GroupUploading && status.Group() != transfer.GroupWaiting {
		return status
	}
	return transfer.FolderStatus(live.rows)
}

func filesNote(t folderTotals) string {
	if t.completed == t.files {
		return text.N("1 file", "{{.Count}} files", t.files)
	}
	return text.N("{{.Done}} of 1 file", "{{.Done}} of {{.Count}} files", t.files,
		text.Args{"Done": format.Count(int64(t.completed))})
}

// judgeFolders adds what the rows of folders allow.
func judgeFolders(folders []transfer.FolderRow, a transfer.Allowed, unsettled bool) (transfer.Allowed, bool) {
	for i := range folders {
		for status := range folders[i].Sums {
			one := transfer.Allows(status)
			one.Again = false // a folder is added again by dropping it
			a = a.Or(one)
			unsettled = unsettled || (status != transfer.StatusCompleted && status != transfer.StatusAborted)
		}
	}
	return a, unsettled
}
