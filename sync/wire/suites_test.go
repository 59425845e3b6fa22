package wire_test

import (
	"encoding/json/jsontext"
	"encoding/json/v2"
	"flag"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"cunju/sync/batch"
	"cunju/sync/install"
)

var updateGM = flag.Bool("update-gm", false, "write the second suite's part of testdata/vectors.json anew")

// suiteVectors is one suite's part of the vectors: keys, a chain in which every link is of another
// suite than the next, and a statement of each kind.
type suiteVectors struct {
	Installs []keyVector `json:"installs"` // phone gm, township std, city gm
	Chain    []string    `json:"chain"`
	Now      int64       `json:"now"`
	Batch    struct {
		Header batch.Header `json:"header"`
		Lines  []string     `json:"lines"`
		Bodies []string     `json:"bodies"`
		Text   string       `json:"text"`
		Hash   string       `json:"hash"`
	} `json:"batch"`
	Receipt struct { // by the city
		Receipt batch.Receipt `json:"receipt"`
		Text    string        `json:"text"`
	} `json:"receipt"`
	Via struct { // by the city's key, to show a via of this suite
		Via  batch.Via `json:"via"`
		Text string    `json:"text"`
	} `json:"via"`
	Request struct {
		Method string `json:"method"`
		URI    string `json:"uri"`
		Ms     int64  `json:"ms"`
		Header string `json:"header"`
	} `json:"request"`
}

type keyVector struct {
	Suite   string `json:"suite"`
	Private string `json:"private"` // as in a key file
	Key     string `json:"key"`
	ID      string `json:"id"`
}

// withSuites is the vectors file with both parts.
type withSuites struct {
	vectors
	GM *suiteVectors `json:"gm,omitempty"`
}

func TestVectorsOfTheSecondSuite(t *testing.T) {
	raw, err := os.ReadFile(vectorsFile)
	require.NoError(t, err)
	var all withSuites
	require.NoError(t, json.Unmarshal(raw, &all))
	if *updateGM {
		all.GM = makeGM(t, all.Now, all.Batches[0].Lines)
		raw, err := json.Marshal(all, json.Deterministic(true), jsontext.WithIndent(" "))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(vectorsFile, append(raw, '\n'), 0o644))
	}
	v := all.GM
	require.NotNil(t, v)
	for _, k := range v.Installs {
		key, err := install.ParseKeyText(k.Private)
		require.NoError(t, err)
		require.Equal(t, []string{k.Suite, k.Key, k.ID}, []string{key.Suite(), b64(key.Public()), key.ID()})
	}
	by, err := install.Parse(v.Chain[2])
	require.NoError(t, err)
	for i := 2; i >= 0; i-- {
		by, err = install.VerifiedBy(v.Chain[i], by, v.Now)
		require.NoError(t, err)
		require.Equal(t, v.Installs[i].Suite, by.Suite)
	}
	var bodies []string
	for _, l := range v.Batch.Lines {
		bodies = append(bodies, batch.BodyHashOf(v.Batch.Header.Suite, []byte(l)))
	}
	require.Equal(t, v.Batch.Bodies, bodies)
	require.Equal(t, v.Batch.Text, v.Batch.Header.Text(bodies))
	hash, err := batch.Verified(v.Batch.Header, bodies, decode(t, v.Installs[0].Key))
	require.NoError(t, err)
	require.Equal(t, v.Batch.Hash, hash)
	city := decode(t, v.Installs[2].Key)
	require.Equal(t, v.Receipt.Text, v.Receipt.Receipt.Text())
	require.NoError(t, v.Receipt.Receipt.Verify(city))
	require.Equal(t, v.Via.Text, v.Via.Via.Text())
	require.NoError(t, v.Via.Via.Verify(city))
	claim, ok := install.ParseAuthorization(v.Request.Header)
	require.True(t, ok)
	require.NoError(t, claim.Check(decode(t, v.Installs[0].Key), v.Request.Method, v.Request.URI, v.Request.Ms))
}

func makeGM(t *testing.T, now int64, lines []string) *suiteVectors {
	v := &suiteVectors{Now: now}
	suites := []string{install.SuiteGM, install.SuiteStd, install.SuiteGM}
	kinds := []string{install.Phone, install.Township, install.City}
	regions := []string{"500238101201", "500238101000", "500000000000"}
	var keys []*install.Key
	for _, suite := range suites {
		k, err := install.NewKeyOf(suite)
		require.NoError(t, err)
		text, err := k.Text()
		require.NoError(t, err)
		keys = append(keys, k)
		v.Installs = append(v.Installs, keyVector{suite, text, b64(k.Public()), k.ID()})
	}
	for i, k := range keys {
		text, err := install.Issue(keys[min(i+1, 2)], install.Cert{Suite: suites[i], Install: k.ID(), Key: b64(k.Public()), Kind: kinds[i], Name: "向量 " + kinds[i],
			Regions: regions[i : i+1], Alias: "01ab23cd", From: now - 1000, Until: now + 86400_000, No: 1})
		require.NoError(t, err)
		v.Chain = append(v.Chain, text)
	}
	raw := make([][]byte, len(lines))
	for i, l := range lines {
		raw[i] = []byte(l)
		v.Batch.Bodies = append(v.Batch.Bodies, batch.BodyHashOf(install.SuiteGM, raw[i]))
	}
	v.Batch.Lines = lines
	v.Batch.Header, v.Batch.Hash = batch.Seal(keys[0], batch.Header{No: 1, First: 1, At: now}, raw)
	v.Batch.Text = v.Batch.Header.Text(v.Batch.Bodies)
	r := batch.Receipt{Batch: v.Batch.Hash, Install: keys[0].ID(), No: 1, Level: batch.LevelCity, Epoch: "0123456789ab", At: now, N: len(lines),
		Verdicts: map[string]string{"0": "held"}}.Signed(keys[2])
	v.Receipt.Receipt, v.Receipt.Text = r, r.Text()
	via := batch.Via{Hash: v.Batch.Hash, At: now, Taus: []int64{now - 5}, Refused: map[string]string{"0": "held"}}.Signed(keys[2])
	v.Via.Via, v.Via.Text = via, via.Text()
	v.Request.Method, v.Request.URI, v.Request.Ms = "POST", "/api/sync/renew", now
	v.Request.Header = keys[0].Authorization("POST", v.Request.URI, now)
	return v
}
