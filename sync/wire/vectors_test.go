package wire_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json/jsontext"
	"encoding/json/v2"
	"flag"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cunju/sync/batch"
	"cunju/sync/change"
	"cunju/sync/feed"
	"cunju/sync/install"
	"cunju/sync/stamp"
)

var update = flag.Bool("update", false, "write testdata/vectors.json anew")

// vectors is what every client in any language must agree on. The browser's core
// reads the same file.
type vectors struct {
	Installs []struct {
		Private string `json:"private"`
		Key     string `json:"key"`
		ID      string `json:"id"`
	} `json:"installs"`
	Chain []string `json:"chain"` // phone, township, city
	Now   int64    `json:"now"`   // a time at which the chain is valid
	Lines []struct {
		Line string `json:"line"`
		Hash string `json:"hash"`
		OK   bool   `json:"ok"`
		Why  string `json:"why"`
	} `json:"lines"`
	Batches []struct {
		Header batch.Header `json:"header"`
		Lines  []string     `json:"lines"`
		Text   string       `json:"text"`
		Hash   string       `json:"hash"`
	} `json:"batches"`
	Receipt struct {
		Receipt batch.Receipt `json:"receipt"`
		Text    string        `json:"text"`
	} `json:"receipt"`
	Via struct {
		Via  batch.Via `json:"via"`
		Text string    `json:"text"`
	} `json:"via"`
	Request struct {
		Method string `json:"method"`
		URI    string `json:"uri"`
		Ms     int64  `json:"ms"`
		Header string `json:"header"`
	} `json:"request"`
	Sums []struct {
		C   string `json:"c"`
		R   string `json:"r"`
		Rev string `json:"rev"`
		Sum string `json:"sum"`
	} `json:"sums"`
	SumOfAll string `json:"sum_of_all"`
	Stamps   []struct {
		Claimed  int64 `json:"claimed"`
		Offset   int64 `json:"offset"`
		Received int64 `json:"received"`
		Base     int64 `json:"base"`
		Tau      int64 `json:"tau"`
	} `json:"stamps"`
}

const vectorsFile = "testdata/vectors.json"

func TestVectors(t *testing.T) {
	if *update {
		writeVectors(t)
	}
	raw, err := os.ReadFile(vectorsFile)
	require.NoError(t, err)
	var v vectors
	require.NoError(t, json.Unmarshal(raw, &v))

	t.Run("ids derive from keys", func(t *testing.T) {
		for _, in := range v.Installs {
			require.Equal(t, in.ID, install.ID(install.SuiteStd, decode(t, in.Key)))
		}
	})
	t.Run("the chain holds and no link can be swapped", func(t *testing.T) {
		by, err := install.Parse(v.Chain[2])
		require.NoError(t, err)
		for i := 2; i >= 0; i-- {
			by, err = install.VerifiedBy(v.Chain[i], by, v.Now)
			require.NoError(t, err)
		}
		city, _ := install.Parse(v.Chain[2])
		_, err = install.VerifiedBy(v.Chain[0], city, v.Now)
		require.Error(t, err, "a phone's certificate is not the city's")
		_, err = install.VerifiedBy(v.Chain[0], by, v.Now)
		require.Error(t, err, "a phone may not certify")
		_, err = install.VerifiedBy(v.Chain[1], city, v.Now+500*24*3600*1000)
		require.ErrorIs(t, err, install.ErrChain, "expired")
	})
	t.Run("lines", func(t *testing.T) {
		for _, l := range v.Lines {
			_, err := change.Parse([]byte(l.Line))
			require.Equal(t, l.OK, err == nil, l.Why)
			require.Equal(t, l.Hash, batch.BodyHash([]byte(l.Line)))
		}
	})
	t.Run("batches", func(t *testing.T) {
		for _, b := range v.Batches {
			var bodies []string
			for _, l := range b.Lines {
				bodies = append(bodies, batch.BodyHash([]byte(l)))
			}
			require.Equal(t, b.Text, b.Header.Text(bodies))
			hash, err := batch.Verified(b.Header, bodies, decode(t, v.Installs[0].Key))
			require.NoError(t, err)
			require.Equal(t, b.Hash, hash)
			bodies[0] = bodies[len(bodies)-1] + ""
			b.Header.At++
			_, err = batch.Verified(b.Header, bodies, decode(t, v.Installs[0].Key))
			require.ErrorIs(t, err, install.ErrSignature)
		}
	})
	t.Run("statements", func(t *testing.T) {
		require.Equal(t, v.Receipt.Text, v.Receipt.Receipt.Text())
		require.NoError(t, v.Receipt.Receipt.Verify(decode(t, v.Installs[1].Key)))
		require.Equal(t, v.Via.Text, v.Via.Via.Text())
		require.NoError(t, v.Via.Via.Verify(decode(t, v.Installs[1].Key)))
		claim, ok := install.ParseAuthorization(v.Request.Header)
		require.True(t, ok)
		require.NoError(t, claim.Check(decode(t, v.Installs[0].Key), v.Request.Method, v.Request.URI, v.Request.Ms))
		require.ErrorIs(t, claim.Check(decode(t, v.Installs[0].Key), v.Request.Method, v.Request.URI, v.Request.Ms+3600_000), install.ErrClock)
	})
	t.Run("checkpoints and stamps", func(t *testing.T) {
		var all int64
		for _, s := range v.Sums {
			one := feed.Sum(s.C, s.R, s.Rev)
			require.Equal(t, s.Sum, feed.Checkpoint{Sum: one}.Hex())
			all += one
		}
		require.Equal(t, v.SumOfAll, feed.Checkpoint{Sum: all}.Hex())
		for _, s := range v.Stamps {
			require.Equal(t, s.Tau, stamp.Bounded(s.Claimed, s.Offset, s.Received, s.Base))
		}
	})
}

