package batch

import (
	"sort"
	"strconv"
	"strings"

	"cunju/sync/install"
)

// Via is what a forwarding node decided about another install's batch. Refused holds, by index, the code of
// a refusal, or "held".
type Via struct {
	Suite   string            `json:"suite,omitempty"` // left out for std
	Server  string            `json:"server"`
	Hash    string            `json:"hash"`
	At      int64             `json:"at"`
	Taus    []int64           `json:"taus"`
	Refused map[string]string `json:"refused,omitempty"`
	Sig     string            `json:"sig"`
}

// Text is what a Via signs.
func (v Via) Text() string {
	taus := make([]string, len(v.Taus))
	for i, t := range v.Taus {
		taus[i] = strconv.FormatInt(t, 10)
	}
	return strings.Join([]string{install.Title("cunju via v1", v.Suite), v.Hash, v.Server, strconv.FormatInt(v.At, 10),
		strings.Join(taus, " "), indexed(v.Refused)}, "\n")
}

// Signed returns v signed by the node.
func (v Via) Signed(k *install.Key) Via {
	v.Suite, v.Server = install.Unnamed(k.Suite()), k.ID()
	v.Sig = b64.EncodeToString(k.Sign(v.Text()))
	return v
}

// Verify checks form and signature.
func (v Via) Verify(public []byte) error {
	for _, t := range v.Taus {
		if t < 0 || t > maxNumber {
			return ErrMalformed
		}
	}
	if v.At < 0 || v.At > maxNumber || !indexedOK(v.Refused, len(v.Taus)) {
		return ErrMalformed
	}
	return verify(v.Suite, public, v.Text(), v.Sig)
}

// verify checks the signature of a statement that leaves its suite out when it is std.
func verify(suite string, public []byte, text, sig64 string) error {
	sig, err := install.Decode64(sig64)
	if err != nil || suite == install.SuiteStd {
		return install.ErrSignature
	}
	return install.Verify(install.Named(suite), public, text, sig)
}

// Levels of a receipt.
const (
	LevelTownship = "township"
	LevelCity     = "city"
)

// Receipt is a server's signed statement that a batch is durable with it.
// Verdicts lists, by index, only what is not "applied".
type Receipt struct {
	Suite    string            `json:"suite,omitempty"` // left out for std
	Batch    string            `json:"batch"`
	Install  string            `json:"install"`
	No       int64             `json:"no"`
	Level    string            `json:"level"`
	Server   string            `json:"server"`
	Epoch    string            `json:"epoch"`
	At       int64             `json:"at"`
	N        int               `json:"n"`
	Verdicts map[string]string `json:"verdicts,omitempty"`
	Sig      string            `json:"sig"`
}

// Text is what a receipt signs.
func (r Receipt) Text() string {
	return strings.Join([]string{install.Title("cunju receipt v1", r.Suite), r.Batch, r.Level, r.Server, r.Epoch,
		strconv.FormatInt(r.At, 10), strconv.Itoa(r.N), indexed(r.Verdicts)}, "\n")
}

// Signed returns r signed by the server.
func (r Receipt) Signed(k *install.Key) Receipt {
	r.Suite, r.Server = install.Unnamed(k.Suite()), k.ID()
	r.Sig = b64.EncodeToString(k.Sign(r.Text()))
	return r
}

// Verify checks form and signature.
func (r Receipt) Verify(public []byte) error {
	if r.N < 0 || r.N > MaxChanges || r.At < 0 || r.At > maxNumber || !indexedOK(r.Verdicts, r.N) {
		return ErrMalformed
	}
	return verify(r.Suite, public, r.Text(), r.Sig)
}

// indexed writes "3:code 12:code" by rising index, as both signed texts do.
func indexed(m map[string]string) string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(a, b int) bool {
		if len(keys[a]) != len(keys[b]) {
			return len(keys[a]) < len(keys[b])
		}
		return keys[a] < keys[b]
	})
	for i, k := range keys {
		keys[i] = k + ":" + m[k]
	}
	return strings.Join(keys, " ")
}

// maxCode is the longest verdict or refusal code.
const maxCode = 100

// indexedOK tells whether m can be read only one way in a signed text: whole indexes
// below n, and codes without a space.
func indexedOK(m map[string]string, n int) bool {
	for k, code := range m {
		i, err := strconv.Atoi(k)
		if err != nil || i < 0 || i >= n || strconv.Itoa(i) != k || code == "" || len(code) > maxCode {
			return false
		}
		if strings.ContainsFunc(code, func(r rune) bool {
			return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_' && r != ':' && r != '-' && r != '.'
		}) {
			return false
		}
	}
	return true
}
