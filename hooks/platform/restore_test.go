package platform_test

import (
	"archive/zip"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/hooks/platform"
)

func nothing(dbx.Builder) error { return nil }

// backedUp is a node with a value, a file, a key and a backup of it.
func backedUp(t *testing.T) (platform.Config, string) {
	t.Helper()
	cfg := config(t)
	app := newApp(t, cfg)
	require.NoError(t, app.RunAllMigrations())
	require.NoError(t, platform.SetState(app.NonconcurrentDB(), "proof", "kept"))
	require.NoError(t, os.MkdirAll(filepath.Join(cfg.Dir, "storage"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(cfg.Dir, "storage", "photo"), []byte("bytes"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(cfg.KeyDir, "node.key"), []byte("old"), 0o600))
	path, err := platform.Backup(t.Context(), app, cfg, time.Now())
	require.NoError(t, err)
	require.NoError(t, app.ClearBootstrap())
	return cfg, path
}

func TestARestoredNodeIsWholeAndANewInstall(t *testing.T) {
	cfg, archive := backedUp(t)
	require.ErrorContains(t, platform.Restore(t.Context(), cfg, archive, nothing), "not empty")
	require.NoError(t, os.Rename(cfg.Dir, cfg.Dir+".lost"))

	forgot := false
	require.NoError(t, platform.Restore(t.Context(), cfg, archive, func(db dbx.Builder) error {
		forgot = true
		return platform.SetState(db, "epoch", "")
	}))
	assert.True(t, forgot)
	text, err := os.ReadFile(filepath.Join(cfg.Dir, "storage", "photo"))
	require.NoError(t, err)
	assert.Equal(t, "bytes", string(text))
	assert.NoFileExists(t, filepath.Join(cfg.KeyDir, "node.key"), "an identity is never resumed")
	aside, err := filepath.Glob(filepath.Join(cfg.KeyDir, "node.key.before-*"))
	require.NoError(t, err)
	assert.Len(t, aside, 1)
	assert.NoDirExists(t, cfg.Dir+".part")

	app := newApp(t, cfg)
	value, err := platform.State(app.DB(), "proof")
	require.NoError(t, err)
	assert.Equal(t, "kept", value)
}

func TestAFailedRestoreLeavesNothing(t *testing.T) {
	cfg, archive := backedUp(t)
	require.NoError(t, os.Rename(cfg.Dir, cfg.Dir+".lost"))
	other := cfg
	other.Region = "500238102000"
	require.ErrorContains(t, platform.Restore(t.Context(), other, archive, nothing), "a backup of township 500238101000")
	gone := errors.New("gone")
	require.ErrorIs(t, platform.Restore(t.Context(), cfg, archive, func(dbx.Builder) error { return gone }), gone)
	require.ErrorContains(t, platform.Restore(t.Context(), cfg, archive+".txt", nothing), "open backup")
	require.ErrorContains(t, platform.Restore(t.Context(), cfg, forged(t, map[string]string{"a": "b"}), nothing), "no backup of ours")

	facts := `{"tier":"township","region":"500238101000"}`
	for _, name := range []string{"data/../../evil", "data//etc/evil", `data/..\evil`} {
		bad := forged(t, map[string]string{"backup.json": facts, name: "x"})
		require.ErrorContains(t, platform.Restore(t.Context(), cfg, bad, nothing), "unsafe name", name)
	}
	require.Error(t, platform.Restore(t.Context(), cfg, forged(t, map[string]string{"backup.json": facts, "data/data.db": "no database"}), nothing))

	assert.NoDirExists(t, cfg.Dir)
	assert.NoDirExists(t, cfg.Dir+".part")
	assert.NoFileExists(t, filepath.Join(filepath.Dir(cfg.Dir), "evil"))
	assert.FileExists(t, filepath.Join(cfg.KeyDir, "node.key"), "the key stays when nothing was restored")
}

func forged(t *testing.T, files map[string]string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "forged.zip")
	f, err := os.Create(path)
	require.NoError(t, err)
	z := zip.NewWriter(f)
	for name, text := range files {
		w, err := z.Create(name)
		require.NoError(t, err)
		_, err = w.Write([]byte(text))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	require.NoError(t, f.Close())
	return path
}
