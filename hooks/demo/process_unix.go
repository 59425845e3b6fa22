//go:build !windows

package demo

import (
	"os"
	"os/exec"
	"syscall"
)

// detach keeps Ctrl-C at the terminal from reaching the nodes before the
// demonstration has said goodbye to them.
func detach(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func interrupt(p *os.Process) { _ = p.Signal(syscall.SIGTERM) }
