package demo

import (
	"os"
	"os/exec"
	"syscall"
)

// detach keeps Ctrl-C at the console from reaching the nodes before the
// demonstration has said goodbye to them.
func detach(c *exec.Cmd) {
	c.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// interrupt ends the process: Windows has no signal that a console program in a
// group of its own would get; the store is made for power cuts.
func interrupt(p *os.Process) { _ = p.Kill() }
