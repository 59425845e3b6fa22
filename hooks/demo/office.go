package demo

import (
	"bytes"
	"context"
	"encoding/json/v2"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// session is somebody's login at a node.
type session struct {
	url   string
	token string
}

// failure is an answer other than success.
type failure struct {
	status int
	body   string
}

func (f *failure) Error() string { return fmt.Sprintf("answered %d %s", f.status, f.body) }

// call sends JSON and decodes the answer into out (nil: ignored).
func (s *session) call(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("encode request: %w", err)
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, s.url+path, body)
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	if s.token != "" {
		req.Header.Set("Authorization", s.token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("reach node: %w", err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, 8<<20))
	if err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: %w", method, path, &failure{res.StatusCode, string(raw[:min(len(raw), 300)])})
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return fmt.Errorf("%s %s: read answer: %w", method, path, err)
	}
	return nil
}

// login opens a session as a person of the node.
func login(ctx context.Context, base, user, password string) (*session, error) {
	s := &session{url: base}
	var out struct {
		Token string `json:"token"`
	}
	err := s.call(ctx, http.MethodPost, "/api/collections/staff/auth-with-password",
		map[string]string{"identity": user, "password": password}, &out)
	s.token = out.Token
	return s, err
}

// create makes a record and returns its id.
func (s *session) create(ctx context.Context, collection string, fields map[string]any) (string, error) {
	var out struct {
		ID string `json:"id"`
	}
	err := s.call(ctx, http.MethodPost, "/api/collections/"+collection+"/records", fields, &out)
	return out.ID, err
}

// ids lists the ids of all records of a collection that this person may see.
func (s *session) ids(ctx context.Context, collection string) (map[string]bool, error) {
	all := map[string]bool{}
	for page := 1; ; page++ {
		var out struct {
			Items []struct {
				ID string `json:"id"`
			} `json:"items"`
		}
		q := url.Values{"fields": {"id"}, "perPage": {"500"}, "page": {fmt.Sprint(page)}, "skipTotal": {"1"}, "sort": {"id"}}
		if err := s.call(ctx, http.MethodGet, "/api/collections/"+collection+"/records?"+q.Encode(), nil, &out); err != nil {
			return nil, err
		}
		for _, i := range out.Items {
			all[i.ID] = true
		}
		if len(out.Items) < 500 {
			return all, nil
		}
	}
}
