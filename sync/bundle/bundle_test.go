package bundle

import (
	"bytes"
	"compress/gzip"
	"crypto/ecdh"
	"encoding/hex"
	"encoding/json/v2"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/sync/install"
)

var update = flag.Bool("update", false, "write the test vectors anew")

type pair struct {
	key  *Key
	sign *install.Key
	cert string
}

func newPair(t testing.TB) pair {
	k, err := NewKey()
	require.NoError(t, err)
	s, err := install.NewKey()
	require.NoError(t, err)
	return pair{k, s, certOf(t, s)}
}

func certOf(t testing.TB, k *install.Key) string {
	text, err := install.Issue(k, install.Cert{Suite: k.Suite(), Install: k.ID(), Key: b64.EncodeToString(k.Public()), Kind: install.Township,
		Regions: []string{"500238101000"}, From: 1, Until: 4102444800000})
	require.NoError(t, err)
	return text
}

func (p pair) letter() Letter {
	box := p.key.Box(p.sign)
	return Letter{Kind: Push, ID: "AAAAAAAAAAAAAAAAAAAAAA", At: 1795500000000, Cert: p.cert, Box: &box, Ask: "f=500238101201%2C%2C0"}
}

func sealed(t testing.TB, from, to pair, content string) []byte {
	var out bytes.Buffer
	err := Seal(&out, to.key.Box(to.sign), from.sign, from.letter(), func(w io.Writer) error {
		_, err := io.WriteString(w, content)
		return err
	})
	require.NoError(t, err)
	return out.Bytes()
}

func sections(o *Opened) (list []string, err error) {
	err = o.Each(func(r io.Reader) error {
		b, err := io.ReadAll(r)
		list = append(list, string(b))
		return err
	})
	return list, err
}

func noise(n int) string {
	b := make([]byte, n)
	x := uint32(1)
	for i := range b {
		x = x*1664525 + 1013904223
		if b[i] = byte(x >> 24); b[i] == '\n' {
			b[i] = 'n'
		}
	}
	return string(b)
}

func TestWhatGoesInComesOut(t *testing.T) {
	a, b := newPair(t), newPair(t)
	cases := map[string][]string{
		"":                         nil,
		"one\n":                    {"one\n"},
		"one\ntwo\n\nthree\n":      {"one\ntwo\n", "three\n"},
		"one\n\n":                  {"one\n"},
		"\n\nx\n":                  {"", "", "x\n"},
		"cut":                      {"cut"},
		noise(300_000) + "\n\nz\n": {noise(300_000) + "\n", "z\n"},
	}
	for content, want := range cases {
		o, err := Open(sealed(t, a, b, content), b.key)
		require.NoError(t, err)
		require.Equal(t, a.sign.ID(), o.From.Install)
		require.Equal(t, a.letter().Ask, o.Letter.Ask)
		for range 2 {
			got, err := sections(o)
			require.NoError(t, err)
			require.Equal(t, want, got)
		}
	}
	for n := frame - 200; n < frame+200; n++ { // the last frame is full, over, or nearly so
		_, err := Open(sealed(t, a, b, noise(n)), b.key)
		require.NoError(t, err, n)
	}
}

func TestOnlyTheReceiverReads(t *testing.T) {
	a, b, c := newPair(t), newPair(t), newPair(t)
	file := sealed(t, a, b, "secret\n")
	require.NotContains(t, string(file), "secret")
	require.NotContains(t, string(file), a.sign.ID(), "nor who wrote it")
	_, err := Open(bytes.Clone(file), c.key)
	require.ErrorIs(t, err, ErrReceiver)
	_, err = Open(bytes.Clone(file), a.key)
	require.ErrorIs(t, err, ErrReceiver, "not even the sender")
}

func TestEveryCutAndEveryBitIsNoticed(t *testing.T) {
	a, b := newPair(t), newPair(t)
	file := sealed(t, a, b, noise(100)+"\n")
	for n := range file {
		_, err := Open(bytes.Clone(file[:n]), b.key)
		require.Error(t, err, "cut at %d", n)
		bad := bytes.Clone(file)
		bad[n] ^= 1 << (n % 8)
		_, err = Open(bad, b.key)
		require.Error(t, err, "bit flipped in byte %d", n)
		require.True(t, errors.Is(err, ErrDamaged) || errors.Is(err, ErrNoBundle) || errors.Is(err, ErrReceiver) || errors.Is(err, ErrSuite), "%v", err)
	}
	_, err := Open(append(bytes.Clone(file), 'x'), b.key)
	require.ErrorIs(t, err, ErrDamaged)
}

