package db

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"partway/transfer"
)

// entryOf is a row's entry in a list of folders and files, as SQL.
const entryOf = `CASE WHEN folder > 0 THEN -folder ELSE id END`

// queueEntry is a folder or a file in one priority's queue.
type queueEntry struct {
	Entry transfer.ID `json:"e"`
	Group int         `json:"g"` // those that change places with each other, from 1; 0: none
	Moves bool        `json:"m"`
	part  bool        // only some of the folder's files move
}

// stepEntries moves each block of folders and files past the folder or file beyond it: the
// rows of both take each other's positions. It leaves all to be done, row by row, where only
// some files of a folder move.
func (q *mover) stepEntries(ctx context.Context, spans []span, down bool) (moved int, done bool, err error) {
	var all [][]queueEntry
	for _, s := range spans {
		entries, err := q.entries(ctx, s.priority)
		if err != nil {
			return 0, false, err
		}
		if slices.ContainsFunc(entries, func(e queueEntry) bool { return e.part }) {
			return 0, false, nil
		}
		if down {
			slices.Reverse(entries)
		}
		all = append(all, groupEntries(entries))
	}
	for i, s := range spans {
		n, err := q.changePlaces(ctx, all[i], s.priority, down)
		if err != nil {
			return 0, false, err
		}
		moved += n
	}
	return moved, true, nil
}

// entries lists one priority's queue.
func (q *mover) entries(ctx context.Context, p transfer.Priority) ([]queueEntry, error) {
	return collect(ctx, q.t, func(rows *sql.Rows) (e queueEntry, err error) {
		var files, moving int
		err = rows.Scan(&e.Entry, &files, &moving)
		e.Moves, e.part = moving > 0, moving > 0 && moving < files
		return e, err
	}, `SELECT `+entryOf+` AS entry, count(*), sum(`+q.which+` IS TRUE) FROM uploads
		WHERE `+queued+` AND priority = ? GROUP BY entry ORDER BY min(position)`,
		append(slices.Clone(q.args), p)...)
}

// groupEntries returns the entries that change places: each block that moves, with the one
// before it.
func groupEntries(entries []queueEntry) (changing []queueEntry) {
	group := 0
	for i := 1; i < len(entries); i++ {
		if !entries[i].Moves {
			continue
		}
		if !entries[i-1].Moves {
			group++
			entries[i-1].Group = group
			changing = append(changing, entries[i-1])
		}
		if entries[i].Group = entries[i-1].Group; entries[i].Group > 0 {
			changing = append(changing, entries[i])
		}
	}
	return changing
}

// changePlaces gives the rows of each group the group's positions: those that move first,
// or last.
func (q *mover) changePlaces(ctx context.Context, changing []queueEntry, p transfer.Priority, down bool) (int, error) {
	if len(changing) == 0 {
		return 0, nil
	}
	list, err := jsonText(changing)
	if err != nil {
		return 0, err
	}
	way := ` DESC`
	if down {
		way = ``
	}
	theirs := ` AND ` + queued + ` AND priority = ?2`
	n, err := affected(q.t.ExecContext(ctx, `WITH
		entries AS (SELECT value ->> 'e' AS entry, value ->> 'g' AS g, value ->> 'm' AS m FROM json_each(?1)),
		changing AS MATERIALIZED (
			SELECT id, position, g, m FROM entries CROSS JOIN uploads WHERE id = entry`+theirs+`
			UNION ALL SELECT id, position, g, m FROM entries CROSS JOIN uploads WHERE entry < 0 AND folder = -entry`+theirs+`),
		places AS (SELECT position, g, row_number() OVER (PARTITION BY g ORDER BY position) AS place FROM changing),
		rows AS (SELECT id, g, row_number() OVER (PARTITION BY g ORDER BY m`+way+`, position) AS place FROM changing)
		UPDATE uploads SET position = n.position
		FROM (SELECT rows.id, places.position FROM rows JOIN places USING (g, place)) n
		WHERE uploads.id = n.id AND uploads.position <> n.position`, list, p))
	if err != nil {
		return 0, fmt.Errorf("change places: %w", err)
	}
	return n, nil
}
