package platform

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestADamagedCopyIsNoBackup(t *testing.T) {
	path := filepath.Join(t.TempDir(), "copy.db")
	db, err := Connect(path)
	require.NoError(t, err)
	_, err = db.NewQuery(`PRAGMA page_size = 1024; CREATE TABLE t (a TEXT); CREATE INDEX i ON t (a);
		WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 2000) INSERT INTO t SELECT 'value ' || x FROM n`).Execute()
	require.NoError(t, err)
	_, err = db.NewQuery("PRAGMA wal_checkpoint(TRUNCATE)").Execute()
	require.NoError(t, err)
	require.NoError(t, db.Close())
	require.NoError(t, checkCopy(t.Context(), path))

	f, err := os.OpenFile(path, os.O_RDWR, 0)
	require.NoError(t, err)
	info, err := f.Stat()
	require.NoError(t, err)
	_, err = f.WriteAt(make([]byte, 8192), info.Size()/2)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	require.Error(t, checkCopy(t.Context(), path))
}
