package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"
)

// node is one server process.
type node struct {
	url   string
	cmd   *exec.Cmd
	log   *tail
	ended chan error
	admin *session
}

type nodeArgs struct {
	dir, tier, region, name, upstream string
	port                              int
}

// startNode starts a server process and waits until it is ready.
func startNode(ctx context.Context, exe string, a nodeArgs) (*node, error) {
	n, err := launch(exe, a)
	if err != nil {
		return nil, err
	}
	return n, n.ready(ctx)
}

// launch starts a server process.
func launch(exe string, a nodeArgs) (*node, error) {
	addr := "127.0.0.1:" + strconv.Itoa(a.port)
	args := []string{"serve", "--dir", a.dir, "--tier", a.tier, "--region", a.region, "--name", a.name, "--http", addr,
		"--rating-base", "http://" + addr}
	if a.upstream != "" {
		args = append(args, "--upstream", a.upstream)
	}
	n := &node{url: "http://" + addr, log: &tail{}, ended: make(chan error, 1)}
	n.cmd = exec.Command(exe, args...)
	n.cmd.Stdout, n.cmd.Stderr = n.log, n.log
	n.cmd.Env = os.Environ()
	detach(n.cmd)
	if err := n.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s node: %w", a.tier, err)
	}
	go func() { n.ended <- n.cmd.Wait() }()
	return n, nil
}

// ready waits for the node's own readiness answer.
func (n *node) ready(ctx context.Context) error {
	deadline := time.Now().Add(60 * time.Second)
	for time.Now().Before(deadline) {
		select {
		case err := <-n.ended:
			n.ended <- err
			return fmt.Errorf("node at %s ended while starting: %s", n.url, n.log.last())
		case <-ctx.Done():
			return errors.Join(ctx.Err(), n.stop())
		case <-time.After(100 * time.Millisecond):
		}
		res, err := http.Get(n.url + "/api/sync/hello")
		if err != nil {
			continue
		}
		res.Body.Close()
		if res.StatusCode == http.StatusOK {
			return nil
		}
	}
	return errors.Join(fmt.Errorf("node at %s was not ready after a minute: %s", n.url, n.log.last()), n.stop())
}

// stop ends the process and waits for it.
func (n *node) stop() error {
	if n == nil {
		return nil
	}
	interrupt(n.cmd.Process)
	select {
	case <-n.ended:
	case <-time.After(10 * time.Second):
		if err := n.cmd.Process.Kill(); err != nil {
			return fmt.Errorf("end node: %w", err)
		}
		<-n.ended
	}
	n.ended <- nil
	return nil
}

// twoPorts gives the township's and the city's port.
func twoPorts(first int) ([2]int, error) {
	if first != 0 {
		return [2]int{first, first + 1}, nil
	}
	var ports [2]int
	for i := range ports {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return ports, fmt.Errorf("find a free port: %w", err)
		}
		defer l.Close()
		ports[i] = l.Addr().(*net.TCPAddr).Port
	}
	return ports, nil
}

// tail keeps the end of a node's log, to say why it did not start.
type tail struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.buf.Len() > 64<<10 {
		t.buf.Reset()
	}
	return t.buf.Write(p)
}

func (t *tail) last() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := strings.Split(strings.TrimSpace(t.buf.String()), "\n")
	return strings.Join(lines[max(0, len(lines)-5):], " | ")
}
