package ui

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"partway/transfer"
	"partway/ui/format"
	"partway/ui/text"
)

// namesOf lists what was dropped, as far as a line may hold.
func namesOf(paths []string) string {
	const most = 4
	names := make([]string, 0, most)
	for _, p := range paths[:min(most, len(paths))] {
		names = append(names, format.Name(filepath.Base(p)))
	}
	if len(paths) > most {
		return text.T("{{.Names}} and {{.Count}} more",
			text.Args{"Names": strings.Join(names, ", "), "Count": format.Count(int64(len(paths) - most))})
	}
	return strings.Join(names, ", ")
}

// tallyWords says how much it is, and what sending it takes.
func (s *sheet) tallyWords() string {
	t := s.survey.tally
	words := text.N("1 file, {{.Size}}", "{{.Count}} files, {{.Size}}", t.Files, text.Args{"Size": format.Bytes(t.Bytes)})
	if !s.survey.whole {
		words = text.T("Counting: {{.Sum}}", text.Args{"Sum": words})
	}
	parts := []string{words}
	rate := s.u.prefs.Rate
	if limit := float64(s.u.c.Settings.At(time.Now())); limit > 0 {
		rate = min(rate, limit)
	}
	if t := left(t.Bytes, rate); t > 0 {
		parts = append(parts, text.T("about {{.Time}} at {{.Speed}}", text.Args{"Time": text.Left(t), "Speed": format.Speed(rate)}))
	}
	if t.Requests > 0 {
		parts = append(parts, text.N("1 request", "{{.Count}} requests", int(t.Requests)))
	}
	return strings.Join(parts, " · ")
}

// oddWords says what of it is not sent, or asks.
func (s *sheet) oddWords() string {
	t := s.survey.tally
	var parts []string
	say := func(n int, one, many string) {
		if n > 0 {
			parts = append(parts, text.N(one, many, n))
		}
	}
	say(t.Ignored.Count, text.Key("1 left out by pattern"), text.Key("{{.Count}} left out by pattern"))
	say(t.Twice.Count, text.Key("1 has the key of another and will ask"), text.Key("{{.Count}} have the key of another and will ask"))
	say(t.Skipped, text.Key("1 cannot be sent and will be listed with its reason"),
		text.Key("{{.Count}} cannot be sent and will be listed with their reasons"))
	say(t.Folders, text.Key("1 empty folder is not sent"), text.Key("{{.Count}} empty folders are not sent"))
	say(s.what.missing, text.Key("1 was not found on this computer"), text.Key("{{.Count}} were not found on this computer"))
	return strings.Join(parts, " · ")
}

// existingWords says what is there already.
func (s *sheet) existingWords() string {
	v, e := s.survey, s.survey.existing
	switch {
	case v.problem != nil && v.problem.Code == transfer.CodeAccessDenied:
		return text.T("This account may not look what is there already. That is no obstacle to adding.")
	case v.problem != nil:
		sentence, _ := text.Problem(v.problem)
		return text.T("What is there already could not be looked up: {{.Problem}}", text.Args{"Problem": sentence})
	case v.looking:
		return text.N("Looking what is there already: 1 of {{.All}} files", "Looking what is there already: {{.Count}} of {{.All}} files",
			e.Looked, text.Args{"All": format.Count(int64(v.tally.Files))})
	case e.Looked == 0:
		return ""
	}
	found := e.Same + e.Differ
	all := text.Args{"All": format.Count(int64(e.Looked)), "Same": format.Count(int64(e.Same)), "Differ": format.Count(int64(e.Differ))}
	rest := v.tally.Files - e.Looked
	words := text.T("None of the files is there already.")
	switch {
	case found == 0 && rest > 0:
		words = text.T("None of the {{.All}} files looked up is there already.", all)
	case found > 0 && e.Differ == 0:
		words = text.N("1 of {{.All}} files is there already, with the same size.",
			"{{.Count}} of {{.All}} files are there already, with the same sizes.", found, all)
	case found > 0:
		words = text.N("1 of {{.All}} files is there already ({{.Same}} of the same size, {{.Differ}} of another).",
			"{{.Count}} of {{.All}} files are there already ({{.Same}} of the same size, {{.Differ}} of another).", found, all)
	}
	if rest > 0 {
		words += " " + text.N("1 more was not looked up.", "{{.Count}} more were not looked up.", rest)
	}
	return words
}

// findings lists what the survey came upon, file by file: first what differs.
func (v *survey) findings() []finding {
	var list []finding
	for _, o := range v.existing.First {
		rank, what := 0, text.T("there already, with the same size, {{.Size}}", text.Args{"Size": format.Bytes(o.Size)})
		if o.Size != o.Object {
			rank, what = 1, text.T("there already, with {{.Object}}; this one has {{.Size}}",
				text.Args{"Object": format.Bytes(o.Object), "Size": format.Bytes(o.Size)})
		}
		list = append(list, finding{o.Key, what, rank})
	}
	slices.SortStableFunc(list, func(a, b finding) int { return cmp.Compare(b.rank, a.rank) })
	list = append(list, named(v.tally.Twice, text.T("has the key of another file added with it"))...)
	return append(list, named(v.tally.Ignored, text.T("left out by a pattern"))...)
}

// named makes findings of names, and of how many there are more.
func named(n transfer.Names, what string) []finding {
	list := make([]finding, 0, len(n.First)+1)
	for _, name := range n.First {
		list = append(list, finding{name: name, what: what})
	}
	if more := n.Count - len(n.First); more > 0 {
		list = append(list, finding{name: text.N("and 1 more", "and {{.Count}} more", more), what: what})
	}
	return list
}
