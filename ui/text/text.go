// Package text holds the words of the window in English and Simplified Chinese.
//
// The key of a sentence is the English sentence itself, with its placeholders in Go's
// template form: T("Add to {{.Bucket}}", Args{"Bucket": name}). To add a sentence, write
// the call, and put the sentence into assets/translations/en.json (key and value alike)
// and zh-Hans.json, one key a line, sorted by key. The tests of this package read the
// source below ui, and name what is missing, unsorted, or has other placeholders.
//
// A sentence that is chosen in one place and said in another is marked with [Key] where
// it is written.
package text

import (
	"maps"
	"sync"

	"fyne.io/fyne/v2/lang"

	"partway/ui/format"
)

// Args are the values of a sentence's placeholders.
type Args map[string]any

// choosing guards Fyne's translations, which the window changes on its goroutine, while
// rows are put into words on another.
var choosing sync.RWMutex

// T returns a sentence in the chosen language. It may be called from any goroutine.
func T(sentence string, args ...Args) string {
	choosing.RLock()
	defer choosing.RUnlock()
	if len(args) == 0 {
		return lang.L(sentence)
	}
	return lang.L(sentence, map[string]any(args[0]))
}

// N returns the sentence for one thing if n is 1, otherwise the one for many. The
// placeholder Count stands for n in both.
func N(one, many string, n int, args ...Args) string {
	all := Args{"Count": format.Count(int64(n))}
	for _, a := range args {
		maps.Copy(all, a)
	}
	if n == 1 {
		return T(one, all)
	}
	return T(many, all)
}

// Key marks a sentence that is handed to [T] later.
func Key(sentence string) string { return sentence }
