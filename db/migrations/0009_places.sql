-- Where uploads go, and the folders of their files, once each and not in each row.

CREATE TABLE places (
    id       INTEGER PRIMARY KEY,
    account  INTEGER NOT NULL, -- may be gone once its uploads are finished
    endpoint TEXT    NOT NULL,
    region   TEXT    NOT NULL,
    bucket   TEXT    NOT NULL,
    site     INTEGER NOT NULL, -- places.id of the first with this endpoint and bucket: keys are claimed there
    UNIQUE (endpoint, bucket, account, region)
) STRICT;

INSERT INTO places (account, endpoint, region, bucket, site)
    SELECT DISTINCT account, endpoint, region, bucket, 0 FROM uploads ORDER BY 1, 2, 3, 4;

UPDATE places SET site = (
    SELECT min(p.id) FROM places p WHERE p.endpoint = places.endpoint AND p.bucket = places.bucket
);

CREATE TABLE dirs (
    id    INTEGER PRIMARY KEY,
    batch INTEGER NOT NULL REFERENCES batches (id),
    path  BLOB    NOT NULL, -- absolute, to the last "/" or "\" of its files' paths, in the file system's own bytes
    UNIQUE (batch, path)
) STRICT;

-- How long each path's folder is. Bytes are looked at, as they need not be UTF-8. Below, substr
-- makes null of an empty path.
CREATE TEMP TABLE cuts (
    id     INTEGER PRIMARY KEY,
    length INTEGER NOT NULL
) STRICT;

INSERT INTO cuts (id, length) SELECT id, (
    WITH RECURSIVE back (at) AS (
        SELECT length(path)
        UNION ALL SELECT at - 1 FROM back WHERE at > 0 AND substr(path, at, 1) NOT IN (x'2F', x'5C')
    )
    SELECT min(at) FROM back
) FROM uploads;

INSERT INTO dirs (batch, path)
    SELECT DISTINCT batch, coalesce(substr(path, 1, length), x'') FROM uploads JOIN cuts USING (id);

-- What orders and sums the list comes first: it is read of all rows.
CREATE TABLE uploads_new (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    hidden       INTEGER NOT NULL, -- flag: removed from the list; lives on to be aborted, or till its batch is scanned
    priority     INTEGER NOT NULL, -- higher goes first
    position     INTEGER NOT NULL, -- lower goes first
    status       TEXT    NOT NULL, -- derived: states.status
    turn         INTEGER NOT NULL, -- derived: states.turn
    size         INTEGER NOT NULL, -- bytes
    parts_done   INTEGER NOT NULL, -- acknowledged parts
    bytes_done   INTEGER NOT NULL, -- acknowledged bytes
    phase        TEXT    NOT NULL,
    intent       TEXT    NOT NULL,
    wait         TEXT    NOT NULL,
    batch        INTEGER NOT NULL REFERENCES batches (id),
    folder       INTEGER NOT NULL, -- folders.id; 0 for what lies in none
    place        INTEGER NOT NULL REFERENCES places (id),
    site         INTEGER NOT NULL, -- places.site of its place
    name         TEXT    NOT NULL, -- path inside the batch
    key          TEXT    NOT NULL,
    dir          INTEGER NOT NULL REFERENCES dirs (id),
    base         BLOB    NOT NULL, -- what follows the path of dir, in the file system's own bytes
    mtime        INTEGER,          -- time
    device       INTEGER NOT NULL, -- uint64
    inode        INTEGER NOT NULL, -- uint64
    ctime        INTEGER,          -- time
    policy       TEXT    NOT NULL,
    content_type TEXT    NOT NULL, -- found out when the upload was begun; empty before, and where it was typed
    part_size    INTEGER NOT NULL, -- bytes of every part but the last; 0 for a single PutObject
    parts        INTEGER NOT NULL, -- planned; 0 for a single PutObject
    layout       TEXT    NOT NULL, -- see 0006_adopting.sql
    error        TEXT,             -- JSON; null when nothing is wrong
    upload_id    TEXT    NOT NULL, -- OSS's name for the multipart upload
    initiated    INTEGER,          -- time, by this computer's clock
    before       TEXT,             -- JSON: the object before Complete or Put; null when not known
    content_md5  INTEGER NOT NULL, -- flag
    again        INTEGER NOT NULL, -- how often it was begun anew
    restart      INTEGER NOT NULL, -- flag: begins anew once its old upload ID is aborted
    claims       INTEGER NOT NULL, -- flag: no other upload may have its key
    created      INTEGER,          -- time
    torn         TEXT    NOT NULL, -- ETag of the object that the upload stored itself from a file that changed meanwhile
    speed_limit  INTEGER NOT NULL  -- bytes per second that the upload is held to; 0 for no limit of its own
) STRICT;

INSERT INTO uploads_new SELECT u.id, hidden, priority, position, status, turn, size, parts_done, bytes_done,
        phase, intent, wait, u.batch, folder, p.id, p.site, name, key, d.id, coalesce(substr(u.path, c.length + 1), x''),
        mtime, device, inode, ctime, policy, content_type, part_size, parts, layout, error, upload_id, initiated, before,
        content_md5, again, restart, claims, created, torn, speed_limit
    FROM uploads u
    CROSS JOIN cuts c ON c.id = u.id
    CROSS JOIN dirs d ON d.batch = u.batch AND d.path = coalesce(substr(u.path, 1, c.length), x'')
    CROSS JOIN places p ON (p.account, p.endpoint, p.region, p.bucket) = (u.account, u.endpoint, u.region, u.bucket)
    ORDER BY u.id;

DROP TABLE cuts;

-- IDs are not used again, also those of rows that are gone: receipts are named by them.
DELETE FROM sqlite_sequence WHERE name = 'uploads_new';
UPDATE sqlite_sequence SET name = 'uploads_new' WHERE name = 'uploads';
DROP TABLE uploads;
ALTER TABLE uploads_new RENAME TO uploads;

CREATE UNIQUE INDEX uploads_path ON uploads (dir, base);
CREATE UNIQUE INDEX uploads_claim ON uploads (site, key) WHERE claims = 1;
CREATE INDEX uploads_turn ON uploads (priority DESC, turn, position, place) WHERE turn > 0;
CREATE INDEX uploads_queue ON uploads (priority DESC, position) WHERE hidden = 0;
CREATE INDEX uploads_batch ON uploads (batch, status) WHERE hidden = 0;
CREATE INDEX uploads_hidden ON uploads (batch, phase) WHERE hidden = 1;

-- How many rows of each status go to each place, and what they come to.
CREATE INDEX uploads_status ON uploads (status, place, size, bytes_done) WHERE hidden = 0;

-- All that the list needs of folders: their sums, and their place in the order.
CREATE INDEX uploads_folder ON uploads (folder, status, size, bytes_done, priority, position) WHERE hidden = 0;

-- Uploads with their paths and targets in full.
CREATE VIEW full_uploads AS
    SELECT u.*, CAST(d.path || u.base AS BLOB) AS path, p.account, p.endpoint, p.region, p.bucket
    FROM uploads u LEFT JOIN dirs d ON d.id = u.dir LEFT JOIN places p ON p.id = u.place;
