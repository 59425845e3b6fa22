-- A row says that the whole file lies in the store, hashed and flushed. install sent it first and pays for it.
CREATE TABLE IF NOT EXISTS sync_blobs (sha256 TEXT PRIMARY KEY, size INTEGER NOT NULL, mime TEXT NOT NULL, install TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS sync_blobs_install ON sync_blobs(install, size);
CREATE INDEX IF NOT EXISTS sync_blobs_created ON sync_blobs(created_at);

-- Where somebody has shown to have the content: whoever only names a hash in another region learns nothing.
CREATE TABLE IF NOT EXISTS sync_blob_regions (sha256 TEXT NOT NULL, region TEXT NOT NULL, PRIMARY KEY (sha256, region)) STRICT, WITHOUT ROWID;

-- What records name and the store does not have. code: why the content was refused for good, '' while it is awaited.
CREATE TABLE IF NOT EXISTS sync_blob_wants (region TEXT NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL, code TEXT NOT NULL DEFAULT '', PRIMARY KEY (region, sha256)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sync_blob_wants_hash ON sync_blob_wants(sha256);
