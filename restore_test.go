package main

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// hello is who a node says it is.
type hello struct{ Install, Epoch, Region string }

// visit serves a node on a folder until it has said hello and made its first
// backup, then stops it.
func visit(t *testing.T, dir string) hello {
	t.Helper()
	address := freeAddress(t)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	server := command(ctx, "serve", "--dir", dir, "--region", "500238101000", "--http", address)
	require.NoError(t, server.Start())
	var said hello
	require.Eventually(t, func() bool {
		answer, err := http.Get("http://" + address + "/api/sync/hello")
		if err != nil {
			return false
		}
		defer answer.Body.Close()
		return answer.StatusCode == http.StatusOK && json.NewDecoder(answer.Body).Decode(&said) == nil && len(backups(t, dir)) > 0
	}, 50*time.Second, 50*time.Millisecond)
	require.NoError(t, server.Process.Signal(syscall.SIGTERM))
	require.NoError(t, server.Wait())
	return said
}

func backups(t *testing.T, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(filepath.Dir(dir), "backups", "*.zip"))
	require.NoError(t, err)
	return names
}

// Real processes from the first start to the restored node: it is another
// install in another epoch, so no number of the lost one is used twice.
func TestARestoredNodeIsAnotherInstall(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	before := visit(t, dir)
	assert.Equal(t, before, visit(t, dir), "a restart changes nothing")

	archive := backups(t, dir)[0]
	code, out := outcome(t, "restore", archive, "--dir="+dir, "--region", "500238101000")
	assert.Equal(t, 1, code)
	assert.Contains(t, out, "not empty")
	require.NoError(t, os.Rename(dir, dir+".lost"))
	code, out = outcome(t, "restore", archive, "--dir="+dir, "--region", "500238101000")
	require.Equal(t, 0, code, out)
	assert.Contains(t, out, "join the city again")

	after := visit(t, dir)
	assert.Equal(t, before.Region, after.Region)
	assert.NotEqual(t, before.Install, after.Install)
	assert.NotEqual(t, before.Epoch, after.Epoch)
}
