-- flag: a Complete may have been sent since the upload ID is known
ALTER TABLE uploads ADD COLUMN sealed INTEGER NOT NULL DEFAULT 0;

UPDATE uploads SET sealed = 1 WHERE upload_id <> '' AND (phase = 'completing' OR before IS NOT NULL OR parts_done = parts);
