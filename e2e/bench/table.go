package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// printTable prints rows, the first being the heads, as Markdown that is aligned.
func printTable(w io.Writer, rows [][]string) {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell), 2)
		}
	}
	rule := make([]string, len(widths))
	for i, n := range widths {
		rule[i] = strings.Repeat("-", n-1) + ":"
	}
	rule[0] = strings.Repeat("-", widths[0])
	printRow(w, widths, rows[0])
	printRow(w, widths, rule)
	for _, row := range rows[1:] {
		printRow(w, widths, row)
	}
}

func printRow(w io.Writer, widths []int, row []string) {
	cells := make([]string, len(row))
	for i, cell := range row {
		space := strings.Repeat(" ", max(widths[i]-utf8.RuneCountInString(cell), 0))
		if i == 0 {
			cells[i] = cell + space
		} else {
			cells[i] = space + cell
		}
	}
	fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | "))
}

// table prints rows as they come, as Markdown: some take minutes.
type table struct {
	w      io.Writer
	widths []int
}

func newTable(w io.Writer, first int, heads ...string) *table {
	t := &table{w: w, widths: make([]int, len(heads))}
	rule := make([]string, len(heads))
	for i, h := range heads {
		t.widths[i] = utf8.RuneCountInString(h)
		rule[i] = strings.Repeat("-", t.widths[i]-1) + ":"
	}
	t.widths[0] = max(t.widths[0], first)
	rule[0] = strings.Repeat("-", t.widths[0])
	t.row(heads...)
	t.row(rule...)
	return t
}

func (t *table) row(cells ...string) { printRow(t.w, t.widths, cells) }
