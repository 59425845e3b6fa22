-- Where every record stands: its feed, revision, field stamps and place in the order of last change.
-- A change moves a record to a new place, so that a place never shows another state than before.
-- source is the node that brought the newest revision ('' for this node and its phones).
CREATE TABLE IF NOT EXISTS sync_records (seq INTEGER PRIMARY KEY, c TEXT NOT NULL, r TEXT NOT NULL, feed TEXT NOT NULL, region TEXT NOT NULL AS (substr(feed, 1, 12)) VIRTUAL, rev TEXT NOT NULL, tau INTEGER NOT NULL, install TEXT NOT NULL, source TEXT NOT NULL DEFAULT '', stamps TEXT NOT NULL DEFAULT '', UNIQUE (c, r)) STRICT;
CREATE INDEX IF NOT EXISTS sync_records_feed ON sync_records(feed);

CREATE TABLE IF NOT EXISTS sync_removes (feed TEXT NOT NULL, seq INTEGER NOT NULL, c TEXT NOT NULL, r TEXT NOT NULL, PRIMARY KEY (feed, seq)) STRICT, WITHOUT ROWID;

-- sum is the order-free checksum over (record, rev), a 64-bit number kept as a signed integer.
CREATE TABLE IF NOT EXISTS sync_feeds (feed TEXT PRIMARY KEY, count INTEGER NOT NULL, sum INTEGER NOT NULL, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
