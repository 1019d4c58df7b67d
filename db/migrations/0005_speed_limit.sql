-- bytes per second that the upload is held to; 0 for no limit of its own
ALTER TABLE uploads ADD COLUMN speed_limit INTEGER NOT NULL DEFAULT 0;
