-- Where every record stands: its feed, revision, field stamps and place in the order of last change.
-- A change moves a record to a new place, so that a place never shows another state than before.
-- source is the node that brought the newest revision ('' for this node and its phones). first is the place of the
-- change that created the record here, 0 when it came as a state from another node.
CREATE TABLE IF NOT EXISTS sync_records (seq INTEGER PRIMARY KEY, c TEXT NOT NULL, r TEXT NOT NULL, feed TEXT NOT NULL, region TEXT NOT NULL AS (substr(feed, 1, 12)) VIRTUAL, rev TEXT NOT NULL, tau INTEGER NOT NULL, install TEXT NOT NULL, source TEXT NOT NULL DEFAULT '', stamps TEXT NOT NULL DEFAULT '', first INTEGER NOT NULL DEFAULT 0, UNIQUE (r, c)) STRICT;
CREATE INDEX IF NOT EXISTS sync_records_feed ON sync_records(feed);

-- The history of records. Ask it by constants, not by a column of an outer query: SQLite looks such a union up
-- for the one and reads all of it for the other.
CREATE VIEW IF NOT EXISTS sync_history AS SELECT c, r, first AS n FROM sync_records WHERE first > 0 UNION ALL SELECT c, r, n FROM sync_touches;

CREATE TABLE IF NOT EXISTS sync_removes (feed TEXT NOT NULL, seq INTEGER NOT NULL, c TEXT NOT NULL, r TEXT NOT NULL, PRIMARY KEY (feed, seq)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sync_removes_seq ON sync_removes(seq);

-- sum is the order-free checksum over (record, rev), a 64-bit number kept as a signed integer.
CREATE TABLE IF NOT EXISTS sync_feeds (feed TEXT PRIMARY KEY, count INTEGER NOT NULL, sum INTEGER NOT NULL, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
