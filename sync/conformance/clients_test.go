package conformance

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cunju/sync/change"
	"cunju/sync/phone"
)

// client is what a client of the protocol must be able to do, whatever it is written in.
type client interface {
	enrol(code string) string // install id
	save(edits ...change.Edit) string
	sync() (done bool, refused string)
	ahead(d time.Duration) // sets the client's clock off
	state() state
}

// state is what the client's user sees and what it holds.
type state struct {
	Changes []struct {
		ID      string `json:"id"`
		Level   string `json:"level"`
		Verdict string `json:"verdict"`
	} `json:"changes"`
	Records []struct {
		C    string         `json:"c"`
		R    string         `json:"r"`
		Rev  string         `json:"rev"`
		Set  map[string]any `json:"set"`
		Feed string         `json:"feed"`
	} `json:"records"`
	Feeds map[string]held `json:"feeds"`
}

type held struct {
	Count int64  `json:"count"`
	Sum   string `json:"sum"`
}

// inGo is the reference client in Go.
type inGo struct {
	t      *testing.T
	p      *phone.Phone
	offset time.Duration
}

func newGo(t *testing.T, url string) client {
	c := &inGo{t: t}
	p, err := phone.Open(filepath.Join(t.TempDir(), "phone"), url, http.DefaultClient, func() time.Time { return time.Now().Add(c.offset) })
	require.NoError(t, err)
	t.Cleanup(func() { p.Close() })
	c.p = p
	return c
}

func (c *inGo) enrol(code string) string {
	require.NoError(c.t, c.p.Enrol(context.Background(), code, "go"))
	return c.p.Install()
}

func (c *inGo) save(edits ...change.Edit) string {
	id, err := c.p.Save(edits)
	require.NoError(c.t, err)
	return id
}

func (c *inGo) sync() (bool, string) {
	err := c.p.Sync(context.Background())
	for _, code := range []string{"fork", "install_suspended", "unknown_install"} {
		if phone.Refused(err, code) {
			return false, code
		}
	}
	return err == nil, ""
}

func (c *inGo) ahead(d time.Duration) { c.offset = d }

func (c *inGo) state() state {
	s := state{Feeds: map[string]held{}}
	for _, ch := range c.p.Changes() {
		s.Changes = append(s.Changes, struct {
			ID      string `json:"id"`
			Level   string `json:"level"`
			Verdict string `json:"verdict"`
		}{ch.Change.ID, ch.Level, ch.Verdict})
	}
	for _, name := range []string{"notes", "boards", "votes"} {
		for _, r := range c.p.Records(name) {
			s.Records = append(s.Records, struct {
				C    string         `json:"c"`
				R    string         `json:"r"`
				Rev  string         `json:"rev"`
				Set  map[string]any `json:"set"`
				Feed string         `json:"feed"`
			}{r.C, r.R, r.Rev, r.Set, ""})
		}
	}
	for _, region := range []string{village, village2, town} {
		if cp := c.p.Checkpoint(region); cp.Count > 0 {
			s.Feeds[region] = held{cp.Count, cp.Hex()}
		}
	}
	return s
}

// inNode is the browser's client under node, spoken to by lines.
type inNode struct {
	t   *testing.T
	in  io.Writer
	out *bufio.Reader
}

func newNode(t *testing.T, url string) client {
	node, err := exec.LookPath("node")
	require.NoError(t, err, "the browser's client is tested under Node 20 or later")
	cmd := exec.Command(node, "driver.mjs", url)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		in.Close()
		require.NoError(t, cmd.Wait())
	})
	return &inNode{t, in, bufio.NewReader(out)}
}

func (c *inNode) call(command map[string]any, answer any) {
	line, err := json.Marshal(command)
	require.NoError(c.t, err)
	_, err = c.in.Write(append(line, '\n'))
	require.NoError(c.t, err)
	raw, err := c.out.ReadBytes('\n')
	require.NoError(c.t, err)
	var failed struct {
		Failed string `json:"failed"`
	}
	require.NoError(c.t, json.Unmarshal(raw, &failed))
	require.Empty(c.t, failed.Failed, "%v", command)
	require.NoError(c.t, json.Unmarshal(raw, answer))
}

func (c *inNode) enrol(code string) string {
	var out struct {
		Install string `json:"install"`
	}
	c.call(map[string]any{"do": "enrol", "code": code}, &out)
	return out.Install
}

func (c *inNode) save(edits ...change.Edit) string {
	var out struct {
		ID string `json:"id"`
	}
	c.call(map[string]any{"do": "save", "edits": edits}, &out)
	return out.ID
}

func (c *inNode) sync() (bool, string) {
	var out struct {
		Done  bool   `json:"done"`
		Error string `json:"error"`
	}
	c.call(map[string]any{"do": "sync"}, &out)
	return out.Done, out.Error
}

func (c *inNode) ahead(d time.Duration) {
	c.call(map[string]any{"do": "clock", "ms": d.Milliseconds()}, &struct{}{})
}

func (c *inNode) state() state {
	var s state
	c.call(map[string]any{"do": "state"}, &s)
	return s
}
