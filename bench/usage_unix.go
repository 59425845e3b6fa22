//go:build !windows

package main

import (
	"bytes"
	"fmt"
	"os"
	"syscall"
)

// usage reads what this process has used so far. The peak comes from /proc: that of
// getrusage survives exec, so it would show the measuring process's own.
func usage() (figures, error) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return figures{}, fmt.Errorf("read usage: %w", err)
	}
	f := figures{CPU: u.Utime.Nano()/1000 + u.Stime.Nano()/1000}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return f, fmt.Errorf("read peak memory: %w", err)
	}
	_, rest, _ := bytes.Cut(status, []byte("VmHWM:"))
	if _, err := fmt.Sscanf(string(rest), "%d kB", &f.Peak); err != nil {
		return f, fmt.Errorf("read peak memory: %w", err)
	}
	f.Peak *= 1024
	return f, nil
}