func decode(t *testing.T, s string) []byte {
	b, err := base64.RawURLEncoding.DecodeString(s)
	require.NoError(t, err)
	return b
}

func writeVectors(t *testing.T) {
	var v vectors
	var keys []*install.Key
	for range 3 {
		k, err := install.NewKey()
		require.NoError(t, err)
		raw, err := k.Bytes()
		require.NoError(t, err)
		keys = append(keys, k)
		v.Installs = append(v.Installs, struct {
			Private string `json:"private"`
			Key     string `json:"key"`
			ID      string `json:"id"`
		}{hex.EncodeToString(raw), b64(k.Public()), k.ID()})
	}
	const day = 24 * 3600 * 1000
	v.Now = time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC).UnixMilli()
	issue := func(by, of *install.Key, kind, staff string, days int64, regions ...string) string {
		text, err := install.Issue(by, install.Cert{Install: of.ID(), Key: b64(of.Public()), Kind: kind, Staff: staff, Name: "向量 " + kind,
			Regions: regions, Alias: "01ab23cd", From: v.Now - day, Until: v.Now + days*day, No: 1})
		require.NoError(t, err)
		return text
	}
	v.Chain = []string{
		issue(keys[1], keys[0], install.Phone, "staff0000000001", 60, "500238101201", "500238101202"),
		issue(keys[2], keys[1], install.Township, "", 400, "500238101000"),
		issue(keys[2], keys[2], install.City, "", 3650, "500000000000"),
	}
	good := `{"id":"k2j4m6n8p0q2r4s","x":"AAECAwQFBgcICQoLDA0ODw","at":"2026-11-24T09:30:00.000+08:00","by":"staff0000000001","form":1,"edits":[{"c":"services","r":"aaaaaaaaaaaaaa1","base":"","set":{"region":"500238101201","summary":"王𬭩问：土地流转合同怎么签？","persons":2}}]}`
	second := `{"id":"k2j4m6n8p0q2r4t","x":"EBESExQVFhcYGRobHB0eHw","at":"2026-11-24T09:35:00.000+08:00","by":"staff0000000001","form":1,"edits":[{"c":"services","r":"aaaaaaaaaaaaaa1","base":"k2j4m6n8p0q2r4s","set":{"outcome":"answered"}}]}`
	line := func(s string, ok bool, why string) {
		v.Lines = append(v.Lines, struct {
			Line string `json:"line"`
			Hash string `json:"hash"`
			OK   bool   `json:"ok"`
			Why  string `json:"why"`
		}{s, batch.BodyHash([]byte(s)), ok, why})
	}
	line(good, true, "a change")
	line(second, true, "an edit of what was seen")
	line(`{"id":"k2j4m6n8p0q2r4s","id":"k2j4m6n8p0q2r4s"`+good[23:], false, "duplicate key")
	line(good[:len(good)-1]+`,"extra":1}`, false, "unknown key")
	line(replace(good, `"persons":2`, `"persons":9007199254740993`), false, "number beyond 2^53")
	line(replace(good, "AAECAwQFBgcICQoLDA0ODw", "AAECAw"), false, "short salt")
	line(replace(good, `"c":"services"`, `"c":"Services; DROP"`), false, "collection name")
	line(`[]`, false, "not an object")
	seal := func(h batch.Header, lines ...string) string {
		raw := make([][]byte, len(lines))
		for i, l := range lines {
			raw[i] = []byte(l)
		}
		sealed, hash := batch.Seal(keys[0], h, raw)
		bodies := make([]string, len(lines))
		for i, l := range raw {
			bodies[i] = batch.BodyHash(l)
		}
		v.Batches = append(v.Batches, struct {
			Header batch.Header `json:"header"`
			Lines  []string     `json:"lines"`
			Text   string       `json:"text"`
			Hash   string       `json:"hash"`
		}{sealed, lines, sealed.Text(bodies), hash})
		return hash
	}
	prev := seal(batch.Header{No: 1, First: 1, At: v.Now}, good)
	hash := seal(batch.Header{No: 2, Prev: prev, First: 2, At: v.Now + 1, Offset: -250, Contact: v.Now}, second, replace(second, "r4t", "r4u"))
	r := batch.Receipt{Batch: hash, Install: keys[0].ID(), No: 2, Level: batch.LevelTownship, Epoch: "0123456789ab", At: v.Now, N: 2,
		Verdicts: map[string]string{"1": "refused:rights"}}.Signed(keys[1])
	v.Receipt.Receipt, v.Receipt.Text = r, r.Text()
	via := batch.Via{Hash: hash, At: v.Now, Taus: []int64{v.Now - 5, v.Now - 4}, Refused: map[string]string{"1": "rights"}}.Signed(keys[1])
	v.Via.Via, v.Via.Text = via, via.Text()
	v.Request.Method, v.Request.URI, v.Request.Ms = "GET", "/api/sync/feed?f=500238101201%2C0123456789ab%2C17&receipts=3", v.Now
	v.Request.Header = keys[0].Authorization(v.Request.Method, v.Request.URI, v.Now)
	var all int64
	for i := range 5 {
		c, rec, rev := "services", fmt.Sprintf("record%09d", i), fmt.Sprintf("rev%012d", i*i)
		s := feed.Sum(c, rec, rev)
		all += s
		v.Sums = append(v.Sums, struct {
			C   string `json:"c"`
			R   string `json:"r"`
			Rev string `json:"rev"`
			Sum string `json:"sum"`
		}{c, rec, rev, feed.Checkpoint{Sum: s}.Hex()})
	}
	v.SumOfAll = feed.Checkpoint{Sum: all}.Hex()
	for _, s := range [][4]int64{{v.Now - 1000, 0, v.Now, 0}, {v.Now + 10*365*day, 0, v.Now, 0}, {v.Now + 10*365*day, -10 * 365 * day, v.Now, 0},
		{v.Now - 7*365*day, 0, v.Now, 0}, {v.Now - 1000, 0, v.Now, v.Now + 5}} {
		v.Stamps = append(v.Stamps, struct {
			Claimed  int64 `json:"claimed"`
			Offset   int64 `json:"offset"`
			Received int64 `json:"received"`
			Base     int64 `json:"base"`
			Tau      int64 `json:"tau"`
		}{s[0], s[1], s[2], s[3], stamp.Bounded(s[0], s[1], s[2], s[3])})
	}
	raw, err := json.Marshal(v, json.Deterministic(true), jsontext.WithIndent(" "))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(vectorsFile, append(raw, '\n'), 0o644))
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func replace(s, old, new string) string {
	for i := 0; i+len(old) <= len(s); i++ {
		if s[i:i+len(old)] == old {
			return s[:i] + new + s[i+len(old):]
		}
	}
	panic("no " + old)
}
