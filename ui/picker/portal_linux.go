package picker

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"
)

// Names of the XDG desktop portal, from its documentation (org.freedesktop.portal.FileChooser,
// version 3, and org.freedesktop.portal.Request).
const (
	portalName     = "org.freedesktop.portal.Desktop"
	portalPath     = dbus.ObjectPath("/org/freedesktop/portal/desktop")
	portalOpenFile = "org.freedesktop.portal.FileChooser.OpenFile"
	requestPath    = "/org/freedesktop/portal/desktop/request/"
	requestIface   = "org.freedesktop.portal.Request"
	handleToken    = "partway"
)

// Responses of a portal's request.
const (
	portalChosen   = 0
	portalCanceled = 1
	portalEnded    = 2 // "in some other way": a dialog that could not open, or was closed
)

// portalAtOnce is how soon a dialog ends that never opened. GTK's says portalEnded also
// when a person presses Escape or closes its window, which takes longer.
const portalAtOnce = time.Second

// portal asks by the XDG desktop portal, over a connection of its own for each question,
// so that the end of the context ends the wait.
type portal struct {
	texts  Texts
	parent func() string
}

func (p *portal) Files(ctx context.Context, title string) ([]string, error) {
	return p.ask(ctx, title, map[string]dbus.Variant{"multiple": dbus.MakeVariant(true)})
}

func (p *portal) Folder(ctx context.Context, title string) (string, error) {
	paths, err := p.ask(ctx, title, map[string]dbus.Variant{"directory": dbus.MakeVariant(true)})
	if err != nil || len(paths) == 0 {
		return "", err
	}
	return paths[0], nil
}

func (p *portal) ask(ctx context.Context, title string, options map[string]dbus.Variant) ([]string, error) {
	// The connection outlives ctx by the one message that closes the dialog.
	conn, err := dbus.ConnectSessionBus(dbus.WithContext(context.WithoutCancel(ctx)))
	if err != nil {
		return nil, ErrUnavailable
	}
	defer func() { _ = conn.Close() }() // nothing is lost with a connection that fails to close
	if !reachable(ctx, conn) {
		return nil, ErrUnavailable
	}

	// The request's path is known before the call, by its token: listening first means
	// that no answer, however quick, is missed.
	sender := strings.ReplaceAll(strings.TrimPrefix(conn.Names()[0], ":"), ".", "_")
	path := dbus.ObjectPath(requestPath + sender + "/" + handleToken)
	err = conn.AddMatchSignalContext(ctx, dbus.WithMatchObjectPath(path),
		dbus.WithMatchInterface(requestIface), dbus.WithMatchMember("Response"))
	if err != nil {
		return nil, fmt.Errorf("listen to the portal: %w", err)
	}
	answers := make(chan *dbus.Signal, 1)
	conn.Signal(answers)

	options["handle_token"] = dbus.MakeVariant(handleToken)
	options["modal"] = dbus.MakeVariant(true)
	options["accept_label"] = dbus.MakeVariant(p.texts.Open)
	object := conn.Object(portalName, portalPath)
	asked := time.Now()
	if err := object.CallWithContext(ctx, portalOpenFile, 0, p.parent(), title, options).Err; err != nil {
		return nil, fmt.Errorf("open the portal's file dialog: %w", err)
	}
	body, err := await(ctx, conn, path, answers)
	if err != nil {
		return nil, err
	}
	return chosen(body, time.Since(asked))
}

// reachable tells whether somebody owns the portal's name, or would if asked.
func reachable(ctx context.Context, conn *dbus.Conn) bool {
	var owned bool
	err := conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.NameHasOwner", 0, portalName).Store(&owned)
	if err == nil && owned {
		return true
	}
	var names []string
	err = conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.ListActivatableNames", 0).Store(&names)
	return err == nil && slices.Contains(names, portalName)
}

// await waits for the person's choice, or closes the dialog when the context ends.
func await(ctx context.Context, conn *dbus.Conn, path dbus.ObjectPath, answers <-chan *dbus.Signal) (body []any, err error) {
	select {
	case <-ctx.Done():
		conn.Object(portalName, path).Go(requestIface+".Close", dbus.FlagNoReplyExpected, nil)
		return nil, ctx.Err()
	case s, open := <-answers:
		if !open || len(s.Body) < 2 {
			return nil, errors.New("ask the portal for files: the answer is not readable")
		}
		return s.Body, nil
	}
}

// chosen reads the answer of a file dialog, its response and its results, that came this
// long after the question.
func chosen(body []any, after time.Duration) ([]string, error) {
	response, ok := body[0].(uint32)
	if ok && (response == portalCanceled || response == portalEnded && after > portalAtOnce) {
		return nil, nil
	}
	results, isMap := body[1].(map[string]dbus.Variant)
	if !ok || !isMap || response != portalChosen {
		return nil, fmt.Errorf("ask the portal for files: response %v", body[0])
	}
	uris, ok := results["uris"].Value().([]string)
	if !ok {
		return nil, errors.New("ask the portal for files: no list of files in the answer")
	}
	paths := make([]string, 0, len(uris))
	for _, uri := range uris {
		u, err := url.Parse(uri)
		if err != nil || u.Scheme != "file" || u.Path == "" {
			return nil, fmt.Errorf("ask the portal for files: not a local file: %q", uri)
		}
		paths = append(paths, u.Path)
	}
	return paths, nil
}
