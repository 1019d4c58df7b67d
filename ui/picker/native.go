package picker

import (
	"context"
	"errors"

	"github.com/ncruces/zenity"
)

// native asks by the platform's dialogs; on Linux by the zenity program or one like it.
type native struct{}

func (*native) Files(ctx context.Context, title string) ([]string, error) {
	if !zenity.IsAvailable() {
		return nil, ErrUnavailable
	}
	paths, err := zenity.SelectFileMultiple(zenity.Context(ctx), zenity.Title(title))
	if errors.Is(err, zenity.ErrCanceled) {
		return nil, nil
	}
	return paths, err
}

func (*native) Folder(ctx context.Context, title string) (string, error) {
	if !zenity.IsAvailable() {
		return "", ErrUnavailable
	}
	path, err := zenity.SelectFile(zenity.Context(ctx), zenity.Title(title), zenity.Directory())
	if errors.Is(err, zenity.ErrCanceled) {
		return "", nil
	}
	return path, err
}
