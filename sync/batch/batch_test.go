package batch

import (
	"encoding/json/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/sync/install"
)

var suites = []string{install.SuiteStd, install.SuiteGM}

func keyOf(t testing.TB, suite string) *install.Key {
	key, err := install.NewKeyOf(suite)
	require.NoError(t, err)
	return key
}

func bodiesOf(suite string, lines [][]byte) []string {
	list := make([]string, len(lines))
	for i, l := range lines {
		list[i] = BodyHashOf(suite, l)
	}
	return list
}

func TestABatchIsHashedAndSignedByItsSuite(t *testing.T) {
	lines := [][]byte{[]byte(`{"a":1}`), []byte(`{"b":2}`)}
	hashes := map[string]bool{}
	for _, suite := range suites {
		key := keyOf(t, suite)
		h, hash := Seal(key, Header{No: 1, First: 1, At: 5}, lines)
		require.Equal(t, suite, h.Suite)
		got, err := Verified(h, bodiesOf(suite, lines), key.Public())
		require.NoError(t, err)
		require.Equal(t, hash, got)
		hashes[BodyHashOf(suite, lines[0])] = true
		other := suites[0]
		if other == suite {
			other = suites[1]
		}
		_, err = Verified(h, bodiesOf(other, lines), key.Public())
		require.ErrorIs(t, err, install.ErrSignature, "bodies hashed by the other suite")
		h.Suite = other
		_, err = Verified(h, bodiesOf(other, lines), key.Public())
		require.ErrorIs(t, err, install.ErrSignature, "a header of the other suite")
		h.Suite = "none"
		_, err = Verified(h, bodiesOf(suite, lines), key.Public())
		require.ErrorIs(t, err, install.ErrSuite)
	}
	require.Len(t, hashes, 2)
}

func TestStatementsNameTheirSuite(t *testing.T) {
	for _, suite := range suites {
		key, stranger := keyOf(t, suite), keyOf(t, suite)
		r := Receipt{Batch: "x", N: 3, Verdicts: map[string]string{"2": "held"}}.Signed(key)
		v := Via{Hash: "x", Taus: []int64{1, 2}, Refused: map[string]string{"1": "rule:a_b"}}.Signed(key)
		require.Equal(t, install.Unnamed(suite), r.Suite)
		require.Equal(t, install.Unnamed(suite), v.Suite)
		require.NoError(t, r.Verify(key.Public()))
		require.NoError(t, v.Verify(key.Public()))
		require.ErrorIs(t, r.Verify(stranger.Public()), install.ErrSignature)
		for _, named := range []string{"std", "gm", "none", ""} {
			if named == r.Suite {
				continue
			}
			r2, v2 := r, v
			r2.Suite, v2.Suite = named, named
			assert.Error(t, r2.Verify(key.Public()), "%q for %q", named, suite)
			assert.Error(t, v2.Verify(key.Public()), "%q for %q", named, suite)
		}
	}
}

// What is signed as one text must be readable one way only.
func TestStatementsWithTwoReadingsAreRefused(t *testing.T) {
	key := keyOf(t, install.SuiteStd)
	for why, m := range map[string]map[string]string{
		"a space in the code":    {"0": "held 1:held"},
		"a line in the code":     {"0": "held\nx"},
		"an index beyond":        {"2": "held"},
		"a negative index":       {"-1": "held"},
		"an index spelt twice":   {"01": "held"},
		"an index that is none":  {"x": "held"},
		"no code":                {"0": ""},
		"a code without end":     {"0": strings.Repeat("a", 101)},
		"an index with a sign":   {"+1": "held"},
		"a code in another case": {"0": "Held"},
	} {
		assert.ErrorIs(t, Receipt{N: 2, Verdicts: m}.Signed(key).Verify(key.Public()), ErrMalformed, why)
		assert.ErrorIs(t, Via{Taus: []int64{1, 2}, Refused: m}.Signed(key).Verify(key.Public()), ErrMalformed, why)
	}
	assert.ErrorIs(t, Via{Taus: []int64{-1}}.Signed(key).Verify(key.Public()), ErrMalformed)
	assert.ErrorIs(t, Via{Taus: []int64{1 << 54}}.Signed(key).Verify(key.Public()), ErrMalformed)
	assert.ErrorIs(t, Receipt{N: -1}.Signed(key).Verify(key.Public()), ErrMalformed)
	assert.ErrorIs(t, Receipt{N: MaxChanges + 1}.Signed(key).Verify(key.Public()), ErrMalformed)
}

