package fragment

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"partway/transfer"
)

// TestFindByNameAndSize finds files of the name that are large enough, the likeliest first.
func TestFindByNameAndSize(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for name, size := range map[string]int{"a/影片.mov": 9, "trips/2026/影片.mov": 5, "b/影片.mov": 4, "影片.mov/x": 9, "other.mov": 9} {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f := Fragment{OpenUpload: transfer.OpenUpload{Key: "backup/trips/2026/影片.mov"}, Size: Size{Bytes: 5}}
	found, err := Find(t.Context(), root, f)
	if err != nil || len(found) != 2 || found[0].Path != filepath.Join(root, "trips", "2026", "影片.mov") || found[1].Size != 9 {
		t.Errorf("found %+v, %v", found, err)
	}
	if _, err := Find(t.Context(), filepath.Join(root, "none"), f); err == nil {
		t.Error("a folder that is not there is no error")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Find(ctx, root, f); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
}
