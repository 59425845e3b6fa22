// Package dial makes the protocol's calls from the asking side: a phone or a
// township. It learns the server's clock, takes only whole answers, and never decides what to do about a failure.
package dial

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json/v2"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"cunju/sync/install"
	"cunju/sync/wire"
)

// maxAnswer bounds what a server can make a client hold.
const maxAnswer = 64 << 20

// ErrCut means that an answer ended before its closing line, or was no answer of
// this protocol at all (a captive portal's page). What was read of it may be used line by line.
var ErrCut = errors.New("answer was cut")

// Status is a refusal by HTTP status.
type Status struct {
	HTTP       int
	Code       string
	Message    string
	RetryAfter time.Duration
}

// Pause is how long to wait before the next try after failures in a row, the last of which was err: as the server said, or 2, 4, 8 …
// 300 s. chance is in [0,1) and spreads those who failed together; never earlier than the server said.
func Pause(err error, failures int, chance float64) time.Duration {
	var s *Status
	if errors.As(err, &s) && s.RetryAfter > 0 {
		return s.RetryAfter + time.Duration(chance/4*float64(s.RetryAfter))
	}
	pause := min(time.Second<<min(max(failures, 1), 9), 5*time.Minute)
	return time.Duration((0.75 + chance/2) * float64(pause))
}

func (s *Status) Error() string { return fmt.Sprintf("server answered %d %s", s.HTTP, s.Code) }

// Conn is a server as one install sees it.
type Conn struct {
	URL  string // scheme://host:port
	HTTP *http.Client
	Key  *install.Key
	Now  func() time.Time

	offset  atomic.Int64 // ms to add to the own clock
	contact atomic.Int64 // server's time at the last contact
}

// Clock is what a batch header says about the clock: offset and last contact, ms.
func (c *Conn) Clock() (offset, contact int64) { return c.offset.Load(), c.contact.Load() }

// SetClock restores what an earlier run learned.
func (c *Conn) SetClock(offset, contact int64) {
	c.offset.Store(offset)
	c.contact.Store(contact)
}

func (c *Conn) nowMs() int64 { return c.Now().UnixMilli() }

func (c *Conn) learn(server int64) {
	if server > 0 {
		c.offset.Store(server - c.nowMs())
		c.contact.Store(server)
	}
}

// Push sends lines that write puts down and hands over each answer. It returns nil only
// after the closing line.
func (c *Conn) Push(ctx context.Context, write func(io.Writer) error, each func(wire.Answer) error) error {
	var body bytes.Buffer
	z := gzip.NewWriter(&body)
	if err := write(z); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("pack batches: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL+"/api/sync/batches", &body)
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-ndjson")
	req.Header.Set("Content-Encoding", "gzip")
	if c.Key != nil { // whose place it is when the server is full
		req.Header.Set("Cunju-Install", c.Key.ID())
	}
	return c.lines(req, func(line []byte) (bool, error) {
		var a wire.Answer
		if err := json.Unmarshal(line, &a); err != nil {
			return false, ErrCut
		}
		if a.Now != 0 {
			c.learn(a.Now)
			return true, nil
		}
		return false, each(a)
	})
}

// Query is what a feed request asks for.
type Query struct {
	Cursors  []Cursor
	Receipts int64
	Unsent   int64
	Full     bool
}

// Cursor is where the reader stands in a feed.
type Cursor struct {
	Feed, Epoch string
	Seq         int64
}

// Encode writes the query as it is sent, or asked in a file.
func (q Query) Encode() string {
	v := url.Values{"receipts": {strconv.FormatInt(q.Receipts, 10)}, "unsent": {strconv.FormatInt(q.Unsent, 10)}}
	if q.Full {
		v.Set("full", "1")
	}
	for _, f := range q.Cursors {
		v.Add("f", f.Feed+","+f.Epoch+","+strconv.FormatInt(f.Seq, 10))
	}
	return v.Encode()
}

// Feed asks for feeds and hands over each line, the closing one included. A clock that is off is
// learned from the refusal and the request repeated once.
func (c *Conn) Feed(ctx context.Context, q Query, each func(wire.FeedLine) error) error {
	uri := "/api/sync/feed?" + q.Encode()
	err := c.signed(ctx, uri, each)
	var s *Status
	if errors.As(err, &s) && s.Code == "clock" {
		err = c.signed(ctx, uri, each)
	}
	return err
}

func (c *Conn) signed(ctx context.Context, uri string, each func(wire.FeedLine) error) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.URL+uri, nil)
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Authorization", c.Key.Authorization(http.MethodGet, uri, c.nowMs()+c.offset.Load()))
	return c.lines(req, func(line []byte) (bool, error) {
		var l wire.FeedLine
		if err := json.Unmarshal(line, &l); err != nil {
			return false, ErrCut
		}
		if l.Now != 0 {
			c.learn(l.Now)
		}
		return l.Now != 0, each(l)
	})
}

