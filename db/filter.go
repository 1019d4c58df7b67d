package db

import (
	"slices"
	"strings"

	"partway/transfer"
)

// selected is a selection as an SQL condition on uploads, with its parameters.
func selected(s transfer.Selection) (string, []any, error) {
	if s.IDs == nil {
		which, args := shown(s.Filter)
		return which, args, nil
	}
	list, err := jsonText(s.IDs)
	return `id IN (SELECT value FROM json_each(?))`, []any{list}, err
}

// shown is a filter as an SQL condition on uploads, with its parameters.
func shown(f transfer.Filter) (string, []any) {
	which, args := []string{`hidden = 0`}, []any(nil)
	if f.Group != "" && f.Group != transfer.GroupAll {
		which = append(which, `status IN `+quoted(statusesOf(f.Group)...))
	}
	if f.Search != "" {
		pattern := "%" + likeEscaper.Replace(f.Search) + "%"
		which = append(which, `(name LIKE ? ESCAPE '\' OR key LIKE ? ESCAPE '\')`)
		args = append(args, pattern, pattern)
	}
	if f.Account != 0 {
		which, args = append(which, `account = ?`), append(args, f.Account)
	}
	if f.Bucket != "" {
		which, args = append(which, `bucket = ?`), append(args, f.Bucket)
	}
	if f.Batch != 0 {
		which, args = append(which, `batch = ?`), append(args, f.Batch)
	}
	return strings.Join(which, " AND "), args
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

func statusesOf(g transfer.Group) []transfer.Status {
	return slices.DeleteFunc(slices.Clone(transfer.Statuses), func(s transfer.Status) bool { return s.Group() != g })
}
