//go:build linux

package main

import (
	"path/filepath"

	"partway/e2e/harness"
)

// start starts the program on the data folder that most share. Where trace is set, it writes there.
func (s *stage) start(trace string, args ...string) (*harness.App, error) {
	return s.startOn("data", trace, args...)
}

// startOn starts it on a data folder of this name.
func (s *stage) startOn(data, trace string, args ...string) (*harness.App, error) {
	env := s.server.Env()
	if trace != "" {
		env = append(env, "PARTWAY_TRACE="+trace)
	}
	return s.desktop.Start(harness.Launch{
		Program: s.program, DataDir: filepath.Join(s.dir, data), Args: args, Env: env,
	})
}

// history is 100,000 uploads that wait, 500,000 that ended within a year, and a million parts.
const history = `
INSERT OR REPLACE INTO settings (key, value) VALUES
	('window', '{"width":1100,"height":760,"sort":{"By":"status"}}'),
	('engine', '{"slots":20,"bytesPerSecond":4194304}');
INSERT INTO batches (id, roots, account, endpoint, region, bucket, prefix, policy, options, paused, scanned)
	VALUES (1000000, '[]', 0, 'http://127.0.0.1:1', 'r', 'bench', '', 'skip-same', '{}', 1, 1);
INSERT INTO places (id, account, endpoint, region, bucket, site) VALUES (1000000, 0, 'http://127.0.0.1:1', 'r', 'bench', 1000000);
INSERT INTO dirs (id, batch, path) VALUES (1000000, 1000000, CAST('/photos/' AS BLOB));
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
INSERT INTO uploads (batch, position, priority, dir, base, name, size, device, inode, folder, place, site, key,
	policy, content_type, part_size, parts, layout, intent, phase, wait, upload_id, content_md5, again, restart, claims, hidden,
	torn, speed_limit, parts_done, bytes_done, status, turn)
	SELECT 1000000, i, 0, 1000000, CAST(i AS BLOB), printf('photo %06d.jpg', i), i * 1000, 0, 0, 0, 1000000, 1000000, printf('photo %06d.jpg', i),
	'skip-same', '', 0, 0, '', 'pause', 'planned', '', '', 0, 0, 0, 1, 0, '', 0, 0, 0, 'paused', 0
	FROM n;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500000)
INSERT INTO receipts (upload, name, account, endpoint, bucket, key, size, outcome, proof, etag, crc64, md5, version_id, request_id, finished)
	SELECT 10000000 + i, 'photo', 0, 'http://127.0.0.1:1', 'bench', 'old/' || i, 1000, 'sent', 'crc64', 'E', 1, 1, '', 'R', i FROM n;
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 999999)
INSERT INTO parts (upload, number, offset, size, etag, crc64, md5)
	SELECT (SELECT min(id) FROM uploads) + i / 10000, i % 10000 + 1, i % 10000 * 1048576, 1048576, 'E', 1, '' FROM n;
`

// fill makes the journal and puts a year into it.
func (s *stage) fill() error {
	app, err := s.start("")
	if err != nil {
		return err
	}
	if _, err := app.Window(s.ctx); err != nil {
		app.Stop()
		return err
	}
	app.Stop()
	if _, err := app.Wait(s.ctx); err != nil {
		return err
	}
	return app.Journal().Execute(s.ctx, history)
}
