package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// command says how to measure this again.
func command(args []string) string {
	if len(args) == 0 {
		return "make bench"
	}
	words := make([]string, len(args))
	for i, a := range args {
		words[i] = a
		if strings.ContainsAny(a, " ,") {
			words[i] = "'" + a + "'"
		}
	}
	return `make bench BENCH="` + strings.Join(words, " ") + `"`
}

// busy says how many threads wanted to run during the minute before this was measured: what
// others do is in the figures too.
func busy() string {
	text, err := os.ReadFile("/proc/loadavg")
	if load, _, ok := strings.Cut(string(text), " "); err == nil && ok {
		return ", load before " + load
	}
	return ""
}

// machine says where and when this was measured.
func machine() string {
	model := runtime.GOARCH
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(text)) {
			if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
				model = strings.TrimSpace(value)
				break
			}
		}
	}
	return fmt.Sprintf("%s, %d cores, %s, %s", model, runtime.NumCPU(), runtime.Version(), time.Now().Format("2006-01-02")) + busy()
}

// report prints medians, and the ratios of runs that followed each other.
func (j *job) report(w io.Writer, results [][]result) {
	rows := [][]string{{
		"", "seconds", "MiB/s", "Partway's time / its", "CPU s/GiB", "Partway's CPU / its", "MiB of memory",
		"requests", "connections", "sink's CPU s",
	}}
	gib := float64(int64(j.files)*j.size) / (1 << 30)
	first := results[0]
	for i, c := range j.by {
		all := results[i]
		seconds := median(all, func(r result) float64 { return r.seconds })
		cells := []string{
			c.name, fmt.Sprintf("%.2f", seconds), fmt.Sprintf("%.0f", gib*1024/seconds),
			"", fmt.Sprintf("%.2f", median(all, func(r result) float64 { return r.cpu })/gib), "",
			fmt.Sprintf("%.0f", median(all, func(r result) float64 { return float64(r.memory) })/mib),
			fmt.Sprintf("%.0f", median(all, func(r result) float64 { return float64(r.report.Requests) })),
			fmt.Sprintf("%.0f", median(all, func(r result) float64 { return float64(r.report.Conns) })),
			fmt.Sprintf("%.2f", median(all, func(r result) float64 { return r.sink })),
		}
		if i > 0 {
			cells[3] = fmt.Sprintf("%.2f", pairwise(first, all, func(r result) float64 { return r.seconds }))
			cells[5] = fmt.Sprintf("%.2f", pairwise(first, all, func(r result) float64 { return r.cpu }))
		}
		if c.once {
			cells[0] += " (one run)"
		}
		rows = append(rows, cells)
	}
	printTable(w, rows)
}

func median(all []result, of func(result) float64) float64 {
	values := make([]float64, len(all))
	for i, r := range all {
		values[i] = of(r)
	}
	return middle(values)
}

func middle(values []float64) float64 {
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}

// pairwise is the median of the ratios of runs that followed each other: noise that lasts is
// in both.
func pairwise(a, b []result, of func(result) float64) float64 {
	values := make([]float64, min(len(a), len(b)))
	for i := range values {
		values[i] = of(a[i]) / of(b[i])
	}
	return middle(values)
}
