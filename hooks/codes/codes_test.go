package codes

import (
	"crypto/rand"
	"math/bits"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	testKey   = []byte("0123456789abcdef0123456789abcdef")
	testAlias = [AliasSize]byte{0xa1, 0xb2, 0xc3, 0xd4}
	testHash  = [HashSize]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
)

func samples() map[string]Code {
	return map[string]Code{
		"rating":   Make(testKey, testAlias, 1058, "k2j4m6n8p0q2r4s"),
		"document": MakeDocument(testKey, testAlias, 1058, "k2j4m6n8p0q2r4s", testHash),
	}
}

func TestLengthsFitTheQR(t *testing.T) {
	assert.Equal(t, 39, RatingChars)
	assert.Equal(t, 58, DocumentChars)
	assert.Len(t, samples()["rating"].URL("https://12345.example.cn"), 8+16+3+39)
	assert.Equal(t, byte(0x25), samples()["rating"].Bytes()[0])
	assert.Equal(t, byte(0x29), samples()["document"].Bytes()[0])
}

func TestURLStaysAlphanumeric(t *testing.T) {
	for name, c := range samples() {
		for _, r := range c.URL("http://127.0.0.1:8091/") {
			assert.Contains(t, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:", string(r), name)
		}
	}
	assert.True(t, strings.HasPrefix(samples()["rating"].URL("http://127.0.0.1:8091"), "HTTP://127.0.0.1:8091/R/"))
	assert.True(t, strings.HasPrefix(samples()["document"].URL("https://a.cn"), "HTTPS://A.CN/D/"))
}

func TestTextReturns(t *testing.T) {
	for name, c := range samples() {
		for _, text := range []string{c.Text(), strings.ToLower(c.Text())} {
			got, err := Parse(text)
			require.NoError(t, err, name)
			assert.Equal(t, c, got)
			assert.True(t, got.Verify(testKey))
		}
	}
}

func TestEverySingleBitChangeIsRefused(t *testing.T) {
	for name, c := range samples() {
		raw := c.Bytes()
		for i := 0; i < len(raw)*8; i++ {
			b := append([]byte(nil), raw...)
			b[i/8] ^= 1 << (i % 8)
			got, err := Parse(encoding.EncodeToString(b))
			assert.False(t, err == nil && got.Verify(testKey), "%s bit %d", name, i)
		}
	}
}

func TestEveryOtherCharacterIsRefused(t *testing.T) {
	for name, c := range samples() {
		text := c.Text()
		for i := range text {
			for _, r := range "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" {
				if byte(r) == text[i] {
					continue
				}
				got, err := Parse(text[:i] + string(r) + text[i+1:])
				assert.False(t, err == nil && got.Verify(testKey), "%s char %d %c", name, i, r)
			}
		}
	}
}

func TestParseRefuses(t *testing.T) {
	text := samples()["rating"].Text()
	document := samples()["document"].Text()
	head := func(b byte) string {
		raw := samples()["rating"].Bytes()
		raw[0] = b
		return encoding.EncodeToString(raw)
	}
	for name, in := range map[string]string{
		"empty":                 "",
		"short":                 text[:38],
		"long":                  text + "A",
		"padding":               text + "=",
		"space":                 " " + text[1:],
		"line break":            text[:20] + "\n" + text[21:],
		"line break inside":     text[:20] + "\n" + text[20:38],
		"digit outside":         "1" + text[1:],
		"wide letter":           "\uff21" + text[3:],
		"version 0":             head(0<<5 | 1<<2 | 1),
		"version 2":             head(2<<5 | 1<<2 | 1),
		"kind 0":                head(1<<5 | 0<<2 | 1),
		"kind 2 with 24 bytes":  head(1<<5 | 2<<2 | 1),
		"plate":                 head(1<<5 | 3<<2 | 1),
		"suite 0":               head(1<<5 | 1<<2 | 0),
		"suite gm":              head(1<<5 | 1<<2 | 2),
		"document cut":          document[:57],
		"spare bits not zero":   text[:38] + string(rune(text[38]+1)),
		"a rating with 58 long": text + document[39:],
	} {
		_, err := Parse(in)
		assert.ErrorIs(t, err, ErrCode, name)
	}
}

func TestTypedForgives(t *testing.T) {
	want := Code{Kind: Rating, Day: 0x739c, Alias: [4]byte{0x72, 0x11, 0x31, 0x40}}
	want.MAC = want.seal(testKey)
	text := want.Text()
	require.Contains(t, text, "O")
	wide := strings.Map(func(r rune) rune { return r - '0' + '\uff10' }, text)
	for name, in := range map[string]string{
		"as printed":      text,
		"groups of four":  strings.Join(groups(text), " "),
		"hyphens":         strings.Join(groups(strings.ToLower(text)), "-"),
		"zero for O":      strings.ReplaceAll(text, "O", "0"),
		"whole address":   " HTTPS://A.CN/R/" + text + "\n",
		"full width":      wide,
		"wide space":      strings.Join(groups(text), "\u3000"),
		"long dash typed": strings.Join(groups(text), "\u2014"),
	} {
		got, err := Typed(in)
		require.NoError(t, err, name)
		assert.Equal(t, want, got, name)
	}
	for _, in := range []string{"", "A", strings.Repeat(" ", MaxTyped+1) + text, text + "?"} {
		_, err := Typed(in)
		assert.ErrorIs(t, err, ErrCode)
	}
}

func TestGroupedIsTyped(t *testing.T) {
	for name, c := range samples() {
		grouped := Grouped(c.Text())
		assert.Equal(t, strings.Join(groups(c.Text()), " "), grouped)
		got, err := Typed(grouped)
		require.NoError(t, err, name)
		assert.Equal(t, c, got)
	}
	assert.Empty(t, Grouped(""))
}

func groups(text string) []string {
	var out []string
	for len(text) > 4 {
		out, text = append(out, text[:4]), text[4:]
	}
	return append(out, text)
}

func TestAnotherKeyDoesNotVerify(t *testing.T) {
	other := append([]byte(nil), testKey...)
	other[0] ^= 1
	for name, c := range samples() {
		assert.False(t, c.Verify(other), name)
		assert.False(t, c.Verify(nil), name)
	}
}

func TestKindsDoNotStandForEachOther(t *testing.T) {
	c := samples()["rating"]
	c.Kind = Document
	assert.False(t, c.Verify(testKey))
}

func TestDayIsTheDateInShanghai(t *testing.T) {
	for in, want := range map[string]uint16{
		"2024-01-01T00:00:00+08:00": 0,
		"2023-12-31T16:00:00Z":      0,
		"2024-01-01T15:59:59Z":      0,
		"2024-01-01T16:00:00Z":      1,
		"2026-11-24T09:30:00+08:00": 1058,
		"2026-12-31T23:59:59+08:00": 1095,
		"2027-01-01T00:00:00+08:00": 1096,
	} {
		at, err := time.Parse(time.RFC3339, in)
		require.NoError(t, err)
		day, ok := Day(at)
		assert.True(t, ok, in)
		assert.Equal(t, want, day, in)
	}
	for _, in := range []string{"2023-12-31T15:59:59Z", "1970-01-01T00:00:00Z", "2203-12-31T00:00:00Z"} {
		at, err := time.Parse(time.RFC3339, in)
		require.NoError(t, err)
		_, ok := Day(at)
		assert.False(t, ok, in)
	}
	assert.Equal(t, 2026, Year(1095))
	assert.Equal(t, 2027, Year(1096))
}

func TestEveryDayReturns(t *testing.T) {
	for day := range uint16(0xffff) {
		got, ok := Day(Date(day))
		require.True(t, ok)
		require.Equal(t, day, got)
	}
}

func TestWindow(t *testing.T) {
	for _, c := range []struct {
		day, today uint16
		want       bool
	}{
		{100, 100, true}, {101, 100, true}, {102, 100, false},
		{55, 100, true}, {54, 100, false}, {0, 10, true}, {0, 46, false}, {65535, 0, false},
	} {
		assert.Equal(t, c.want, InWindow(c.day, c.today), "%+v", c)
	}
}

func TestKeysDifferByTownshipInstallAndYear(t *testing.T) {
	seen := map[string]bool{}
	for _, town := range []string{"aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb"} {
		for _, year := range []int{2026, 2027} {
			k, err := DeriveTownship(testKey, town, year)
			require.NoError(t, err)
			require.Len(t, k, KeySize)
			for _, install := range []string{"aaaaaaaaaaaaaaaa", "cccccccccccccccc"} {
				i, err := DeriveInstall(k, install, year)
				require.NoError(t, err)
				seen[string(i)] = true
			}
			seen[string(k)] = true
		}
	}
	assert.Len(t, seen, 4+8)
}

func TestBitsOfATagLookRandom(t *testing.T) {
	ones, n := 0, 2000
	for range n {
		for _, b := range Tag(testKey, rand.Text()) {
			ones += bits.OnesCount8(b)
		}
	}
	assert.InDelta(t, 0.5, float64(ones)/float64(n*TagSize*8), 0.02)
}

func FuzzParse(f *testing.F) {
	for _, c := range samples() {
		f.Add(c.Text())
		f.Add(strings.ToLower(c.Text()))
		f.Add(c.URL("https://a.cn"))
	}
	f.Add("\uff21\u3000-")
	f.Fuzz(func(t *testing.T, in string) {
		if c, err := Parse(in); err == nil && c.Text() != strings.ToUpper(in) {
			t.Fatalf("%q came back as %q", in, c.Text())
		}
		if c, err := Typed(in); err == nil {
			if again, err := Parse(c.Text()); err != nil || again != c {
				t.Fatalf("%q typed is %q", in, c.Text())
			}
		}
	})
}
