package uploadlist

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"
)

func TestRulerCuts(t *testing.T) {
	test.NewTempApp(t)
	r := newRuler(13)
	em := r.width("m")
	long := strings.Repeat("m", 40)
	cases := []struct {
		name, in string
		width    float32
		check    func(got string) bool
	}{
		{"what fits stays", "short.txt", 40 * em, func(got string) bool { return got == "short.txt" }},
		{"the extension stays", long + ".docx", 15 * em, func(got string) bool {
			return strings.HasPrefix(got, "mmm") && strings.Contains(got, ellipsis) && strings.HasSuffix(got, ".docx")
		}},
		{"a long extension too", long + ".partial-file", 16 * em, func(got string) bool {
			return strings.HasPrefix(got, "m") && strings.HasSuffix(got, ".partial-file")
		}},
		{"what is no extension does not crowd out the name", "name." + long, 10 * em, func(got string) bool {
			return strings.HasPrefix(got, "name.") && strings.HasSuffix(got, ellipsis)
		}},
		{"Chinese", strings.Repeat("照片", 30) + ".jpg", 15 * em, func(got string) bool {
			return strings.HasPrefix(got, "照片") && strings.HasSuffix(got, ".jpg")
		}},
		{"no room at all", long, 1, func(got string) bool { return got == "" }},
		{"a mark keeps its letter", long + strings.Repeat("e\u0301", 20), 15 * em, func(got string) bool {
			return !strings.Contains(got, ellipsis+"\u0301")
		}},
	}
	for _, c := range cases {
		got := r.middle(c.in, c.width)
		if !c.check(got) {
			t.Errorf("%s: %q", c.name, got)
		}
		if r.width(got) > c.width {
			t.Errorf("%s: %q is wider than %v", c.name, got, c.width)
		}
	}
}

func TestRulerForgetsWhenItKnowsTooMuch(t *testing.T) {
	test.NewTempApp(t)
	r := newRuler(13)
	for c := range rune(maxRunes) {
		r.widths[c] = 1
	}
	r.rune('😀')
	if len(r.widths) != 1 {
		t.Errorf("it remembers %d widths", len(r.widths))
	}
}
