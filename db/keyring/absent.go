package keyring

import (
	"errors"
	"os/exec"

	"github.com/godbus/dbus/v5"
	oskeyring "github.com/zalando/go-keyring"
)

// noService are the errors of a bus on which nobody keeps secrets.
var noService = map[string]bool{
	"org.freedesktop.DBus.Error.ServiceUnknown":           true,
	"org.freedesktop.DBus.Error.NameHasNoOwner":           true,
	"org.freedesktop.DBus.Error.Spawn.ServiceNotFound":    true,
	"org.freedesktop.DBus.Error.Spawn.ExecFailed":         true,
	"org.freedesktop.DBus.Error.Spawn.FileInvalid":        true,
	"org.freedesktop.DBus.Error.Spawn.PermissionsInvalid": true,
}

// absent tells whether an error means that this computer has no keyring, and not that there is
// one that is locked or does not answer: in the former case there is nothing in it.
func absent(err error) bool {
	if e, ok := errors.AsType[dbus.Error](err); ok {
		return noService[e.Name]
	}
	return errors.Is(err, exec.ErrNotFound) || // no bus, and nothing that would start one
		errors.Is(err, oskeyring.ErrUnsupportedPlatform)
}
