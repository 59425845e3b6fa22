package wire_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cunju/sync/wire"
)

func unpacked(t *testing.T, b []byte) string {
	z, err := gzip.NewReader(bytes.NewReader(b))
	require.NoError(t, err)
	z.Multistream(false) // browsers read one stream
	plain, err := io.ReadAll(z)
	require.NoError(t, err, "the checksum holds")
	return string(plain)
}

func TestPartsAndFreshLinesAreOneStream(t *testing.T) {
	long := strings.Repeat("村居法律顾问 every line again\n", 3000)
	for name, pieces := range map[string][]string{ // those that begin with + are parts
		"nothing":                 {},
		"fresh only":              {"one\n", "two\n"},
		"a part only":             {"+part\n"},
		"an empty part":           {"a\n", "+", "b\n"},
		"a part between":          {"one\n", "+part\n", "two\n"},
		"parts side by side":      {"+" + long, "+" + long, "+x\n"},
		"alike before and after":  {long, "+" + long, long, "+" + long, long},
		"a byte before and after": {"a", "+" + long, "b"},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			p := wire.NewPacker(&b)
			want := ""
			for _, s := range pieces {
				text, ready := strings.CutPrefix(s, "+")
				want += text
				if !ready {
					_, err := io.WriteString(p, text)
					require.NoError(t, err)
					continue
				}
				part, err := wire.Pack([]byte(text))
				require.NoError(t, err)
				require.NoError(t, p.Put(part))
				require.NoError(t, p.Put(part), "any number of times")
				want += text
			}
			require.NoError(t, p.Close())
			require.Equal(t, want, unpacked(t, b.Bytes()))
		})
	}
}
