package desktop

import "strings"

// Entry is a program that begins with the session.
type Entry struct {
	ID, Name string
	Command  []string
}

// text is the entry as a file of the XDG desktop entry specification.
func (e Entry) text() string {
	words := make([]string, 0, len(e.Command))
	for _, w := range e.Command {
		words = append(words, quoted(w))
	}
	return "[Desktop Entry]\nType=Application\nName=" + e.Name + "\nIcon=" + e.ID +
		"\nExec=" + strings.Join(words, " ") + "\nTerminal=false\nX-GNOME-Autostart-enabled=true\n"
}

// quoted writes an argument as Exec wants it: quoted as by a shell, then escaped as a string
// of the file, and without field codes.
func quoted(word string) string {
	shell := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "`", "\\`", `$`, `\$`, `%`, `%%`).Replace(word)
	return strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\t", `\t`, "\r", `\r`).Replace(`"` + shell + `"`)
}
