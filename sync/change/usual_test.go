package change

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const usualLine = `{"id":"k2j4m6n8p0q2r4s","x":"AAECAwQFBgcICQoLDA0ODw","at":"2026-11-24T09:30:00.000+08:00","by":"staff","form":1,"edits":[` +
	`{"c":"notes","r":"aaaaaaaaaaaaaa1","base":"","set":{"region":"500238101201","text":"院坝会，讲土地","n":-3.25,"zero":0,"yes":true,"no":false,"gone":null}},` +
	`{"c":"notes","r":"aaaaaaaaaaaaaa2","base":"b","set":{"region":"500238101201"}}]}`

func TestAUsualLineIsReadWithoutTheStrictDecoderAndAlike(t *testing.T) {
	c, ok := usual([]byte(usualLine))
	require.True(t, ok)
	want, err := strict([]byte(usualLine))
	require.NoError(t, err)
	require.Equal(t, want, c)
}

func TestWhateverIsUnusualIsLeftToTheStrictDecoder(t *testing.T) {
	for name, change := range map[string][2]string{
		"a space":             {`,"x"`, `, "x"`},
		"another order":       {`"r":"aaaaaaaaaaaaaa1","base":""`, `"base":"","r":"aaaaaaaaaaaaaa1"`},
		"an escape":           {`土地`, `土\n地`},
		"a raw control":       {`土地`, "土\n地"},
		"a list":              {`null`, `[1]`},
		"an object":           {`null`, `{"a":1}`},
		"an exponent":         {`-3.25`, `1e3`},
		"a leading zero":      {`-3.25`, `03`},
		"a bare minus":        {`-3.25`, `-`},
		"a bare point":        {`-3.25`, `3.`},
		"a long number":       {`-3.25`, `123456789012345678`},
		"a key twice":         {`"zero"`, `"n"`},
		"a form with a point": {`"form":1`, `"form":1.5`},
		"a negative form":     {`"form":1`, `"form":-1`},
		"an unknown key":      {`"form":1`, `"form":1,"more":1`},
		"blobs":               {`]}`, `],"blobs":["a"]}`},
		"an end too many":     {`]}`, `]}}`},
		"half a character":    {`土`, "\xe5\x9c"},
	} {
		line := strings.Replace(usualLine, change[0], change[1], 1)
		if name == "blobs" || name == "an end too many" {
			line = strings.TrimSuffix(usualLine, change[0]) + change[1]
		}
		_, ok := usual([]byte(line))
		require.False(t, ok, name)
	}
	for cut := range usualLine {
		_, ok := usual([]byte(usualLine[:cut]))
		require.False(t, ok, "cut at %d", cut)
	}
}

// What the quick reader accepts, the strict one accepts too, and they read the same.
func FuzzUsual(f *testing.F) {
	f.Add([]byte(usualLine))
	f.Add([]byte(strings.Replace(usualLine, "-3.25", "1e3", 1)))
	f.Fuzz(func(t *testing.T, line []byte) {
		c, ok := usual(line)
		if !ok {
			return
		}
		want, err := strict(line)
		require.NoError(t, err)
		require.Equal(t, want, c)
	})
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for range b.N {
		if _, err := Parse([]byte(usualLine)); err != nil {
			b.Fatal(err)
		}
	}
}
