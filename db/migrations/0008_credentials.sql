-- JSON: how the account's credentials are got, without any secret
ALTER TABLE accounts ADD COLUMN credentials TEXT NOT NULL DEFAULT '{}';
