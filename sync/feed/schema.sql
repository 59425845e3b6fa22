-- Where every record stands: its feed, revision, field stamps and place in the order of last change.
-- source is the node that brought the newest revision ('' for this node and its phones).
CREATE TABLE IF NOT EXISTS sync_records (c TEXT NOT NULL, r TEXT NOT NULL, feed TEXT NOT NULL, region TEXT NOT NULL, rev TEXT NOT NULL, tau INTEGER NOT NULL, seq INTEGER NOT NULL, install TEXT NOT NULL, source TEXT NOT NULL DEFAULT '', stamps TEXT NOT NULL DEFAULT '', PRIMARY KEY (c, r)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sync_records_feed ON sync_records(feed, seq);
CREATE UNIQUE INDEX IF NOT EXISTS sync_records_seq ON sync_records(seq);

CREATE TABLE IF NOT EXISTS sync_removes (feed TEXT NOT NULL, seq INTEGER NOT NULL, c TEXT NOT NULL, r TEXT NOT NULL, PRIMARY KEY (feed, seq)) STRICT, WITHOUT ROWID;

-- sum is the order-free checksum over (record, rev), a 64-bit number kept as a signed integer.
CREATE TABLE IF NOT EXISTS sync_feeds (feed TEXT PRIMARY KEY, count INTEGER NOT NULL, sum INTEGER NOT NULL, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
