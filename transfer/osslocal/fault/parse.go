package fault

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// match is the left side of a rule.
type match struct {
	ops         []string
	first, last int // part numbers; 0: any
	key, upload string
	skip, times int // times 0: no limit
}

// action is the right side of a rule.
type action struct {
	verb    string
	arg     string            // what follows the verb without "="
	options map[string]string // what follows it with "=", and flags as ""

	status   int           // status, error, html, empty, redirect
	at       int64         // cut, stall, corrupt; all, or none
	rate     int64         // slow: bytes a second
	duration time.Duration // delay, date
}

// all is action.at for "the whole body".
const all = -1

// verbs names each action with whether the rules after it are asked too.
var verbs = map[string]bool{
	"status": false, "error": false, "html": false, "empty": false, "redirect": false,
	"cut": false, "lose": false, "half": false, "etag": false, "crc": false, "stall": false,
	"delay": true, "hold": true, "slow": true, "corrupt": true, "date": true,
}

// Parse reads a rule. The text is what its String returns.
func Parse(text string) (*Rule, error) {
	words, err := split(text)
	if err != nil {
		return nil, fmt.Errorf("fault %q: %w", text, err)
	}
	colon := slices.Index(words, ":")
	if colon < 1 || colon == len(words)-1 {
		return nil, fmt.Errorf(`fault %q: want "OPERATION [MATCH...] : ACTION [OPTION...]"`, text)
	}
	r := &Rule{text: text, changed: make(chan struct{}), released: make(chan struct{})}
	if r.match, err = parseMatch(words[:colon]); err != nil {
		return nil, fmt.Errorf("fault %q: %w", text, err)
	}
	if r.action, err = parseAction(words[colon+1:]); err != nil {
		return nil, fmt.Errorf("fault %q: %w", text, err)
	}
	return r, nil
}

// split cuts a rule into words; the colon that ends a word of the left side is a word of
// its own, and double quotes hold a word together.
func split(text string) ([]string, error) {
	var words []string
	var word strings.Builder
	quoted, colon := false, false
	flush := func() {
		if word.Len() > 0 {
			words = append(words, word.String())
			word.Reset()
		}
	}
	for _, c := range text {
		switch {
		case c == '"':
			quoted = !quoted
		case !quoted && c == ' ':
			flush()
		case !quoted && !colon && c == ':':
			flush()
			words, colon = append(words, ":"), true
		default:
			word.WriteRune(c)
		}
	}
	flush()
	if quoted {
		return nil, errors.New("a double quote is not closed")
	}
	return words, nil
}

func parseMatch(words []string) (match, error) {
	m := match{ops: strings.Split(words[0], ",")}
	for _, w := range words[1:] {
		name, value, _ := strings.Cut(w, "=")
		if err := m.set(name, value); err != nil {
			return m, fmt.Errorf("match %q: %w", w, err)
		}
	}
	return m, nil
}

func (m *match) set(name, value string) error {
	var err error
	switch name {
	case "part":
		first, last, ranged := strings.Cut(value, "-")
		if m.first, err = strconv.Atoi(first); err != nil {
			return err
		}
		if m.last = m.first; ranged {
			m.last, err = strconv.Atoi(last)
		}
	case "key":
		m.key = value
		_, err = path.Match(value, "")
	case "upload":
		m.upload = value
	case "skip":
		m.skip, err = strconv.Atoi(value)
	case "times":
		m.times, err = strconv.Atoi(value)
	case "nth":
		m.skip, err = strconv.Atoi(value)
		m.skip, m.times = m.skip-1, 1
	default:
		err = errors.New("no such match")
	}
	return err
}

func parseAction(words []string) (action, error) {
	a := action{verb: words[0], options: make(map[string]string), at: 0}
	if _, ok := verbs[a.verb]; !ok {
		return a, fmt.Errorf("no such action %q", a.verb)
	}
	for _, w := range words[1:] {
		name, value, valued := strings.Cut(w, "=")
		switch {
		case valued && !strings.Contains(name, "/"): // a URL may hold "=" too
			a.options[name] = value
		case isFlag(w):
			a.options[w] = ""
		case a.arg == "":
			a.arg = w
		default:
			a.options["status"] = w
		}
	}
	if err := a.checkOptions(); err != nil {
		return a, err
	}
	return a, a.resolve()
}

// checkOptions refuses what the action would not heed. A status and an error take any
// option, since what is none of theirs is a header.
func (a *action) checkOptions() error {
	known := map[string][]string{
		"html": {"applied", "early"}, "empty": {"applied", "early"},
		"redirect": {"applied", "early", "status"},
		"cut":      {"at", "reset"}, "lose": {"reset"}, "half": {"reset"},
		"stall": {"at", "reset"}, "corrupt": {"at"},
	}
	for name := range a.options {
		if a.verb != "status" && a.verb != "error" && !slices.Contains(known[a.verb], name) {
			return fmt.Errorf("action %q has no option %q", a.verb, name)
		}
	}
	return nil
}

func isFlag(w string) bool { return w == "applied" || w == "early" || w == "reset" }

// resolve reads the numbers of an action.
func (a *action) resolve() error {
	var err error
	switch a.verb {
	case "status":
		a.status, err = strconv.Atoi(a.arg)
	case "error":
		a.status = 200
	case "html", "empty":
		if a.status = 200; a.arg != "" {
			a.status, err = strconv.Atoi(a.arg)
		}
	case "redirect":
		if a.status = 307; a.options["status"] != "" {
			a.status, err = strconv.Atoi(a.options["status"])
		}
	case "delay", "date":
		a.duration, err = time.ParseDuration(a.arg)
	case "slow":
		a.rate, err = parseBytes(a.arg)
		if err == nil && a.rate <= 0 {
			err = errors.New("want a rate above 0")
		}
	case "etag", "crc":
		if a.arg == "" {
			err = errors.New("want a value")
		}
	case "hold":
		if a.arg != "" && a.arg != "answer" {
			err = fmt.Errorf("hold %q", a.arg)
		}
	case "cut", "stall", "corrupt":
		err = a.resolveAt()
	}
	if err != nil {
		return fmt.Errorf("action %q: %w", a.verb, err)
	}
	return nil
}

func (a *action) resolveAt() error {
	text, ok := a.options["at"]
	switch {
	case text == "all" || (!ok && a.verb == "stall"):
		a.at = all
		return nil
	case !ok:
		return nil
	}
	var err error
	a.at, err = parseBytes(text)
	return err
}

// parseBytes reads a number with an optional K or M (1,024 and its square).
func parseBytes(text string) (int64, error) {
	factor := int64(1)
	if t, ok := strings.CutSuffix(text, "K"); ok {
		text, factor = t, 1<<10
	} else if t, ok := strings.CutSuffix(text, "M"); ok {
		text, factor = t, 1<<20
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return n * factor, err
}
