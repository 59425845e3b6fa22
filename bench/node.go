package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json/v2"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"time"
)

// node is a server process under measurement and the line to it.
type node struct {
	url      string
	client   *http.Client
	process  *exec.Cmd
	life     io.Closer    // the process ends when this is closed
	up, down atomic.Int64 // bytes on the wire, headers included
}

// start runs a server on a folder and waits until it serves.
func start(dir string) (*node, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find own program: %w", err)
	}
	n := &node{process: exec.Command(self, "-serve", dir)}
	n.process.Stderr = os.Stderr
	if n.life, err = n.process.StdinPipe(); err != nil {
		return nil, fmt.Errorf("hold server: %w", err)
	}
	out, err := n.process.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("read from server: %w", err)
	}
	if err := n.process.Start(); err != nil {
		return nil, fmt.Errorf("start server: %w", err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		_ = n.process.Wait() // its own words are on stderr
		return nil, fmt.Errorf("server ended before it served")
	}
	n.url = strings.TrimSpace(line)
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	n.client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 128, DisableCompression: true,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			c, err := dialer.DialContext(ctx, network, address)
			return &counted{c, n}, err
		}}}
	return n, nil
}

// counted counts what passes on a connection.
type counted struct {
	net.Conn
	n *node
}

func (c *counted) Read(p []byte) (int, error) {
	k, err := c.Conn.Read(p)
	c.n.down.Add(int64(k))
	return k, err
}

func (c *counted) Write(p []byte) (int, error) {
	k, err := c.Conn.Write(p)
	c.n.up.Add(int64(k))
	return k, err
}

// stop ends the process and waits for it.
func (n *node) stop() error {
	n.client.CloseIdleConnections()
	if err := n.life.Close(); err != nil {
		return fmt.Errorf("stop server: %w", err)
	}
	return n.process.Wait()
}

// post sends a body and returns the answer; anything but 2xx is an error.
func (n *node) post(path, encoding string, body []byte) ([]byte, error) {
	req, err := http.NewRequest(http.MethodPost, n.url+path, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	if encoding != "" {
		req.Header.Set("Content-Encoding", encoding)
	}
	return n.do(req)
}

func (n *node) do(req *http.Request) ([]byte, error) {
	res, err := n.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("reach server: %w", err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	if res.StatusCode/100 != 2 {
		return nil, fmt.Errorf("%s answered %d: %.200s", req.URL.Path, res.StatusCode, answer)
	}
	return answer, nil
}

func (n *node) get(path string, v any) error {
	req, err := http.NewRequest(http.MethodGet, n.url+path, nil)
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	answer, err := n.do(req)
	if err != nil {
		return err
	}
	return json.Unmarshal(answer, v)
}

func (n *node) figures(disk bool) (figures, error) {
	var f figures
	path := "/bench/figures"
	if disk {
		path += "?disk=1"
	}
	return f, n.get(path, &f)
}

func (n *node) enrol(list []enrolment) error {
	body, err := json.Marshal(list)
	if err != nil {
		return fmt.Errorf("encode enrolments: %w", err)
	}
	_, err = n.post("/bench/enrol", "", body)
	return err
}

// profile starts writing a CPU profile of the server; "" ends it.
func (n *node) profile(file string) error {
	_, err := n.post("/bench/profile?file="+url.QueryEscape(file), "", nil)
	return err
}
