-- Times are nanoseconds since 1970-01-01 UTC; null where there is no time.
-- A uint64 (CRC64, device, inode) is kept as the int64 of the same bits.
-- Flags are 0 or 1. JSON columns are read and written by this package only.

CREATE TABLE accounts (
    id          INTEGER PRIMARY KEY AUTOINCREMENT, -- never reused: keyring entries are named by it
    name        TEXT    NOT NULL,
    kind        TEXT    NOT NULL, -- keys, environment, trial
    endpoint    TEXT    NOT NULL, -- with scheme
    region      TEXT    NOT NULL, -- as cn-hangzhou
    addressing  TEXT    NOT NULL, -- virtual, cname
    signature   TEXT    NOT NULL, -- v4, v1
    key_id      TEXT    NOT NULL, -- access key ID; the secret is in the keyring
    fingerprint TEXT    NOT NULL, -- of an environment
    bucket      TEXT    NOT NULL, -- where the last drop went
    prefix      TEXT    NOT NULL, -- where the last drop went
    used        INTEGER NOT NULL  -- rank of the last use, the highest being the latest; no clock
) STRICT;

CREATE TABLE batches (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    roots    TEXT    NOT NULL, -- JSON array of absolute paths, each in base64: paths need not be UTF-8
    account  INTEGER NOT NULL,
    endpoint TEXT    NOT NULL,
    region   TEXT    NOT NULL,
    bucket   TEXT    NOT NULL,
    prefix   TEXT    NOT NULL,
    policy   TEXT    NOT NULL,
    options  TEXT    NOT NULL, -- JSON
    paused   INTEGER NOT NULL, -- flag: its uploads begin paused
    scanned  INTEGER NOT NULL, -- flag: every file has its row
    created  INTEGER           -- time
) STRICT;

CREATE INDEX batches_unscanned ON batches (id) WHERE scanned = 0;

-- What a row says, and whether it could move, by its facts. Filled by the program from
-- its own rules whenever they differ, so that statements on many rows follow them too.
CREATE TABLE states (
    intent TEXT    NOT NULL,
    phase  TEXT    NOT NULL,
    wait   TEXT    NOT NULL,
    status TEXT    NOT NULL,
    turn   INTEGER NOT NULL, -- 0: cannot move by itself; 1: has begun; 2: planned
    PRIMARY KEY (intent, phase, wait)
) STRICT, WITHOUT ROWID;

CREATE TABLE uploads (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    batch       INTEGER NOT NULL REFERENCES batches (id),
    position    INTEGER NOT NULL, -- lower goes first
    priority    INTEGER NOT NULL, -- higher goes first
    path        BLOB    NOT NULL, -- absolute, in the file system's own bytes
    name        TEXT    NOT NULL, -- path inside the batch
    size        INTEGER NOT NULL, -- bytes
    mtime       INTEGER,          -- time
    device      INTEGER NOT NULL, -- uint64
    inode       INTEGER NOT NULL, -- uint64
    ctime       INTEGER,          -- time
    account     INTEGER NOT NULL, -- may be gone once the upload is finished
    endpoint    TEXT    NOT NULL,
    region      TEXT    NOT NULL,
    bucket      TEXT    NOT NULL,
    key         TEXT    NOT NULL,
    policy      TEXT    NOT NULL,
    options     TEXT    NOT NULL, -- JSON
    part_size   INTEGER NOT NULL, -- bytes of every part but the last; 0 for a single PutObject
    parts       INTEGER NOT NULL, -- planned; 0 for a single PutObject
    intent      TEXT    NOT NULL,
    phase       TEXT    NOT NULL,
    wait        TEXT    NOT NULL,
    error       TEXT,             -- JSON; null when nothing is wrong
    upload_id   TEXT    NOT NULL, -- OSS's name for the multipart upload
    initiated   INTEGER,          -- time, by this computer's clock
    before      TEXT,             -- JSON: the object before Complete or Put; null when not known
    content_md5 INTEGER NOT NULL, -- flag
    again       INTEGER NOT NULL, -- how often it was begun anew
    restart     INTEGER NOT NULL, -- flag: begins anew once its old upload ID is aborted
    claims      INTEGER NOT NULL, -- flag: no other upload may have its key
    hidden      INTEGER NOT NULL, -- flag: removed from the list; lives on to be aborted, or till its batch is scanned
    created     INTEGER,          -- time
    parts_done  INTEGER NOT NULL, -- acknowledged parts
    bytes_done  INTEGER NOT NULL, -- acknowledged bytes
    status      TEXT    NOT NULL, -- derived: states.status
    turn        INTEGER NOT NULL  -- derived: states.turn
) STRICT;

CREATE UNIQUE INDEX uploads_path ON uploads (batch, path);
CREATE UNIQUE INDEX uploads_claim ON uploads (endpoint, bucket, key) WHERE claims = 1;
CREATE INDEX uploads_turn ON uploads (priority DESC, turn, position, account) WHERE turn > 0;
CREATE INDEX uploads_queue ON uploads (priority DESC, position) WHERE hidden = 0;
CREATE INDEX uploads_status ON uploads (status, size, bytes_done) WHERE hidden = 0;
CREATE INDEX uploads_batch ON uploads (batch, status) WHERE hidden = 0;
CREATE INDEX uploads_hidden ON uploads (batch, phase) WHERE hidden = 1;

CREATE TABLE parts (
    upload INTEGER NOT NULL REFERENCES uploads (id) ON DELETE CASCADE,
    number INTEGER NOT NULL, -- 1 to 10,000
    offset INTEGER NOT NULL, -- bytes from the file's start
    size   INTEGER NOT NULL, -- bytes
    etag   TEXT    NOT NULL, -- as sent by OSS, without quotes
    crc64  INTEGER NOT NULL, -- uint64
    md5    TEXT    NOT NULL, -- upper-case hex, or empty
    PRIMARY KEY (upload, number)
) STRICT, WITHOUT ROWID;

-- What remains of finished uploads, also once their rows left the list.
CREATE TABLE receipts (
    upload     INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL,
    account    INTEGER NOT NULL,
    endpoint   TEXT    NOT NULL,
    bucket     TEXT    NOT NULL,
    key        TEXT    NOT NULL,
    size       INTEGER NOT NULL, -- bytes
    outcome    TEXT    NOT NULL,
    proof      TEXT    NOT NULL,
    etag       TEXT    NOT NULL,
    crc64      INTEGER NOT NULL, -- uint64
    md5        INTEGER NOT NULL, -- flag: each part's MD5 was compared
    version_id TEXT    NOT NULL,
    request_id TEXT    NOT NULL,
    finished   INTEGER           -- time
) STRICT;

-- Upload IDs that OSS lists and Partway may have made. They outlive the upload.
CREATE TABLE perhaps_ours (
    upload    INTEGER NOT NULL,
    account   INTEGER NOT NULL,
    endpoint  TEXT    NOT NULL,
    region    TEXT    NOT NULL,
    bucket    TEXT    NOT NULL,
    key       TEXT    NOT NULL,
    upload_id TEXT    NOT NULL,
    noted     INTEGER, -- time
    PRIMARY KEY (endpoint, bucket, key, upload_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    upload     INTEGER NOT NULL REFERENCES uploads (id) ON DELETE CASCADE,
    time       INTEGER, -- time
    kind       TEXT    NOT NULL,
    text       TEXT    NOT NULL,
    request_id TEXT    NOT NULL
) STRICT;

CREATE INDEX events_upload ON events (upload, id);

CREATE TABLE settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
