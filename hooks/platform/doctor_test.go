package platform

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func levels(findings []Finding) map[string]string {
	all := map[string]string{}
	for _, f := range findings {
		all[f.Check] = f.Level
	}
	return all
}

func TestDoctorFindsWhatIsWrong(t *testing.T) {
	home := t.TempDir()
	cfg, err := Load([]string{"--dir", filepath.Join(home, "data"), "--region", "500238101000", "--upstream", "https://city.example"}, nil)
	require.NoError(t, err)
	now := time.Now()
	good := map[string]string{"settings": Good, "disk": Good, "database": Good, "clock": Good, "keys": Good, "backup": Good}
	assert.Equal(t, good, levels(examine(cfg, now)), "a node that was never started")

	require.NoError(t, os.MkdirAll(cfg.Dir, 0o700))
	require.NoError(t, os.MkdirAll(cfg.KeyDir, 0o755))
	require.NoError(t, os.MkdirAll(cfg.BackupDir, 0o700))
	require.NoError(t, os.Chmod(cfg.KeyDir, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(cfg.Dir, "data.db"), bytes.Repeat([]byte("no database"), 1000), 0o600))
	old := filepath.Join(cfg.BackupDir, backupPrefix+"500238101000-20261101-023000.zip")
	require.NoError(t, os.WriteFile(old, nil, 0o600))
	require.NoError(t, os.Chtimes(old, now, now.Add(-100*time.Hour)))
	found := examine(cfg, now)
	assert.Equal(t, map[string]string{"settings": Good, "disk": Good, "database": Bad, "clock": Good, "keys": Warn, "backup": Bad}, levels(found))

	require.NoError(t, os.Chtimes(old, now, now.Add(time.Hour)))
	assert.Equal(t, Bad, levels(examine(cfg, now))["clock"], "a backup from the future shows that the clock went back")

	var out bytes.Buffer
	require.NoError(t, report(&out, found, true))
	var said struct {
		Level    string
		Findings []Finding
	}
	require.NoError(t, json.Unmarshal(out.Bytes(), &said))
	assert.Equal(t, Bad, said.Level)
	assert.Len(t, said.Findings, 6)
	out.Reset()
	require.NoError(t, report(&out, found, false))
	assert.Contains(t, out.String(), "-> chmod 700")
}
