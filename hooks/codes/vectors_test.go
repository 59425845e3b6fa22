package codes

import (
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write testdata/vectors.json anew")

const vectorFile = "testdata/vectors.json"

// vectors is the file that Go and the phone's JavaScript both pass. Binary
// values are hexadecimal.
type vectors struct {
	Note    string         `json:"note"`
	Keys    []keyVector    `json:"keys"`
	Days    []dayVector    `json:"days"`
	Codes   []codeVector   `json:"codes"`
	Typed   []typedVector  `json:"typed"`
	Refused []string       `json:"refused"`
	Forged  []string       `json:"forged"`
	Windows []windowVector `json:"windows"`
	Plates  []plateVector  `json:"plates"`
}

type plateVector struct {
	Township string `json:"township_key"`
	Year     int    `json:"year"`
	Key      string `json:"key"`
	Region   string `json:"region"`
	Day      uint16 `json:"day"`
	MAC      string `json:"mac"`
	Text     string `json:"text"`
	Base     string `json:"base"`
	URL      string `json:"url"`
}

func plateVectors(t *testing.T, township string) (out []plateVector) {
	town, err := hex.DecodeString(township)
	require.NoError(t, err)
	for _, v := range []plateVector{{Region: "500238101201", Day: 1058}, {Region: "110101001001", Day: 0}, {Region: "999999999999", Day: 65535}} {
		v.Township, v.Year, v.Base = township, Year(v.Day), "https://code.example.cn"
		key, err := DerivePlate(town, v.Year)
		require.NoError(t, err)
		p, ok := MakePlate(key, v.Region, v.Day)
		require.True(t, ok)
		v.Key, v.MAC, v.Text, v.URL = hex.EncodeToString(key), hex.EncodeToString(p.MAC[:]), p.Text(), p.URL(v.Base)
		out = append(out, v)
	}
	return out
}

type keyVector struct {
	City        string `json:"city"`
	Township    string `json:"township"`
	Install     string `json:"install"`
	Year        int    `json:"year"`
	TownshipKey string `json:"township_key"`
	Key         string `json:"key"`
}

type dayVector struct {
	At   string `json:"at"`
	Day  uint16 `json:"day"`
	Year int    `json:"year"`
}

type codeVector struct {
	Kind    Kind   `json:"kind"`
	Key     string `json:"key"`
	Alias   string `json:"alias"`
	Day     uint16 `json:"day"`
	Service string `json:"service"`
	Hash    string `json:"hash,omitempty"`
	Tag     string `json:"tag"`
	MAC     string `json:"mac"`
	Bytes   string `json:"bytes"`
	Text    string `json:"text"`
	Base    string `json:"base"`
	URL     string `json:"url"`
}

type typedVector struct {
	In   string `json:"in"`
	Text string `json:"text"`
}

type windowVector struct {
	Day   uint16 `json:"day"`
	Today uint16 `json:"today"`
	OK    bool   `json:"ok"`
}

func TestVectors(t *testing.T) {
	got, err := json.MarshalIndent(makeVectors(t), "", " ")
	require.NoError(t, err)
	got = append(got, '\n')
	if *update {
		require.NoError(t, os.WriteFile(vectorFile, got, 0o644))
	}
	want, err := os.ReadFile(vectorFile)
	require.NoError(t, err)
	assert.Equal(t, string(want), string(got), "run with -update when a change is meant")
}

// TestVectorsAreRead checks the file through the reading side alone.
func TestVectorsAreRead(t *testing.T) {
	raw, err := os.ReadFile(vectorFile)
	require.NoError(t, err)
	var v vectors
	require.NoError(t, json.Unmarshal(raw, &v))
	require.NotEmpty(t, v.Codes)
	for _, c := range v.Codes {
		key, err := hex.DecodeString(c.Key)
		require.NoError(t, err)
		got, err := Parse(c.Text)
		require.NoError(t, err)
		assert.True(t, got.Verify(key))
		assert.Equal(t, c.Kind, got.Kind)
		assert.Equal(t, c.Alias, hex.EncodeToString(got.Alias[:]))
		assert.Equal(t, c.Day, got.Day)
		assert.Equal(t, Tag(key, c.Service), got.Tag)
		assert.Equal(t, c.URL, got.URL(c.Base))
	}
	for _, in := range v.Refused {
		_, err := Parse(in)
		assert.ErrorIs(t, err, ErrCode, in)
	}
	for _, in := range v.Forged {
		c, err := Parse(in)
		require.NoError(t, err, in)
		for _, k := range v.Codes {
			key, _ := hex.DecodeString(k.Key)
			assert.False(t, c.Verify(key), in)
		}
	}
	for _, v := range v.Plates {
		key, err := hex.DecodeString(v.Key)
		require.NoError(t, err)
		p, err := ParsePlate(v.Text)
		require.NoError(t, err)
		assert.True(t, p.Verify(key))
		assert.Equal(t, v.Region, p.Region)
		assert.Equal(t, v.Day, p.Day)
	}
	for _, typed := range v.Typed {
		c, err := Typed(typed.In)
		require.NoError(t, err, typed.In)
		assert.Equal(t, typed.Text, c.Text())
	}
}

func makeVectors(t *testing.T) vectors {
	v := vectors{Note: "Synthetic. Codes R1, D1 and of plates, see hooks/codes. Binary values are hexadecimal."}
	var keys [][]byte
	for i, in := range []keyVector{
		{City: strings.Repeat("00", 32), Township: "aaaaaaaaaaaaaaaa", Install: "bbbbbbbbbbbbbbbb", Year: 2026},
		{City: strings.Repeat("00", 32), Township: "aaaaaaaaaaaaaaaa", Install: "bbbbbbbbbbbbbbbb", Year: 2027},
		{City: strings.Repeat("5a", 32), Township: "k4w7q2m3n5p6r7s2", Install: "z2y3x4w5v6u7t2s3", Year: 2026},
	} {
		city, err := hex.DecodeString(in.City)
		require.NoError(t, err)
		town, err := DeriveTownship(city, in.Township, in.Year)
		require.NoError(t, err)
		key, err := DeriveInstall(town, in.Install, in.Year)
		require.NoError(t, err)
		in.TownshipKey, in.Key = hex.EncodeToString(town), hex.EncodeToString(key)
		keys = append(keys, key)
		v.Keys = append(v.Keys, in)
		v.Codes = append(v.Codes, ratingVector(key, [4]byte{byte(i), 0xb2, 0xc3, 0xd4}, uint16(1058+38*i), "k2j4m6n8p0q2r4s"))
	}
	v.Codes = append(v.Codes,
		ratingVector(keys[2], [4]byte{0xff, 0xff, 0xff, 0xff}, 65535, "zzzzzzzzzzzzzzz"),
		ratingVector(keys[2], [4]byte{}, 0, "000000000000000"),
		documentVector(keys[2], [4]byte{0xde, 0xad, 0xbe, 0xef}, 1058, "k2j4m6n8p0q2r4s", testHash))
	v.Days = dayVectors(t)
	v.Typed, v.Refused, v.Forged = textVectors(v.Codes[0].Text)
	for _, w := range []windowVector{{Day: 1058, Today: 1058}, {Day: 1059, Today: 1058}, {Day: 1060, Today: 1058}, {Day: 1013, Today: 1058}, {Day: 1012, Today: 1058}} {
		w.OK = InWindow(w.Day, w.Today)
		v.Windows = append(v.Windows, w)
	}
	v.Plates = plateVectors(t, v.Keys[0].TownshipKey)
	return v
}

func dayVectors(t *testing.T) []dayVector {
	var out []dayVector
	for _, at := range []string{
		"2024-01-01T00:00:00+08:00", "2024-02-29T12:00:00+08:00", "2026-11-24T09:30:00.000+08:00",
		"2026-11-24T15:59:59Z", "2026-11-24T16:00:00Z", "2026-12-31T23:59:59+08:00", "2026-12-31T16:00:00Z",
	} {
		when, err := time.Parse(time.RFC3339, at)
		require.NoError(t, err)
		day, ok := Day(when)
		require.True(t, ok)
		out = append(out, dayVector{At: at, Day: day, Year: Year(day)})
	}
	return out
}

func textVectors(text string) (typed []typedVector, refused, forged []string) {
	for _, in := range []string{
		text, strings.ToLower(text), strings.Join(groups(text), "-"), strings.Join(groups(text), " "), "HTTPS://A.CN/R/" + text,
	} {
		typed = append(typed, typedVector{In: in, Text: text})
	}
	last := string(rune(text[38] + 1)) // a spare bit set
	refused = []string{
		"", text[:38], text + "A", text + "=", text[:38] + last, "1" + text[1:], " " + text[1:],
	}
	raw, _ := encoding.DecodeString(text)
	for _, head := range []byte{0x05, 0x45, 0x21, 0x29, 0x2d, 0x31, 0x24, 0x26, 0x27} { // version, kind, suite
		refused = append(refused, encoding.EncodeToString(append([]byte{head}, raw[1:]...)))
	}
	for _, i := range []int{3, 9, 15, 30, 37} {
		r := byte('A')
		if text[i] == 'A' {
			r = 'B'
		}
		forged = append(forged, text[:i]+string(r)+text[i+1:])
	}
	return typed, refused, forged
}

func ratingVector(key []byte, alias [4]byte, day uint16, service string) codeVector {
	return describe(Make(key, alias, day, service), key, service)
}

func documentVector(key []byte, alias [4]byte, day uint16, service string, hash [HashSize]byte) codeVector {
	v := describe(MakeDocument(key, alias, day, service, hash), key, service)
	v.Hash = hex.EncodeToString(hash[:])
	return v
}

func describe(c Code, key []byte, service string) codeVector {
	base := "https://code.example.cn"
	if c.Day == 1058 {
		base = "http://127.0.0.1:8091"
	}
	return codeVector{
		Kind: c.Kind, Key: hex.EncodeToString(key), Alias: hex.EncodeToString(c.Alias[:]), Day: c.Day, Service: service,
		Tag: hex.EncodeToString(c.Tag[:]), MAC: hex.EncodeToString(c.MAC[:]), Bytes: hex.EncodeToString(c.Bytes()),
		Text: c.Text(), Base: base, URL: c.URL(base),
	}
}
