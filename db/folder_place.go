package db

import (
	"context"
	"database/sql"

	"partway/transfer"
)

// placed is where a file of a folder goes.
type placed struct {
	folder transfer.FolderID
	to     transfer.Destination
}

// destinations tells where folders' files go: the first and the last of each status stand for
// all, as those of which nothing was begun may have been sent elsewhere together. Those that
// wait come last.
func (j *Journal) destinations(ctx context.Context, sums []folderSum) (map[transfer.FolderID][]placed, error) {
	ids := make([]transfer.ID, 0, 2*len(sums))
	for _, s := range sums {
		ids = append(ids, s.first, s.last)
	}
	list, err := jsonText(ids)
	if err != nil {
		return nil, err
	}
	found, err := collect(ctx, j.readers, scanPlaced, `SELECT folder, account, endpoint, region, bucket, key, name
		FROM full_uploads WHERE id IN (SELECT value FROM json_each(?)) ORDER BY phase = 'planned', id`, list)
	places := make(map[transfer.FolderID][]placed, len(found))
	for _, p := range found {
		if p.folder != 0 {
			places[p.folder] = append(places[p.folder], p)
		}
	}
	return places, err
}

// scanPlaced leaves out the folder where a file was given a key of its own.
func scanPlaced(rows *sql.Rows) (p placed, err error) {
	var key, name string
	if err := rows.Scan(&p.folder, &p.to.Account, &p.to.Endpoint, &p.to.Region, &p.to.Bucket, &key, &name); err != nil {
		return p, err
	}
	prefix, ok := transfer.PrefixOf(key, name)
	if !ok {
		p.folder = 0
	}
	p.to.Prefix = prefix
	return p, nil
}

// setDestination makes a folder's destination that of its files, as far as it is known, and
// tells whether some have another.
func setDestination(to *transfer.Destination, places []placed) (spread bool) {
	for i, p := range places {
		spread = spread || i > 0 && (p.to.Account != to.Account || p.to.Bucket != to.Bucket || p.to.Prefix != to.Prefix)
		*to = p.to
	}
	return spread
}
