-- The log: what was received, verbatim, and what was decided about it.
CREATE TABLE IF NOT EXISTS sync_installs (id TEXT PRIMARY KEY, kind TEXT NOT NULL, staff TEXT NOT NULL DEFAULT '', region TEXT NOT NULL, name TEXT NOT NULL DEFAULT '', alias TEXT NOT NULL DEFAULT '', issuer TEXT NOT NULL, cert TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'active', last_no INTEGER NOT NULL DEFAULT 0, last_change INTEGER NOT NULL DEFAULT 0, last_hash TEXT NOT NULL DEFAULT '', seen_at INTEGER NOT NULL DEFAULT 0, unsent INTEGER NOT NULL DEFAULT 0, created_at INTEGER NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS sync_installs_alias ON sync_installs(alias);
CREATE INDEX IF NOT EXISTS sync_installs_region ON sync_installs(region);

-- up: 0 not yet acknowledged by the upstream node, 1 acknowledged, 2 answered with an error. Its changes
-- are those from first on, as many as the header says: they are stored in one go.
CREATE TABLE IF NOT EXISTS sync_batches (n INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, install TEXT NOT NULL, no INTEGER NOT NULL, header TEXT NOT NULL, via TEXT NOT NULL DEFAULT '', received INTEGER NOT NULL, first INTEGER NOT NULL DEFAULT 0, up INTEGER NOT NULL DEFAULT 0, up_error TEXT NOT NULL DEFAULT '', UNIQUE (install, no)) STRICT;
CREATE INDEX IF NOT EXISTS sync_batches_up ON sync_batches(n) WHERE up = 0;

-- body is NULL once erased; hash stays, so that the batch's signature can still be checked. made is the time
-- that the author claims: with it the index that finds a change sent twice grows at its end, while
-- an index on the random id alone would touch another page for every change.
CREATE TABLE IF NOT EXISTS sync_changes (n INTEGER PRIMARY KEY, id TEXT NOT NULL, made INTEGER NOT NULL, batch INTEGER NOT NULL, i INTEGER NOT NULL, install TEXT NOT NULL, tau INTEGER NOT NULL, verdict TEXT NOT NULL, hash TEXT NOT NULL, body BLOB, UNIQUE (made, id)) STRICT;
CREATE INDEX IF NOT EXISTS sync_changes_open ON sync_changes(install, n) WHERE verdict <> 'applied';

-- which changes touched a record: its history. Most records are touched once, and that one stands in sync_records.
CREATE TABLE IF NOT EXISTS sync_touches (c TEXT NOT NULL, r TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (r, c, n)) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS sync_receipts (n INTEGER PRIMARY KEY AUTOINCREMENT, install TEXT NOT NULL, batch TEXT NOT NULL, level TEXT NOT NULL, body TEXT NOT NULL, UNIQUE (batch, level)) STRICT;
CREATE INDEX IF NOT EXISTS sync_receipts_install ON sync_receipts(install, n);

CREATE TABLE IF NOT EXISTS sync_conflicts (id INTEGER PRIMARY KEY, c TEXT NOT NULL, r TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL, change TEXT NOT NULL, stands TEXT NOT NULL, install TEXT NOT NULL, at INTEGER NOT NULL, state TEXT NOT NULL DEFAULT 'open') STRICT;
CREATE INDEX IF NOT EXISTS sync_conflicts_record ON sync_conflicts(c, r);
CREATE INDEX IF NOT EXISTS sync_conflicts_open ON sync_conflicts(install) WHERE state = 'open';

-- batches that are authentic but cannot stand where they claim to (a fork's other branch).
CREATE TABLE IF NOT EXISTS sync_quarantine (id INTEGER PRIMARY KEY, install TEXT NOT NULL, reason TEXT NOT NULL, at INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT;

-- installs that were taken back: batches up to last_no stand, later ones are held.
CREATE TABLE IF NOT EXISTS sync_revocations (install TEXT PRIMARY KEY, server TEXT NOT NULL, last_no INTEGER NOT NULL, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sync_revocations_server ON sync_revocations(server, at);

-- the newest signed list of each server that revoked somebody.
CREATE TABLE IF NOT EXISTS sync_revocation_lists (server TEXT PRIMARY KEY, no INTEGER NOT NULL, region TEXT NOT NULL, body TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS sync_state (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
