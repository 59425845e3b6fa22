package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json/v2"
	"fmt"
	"math/rand/v2"
	"time"

	"cunju/bench/visitgen"
	"cunju/sync/batch"
	"cunju/sync/change"
	"cunju/sync/install"
	"cunju/sync/wire"
)

// township is the node's code; the generator's villages lie under it.
const township = "500101100000"

// devices is the number of phones: one for each of up to eight clients.
const devices = 8

// fleet is the phones of a run: their keys and how far each has numbered its work.
type fleet struct {
	gen     *visitgen.Gen
	keys    []*install.Key
	regions []string
}

func newFleet(signed bool) (*fleet, error) {
	c := visitgen.Township(1, devices)
	c.NoSig = !signed
	f := &fleet{gen: visitgen.New(c)}
	for range devices {
		key, err := install.NewKey()
		if err != nil {
			return nil, err
		}
		f.keys = append(f.keys, key)
	}
	for k := range 12 {
		f.regions = append(f.regions, f.gen.VillageCode(k))
	}
	return f, nil
}

func staffOf(device int) string { return fmt.Sprintf("benchstaff%05d", device) }

func (f *fleet) enrolments() []enrolment {
	list := make([]enrolment, len(f.keys))
	for d, k := range f.keys {
		list[d] = enrolment{Key: k.Public(), Staff: staffOf(d), Regions: f.regions}
	}
	return list
}

// request is one call's body; device tells which client sends it, n its visits.
type request struct {
	device int
	n      int
	body   []byte
}

// shapes of a request body.
type shape func(f *fleet, device int, numbered *chain, visits []visitgen.Visit) ([]byte, error)

// chain is where a phone's numbering stands.
type chain struct {
	no, next int64
	prev     string
}

// requests makes every body of a run that begins on an empty server, each device's in order.
func (f *fleet) requests(n, size int, make shape) ([]request, error) {
	return f.more(chains(), n, size, make)
}

func chains() []*chain {
	list := make([]*chain, devices)
	for d := range list {
		list[d] = &chain{next: 1}
	}
	return list
}

// more makes the bodies of the next n visits, shared by the devices.
func (f *fleet) more(at []*chain, n, size int, make shape) ([]request, error) {
	var list []request
	for d, numbered := range at {
		share := n / devices
		if d < n%devices {
			share++
		}
		for share > 0 {
			visits := f.gen.OfDevice(d, int(numbered.next-1), min(size, share))
			body, err := make(f, d, numbered, visits)
			if err != nil {
				return nil, err
			}
			list = append(list, request{d, len(visits), body})
			numbered.next += int64(len(visits))
			share -= len(visits)
		}
	}
	return list, nil
}

// sealed is our shape: one batch of changes, each creating one visit.
func sealed(f *fleet, device int, numbered *chain, visits []visitgen.Visit) ([]byte, error) {
	lines := make([][]byte, len(visits))
	random := rand.NewChaCha8([32]byte{byte(device), byte(numbered.no)})
	for i := range visits {
		line, err := lineOf(&visits[i], staffOf(device), random)
		if err != nil {
			return nil, err
		}
		lines[i] = line
	}
	numbered.no++
	now := time.Now().UnixMilli()
	h, hash := batch.Seal(f.keys[device], batch.Header{No: numbered.no, Prev: numbered.prev, First: numbered.next, At: now, Contact: now}, lines)
	numbered.prev = hash
	s := wire.Sealed{Header: h}
	for _, l := range lines {
		s.Lines = append(s.Lines, wire.Line{Bytes: l})
	}
	var b bytes.Buffer
	err := wire.WriteBatch(&b, &s)
	return b.Bytes(), err
}

// lineOf writes a visit as the change that creates it, field by field in the order of the form.
func lineOf(v *visitgen.Visit, staff string, random *rand.ChaCha8) ([]byte, error) {
	var salt [16]byte
	_, _ = random.Read(salt[:]) // never fails
	type set struct {
		Region    string  `json:"region"`
		Device    string  `json:"device"`
		Seq       int64   `json:"seq"`
		Resident  string  `json:"resident"`
		Topic     string  `json:"topic"`
		Channel   string  `json:"channel"`
		Summary   string  `json:"summary"`
		Outcome   string  `json:"outcome"`
		StartedAt string  `json:"started_at"`
		EndedAt   string  `json:"ended_at"`
		Lat       float64 `json:"lat"`
		Lng       float64 `json:"lng"`
		Status    string  `json:"status"`
		Counsel   string  `json:"counsel"`
	}
	type edit struct {
		C    string `json:"c"`
		R    string `json:"r"`
		Base string `json:"base"`
		Set  set    `json:"set"`
	}
	return json.Marshal(struct {
		ID    string `json:"id"`
		Salt  string `json:"x"`
		At    string `json:"at"`
		By    string `json:"by"`
		Form  int    `json:"form"`
		Edits []edit `json:"edits"`
	}{change.NewID(), b64(salt[:]), v.EndedAt, staff, 1, []edit{{work, v.ID, "", set{v.Village, v.Device, v.Seq, v.Resident, v.Topic, v.Channel,
		v.Summary, v.Outcome, v.StartedAt, v.EndedAt, v.Lat, v.Lng, v.Status, v.Counsel}}}})
}

// batched is reference A's shape: PocketBase's own batch of creations.
func batched(_ *fleet, _ int, _ *chain, visits []visitgen.Visit) ([]byte, error) {
	type create struct {
		Method string         `json:"method"`
		URL    string         `json:"url"`
		Body   map[string]any `json:"body"`
	}
	list := make([]create, len(visits))
	for i := range visits {
		v := &visits[i]
		list[i] = create{"POST", "/api/collections/" + work + "/records", map[string]any{"id": v.ID, "device": v.Device, "seq": v.Seq, "region": v.Village,
			"resident": v.Resident, "topic": v.Topic, "channel": v.Channel, "summary": v.Summary, "outcome": v.Outcome, "started_at": v.StartedAt,
			"ended_at": v.EndedAt, "lat": v.Lat, "lng": v.Lng, "status": v.Status, "counsel": v.Counsel, "sig": v.Sig}}
	}
	return json.Marshal(map[string]any{"requests": list})
}

// array is reference B's shape: the visits as a JSON array.
func array(_ *fleet, _ int, _ *chain, visits []visitgen.Visit) ([]byte, error) {
	return json.Marshal(visits)
}

// gzipped packs every body of a run as phones do.
func gzipped(list []request) ([]request, error) {
	out := make([]request, len(list))
	for i, r := range list {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		if _, err := z.Write(r.body); err != nil {
			return nil, err
		}
		if err := z.Close(); err != nil {
			return nil, err
		}
		out[i] = request{r.device, r.n, b.Bytes()}
	}
	return out, nil
}
