package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"partway/transfer"
)

// spacing is how far apart the positions of two uploads are that were added one after the
// other. There is room between them for 32 moves to the same spot, and in an int64 for two
// billion uploads, before the queue has to be numbered anew.
const spacing = 1 << 32

// queued are the uploads in the queue, as an SQL condition.
var queued = `hidden = 0 AND phase NOT IN ` + finalPhases

// Move implements [transfer.Journal].
func (j *Journal) Move(s transfer.Selection, m transfer.Move, of []transfer.ID, done func([]transfer.QueuePlace, error)) {
	if done == nil {
		done = func([]transfer.QueuePlace, error) {}
	}
	var places []transfer.QueuePlace
	j.committer.push(op{
		name: "Move",
		apply: func(ctx context.Context, t *txn) error {
			which, args, err := selected(s)
			if err != nil {
				return err
			}
			q := &mover{j: j, t: t, which: `(` + queued + ` AND (` + which + `))`, args: args}
			n, err := q.move(ctx, m)
			if err != nil {
				return fmt.Errorf("move uploads to %s: %w", m.To, err)
			}
			t.shown = n > 0
			places, err = placesOf(ctx, t, of)
			return err
		},
		done: func(err error) {
			if err != nil {
				places = nil
			}
			done(places, err)
		},
	})
}

func placesOf(ctx context.Context, t *txn, of []transfer.ID) ([]transfer.QueuePlace, error) {
	list, err := jsonText(append([]transfer.ID{}, of...))
	if err != nil {
		return nil, err
	}
	return collect(ctx, t, func(rows *sql.Rows) (p transfer.QueuePlace, err error) {
		err = rows.Scan(&p.ID, &p.Priority, &p.Position)
		return p, err
	}, `SELECT id, priority, position FROM uploads WHERE id IN (SELECT value FROM json_each(?))`, list)
}

// mover moves some uploads in the queue, within one transaction.
type mover struct {
	j     *Journal
	t     *txn
	which string // those that move, as an SQL condition
	args  []any  // its parameters
}

func (q *mover) move(ctx context.Context, m transfer.Move) (int, error) {
	switch m.To {
	case transfer.MoveTop:
		return q.toTop(ctx)
	case transfer.MoveBottom:
		return q.toBottom(ctx)
	case transfer.MoveUp:
		return q.step(ctx, m, false)
	case transfer.MoveDown:
		return q.step(ctx, m, true)
	case transfer.MoveBefore, transfer.MoveAfter:
		return q.beside(ctx, m)
	case transfer.MovePriority:
		return q.exec(ctx, `UPDATE uploads SET priority = ? WHERE priority <> ? AND `+q.which,
			[]any{m.Priority, m.Priority})
	default:
		return 0, &transfer.Error{Kind: transfer.KindPermanent, Op: "Move", Err: fmt.Errorf("no move %q", m.To)}
	}
}

// exec carries out a statement in which the parameters of which come last.
func (q *mover) exec(ctx context.Context, statement string, args []any) (int, error) {
	return affected(q.t.ExecContext(ctx, statement, append(args, q.args...)...))
}

// count returns how many uploads move.
func (q *mover) count(ctx context.Context) (n int64, err error) {
	err = q.t.QueryRowContext(ctx, `SELECT count(*) FROM uploads WHERE `+q.which, q.args...).Scan(&n)
	return n, err
}

// spread gives those that move positions from start on, so far apart, in their order.
func (q *mover) spread(ctx context.Context, start, apart int64) (int, error) {
	n, err := q.exec(ctx, `UPDATE uploads SET position = n.position FROM
		(SELECT id, ? + ? * (row_number() OVER (ORDER BY priority DESC, position) - 1) AS position
			FROM uploads WHERE `+q.which+`) n
		WHERE uploads.id = n.id`, []any{start, apart})
	if n > 0 {
		q.j.firstPosition = min(q.j.firstPosition, start)
		q.j.lastPosition = max(q.j.lastPosition, start+int64(n-1)*apart)
	}
	return n, err
}

func (q *mover) toTop(ctx context.Context) (int, error) {
	n, err := q.count(ctx)
	if err != nil {
		return 0, err
	}
	return q.spread(ctx, q.j.firstPosition-n*spacing, spacing)
}

func (q *mover) toBottom(ctx context.Context) (int, error) {
	return q.spread(ctx, q.j.lastPosition+spacing, spacing)
}

// span is the part of one priority's queue in which those that move lie.
type span struct {
	priority    transfer.Priority
	first, last int64 // positions
}

func (q *mover) spans(ctx context.Context) ([]span, error) {
	return collect(ctx, q.t, func(rows *sql.Rows) (s span, err error) {
		err = rows.Scan(&s.priority, &s.first, &s.last)
		return s, err
	}, `SELECT priority, min(position), max(position) FROM uploads WHERE `+q.which+` GROUP BY priority`, q.args...)
}

