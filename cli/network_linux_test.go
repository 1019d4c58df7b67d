package cli

import "testing"

// The numbers are of statfs(2).
func TestD6NetworkFolder(t *testing.T) {
	for name, tt := range map[string]struct {
		magic uint32
		want  bool
	}{
		"nfs": {0x6969, true}, "cifs": {0xff534d42, true}, "smb2": {0xfe534d42, true}, "9p": {0x01021997, true},
		"ext4": {0xef53, false}, "tmpfs": {0x01021994, false}, "btrfs": {0x9123683e, false},
	} {
		if got := isNetwork(tt.magic); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if NetworkFolder(t.TempDir()) {
		t.Error("the temporary folder is on a network, or is taken for it")
	}
}
