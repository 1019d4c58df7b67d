-- What batches leave out of their folders, and where drops went.

ALTER TABLE batches ADD COLUMN ignore  TEXT NOT NULL DEFAULT '[]'; -- JSON array: patterns of what is left out
ALTER TABLE batches ADD COLUMN ignored TEXT NOT NULL DEFAULT '{}'; -- JSON: what they left out

CREATE TABLE destinations (
    account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    bucket  TEXT    NOT NULL,
    prefix  TEXT    NOT NULL,
    used    INTEGER NOT NULL, -- rank of the last use among the account's, the highest being the latest
    PRIMARY KEY (account, bucket, prefix)
) STRICT, WITHOUT ROWID;

INSERT INTO destinations (account, bucket, prefix, used) SELECT id, bucket, prefix, 1 FROM accounts WHERE bucket <> '';
