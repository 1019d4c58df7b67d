//go:build windows || darwin

package assets

import "fyne.io/fyne/v2"

// FallbackFont is nil: the system comes with fonts for Chinese, Japanese and Korean.
func FallbackFont() (fyne.Resource, error) { return nil, nil } //nolint:nilnil // there is none, and that is right
