-- ETag of the object that the upload stored itself from a file that changed meanwhile
ALTER TABLE uploads ADD COLUMN torn TEXT NOT NULL DEFAULT '';
