package text

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"

	"partway/assets"
)

var placeholder = regexp.MustCompile(`{{\s*\.(\w+)\s*}}`)

func placeholders(s string) []string {
	var names []string
	for _, m := range placeholder.FindAllStringSubmatch(s, -1) {
		names = append(names, m[1])
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func load(t *testing.T, l Language) map[string]string {
	t.Helper()
	content, err := assets.Translations.ReadFile("translations/" + string(l) + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var c map[string]string
	if err := json.Unmarshal(content, &c); err != nil {
		t.Fatalf("%s: %v", l, err)
	}
	return c
}

func TestEverySentenceOfTheSourceIsTranslated(t *testing.T) {
	en, zh := load(t, English), load(t, Chinese)
	found := uses(t)
	if len(found) < 100 {
		t.Fatalf("only %d sentences were found: the source is not where this test looks", len(found))
	}
	missing := map[string]bool{}
	for _, u := range found {
		if missing[u.sentence] {
			continue
		}
		for name, c := range map[string]map[string]string{"en.json": en, "zh-Hans.json": zh} {
			if c[u.sentence] == "" {
				missing[u.sentence] = true
				t.Errorf("%s: %q is not in %s", u.at, u.sentence, name)
			}
		}
	}
}

func TestEveryPlaceholderIsGiven(t *testing.T) {
	for _, u := range uses(t) {
		if u.given == nil {
			continue
		}
		for _, name := range placeholders(u.sentence) {
			if !u.given[name] {
				t.Errorf("%s: no argument is given for %q of %q", u.at, name, u.sentence)
			}
		}
	}
}

func TestBothLanguagesSayTheSame(t *testing.T) {
	en, zh := load(t, English), load(t, Chinese)
	for key := range maps.Keys(en) {
		if _, ok := zh[key]; !ok {
			t.Errorf("%q is in en.json only", key)
		}
	}
	for key, said := range zh {
		english, ok := en[key]
		if !ok {
			t.Errorf("%q is in zh-Hans.json only", key)
		}
		if want, got := placeholders(english), placeholders(said); !slices.Equal(want, got) {
			t.Errorf("%q: zh-Hans.json has the placeholders %v, en.json %v", key, got, want)
		}
		if want, got := placeholders(english), placeholders(key); strings.Contains(key, " ") && !slices.Equal(want, got) {
			t.Errorf("%q: en.json has the placeholders %v", key, want)
		}
	}
}

// The reserved words make go-i18n take a whole file for one message.
func TestNoKeyIsAReservedWord(t *testing.T) {
	reserved := []string{
		"id", "description", "hash", "leftdelim", "rightdelim",
		"zero", "one", "two", "few", "many", "other", "translation",
	}
	for key := range load(t, English) {
		if slices.Contains(reserved, strings.ToLower(key)) {
			t.Errorf("%q is a reserved word of the translation format: use a longer key", key)
		}
	}
}

func TestFilesAreSortedOneKeyALine(t *testing.T) {
	for _, name := range []string{"en.json", "zh-Hans.json"} {
		content, err := assets.Translations.ReadFile("translations/" + name)
		if err != nil {
			t.Fatal(err)
		}
		var keys []string
		lines := strings.Split(strings.TrimSpace(string(content)), "\n")
		for i, line := range lines[1 : len(lines)-1] {
			var one map[string]string
			entry := "{" + strings.TrimSuffix(strings.TrimSpace(line), ",") + "}"
			if err := json.Unmarshal([]byte(entry), &one); err != nil || len(one) != 1 {
				t.Fatalf("%s:%d is not one key: %s", name, i+2, line)
			}
			for key := range one {
				keys = append(keys, key)
			}
		}
		for i := 1; i < len(keys); i++ {
			if keys[i-1] == keys[i] {
				t.Errorf("%s has %q twice", name, keys[i])
			}
		}
		if !sort.StringsAreSorted(keys) {
			t.Errorf("%s is not sorted by key", name)
		}
	}
}