func TestHeadersOfBadFormAreRefused(t *testing.T) {
	key := keyOf(t, install.SuiteStd)
	line := [][]byte{[]byte("{}")}
	some := BodyHash([]byte("x"))
	for why, h := range map[string]Header{
		"no number":                {No: 0, First: 1},
		"a huge number":            {No: 1<<53 + 1, First: 1, Prev: some},
		"first before one":         {No: 1, First: 0},
		"the first with a before":  {No: 1, First: 1, Prev: some},
		"the second with none":     {No: 2, First: 2},
		"a before of other length": {No: 2, First: 2, Prev: some[:20]},
		"a before with a line":     {No: 2, First: 2, Prev: some[:20] + "\n" + some[20:]},
		"a time before all":        {No: 1, First: 1, At: -1},
		"a time without end":       {No: 1, First: 1, At: 1 << 60},
		"an offset without end":    {No: 1, First: 1, Offset: -(1 << 60)},
		"a contact before all":     {No: 1, First: 1, Contact: -1},
	} {
		sealed, _ := Seal(key, h, line)
		_, err := Verified(sealed, bodiesOf(install.SuiteStd, line), key.Public())
		assert.ErrorIs(t, err, ErrMalformed, why)
	}
	sealed, _ := Seal(key, Header{No: 1, First: 1}, line)
	for _, sig := range []string{"", "x", sealed.Sig + "A", sealed.Sig[:40] + "\n" + sealed.Sig[40:]} {
		bad := sealed
		bad.Sig = sig
		_, err := Verified(bad, bodiesOf(install.SuiteStd, line), key.Public())
		assert.ErrorIs(t, err, ErrMalformed, "%q", sig)
	}
	_, err := Verified(sealed, nil, key.Public())
	assert.ErrorIs(t, err, ErrMalformed, "other bodies than it says")
}

func FuzzVerified(f *testing.F) {
	key := keyOf(f, install.SuiteStd)
	line := []byte("{}")
	h, _ := Seal(key, Header{No: 1, First: 1}, [][]byte{line})
	raw, err := json.Marshal(h)
	require.NoError(f, err)
	f.Add(raw)
	f.Fuzz(func(t *testing.T, raw []byte) {
		var h Header
		if json.Unmarshal(raw, &h, json.RejectUnknownMembers(true)) != nil {
			return
		}
		body := BodyHashOf(h.Suite, line)
		if _, err := Verified(h, []string{body}, key.Public()); err == nil {
			require.Equal(t, 9+1, strings.Count(h.Text([]string{body}), "\n"), "one reading")
		}
	})
}

func FuzzStatements(f *testing.F) {
	key := keyOf(f, install.SuiteGM)
	for _, v := range []any{Via{Hash: "x", Taus: []int64{1}}.Signed(key), Receipt{Batch: "x", N: 1}.Signed(key),
		Revocations{No: 1, List: []Revoked{{Install: key.ID(), No: 3, At: 4}}}.Signed(key)} {
		raw, err := json.Marshal(v)
		require.NoError(f, err)
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var v Via
		if json.Unmarshal(raw, &v, json.RejectUnknownMembers(true)) == nil && v.Verify(key.Public()) == nil {
			require.True(t, indexedOK(v.Refused, len(v.Taus)))
		}
		var r Receipt
		if json.Unmarshal(raw, &r, json.RejectUnknownMembers(true)) == nil && r.Verify(key.Public()) == nil {
			require.True(t, indexedOK(r.Verdicts, r.N))
		}
		var l Revocations
		if json.Unmarshal(raw, &l, json.RejectUnknownMembers(true)) == nil && l.Verify(key.Public()) == nil {
			require.Equal(t, 3+len(l.List), strings.Count(l.Text(), "\n"), "one reading")
		}
	})
}
