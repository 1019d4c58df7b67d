-- A dropped folder: what the names of some rows of a batch begin with.
CREATE TABLE folders (
    id    INTEGER PRIMARY KEY AUTOINCREMENT, -- never reused
    batch INTEGER NOT NULL REFERENCES batches (id),
    name  TEXT    NOT NULL, -- up to the first "/" of uploads.name
    UNIQUE (batch, name)
) STRICT;

ALTER TABLE uploads ADD COLUMN folder INTEGER NOT NULL DEFAULT 0; -- folders.id; 0 for what lies in none

INSERT INTO folders (batch, name)
    SELECT DISTINCT batch, substr(name, 1, instr(name, '/') - 1) FROM uploads WHERE instr(name, '/') > 0;

UPDATE uploads SET folder = (
    SELECT id FROM folders
    WHERE folders.batch = uploads.batch AND folders.name = substr(uploads.name, 1, instr(uploads.name, '/') - 1)
) WHERE instr(name, '/') > 0;

-- All that the list needs of folders: their sums, and their place in the order.
CREATE INDEX uploads_folder ON uploads (folder, status, size, bytes_done, priority, position) WHERE hidden = 0;

-- How many rows each account sends to each bucket.
CREATE INDEX uploads_place ON uploads (account, bucket) WHERE hidden = 0;

-- Flag: a person stopped the scan, and what was not found by then stays out.
ALTER TABLE batches ADD COLUMN stopped INTEGER NOT NULL DEFAULT 0;
