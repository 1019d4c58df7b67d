//go:build !windows && !darwin

package assets

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/binary"
	"fmt"
	"io"

	"fyne.io/fyne/v2"
)

//go:embed fonts/fallback.ttf.gz
var fallback []byte

// FallbackFont unpacks the font for Chinese, Japanese and Korean that is drawn with where
// the system has none. It holds nothing that Fyne's own font has.
func FallbackFont() (fyne.Resource, error) {
	r, err := gzip.NewReader(bytes.NewReader(fallback))
	if err != nil {
		return nil, fmt.Errorf("unpack the fallback font: %w", err)
	}
	// Gzip ends with the length, and growing to it would leave thrice as much to be freed.
	content := make([]byte, binary.LittleEndian.Uint32(fallback[len(fallback)-4:]))
	if _, err := io.ReadFull(r, content); err != nil {
		return nil, fmt.Errorf("unpack the fallback font: %w", err)
	}
	return fyne.NewStaticResource("fallback.ttf", content), nil
}