func TestFramesCannotBeLeftOutOrSwapped(t *testing.T) {
	a, b := newPair(t), newPair(t)
	file := sealed(t, a, b, noise(4*frame)+"\n")
	head := bytes.IndexByte(file, '\n') + 1
	at := func(n int) []byte { return file[head+n*(frame+tag) : head+(n+1)*(frame+tag)] }
	join := func(parts ...[]byte) []byte { return bytes.Join(append([][]byte{file[:head]}, parts...), nil) }
	rest := file[head+2*(frame+tag):]
	for name, bad := range map[string][]byte{"swapped": join(at(1), at(0), rest), "left out": join(at(0), rest), "twice": join(at(0), at(0), at(1), rest),
		"cut between frames": join(at(0), at(1))} {
		_, err := Open(bytes.Clone(bad), b.key)
		require.ErrorIs(t, err, ErrDamaged, name)
	}
	_, err := Open(bytes.Clone(join(at(0), at(1), rest)), b.key)
	require.NoError(t, err)
}

func TestALetterIsItsSenders(t *testing.T) {
	a, b, thief := newPair(t), newPair(t), newPair(t)
	stolen := a.letter() // his certificate, another's signature
	write := func(by *install.Key, l Letter) error {
		var out bytes.Buffer
		require.NoError(t, Seal(&out, b.key.Box(b.sign), by, l, func(io.Writer) error { return nil }))
		_, err := Open(out.Bytes(), b.key)
		return err
	}
	require.NoError(t, write(a.sign, stolen))
	require.ErrorIs(t, write(thief.sign, stolen), ErrSignature)
	other := thief.key.Box(thief.sign)
	stolen.Box = &other
	require.ErrorIs(t, write(a.sign, stolen), ErrSignature, "the answer would go to another")
	box := a.key.Box(a.sign)
	box.Key = other.Key
	stolen.Box = &box
	require.ErrorIs(t, write(a.sign, stolen), ErrSignature)
	bad := a.letter()
	bad.Kind = "other"
	require.ErrorIs(t, write(a.sign, bad), ErrDamaged)
}

func TestASenderOfTheOtherSuiteIsReadTheSame(t *testing.T) {
	a, b := newPair(t), newPair(t)
	var err error
	a.sign, err = install.NewKeyOf(install.SuiteGM)
	require.NoError(t, err)
	a.cert = certOf(t, a.sign)
	o, err := Open(sealed(t, a, b, "one\n"), b.key)
	require.NoError(t, err)
	require.Equal(t, install.SuiteGM, o.From.Suite)
	own, err := DerivedKey(a.sign)
	require.NoError(t, err)
	require.NoError(t, own.Box(a.sign).Verify(o.From))
}

func TestABombStopsAtTheLimit(t *testing.T) {
	a, b := newPair(t), newPair(t)
	zeros := make([]byte, 1<<20)
	var out bytes.Buffer
	err := Seal(&out, b.key.Box(b.sign), a.sign, a.letter(), func(w io.Writer) error {
		for range MaxUnpacked>>20 + 1 {
			if _, err := w.Write(zeros); err != nil {
				return err
			}
		}
		return nil
	})
	require.NoError(t, err)
	require.Less(t, out.Len(), 1<<20)
	_, err = Open(out.Bytes(), b.key)
	require.ErrorIs(t, err, ErrTooLarge)
	_, err = Open(make([]byte, MaxFile+1), b.key)
	require.ErrorIs(t, err, ErrTooLarge)
	o, err := Open(sealed(t, a, b, strings.Repeat("x\n\n", MaxSections+1)), b.key)
	require.NoError(t, err)
	_, err = sections(o)
	require.ErrorIs(t, err, ErrTooLarge)
}

