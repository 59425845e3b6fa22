package sim

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"time"

	"cunju/sync/batch"
	"cunju/sync/wire"
)

var errLine = errors.New("connection reset")

// What can happen to one exchange.
const (
	offline       = "offline"
	cutRequest    = "cut request"
	halfAnswer    = "half a chunk"
	lostAnswer    = "lost answer after commit"
	duplicate     = "duplicate"
	lateDuplicate = "late duplicate"
	reordered     = "reordered"
	portal        = "captive portal"
	badGateway    = "bad gateway"
	slow          = "slow"
)

var lineFaults = []string{offline, cutRequest, halfAnswer, lostAnswer, duplicate, lateDuplicate, reordered, portal, badGateway, slow}

// network carries requests straight into the nodes' handlers. Every exchange of an actor first takes the next
// fault from that actor's list.
type network struct {
	w       *land
	rng     *rand.Rand
	nodes   map[string]*node
	faults  map[string][]string
	late    []parked
	numbers map[string]string // "install no" -> hash, of every batch ever sent

	// tamper changes what an actor sends, damage what it receives; serving tells a broken node whose push it serves.
	tamper, damage func(from, path string, body []byte) []byte
	forge          map[string]func(*wire.Sealed) bool // for the next push of an actor: see repacked
	serving        func(n *node, push []wire.Item)
}

// parked is a request that arrives later than others sent after it.
type parked struct {
	to   string
	req  *http.Request
	body []byte
}

func newNetwork(w *land) *network {
	return &network{w: w, rng: rand.New(rand.NewPCG(w.seed, 77)), nodes: map[string]*node{}, faults: map[string][]string{}, numbers: map[string]string{}, forge: map[string]func(*wire.Sealed) bool{}}
}

// client is an actor's way out.
func (net *network) client(from string) *http.Client {
	return &http.Client{Transport: &line{net, from}}
}

// expect makes the next exchanges of an actor go wrong.
func (net *network) expect(from string, faults ...string) {
	net.faults[from] = append(net.faults[from], faults...)
}

// deliver lets requests arrive that were on their way for long.
func (net *network) deliver() {
	list := net.late
	net.late = nil
	for _, p := range list {
		net.serve(net.nodes[p.to], p.req, p.body, len(p.body))
	}
}

type line struct {
	net  *network
	from string
}

// RoundTrip implements http.RoundTripper.
func (l *line) RoundTrip(req *http.Request) (*http.Response, error) {
	net, to := l.net, l.net.nodes[req.URL.Host]
	var body []byte
	if req.Body != nil {
		var err error
		if body, err = io.ReadAll(req.Body); err != nil {
			return nil, err
		}
	}
	if req.URL.Path == "/api/sync/batches" {
		net.numbered(body)
	}
	if do := net.forge[l.from]; do != nil && req.URL.Path == "/api/sync/batches" {
		delete(net.forge, l.from)
		body = repacked(body, do)
	}
	if net.tamper != nil {
		body = net.tamper(l.from, req.URL.Path, body)
	}
	fault := ""
	if list := net.faults[l.from]; len(list) > 0 {
		fault, net.faults[l.from] = list[0], list[1:]
	}
	res, err := l.exchange(fault, to, req, body)
	if err == nil {
		net.w.say("    %s %s%s %d", l.from, req.URL.Path, with(fault), res.StatusCode)
	} else {
		net.w.say("    %s %s%s %v", l.from, req.URL.Path, with(fault), err)
	}
	return res, err
}

func with(fault string) string {
	if fault == "" {
		return ""
	}
	return " (" + fault + ")"
}

func (l *line) exchange(fault string, to *node, req *http.Request, body []byte) (*http.Response, error) {
	net := l.net
	switch fault {
	case offline:
		return nil, errLine
	case portal:
		return page(req, http.StatusOK, "<html>please log in</html>"), nil
	case badGateway:
		return page(req, http.StatusBadGateway, "<html>bad gateway</html>"), nil
	case cutRequest:
		net.serve(to, req, body, net.rng.IntN(len(body)+1))
		return nil, errLine
	case reordered:
		net.late = append(net.late, parked{to.name, req, body})
		return nil, errLine
	case lateDuplicate:
		net.late = append(net.late, parked{to.name, req, body})
	case duplicate:
		net.serve(to, req, body, len(body))
	case slow:
		net.w.pass(time.Duration(net.rng.IntN(20)) * time.Minute)
	}
	res := net.serve(to, req, body, len(body))
	if res == nil || fault == lostAnswer {
		return nil, errLine
	}
	answer := res.Body.Bytes()
	if net.damage != nil {
		answer = net.damage(l.from, req.URL.Path, answer)
	}
	out := &http.Response{StatusCode: res.Code, Header: res.Header(), Request: req, Body: io.NopCloser(bytes.NewReader(answer))}
	if fault == halfAnswer {
		part := bytes.NewReader(answer[:net.rng.IntN(len(answer)+1)])
		out.Body = io.NopCloser(io.MultiReader(part, broken{}))
	}
	return out, nil
}

func page(req *http.Request, status int, text string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"text/html"}}, Request: req, Body: io.NopCloser(strings.NewReader(text))}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// serve hands a request, of whose body only the first n bytes arrive, to a node. A node that was killed meanwhile
// answers nothing.
func (net *network) serve(to *node, req *http.Request, body []byte, n int) *httptest.ResponseRecorder {
	if to.fuse.killed() {
		return nil
	}
	var rest io.Reader = bytes.NewReader(body[:n])
	if n < len(body) {
		rest = io.MultiReader(rest, broken{})
	}
	in := req.Clone(req.Context())
	in.Body, in.ContentLength, in.RequestURI, in.RemoteAddr = io.NopCloser(rest), int64(len(body)), req.URL.RequestURI(), "10.0.0.1:1"
	if net.serving != nil && req.URL.Path == "/api/sync/batches" {
		net.serving(to, items(body))
		defer net.serving(to, nil)
	}
	full := to.fuse.filled()
	res := httptest.NewRecorder()
	to.mux.ServeHTTP(res, in)
	if req.URL.Path == "/api/sync/batches" {
		to.stamped()
	}
	if to.fuse.killed() {
		return nil
	}
	if res.Code >= 500 && !full {
		net.w.problem("stuck", "%s answered %d to %s: %s", to.name, res.Code, req.URL.Path, res.Body)
	}
	return res
}

// items reads a push as a node would.
func items(body []byte) []wire.Item {
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil
	}
	var list []wire.Item
	for r := wire.NewReader(z); ; {
		item, err := r.Next()
		if err != nil {
			return list
		}
		list = append(list, item)
	}
}

// numbered notes the number of every batch that is sent; none may ever name another one.
func (net *network) numbered(body []byte) {
	for _, item := range items(body) {
		if item.Batch == nil {
			continue
		}
		h := item.Batch.Header
		key, hash := h.Install+" "+strconv.FormatInt(h.No, 10), batch.Hash(h.Text(item.Batch.Bodies()))
		if known, ok := net.numbers[key]; ok && known != hash && !net.w.forks[h.Install] {
			net.w.problem("reused", "number %s names two batches", key)
		}
		net.w.say("    batch %s is %s", key, hash)
		net.numbers[key] = hash
	}
}
