package text

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

// Setup chooses the language of all texts, Fyne's own too. It is called once, before the
// first window is made; texts made before do not change.
func Setup(l Language) error { return nil }
