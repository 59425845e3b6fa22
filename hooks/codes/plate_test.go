package codes

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func plate(t *testing.T) PlateCode {
	t.Helper()
	p, ok := MakePlate(testKey, "500238101201", 1058)
	require.True(t, ok)
	return p
}

func TestPlateReturns(t *testing.T) {
	p := plate(t)
	assert.Equal(t, 29, PlateChars)
	assert.Len(t, p.Text(), PlateChars)
	for _, text := range []string{p.Text(), strings.ToLower(p.Text())} {
		got, err := ParsePlate(text)
		require.NoError(t, err)
		assert.Equal(t, p, got)
		assert.True(t, got.Verify(testKey))
		assert.False(t, got.Verify(nil))
	}
	assert.Equal(t, "HTTPS://A.CN/V/"+p.Text(), p.URL("https://a.cn/"))
	_, err := Parse(p.Text())
	assert.ErrorIs(t, err, ErrCode, "no plate is a rating code")
	for _, c := range samples() {
		_, err := ParsePlate(c.Text())
		assert.ErrorIs(t, err, ErrCode, "and the reverse")
	}
}

func TestEverySingleBitOfAPlateMatters(t *testing.T) {
	raw, err := encoding.DecodeString(plate(t).Text())
	require.NoError(t, err)
	for i := range len(raw) * 8 {
		b := append([]byte(nil), raw...)
		b[i/8] ^= 1 << (i % 8)
		got, err := ParsePlate(encoding.EncodeToString(b))
		assert.False(t, err == nil && got.Verify(testKey), "bit %d", i)
	}
}

func TestNoPlateWithoutAVillage(t *testing.T) {
	for _, region := range []string{"", "50023810120", "5002381012011", "50023810120x", "-50023810120"} {
		_, ok := MakePlate(testKey, region, 0)
		assert.False(t, ok, region)
	}
	full := append([]byte{0x2d, 0xff, 0xff, 0xff, 0xff, 0xff}, make([]byte, 12)...)
	_, err := ParsePlate(encoding.EncodeToString(full))
	assert.ErrorIs(t, err, ErrCode, "a number of 13 digits")
}

func FuzzParsePlate(f *testing.F) {
	f.Add("FVZHGZ2X")
	f.Fuzz(func(t *testing.T, in string) {
		if p, err := ParsePlate(in); err == nil && p.Text() != strings.ToUpper(in) {
			t.Fatalf("%q came back as %q", in, p.Text())
		}
	})
}
