package keyring

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"partway/e2e/bustest"
	"partway/transfer"
	"partway/transfer/secrettest"
)

func start(t *testing.T, what string) string {
	t.Helper()
	own := exec.CommandContext(t.Context(), os.Args[0])
	own.Env = append(os.Environ(), keyringVariable+"="+what)
	out, err := own.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", what, err, out)
	}
	return strings.TrimSpace(string(out))
}

// daemon starts gnome-keyring on the test's bus, its keyring unlocked, its files in a folder of
// its own.
func daemon(t *testing.T) (folder string) {
	t.Helper()
	program, err := exec.LookPath("gnome-keyring-daemon")
	if err != nil {
		t.Fatal("there is no gnome-keyring-daemon (make test installs it on Debian and Ubuntu): ", err)
	}
	folder = t.TempDir()
	service := exec.CommandContext(t.Context(), program, "--foreground", "--unlock", "--components=secrets")
	service.Env = append(os.Environ(), "XDG_DATA_HOME="+folder, "XDG_RUNTIME_DIR="+folder, "HOME="+folder)
	service.Stdin = strings.NewReader("login-password\n")
	service.Cancel = func() error { return service.Process.Signal(os.Interrupt) }
	service.WaitDelay = 5 * time.Second
	if err := service.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = service.Wait() }) // its status tells of the signal
	conn := bustest.Connect(t, "")
	for until := time.Now().Add(20 * time.Second); ; {
		var owned bool
		err := conn.BusObject().Call("org.freedesktop.DBus.NameHasOwner", 0, "org.freedesktop.secrets").Store(&owned)
		if err != nil || owned {
			if err != nil {
				t.Fatal(err)
			}
			return folder
		}
		if time.Now().After(until) {
			t.Fatal("gnome-keyring does not offer the Secret Service")
		}
		<-time.After(20 * time.Millisecond)
	}
}

// TestE1SecretService keeps credentials in a real Secret Service, finds them at the next start, and
// forgets them. What it writes to the disk holds none of them in the clear.
func TestE1SecretService(t *testing.T) {
	bustest.Start(t)
	folder := daemon(t)
	for _, step := range []struct{ what, want string }{
		{"read", "none: " + errNone.Error()},
		{"keep", fmt.Sprint("kept ", transfer.KeptInKeyring)},
		{"read", "as given: true"},
	} {
		if got := start(t, step.what); got != step.want {
			t.Errorf("%s: %q, want %q", step.what, got, step.want)
		}
	}
	files, err := os.ReadDir(folder + "/keyrings")
	if err != nil || len(files) == 0 {
		t.Fatalf("nothing was written: %v", err)
	}
	for _, f := range files {
		text, err := os.ReadFile(folder + "/keyrings/" + f.Name())
		if err != nil || secrettest.Find(text, secretText)+secrettest.Find(text, tokenText) != "" || bytes.Contains(text, []byte("LTAI1")) {
			t.Errorf("%s holds what it must not, or cannot be read: %v", f.Name(), err)
		}
	}
	if start(t, "forget") != "forgotten" || start(t, "read") != "none: "+errNone.Error() {
		t.Error("they are still there")
	}
}
