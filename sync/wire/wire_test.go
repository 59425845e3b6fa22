package wire_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cunju/sync/batch"
	"cunju/sync/install"
	"cunju/sync/wire"
)

const line1 = `{"id":"k2j4m6n8p0q2r4s","x":"AAECAwQFBgcICQoLDA0ODw","at":"2026-11-24T09:30:00.000+08:00","by":"s","form":1,"edits":[{"c":"notes","r":"aaaaaaaaaaaaaa1","base":"","set":{"region":"500238101201"}}]}`

func sealed(t testing.TB, lines ...string) (*wire.Sealed, *install.Key) {
	key, err := install.NewKey()
	require.NoError(t, err)
	raw := make([][]byte, len(lines))
	s := &wire.Sealed{}
	for i, l := range lines {
		raw[i] = []byte(l)
		s.Lines = append(s.Lines, wire.Line{Bytes: raw[i], Hash: batch.BodyHash(raw[i])})
	}
	s.Header, _ = batch.Seal(key, batch.Header{No: 1, First: 1, At: 1}, raw)
	return s, key
}

func read(r io.Reader) ([]wire.Item, error) {
	in := wire.NewReader(r)
	var items []wire.Item
	for {
		item, err := in.Next()
		if err != nil {
			return items, err
		}
		items = append(items, item)
	}
}

func TestABatchIsReadBackAsItWasWritten(t *testing.T) {
	s, key := sealed(t, line1, strings.Replace(line1, "r4s", "r4t", 1))
	s.Via = &batch.Via{Hash: "h", At: 5, Taus: []int64{1, 2}, Refused: map[string]string{"1": "rights"}}
	*s.Via = s.Via.Signed(key)
	var b bytes.Buffer
	require.NoError(t, wire.Write(&b, map[string]string{"cert": "a.b"}))
	require.NoError(t, wire.WriteBatch(&b, s))
	require.NoError(t, wire.WriteBatch(&b, s))
	items, err := read(&b)
	require.ErrorIs(t, err, io.EOF)
	require.Len(t, items, 3)
	require.Equal(t, "a.b", items[0].Cert)
	require.Equal(t, s, items[1].Batch)
	require.Equal(t, s, items[2].Batch)
}

func TestAnErasedBodyKeepsTheSignatureValid(t *testing.T) {
	s, key := sealed(t, line1, strings.Replace(line1, "r4s", "r4t", 1))
	s.Lines[1] = wire.Line{Hash: s.Lines[1].Hash, Erased: true}
	var b bytes.Buffer
	require.NoError(t, wire.WriteBatch(&b, s))
	items, err := read(&b)
	require.ErrorIs(t, err, io.EOF)
	_, err = batch.Verified(items[0].Batch.Header, items[0].Batch.Bodies(), key.Public())
	require.NoError(t, err)
}

func TestAStreamCutAtAnyByteGivesNoHalfBatch(t *testing.T) {
	s, _ := sealed(t, line1, strings.Replace(line1, "r4s", "r4t", 1))
	var b bytes.Buffer
	require.NoError(t, wire.WriteBatch(&b, s))
	whole := b.Bytes()
	for cut := 1; cut < len(whole); cut++ {
		items, err := read(bytes.NewReader(whole[:cut]))
		require.Empty(t, items, "cut at %d", cut)
		require.ErrorIs(t, err, io.ErrUnexpectedEOF, "cut at %d", cut)
	}
}

func TestWhatCannotBeReadIsRefusedAsAWhole(t *testing.T) {
	for name, text := range map[string]string{
		"a page":                    "<html>\n",
		"an unknown line":           `{"hello":1}` + "\n",
		"a header with more":        `{"batch":1,"n":1,"admin":true}` + "\n",
		"a header with a double":    `{"batch":1,"batch":1,"n":1}` + "\n",
		"a batch of nothing":        `{"batch":1,"n":0}` + "\n",
		"a batch of a million":      `{"batch":1,"n":1000000}` + "\n",
		"a header as list":          `[1]` + "\n",
		"a via of another length":   `{"batch":1,"suite":"std","install":"a","no":1,"prev":"","first":1,"n":1,"at":0,"offset":0,"contact":0,"sig":""}` + "\n{}\n" + `{"via":{"server":"","hash":"","at":0,"taus":[1,2],"sig":""}}` + "\n",
		"a line beyond the 256 KB ": strings.Repeat(" ", 300<<10) + "\n",
	} {
		_, err := read(strings.NewReader(text))
		require.True(t, errors.Is(err, wire.ErrMalformed) || errors.Is(err, wire.ErrTooLarge), "%s: %v", name, err)
	}
}

func TestAGzipBombStopsAtTheLimit(t *testing.T) {
	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	require.NoError(t, err)
	block := bytes.Repeat([]byte("{}\n"), 1<<20)
	for packed.Len() < 1<<20 {
		_, err := z.Write(block)
		require.NoError(t, err)
		require.NoError(t, z.Flush())
	}
	require.NoError(t, z.Close())
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r, err := wire.Packed(bytes.NewReader(packed.Bytes()), "gzip")
	require.NoError(t, err)
	n, err := io.Copy(io.Discard, r)
	runtime.ReadMemStats(&after)
	require.ErrorIs(t, err, wire.ErrTooLarge)
	require.LessOrEqual(t, n, int64(wire.MaxUnpacked))
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(16<<20))
}

func FuzzReader(f *testing.F) {
	s, _ := sealed(f, line1)
	var b bytes.Buffer
	require.NoError(f, wire.WriteBatch(&b, s))
	f.Add(b.Bytes())
	f.Add([]byte(`{"cert":"a.b"}` + "\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		items, err := read(bytes.NewReader(raw))
		if err == nil {
			t.Fatal("a reader ends with an error")
		}
		for _, i := range items {
			if i.Batch != nil && len(i.Batch.Lines) != i.Batch.Header.N {
				t.Fatal("half a batch")
			}
		}
	})
}
