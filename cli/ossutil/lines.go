package ossutil

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// section is a part of the file under a name in brackets.
type section struct {
	name string
	line int
	keys []setting
}

// setting is a line of the form name = value.
type setting struct {
	name    string // in lower case, without "-" and "_"
	written string // as in the file
	value   string
	line    int
}

// value returns what was set last under one of the names, or "".
func (s *section) value(names ...string) string {
	value, _ := s.last(names...)
	return value
}

// last is value, with its line.
func (s *section) last(names ...string) (value string, line int) {
	for _, k := range s.keys {
		for _, name := range names {
			if k.name == name && k.value != "" {
				value, line = k.value, k.line
			}
		}
	}
	return value, line
}

// split cuts the text into sections.
func split(text string) ([]section, error) {
	var all []section
	nested := -1 // the indent of a key whose values are the lines indented further; none: -1
	for i, line := range strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n") {
		number := i + 1
		if !utf8.ValidString(line) {
			return nil, &Error{number, "not UTF-8 text"}
		}
		line = strings.TrimRightFunc(line, unicode.IsSpace)
		content := strings.TrimLeftFunc(line, unicode.IsSpace)
		indent := len(line) - len(content)
		switch {
		case content == "" || content[0] == '#' || content[0] == ';':
			continue
		case strings.ContainsFunc(strings.ReplaceAll(content, "\t", " "), unicode.IsControl):
			return nil, &Error{number, "a control character"}
		case content[0] == '[':
			name, ok := strings.CutSuffix(content[1:], "]")
			if name = strings.Join(strings.Fields(name), " "); !ok || name == "" {
				return nil, &Error{number, "not of the form [section]"}
			}
			all = append(all, section{name: name, line: number})
			nested = -1
		case nested >= 0 && indent > nested:
			continue // a list below a key, as of buckets: nothing of it is needed
		default:
			k, ok := parseSetting(content, number)
			if !ok {
				return nil, &Error{number, "not of the form name = value"}
			}
			if len(all) == 0 {
				return nil, &Error{number, "outside of any [section]"}
			}
			s := &all[len(all)-1]
			s.keys = append(s.keys, k)
			if nested = -1; k.value == "" {
				nested = indent
			}
		}
	}
	return all, nil
}

func parseSetting(content string, line int) (setting, bool) {
	name, value, ok := strings.Cut(content, "=")
	name = strings.TrimSpace(name)
	if !ok || name == "" {
		return setting{}, false
	}
	return setting{
		name:    strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(name)),
		written: name, value: strings.TrimSpace(value), line: line,
	}, true
}
