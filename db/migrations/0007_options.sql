-- What objects are stored with: once for each batch, not in each row.

ALTER TABLE accounts ADD COLUMN options TEXT NOT NULL DEFAULT '{}'; -- JSON: what new batches begin with

ALTER TABLE uploads DROP COLUMN options;
-- found out when the upload was begun; empty before, and where it was typed
ALTER TABLE uploads ADD COLUMN content_type TEXT NOT NULL DEFAULT '';

ALTER TABLE receipts ADD COLUMN callback TEXT NOT NULL DEFAULT ''; -- done, failed, unknown, not-due; empty for none
ALTER TABLE receipts ADD COLUMN reply    TEXT NOT NULL DEFAULT ''; -- of the callback's server, or why it failed
