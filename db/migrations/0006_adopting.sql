-- Where the parts of an upload are not numbers 1, 2, 3, … of one size: runs of number*size,
-- xcount for several that follow each other; else empty. part_size is then the largest.
ALTER TABLE uploads ADD COLUMN layout TEXT NOT NULL DEFAULT '';

-- Upload IDs whose rows were removed, and whose parts stay on OSS until somebody finishes or aborts them.
CREATE TABLE kept (
    bucket    TEXT NOT NULL,
    key       TEXT NOT NULL,
    upload_id TEXT NOT NULL,
    path      BLOB NOT NULL, -- of the file, absolute, in the file system's own bytes
    kept      INTEGER,       -- time
    PRIMARY KEY (bucket, key, upload_id)
) STRICT, WITHOUT ROWID;
