package db

import (
	"slices"
	"strings"

	"partway/transfer"
)

// selected is a selection as an SQL condition on uploads, with its parameters.
func selected(s transfer.Selection) (string, []any, error) {
	which, args := shown(s.Filter)
	if s.IDs == nil && s.Folders == nil {
		return which, args, nil
	}
	list, err := jsonText(s.IDs)
	if err != nil || len(s.Folders) == 0 {
		return idAmong, []any{list}, err
	}
	folders, err := jsonText(s.Folders)
	return idAmong + ` OR folder IN (SELECT value FROM json_each(?)) AND ` + which, append([]any{list, folders}, args...), err
}

const idAmong = `id IN (SELECT value FROM json_each(?))`

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
		which, args = append(which, `place IN (SELECT id FROM places WHERE account = ?)`), append(args, f.Account)
	}
	if f.Bucket != "" {
		which, args = append(which, `place IN (SELECT id FROM places WHERE bucket = ?)`), append(args, f.Bucket)
	}
	if f.Batch != 0 {
		which, args = append(which, `batch = ?`), append(args, f.Batch)
	}
	if f.Folder != 0 {
		which, args = append(which, `folder = ?`), append(args, f.Folder)
	}
	return strings.Join(which, " AND "), args
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

func statusesOf(g transfer.Group) []transfer.Status {
	return slices.DeleteFunc(slices.Clone(transfer.Statuses), func(s transfer.Status) bool { return s.Group() != g })
}
