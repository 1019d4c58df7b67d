package assets

import (
	"bytes"
	"image/png"
	"os"
	"testing"
)

func TestTheIconIsDrawn(t *testing.T) {
	content, err := os.ReadFile("icon.png")
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	if size := img.Bounds().Size(); size.X != 512 || size.Y != 512 {
		t.Errorf("icon.png is %v, want 512 x 512", size)
	}
	if len(Icon.Content()) == 0 {
		t.Error("the built-in icon is empty")
	}
}

func TestAGlyphThatIsNotThereIsNoticed(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a glyph was found that does not exist")
		}
	}()
	Glyph("no such glyph")
}
