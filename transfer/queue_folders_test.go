package transfer_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"partway/transfer"
)

// TestFoldersAreMovedAndSentElsewhere as a whole, with what the engine has in work of them.
func TestFoldersAreMovedAndSentElsewhere(t *testing.T) {
	t.Parallel()
	const files = 3 // of each folder
	r, g, ids := gatedRig(t, func(r *rig) []string {
		paths := []string{r.file("first", 1000)}
		for _, folder := range []string{"a", "b", "c"} {
			var file string
			for i := range files {
				file = r.file(fmt.Sprint(folder, "/", i), 1000)
			}
			paths = append(paths, filepath.Dir(file))
		}
		return paths
	})
	folder := func(n int) transfer.Selection {
		return transfer.Chosen(transfer.Filter{}, r.upload(ids[1+n*files]).Folder.Entry())
	}
	check(t, r.m.Move(folder(2), transfer.Move{To: transfer.MoveTop}))
	check(t, r.m.Move(folder(0), transfer.Move{To: transfer.MoveDown, Entries: true}))
	told, err := r.m.Redirect(t.Context(), folder(1), r.to("q/"))
	if want := (transfer.Redirected{Moved: files}); err != nil || told != want {
		t.Errorf("told %+v, %v; want %+v", told, err, want)
	}
	order := slices.Concat(ids[1+2*files:], ids[:1], ids[1+files:1+2*files], ids[1:1+files])
	r.queued(order...)
	g.open()
	var wanted []string
	for _, id := range slices.Concat(ids[:1], ids[1+2*files:], ids[1+files:1+2*files], ids[1:1+files]) {
		wanted = append(wanted, r.upload(id).To.Key)
	}
	if got := r.sentInOrder(ids); !slices.Equal(got, wanted) || wanted[1+files][:4] != "q/b/" || wanted[1][:4] != "p/c/" {
		t.Errorf("sent in the order\n%v, want\n%v", got, wanted)
	}
}
