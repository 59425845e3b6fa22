package main

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// asProgram makes the test binary behave as the program itself. It lies under
// the system's temporary folder, where PocketBase would by itself switch to
// dev mode.
const asProgram = "RUN_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	os.Exit(m.Run())
}

func command(ctx context.Context, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, os.Args[0], args...)
	c.Env = append(os.Environ(), asProgram+"=1")
	return c
}

// outcome gives the exit code and both outputs.
func outcome(t *testing.T, args ...string) (int, string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	out, err := command(ctx, args...).CombinedOutput()
	if exit := new(exec.ExitError); err != nil {
		require.ErrorAs(t, err, &exit)
		return exit.ExitCode(), string(out)
	}
	return 0, string(out)
}

func TestExitCodes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	cases := []struct {
		name string
		args []string
		code int
		say  string
	}{
		{"help", []string{"--help"}, 0, "serve"},
		{"version", []string{"version"}, 0, "cunju "},
		{"doctor on nothing", []string{"doctor", "--region", "500238101000"}, 0, "good  disk"},
		{"doctor finds the region missing", []string{"doctor"}, 1, "something is bad"},
		{"unknown command", []string{"frobnicate"}, 1, "unknown command"},
		{"unknown flag", []string{"serve", "--frobnicate", "--region", "500238101000"}, 1, "unknown flag"},
		{"stray word", []string{"serve", "now", "--region", "500238101000"}, 1, "unknown command"},
		{"no region", []string{"serve"}, 1, "no region yet"},
		{"bad setting", []string{"serve", "--region", "1"}, 1, "12-digit"},
		{"address in use", []string{"serve", "--region", "500238101000", "--http", taken.Addr().String()}, 1, "address already in use"},
		{"city with an upstream", []string{"serve", "--tier", "city", "--region", "500200000000", "--upstream", "http://a.example"}, 1, "no upstream"},
		{"superuser without words", []string{"superuser", "upsert", "--region", "500238101000"}, 1, "missing email"},
		{"superuser", []string{"superuser", "upsert", "it@office.example", "correct horse battery", "--region", "500238101000"}, 0, "Successfully"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			code, out := outcome(t, append(c.args, "--dir="+dir)...)
			assert.Equal(t, c.code, code, out)
			assert.Contains(t, out, c.say)
			assert.LessOrEqual(t, strings.Count(out, "cunju:"), 1, "an error is said once")
		})
	}
}

// A real process serves, shows no SQL although it lies in the temporary folder,
// and stops cleanly when told to.
func TestServeStartsAndStops(t *testing.T) {
	address := freeAddress(t)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var out bytes.Buffer
	server := command(ctx, "serve", "--dir", filepath.Join(t.TempDir(), "data"), "--region", "500238101000", "--http", address)
	server.Stdout, server.Stderr = &out, &out
	require.NoError(t, server.Start())
	require.Eventually(t, func() bool {
		answer, err := http.Get("http://" + address + "/version.json")
		if err != nil {
			return false
		}
		answer.Body.Close()
		return answer.StatusCode == http.StatusOK
	}, 40*time.Second, 50*time.Millisecond)
	require.NoError(t, server.Process.Signal(syscall.SIGTERM))
	require.NoError(t, server.Wait(), "exit code 0 after SIGTERM")
	for _, sql := range []string{"SELECT", "INSERT", "PRAGMA", "CREATE TABLE"} {
		assert.NotContains(t, out.String(), sql)
	}
}
