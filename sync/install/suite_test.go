package install

import (
	"crypto/elliptic"
	"encoding/hex"
	"encoding/json/v2"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// smVectors are the standards' own examples (GB/T 32918, GB/T 32905).
type smVectors struct {
	SM2 struct {
		Private string     `json:"private"`
		X       string     `json:"public_x"`
		Y       string     `json:"public_y"`
		Sign    []smSigned `json:"sign"`
		Reject  []smSigned `json:"reject"`
	} `json:"sm2"`
	SM3 struct {
		Cases []struct {
			Message string `json:"message"`
			Digest  string `json:"digest"`
		} `json:"cases"`
	} `json:"sm3"`
}

type smSigned struct {
	ID      string `json:"id"`
	Message string `json:"message"`
	R       string `json:"r"`
	S       string `json:"s"`
	Valid   bool   `json:"valid"`
	Why     string `json:"why"`
}

func TestGMPassesTheStandardsExamples(t *testing.T) {
	raw, err := os.ReadFile("testdata/sm_vectors.json")
	require.NoError(t, err)
	var v smVectors
	require.NoError(t, json.Unmarshal(raw, &v))
	for _, c := range v.SM3.Cases {
		sum := Sum(SuiteGM, []byte(c.Message))
		assert.Equal(t, strings.ToLower(c.Digest), hex.EncodeToString(sum[:]), c.Message)
	}
	private, err := hex.DecodeString(v.SM2.Private)
	require.NoError(t, err)
	key, err := ParseKeyOf(SuiteGM, private)
	require.NoError(t, err)
	assert.Equal(t, "04"+strings.ToLower(v.SM2.X+v.SM2.Y), hex.EncodeToString(key.Public()))
	for _, c := range append(v.SM2.Sign, v.SM2.Reject...) {
		if c.ID != string(userID) {
			continue // the protocol has one user id
		}
		sig, err := hex.DecodeString(strings.Repeat("0", 64-len(c.R)) + c.R + strings.Repeat("0", 64-len(c.S)) + c.S)
		require.NoError(t, err)
		err = Verify(SuiteGM, key.Public(), c.Message, sig)
		assert.Equal(t, c.Valid, err == nil, c.Why)
	}
}

func TestAKeyOfOneSuiteSaysNothingUnderTheOther(t *testing.T) {
	for _, suite := range []string{SuiteStd, SuiteGM} {
		key, err := NewKeyOf(suite)
		require.NoError(t, err)
		other := map[string]string{SuiteStd: SuiteGM, SuiteGM: SuiteStd}[suite]
		sig := key.Sign("text")
		require.Len(t, sig, 64)
		require.Len(t, key.Public(), 65)
		require.NoError(t, Verify(suite, key.Public(), "text", sig))
		require.ErrorIs(t, Verify(other, key.Public(), "text", sig), ErrSignature)
		require.ErrorIs(t, Verify(suite, key.Public(), "texT", sig), ErrSignature)
		require.ErrorIs(t, Verify("none", key.Public(), "text", sig), ErrSuite)
		require.NotEqual(t, ID(suite, key.Public()), ID(other, key.Public()), "an id belongs to a suite, too")

		text, err := key.Text()
		require.NoError(t, err)
		again, err := ParseKeyText(text)
		require.NoError(t, err)
		require.Equal(t, key.ID(), again.ID())
	}
	_, err := NewKeyOf("none")
	require.ErrorIs(t, err, ErrSuite)
	for _, bad := range []string{"", "gm:", "xx", "none:00", "gm:" + strings.Repeat("0", 64), strings.Repeat("f", 64)} {
		_, err := ParseKeyText(bad)
		require.Error(t, err, bad)
	}
}

// chainOf certifies a phone by a township by a city, each of its own suite.
func chainOf(t *testing.T, suites [3]string) (keys [3]*Key, chain [3]string) {
	kinds := [3]string{Phone, Township, City}
	regions := [3]string{"500238101201", "500238101000", "500000000000"}
	for i := range keys {
		var err error
		keys[i], err = NewKeyOf(suites[i])
		require.NoError(t, err)
	}
	for i := range keys {
		by := keys[min(i+1, 2)]
		text, err := Issue(by, Cert{Suite: suites[i], Install: keys[i].ID(), Key: b64t(keys[i].Public()), Kind: kinds[i], Regions: []string{regions[i]}, From: 100, Until: 200, No: 1})
		require.NoError(t, err)
		chain[i] = text
	}
	return keys, chain
}

func b64t(b []byte) string { return strict64.EncodeToString(b) }

func TestAChainMayMixSuites(t *testing.T) {
	both := []string{SuiteStd, SuiteGM}
	for _, a := range both {
		for _, b := range both {
			for _, c := range both {
				keys, chain := chainOf(t, [3]string{a, b, c})
				by, err := Parse(chain[2])
				require.NoError(t, err)
				for i := 2; i >= 0; i-- {
					by, err = VerifiedBy(chain[i], by, 150)
					require.NoError(t, err, "%s %s %s at %d", a, b, c, i)
				}
				require.Equal(t, keys[0].ID(), by.Install)
				require.Equal(t, a, by.Suite)
				claim, ok := ParseAuthorization(keys[0].Authorization("GET", "/x?y=1", 1000))
				require.True(t, ok)
				require.Equal(t, a, claim.Suite)
				require.NoError(t, claim.Check(by.PublicKey(), "GET", "/x?y=1", 1000))
				require.ErrorIs(t, claim.Check(by.PublicKey(), "GET", "/x?y=2", 1000), ErrSignature)
			}
		}
	}
}

func TestAnIssuersSuiteCannotBeSwapped(t *testing.T) {
	_, chain := chainOf(t, [3]string{SuiteStd, SuiteGM, SuiteStd})
	town, err := Parse(chain[1])
	require.NoError(t, err)
	town.Suite = SuiteStd
	_, err = VerifiedBy(chain[0], town, 150)
	require.ErrorIs(t, err, ErrSignature)
}

func TestCertificatesOfBadFormAreRefused(t *testing.T) {
	key, err := NewKey()
	require.NoError(t, err)
	good := Cert{V: 1, Suite: SuiteStd, Install: key.ID(), Key: b64t(key.Public()), Kind: Phone, Regions: []string{"500238101201"}, From: 1, Until: 2, Issuer: key.ID()}
	text := func(change func(*Cert)) string {
		c := good
		change(&c)
		raw, err := json.Marshal(c)
		require.NoError(t, err)
		return b64t(raw) + "." + b64t(make([]byte, 64))
	}
	_, err = Parse(text(func(*Cert) {}))
	require.NoError(t, err)
	for why, change := range map[string]func(*Cert){
		"another kind":      func(c *Cert) { c.Kind = "admin" },
		"no region":         func(c *Cert) { c.Regions = nil },
		"a short region":    func(c *Cert) { c.Regions = []string{"5002"} },
		"a region in words": func(c *Cert) { c.Regions = []string{"50023810120a"} },
		"a huge time":       func(c *Cert) { c.Until = 1 << 60 },
		"ends before":       func(c *Cert) { c.Until = 0 },
		"long name":         func(c *Cert) { c.Name = strings.Repeat("长", 201) },
		"two spellings":     func(c *Cert) { c.Signed = SuiteStd },
		"another key":       func(c *Cert) { c.Key = b64t(make([]byte, 65)) },
		"version":           func(c *Cert) { c.V = 2 },
		"unknown suite":     func(c *Cert) { c.Suite = "rsa" },
	} {
		_, err := Parse(text(change))
		assert.Error(t, err, why)
	}
	raw, err := json.Marshal(good)
	require.NoError(t, err)
	for why, payload := range map[string]string{
		"unknown key":   strings.Replace(string(raw), `"v":1`, `"v":1,"root":true`, 1),
		"duplicate key": strings.Replace(string(raw), `"v":1`, `"v":1,"v":1`, 1),
		"bad UTF-8":     strings.Replace(string(raw), `"name":""`, "\"name\":\"\xff\"", 1),
		"a fraction":    strings.Replace(string(raw), `"from":1`, `"from":1.5`, 1),
		"beyond int64":  strings.Replace(string(raw), `"from":1`, `"from":99999999999999999999`, 1),
		"not an object": "[]",
	} {
		_, err := Parse(b64t([]byte(payload)) + ".")
		assert.ErrorIs(t, err, ErrMalformed, why)
	}
	for _, bad := range []string{"", ".", "a.b", b64t(raw), b64t(raw) + "\n.x", strings.Repeat("A", maxCert) + "."} {
		_, err := Parse(bad)
		assert.Error(t, err)
	}
}

func FuzzParse(f *testing.F) {
	key, err := NewKeyOf(SuiteGM)
	require.NoError(f, err)
	text, err := Issue(key, Cert{Suite: SuiteGM, Install: key.ID(), Key: b64t(key.Public()), Kind: City, Regions: []string{"500000000000"}, From: 1, Until: 2})
	require.NoError(f, err)
	f.Add(text)
	f.Add("e30.e30")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse(text)
		if err != nil {
			return
		}
		require.Equal(t, c.Install, ID(c.Suite, c.PublicKey()))
		require.Len(t, c.Region(), 12)
		if _, err := VerifiedBy(text, c, c.From); err == nil {
			require.Equal(t, c.Issuer, c.Install)
		}
	})
}

func FuzzParseAuthorization(f *testing.F) {
	for _, suite := range []string{SuiteStd, SuiteGM} {
		key, err := NewKeyOf(suite)
		require.NoError(f, err)
		f.Add(key.Authorization("GET", "/api/sync/feed", 1764000000000))
	}
	f.Add("Cunju a.1.b.c")
	f.Fuzz(func(t *testing.T, header string) {
		c, ok := ParseAuthorization(header)
		if !ok {
			return
		}
		require.True(t, KnownSuite(c.Suite))
		require.Len(t, c.sig, 64)
		require.NotContains(t, requestText(c.Suite, "GET", "/", "0", c.nonce)[16:], "\n\n")
	})
}

func FuzzParseKeyText(f *testing.F) {
	f.Add("gm:3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8")
	f.Add(hex.EncodeToString(elliptic.P256().Params().N.Bytes()))
	f.Fuzz(func(t *testing.T, text string) {
		key, err := ParseKeyText(text)
		if err != nil {
			return
		}
		again, err := key.Text()
		require.NoError(t, err)
		require.True(t, strings.EqualFold(text, again) || strings.EqualFold(text, SuiteStd+":"+again))
	})
}
