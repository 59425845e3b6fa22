package dial

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json/v2"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
)

// ErrContent means that a server handed out other content than was asked for.
var ErrContent = errors.New("content has another hash")

// Wanted is a file that a server's records name and that it does not have.
type Wanted struct {
	Region string `json:"region"`
	Hash   string `json:"sha256"`
	Size   int64  `json:"size"`
}

// Missing asks once which files the server would like to have; next is the place to go on
// from, "" at the end.
func (c *Conn) Missing(ctx context.Context, after string) (list []Wanted, next string, err error) {
	var out struct {
		Missing []Wanted `json:"missing"`
		Next    string   `json:"next"`
		Now     int64    `json:"now"`
	}
	res, err := c.blob(ctx, http.MethodGet, "/api/sync/blobs?after="+url.QueryEscape(after), nil, nil)
	if err != nil {
		return nil, "", err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, "", c.refused(res)
	}
	if json.UnmarshalRead(io.LimitReader(res.Body, 4<<20), &out) != nil || out.Now == 0 {
		return nil, "", ErrCut
	}
	c.learn(out.Now)
	return out.Missing, out.Next, nil
}

// blob makes a signed request; a clock that is off is learned and the request repeated once. An
// answer to HEAD has no body to learn the time from, so it is asked for.
func (c *Conn) blob(ctx context.Context, method, uri string, body []byte, header http.Header) (*http.Response, error) {
	for again := false; ; again = true {
		var in io.Reader
		if method == http.MethodPatch {
			in = bytes.NewReader(body)
		}
		req, err := http.NewRequestWithContext(ctx, method, c.URL+uri, in)
		if err != nil {
			return nil, fmt.Errorf("make request: %w", err)
		}
		for k, v := range header {
			req.Header[k] = v
		}
		req.Header.Set("Authorization", c.Key.Authorization(method, uri, c.nowMs()+c.offset.Load()))
		res, err := c.HTTP.Do(req)
		if err != nil {
			return nil, fmt.Errorf("reach server: %w", err)
		}
		if res.StatusCode != http.StatusUnauthorized || again {
			return res, nil
		}
		res.Body.Close()
		h, err := c.Hello(ctx)
		if err != nil {
			return nil, err
		}
		c.learn(h.Now)
	}
}

// BlobState asks how much of a file the server has of this install.
func (c *Conn) BlobState(ctx context.Context, hash string) (offset int64, whole bool, err error) {
	res, err := c.blob(ctx, http.MethodHead, "/api/sync/blobs/"+hash, nil, nil)
	if err != nil {
		return 0, false, err
	}
	return c.blobAnswer(res)
}

// blobAnswer reads offset and state off an answer. Only the two successes of the protocol count: a captive
// portal's page has no Upload-Offset.
func (c *Conn) blobAnswer(res *http.Response) (offset int64, whole bool, err error) {
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK && res.StatusCode != http.StatusNoContent {
		return 0, false, c.refused(res)
	}
	offset, err = strconv.ParseInt(res.Header.Get("Upload-Offset"), 10, 64)
	if err != nil || offset < 0 {
		return 0, false, ErrCut
	}
	return offset, res.StatusCode == http.StatusOK, nil
}

// SendBlob sends what the server does not have of a file, in chunks, from where it stands. next
// is called before each chunk and may stop the sending with an error; everything sent so far stays
// with the server. nil: never stops.
func (c *Conn) SendBlob(ctx context.Context, hash string, size int64, from io.ReaderAt, chunk int64, next func() error) error {
	offset, whole, err := c.BlobState(ctx, hash)
	moved := false
	for err == nil && !whole {
		if next != nil {
			if err := next(); err != nil {
				return err
			}
		}
		if offset > size {
			return ErrContent
		}
		before := offset
		offset, whole, err = c.patch(ctx, hash, offset, size, from, chunk)
		var s *Status
		if errors.As(err, &s) && s.Code == "blob_offset" && !moved {
			moved = true // another request of ours, thought lost, arrived: ask again, once
			offset, whole, err = c.BlobState(ctx, hash)
		} else if err == nil && !whole && offset <= before {
			return ErrCut
		}
	}
	return err
}

func (c *Conn) patch(ctx context.Context, hash string, offset, size int64, from io.ReaderAt, chunk int64) (int64, bool, error) {
	data := make([]byte, min(chunk, size-offset))
	if n, err := from.ReadAt(data, offset); err != nil && (n < len(data) || !errors.Is(err, io.EOF)) {
		return 0, false, fmt.Errorf("read file: %w", err)
	}
	res, err := c.blob(ctx, http.MethodPatch, "/api/sync/blobs/"+hash, data, http.Header{
		"Content-Type": {"application/octet-stream"}, "Upload-Offset": {strconv.FormatInt(offset, 10)}, "Upload-Length": {strconv.FormatInt(size, 10)}})
	if err != nil {
		return 0, false, err
	}
	return c.blobAnswer(res)
}

// FetchBlob reads a file on from what the caller has already, in have, and returns the whole once its hash is right.
// After an error the returned bytes are what is there so far.
func (c *Conn) FetchBlob(ctx context.Context, hash string, have []byte, limit int64) ([]byte, error) {
	header := http.Header{}
	if len(have) > 0 {
		header.Set("Range", "bytes="+strconv.Itoa(len(have))+"-")
	}
	res, err := c.blob(ctx, http.MethodGet, "/api/sync/blobs/"+hash, nil, header)
	if err != nil {
		return have, err
	}
	defer res.Body.Close()
	switch res.StatusCode {
	case http.StatusOK:
		have = nil
	case http.StatusPartialContent:
	default:
		return have, c.refused(res)
	}
	rest, err := io.ReadAll(io.LimitReader(res.Body, limit-int64(len(have))+1))
	have = append(have[:len(have):len(have)], rest...)
	if err != nil {
		return have, ErrCut
	}
	if sum := sha256.Sum256(have); hex.EncodeToString(sum[:]) != hash {
		return nil, ErrContent
	}
	return have, nil
}