// lines reads an answer line by line until take says that it was the closing one.
func (c *Conn) lines(req *http.Request, take func([]byte) (bool, error)) error {
	res, err := c.HTTP.Do(req)
	if err != nil {
		return fmt.Errorf("reach server: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return c.refused(res)
	}
	if !strings.HasPrefix(res.Header.Get("Content-Type"), "application/x-ndjson") {
		return ErrCut
	}
	in := bufio.NewReaderSize(io.LimitReader(res.Body, maxAnswer), 64<<10)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return ErrCut // a last line without its newline was cut, too
		}
		last, err := take(bytes.TrimSuffix(line, []byte("\n")))
		if err != nil || last {
			return err
		}
	}
}

func (c *Conn) refused(res *http.Response) error {
	var body struct {
		Code    string `json:"code"`
		Message string `json:"message"`
		Now     int64  `json:"now"`
	}
	raw, _ := io.ReadAll(io.LimitReader(res.Body, 64<<10))
	if json.Unmarshal(raw, &body) != nil {
		body.Code = "unreadable"
	}
	if body.Code == "clock" {
		c.learn(body.Now)
	}
	s := &Status{HTTP: res.StatusCode, Code: body.Code, Message: body.Message}
	if n, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil {
		s.RetryAfter = time.Duration(n) * time.Second
	}
	return s
}

// Call posts JSON and reads JSON, for enrolment.
func (c *Conn) Call(ctx context.Context, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("encode request: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL+path, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	return c.object(req, out)
}

// Hello asks a server who it is. The answer proves nothing until its chain is verified.
func (c *Conn) Hello(ctx context.Context) (Hello, error) {
	var h Hello
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.URL+"/api/sync/hello", nil)
	if err != nil {
		return h, fmt.Errorf("make request: %w", err)
	}
	err = c.object(req, &h)
	return h, err
}

// Standing is what a server knows of the asking install.
type Standing struct {
	State      string `json:"state"`
	LastNo     int64  `json:"last_no"`
	LastChange int64  `json:"last_change"`
	LastHash   string `json:"last_hash"`
	Now        int64  `json:"now"`
}

// Standing asks for it. A clock that is off is learned from the refusal and the request repeated once.
func (c *Conn) Standing(ctx context.Context) (s Standing, err error) {
	const uri = "/api/sync/status"
	for range 2 {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.URL+uri, nil)
		if err != nil {
			return s, fmt.Errorf("make request: %w", err)
		}
		req.Header.Set("Authorization", c.Key.Authorization(http.MethodGet, uri, c.nowMs()+c.offset.Load()))
		err = c.object(req, &s)
		var refused *Status
		if !errors.As(err, &refused) || refused.Code != "clock" {
			return s, err
		}
	}
	return s, &Status{HTTP: http.StatusUnauthorized, Code: "clock"}
}

func (c *Conn) object(req *http.Request, out any) error {
	res, err := c.HTTP.Do(req)
	if err != nil {
		return fmt.Errorf("reach server: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return c.refused(res)
	}
	if err := json.UnmarshalRead(io.LimitReader(res.Body, 4<<20), out); err != nil {
		return ErrCut
	}
	return nil
}
