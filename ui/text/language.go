package text

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"partway/assets"
)

// Language is a language of the window.
type Language string

// The languages.
const (
	System  Language = "" // Chinese where the system speaks Chinese, otherwise English
	English Language = "en"
	Chinese Language = "zh-Hans"
)

// Languages lists the languages, System first.
var Languages = []Language{System, English, Chinese}

// probe is the key whose translation tells which language is in use.
const probe = "language.tag"

// Setup chooses the language of all texts, Fyne's own too; texts made before do not
// change. It is called on Fyne's goroutine, where Fyne reads its translations without a
// lock. An unknown language is taken for System.
func Setup(l Language) error {
	choosing.Lock()
	defer choosing.Unlock()
	locale := lang.SystemLocale().String()
	if l != English && l != Chinese {
		l = ofLocale(locale)
	}
	content, err := assets.Translations.ReadFile("translations/" + string(l) + ".json")
	if err != nil {
		return fmt.Errorf("read translations: %w", err)
	}
	return register(content, l, locale)
}

// ofLocale returns the language for a system's locale.
func ofLocale(locale string) Language {
	if base, _, _ := strings.Cut(strings.ToLower(locale), "-"); base == "zh" {
		return Chinese
	}
	return English
}

// register hands the translations to Fyne under the name of the system's language, since
// Fyne looks up what the system speaks and has no way to choose. Which of its languages
// Fyne takes for the system's can be told only by trying.
func register(content []byte, l Language, locale string) error {
	for _, name := range []string{locale, fyne.Locale(locale).LanguageString(), "en", "zh-Hans", "zh"} {
		resource := fyne.NewStaticResource(name+".json", content)
		if err := lang.AddTranslations(resource); err != nil {
			return fmt.Errorf("add translations %q: %w", resource.Name(), err)
		}
		if lang.X(probe, "") == string(l) {
			return nil
		}
	}
	return fmt.Errorf("language %q could not be chosen over the system's %q", l, locale)
}
