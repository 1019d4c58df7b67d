//go:build linux

package bustest

import (
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
)

// FileManager stands for the desktop's.
type FileManager struct {
	Refuse bool
	Asked  chan []string // the URIs it was to show
}

// Serve has the bus's programs find it.
func (f *FileManager) Serve(t *testing.T, conn *dbus.Conn) {
	t.Helper()
	const name = "org.freedesktop.FileManager1"
	f.Asked = make(chan []string, 1)
	own(t, conn, name, f, "/org/freedesktop/FileManager1", name)
}

// ShowItems is called over the bus.
func (f *FileManager) ShowItems(uris []string, _ string) *dbus.Error {
	if f.Refuse {
		return dbus.NewError("org.freedesktop.DBus.Error.Failed", nil)
	}
	f.Asked <- uris
	return nil
}

// Portal stands for the desktop's file dialog. It answers at once.
type Portal struct {
	Response uint32
	URIs     []string
	Silent   bool          // it does not answer
	Asked    chan Question // what it was asked
	Closed   chan struct{} // closed when a silent one's dialog is
	conn     *dbus.Conn
}

// Question is what a Portal is asked.
type Question struct {
	Parent, Title       string
	Multiple, Directory bool
}

const (
	portalPath = "/org/freedesktop/portal/desktop"
	request    = "org.freedesktop.portal.Request"
)

// Serve has the bus's programs find it.
func (p *Portal) Serve(t *testing.T, conn *dbus.Conn) {
	t.Helper()
	p.conn, p.Asked, p.Closed = conn, make(chan Question, 1), make(chan struct{})
	own(t, conn, "org.freedesktop.portal.Desktop", p, portalPath, "org.freedesktop.portal.FileChooser")
}

// OpenFile is called over the bus.
func (p *Portal) OpenFile(sender dbus.Sender, parent, title string, options map[string]dbus.Variant) (dbus.ObjectPath, *dbus.Error) {
	q := Question{Parent: parent, Title: title}
	q.Multiple, _ = options["multiple"].Value().(bool)
	q.Directory, _ = options["directory"].Value().(bool)
	p.Asked <- q
	token := options["handle_token"].Value().(string)
	unique := strings.ReplaceAll(strings.TrimPrefix(string(sender), ":"), ".", "_")
	path := dbus.ObjectPath(portalPath + "/request/" + unique + "/" + token)
	var err error
	if p.Silent {
		err = p.conn.Export(p, path, request)
	} else {
		results := map[string]dbus.Variant{"uris": dbus.MakeVariant(p.URIs)}
		err = p.conn.Emit(path, request+".Response", p.Response, results)
	}
	if err != nil {
		return path, dbus.MakeFailedError(err)
	}
	return path, nil
}

// Close is called over the bus.
func (p *Portal) Close() *dbus.Error {
	close(p.Closed)
	return nil
}