// step moves each block of those that move up by one, or down: the upload that was beyond
// the block takes the last of its positions, and the block the others. Only the part of the
// queue where they lie is looked at.
func (q *mover) step(ctx context.Context, m transfer.Move, down bool) (int, error) {
	spans, err := q.spans(ctx)
	if err != nil {
		return 0, err
	}
	if m.Entries {
		if n, done, err := q.stepEntries(ctx, spans, down); done || err != nil {
			return n, err
		}
	}
	way, beyond, nearest := ``, `position < ?2`, `max`
	if down {
		way, beyond, nearest = ` DESC`, `position > ?2`, `min`
	}
	// That which is beyond a block and the block are a group.
	statement := `UPDATE uploads SET position = n.position FROM
		(SELECT id, CASE WHEN moves THEN lag(position) OVER (PARTITION BY block ORDER BY position` + way + `)
				ELSE ` + nearest + `(position) OVER (PARTITION BY block) END AS position
			FROM (SELECT id, position, moves, sum(1 - moves) OVER (ORDER BY position` + way + `) AS block
				FROM (SELECT id, position, ` + q.which + ` IS TRUE AS moves FROM uploads
					WHERE priority = ? AND position BETWEEN ? AND ? AND ` + queued + `))
			WHERE block > 0) n
		WHERE uploads.id = n.id AND uploads.position <> n.position`
	moved := 0
	for _, s := range spans {
		edge := s.first
		if down {
			edge = s.last
		}
		err := q.t.QueryRowContext(ctx, `SELECT coalesce(`+nearest+`(position), ?2) FROM uploads
			WHERE priority = ?1 AND `+beyond+` AND `+queued, s.priority, edge).Scan(&edge)
		if err != nil {
			return 0, err
		}
		args := append(slices.Clone(q.args), s.priority, min(s.first, edge), max(s.last, edge))
		n, err := affected(q.t.ExecContext(ctx, statement, args...))
		if err != nil {
			return 0, err
		}
		moved += n
	}
	return moved, nil
}

// beside moves them between an upload and its neighbour.
func (q *mover) beside(ctx context.Context, m transfer.Move) (int, error) {
	n, err := q.count(ctx)
	if err != nil || n == 0 {
		return 0, err
	}
	room, err := q.gap(ctx, m, n)
	if err == nil && room.found && room.apart < 1 {
		if err := q.numberAnew(ctx); err != nil {
			return 0, err
		}
		room, err = q.gap(ctx, m, n)
	}
	if err != nil || !room.found {
		return 0, err
	}
	moved, err := q.spread(ctx, room.start, room.apart)
	if err != nil {
		return 0, err
	}
	_, err = q.exec(ctx, `UPDATE uploads SET priority = ? WHERE `+q.which, []any{room.priority})
	return moved, err
}

// gap is room for uploads that move.
type gap struct {
	found        bool // the upload that they move beside is there
	priority     transfer.Priority
	start, apart int64 // the first position, and how far apart they are; 0: too narrow
}

func (q *mover) gap(ctx context.Context, m transfer.Move, n int64) (g gap, err error) {
	var at int64
	which, id, way := `id = ?`, int64(m.Beside), ``
	if f := m.Beside.Folder(); f != 0 { // beside the first of its files that wait, or the last
		which, id = `hidden = 0 AND folder = ?`, int64(f)
	}
	if m.To == transfer.MoveAfter {
		way = ` DESC`
	}
	err = q.t.QueryRowContext(ctx, `SELECT priority, position FROM uploads WHERE `+which+`
		ORDER BY phase IN `+finalPhases+`, -priority`+way+`, position`+way+` LIMIT 1`, id).Scan(&g.priority, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return g, nil
	}
	if err != nil {
		return g, err
	}
	before, after := `<`, `>=`
	if m.To == transfer.MoveAfter {
		before, after = `<=`, `>`
	}
	low, hasLow, err := q.neighbour(ctx, `position `+before+` ? ORDER BY position DESC`, g.priority, at)
	if err != nil {
		return g, err
	}
	high, hasHigh, err := q.neighbour(ctx, `position `+after+` ? ORDER BY position`, g.priority, at)
	g.found, g.apart = true, spacing
	switch {
	case hasLow && hasHigh:
		g.apart = (high - low) / (n + 1)
		g.start = low + g.apart
	case hasHigh:
		g.start = high - n*spacing
	case hasLow:
		g.start = low + spacing
	default: // all of this priority move
		g.start = q.j.lastPosition + spacing
	}
	return g, err
}

// neighbour returns the position of the nearest upload of a priority that does not move.
func (q *mover) neighbour(ctx context.Context, nearest string, p transfer.Priority, at int64) (position int64, found bool, err error) {
	query := `SELECT position FROM uploads WHERE ` + q.which + ` IS NOT TRUE AND hidden = 0 AND priority = ? AND ` + nearest + ` LIMIT 1`
	err = q.t.QueryRowContext(ctx, query, append(slices.Clone(q.args), p, at)...).Scan(&position)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	return position, err == nil, err
}

// numberAnew gives all uploads positions that are far apart, in their order.
func (q *mover) numberAnew(ctx context.Context) error {
	n, err := affected(q.t.ExecContext(ctx, `UPDATE uploads SET position = n.place * ? FROM
		(SELECT id, row_number() OVER (ORDER BY priority DESC, position) AS place FROM uploads) n
		WHERE uploads.id = n.id`, int64(spacing)))
	if err != nil {
		return err
	}
	// Both only grow apart: should this not be committed, the old places are in force.
	q.j.firstPosition, q.j.lastPosition = min(q.j.firstPosition, 0), max(q.j.lastPosition, int64(n)*spacing)
	return nil
}