func TestABoxKeyIsMadeOnceAndRead(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	one, err := LoadKey(dir)
	require.NoError(t, err)
	two, err := LoadKey(dir)
	require.NoError(t, err)
	require.True(t, one.private.Equal(two.private))
	info, err := os.Stat(filepath.Join(dir, "bundle.key"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	k, err := install.NewKey()
	require.NoError(t, err)
	d, err := DerivedKey(k)
	require.NoError(t, err)
	again, err := DerivedKey(k)
	require.NoError(t, err)
	require.True(t, d.private.Equal(again.private))
	require.NotEqual(t, k.Public(), d.private.PublicKey().Bytes())
}

// vectors are everything that another program needs to check itself.
type vectors struct {
	About    string   `json:"about"`
	BoxKey   string   `json:"box_private_hex"`
	Box      Box      `json:"box"`
	BoxCert  string   `json:"box_cert"`
	Once     string   `json:"once_private_hex"`
	Secret   string   `json:"shared_secret_hex"`
	Header   string   `json:"header"`
	Letter   Letter   `json:"letter"`
	Signed   string   `json:"letter_signed_text"`
	Sections []string `json:"sections"`
	File     string   `json:"file_b64"`
}

func TestVectors(t *testing.T) {
	path := filepath.Join("testdata", "vectors.json")
	if *update {
		writeVectors(t, path)
	}
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	var v vectors
	require.NoError(t, json.Unmarshal(raw, &v))
	secret, err := hex.DecodeString(v.BoxKey)
	require.NoError(t, err)
	key, err := ParseKey(secret)
	require.NoError(t, err)
	c, err := install.Parse(v.BoxCert)
	require.NoError(t, err)
	require.NoError(t, v.Box.Verify(c))
	file, err := b64.DecodeString(v.File)
	require.NoError(t, err)
	require.Equal(t, v.Header, string(file[:bytes.IndexByte(file, '\n')]))
	o, err := Open(file, key)
	require.NoError(t, err)
	assert.Equal(t, v.Letter, o.Letter)
	assert.Equal(t, v.Signed, o.Letter.text([]byte(v.Header), o.From.Suite))
	got, err := sections(o)
	require.NoError(t, err)
	assert.Equal(t, v.Sections, got)
}

func writeVectors(t *testing.T, path string) {
	a, b := newPair(t), newPair(t)
	once, err := ecdh.P256().NewPrivateKey(bytes.Repeat([]byte{7}, 32))
	require.NoError(t, err)
	v := vectors{About: "docs/sync.md §10. The letter is line 1 of the unpacked text, then an empty line, then the sections.",
		BoxKey: hex.EncodeToString(b.key.private.Bytes()), Box: b.key.Box(b.sign), BoxCert: b.cert, Once: hex.EncodeToString(once.Bytes()),
		Sections: []string{"{\"cert\":\"…\"}\n", "second\n"}}
	secret, err := once.ECDH(b.key.private.PublicKey())
	require.NoError(t, err)
	v.Secret = hex.EncodeToString(secret)
	var out bytes.Buffer
	require.NoError(t, seal(&out, v.Box, a.sign, a.letter(), once, func(w io.Writer) error {
		_, err := io.WriteString(w, strings.Join(v.Sections, "\n"))
		return err
	}))
	v.File = b64.EncodeToString(out.Bytes())
	v.Header = string(out.Bytes()[:bytes.IndexByte(out.Bytes(), '\n')])
	o, err := Open(out.Bytes(), b.key)
	require.NoError(t, err)
	v.Letter, v.Signed = o.Letter, o.Letter.text([]byte(v.Header), o.From.Suite)
	raw, err := json.Marshal(v)
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll("testdata", 0o755))
	require.NoError(t, os.WriteFile(path, append(raw, '\n'), 0o644))
}

// FuzzOpen changes files at will: no panic, and what opens is what was sealed.
func FuzzOpen(f *testing.F) {
	a, b := newPair(f), newPair(f)
	good := sealed(f, a, b, "one\n\ntwo\n")
	f.Add(good)
	f.Add([]byte(`{"bundle":1,"suite":"gm","to":"a","box":"b","key":"c"}` + "\n"))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, file []byte) {
		same := bytes.Equal(file, good)
		o, err := Open(file, b.key)
		if err == nil && !same {
			t.Fatalf("another file opened: %v", o.Letter)
		}
	})
}

// FuzzInside changes the unpacked text, as a sender with a right key may.
func FuzzInside(f *testing.F) {
	a := newPair(f)
	header := []byte("{}")
	line, err := json.Marshal(a.letter().signed(a.sign, header))
	require.NoError(f, err)
	f.Add(append(line, "\n\none\n\ntwo\n"...))
	f.Add([]byte("\n\n"))
	f.Fuzz(func(t *testing.T, plain []byte) {
		var z bytes.Buffer
		w := gzip.NewWriter(&z)
		w.Write(plain)
		w.Close()
		for _, packed := range [][]byte{z.Bytes(), plain} {
			o := &Opened{packed: packed}
			if o.read(header) == nil {
				_, _ = sections(o)
			}
		}
	})
}
