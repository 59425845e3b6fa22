package identity_test

import (
	"encoding/json"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/hooks/fault"
	"cunju/hooks/identity"
)

var today = time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)

type vector struct {
	Input      string `json:"input"`
	Valid      bool   `json:"valid"`
	Normalized string `json:"normalized"`
	Reason     string `json:"reason"`
	Area       string `json:"area"`
	Birth      string `json:"birth"`
	Sex        string `json:"sex"`
	Plausible  *bool  `json:"plausible"`
	OldForm    bool   `json:"old_form"`
}

func vectors(t *testing.T) (ids, codes, phones []vector) {
	t.Helper()
	raw, err := os.ReadFile("testdata/vectors.json")
	require.NoError(t, err)
	var file struct {
		IDs    []vector `json:"identity_numbers"`
		Codes  []vector `json:"credit_codes"`
		Phones []vector `json:"phones"`
	}
	require.NoError(t, json.Unmarshal(raw, &file))
	require.Len(t, file.IDs, 72)
	require.Len(t, file.Codes, 26)
	require.Len(t, file.Phones, 50)
	return file.IDs, file.Codes, file.Phones
}

// refused asserts the fault and the problem that a vector names.
func refused(t *testing.T, err error, code string, v vector) {
	t.Helper()
	require.ErrorIs(t, err, fault.New(code), v.Input)
	var problem identity.Problem
	require.True(t, errors.As(err, &problem), v.Input)
	assert.Equal(t, v.Reason, string(problem), v.Input)
	if v.Input != "" {
		assert.NotContains(t, err.Error(), v.Input, "the number must not reach a log")
	}
}

func TestIdentityNumbers(t *testing.T) {
	ids, _, _ := vectors(t)
	ids = append(ids, vector{Input: "11010519491231002X", Valid: true, Normalized: "11010519491231002X", Birth: "1949-12-31", Sex: "female"})
	for _, v := range ids {
		id, err := identity.ParseID18(v.Input, today)
		if !v.Valid {
			refused(t, err, "id_check_digit", v)
			continue
		}
		require.NoError(t, err, v.Input)
		assert.Equal(t, v.Normalized, id.Number)
		assert.Equal(t, v.Birth, id.Birth.Format(time.DateOnly), v.Input)
		assert.Equal(t, v.OldForm, id.Old, v.Input)
		assert.Equal(t, v.Plausible == nil || *v.Plausible, id.Plausible(), v.Input)
		if v.Sex != "" {
			assert.Equal(t, v.Sex == "male", id.Male, v.Input)
		}
		if v.Area != "" {
			assert.Equal(t, v.Area, id.Area)
		}
	}
}

func TestCreditCodes(t *testing.T) {
	_, codes, _ := vectors(t)
	codes = append(codes, vector{Input: "91350100M000100Y43", Valid: true, Normalized: "91350100M000100Y43"})
	for _, v := range codes {
		code, err := identity.ParseUSCC(v.Input)
		if !v.Valid {
			refused(t, err, "uscc_check", v)
			continue
		}
		require.NoError(t, err, v.Input)
		want := v.Normalized
		if want == "" {
			want = v.Input
		}
		assert.Equal(t, want, code)
	}
}

func TestPhones(t *testing.T) {
	_, _, phones := vectors(t)
	for _, v := range append(phones,
		vector{Input: "（０２３）６０００００００", Valid: true, Normalized: "023-60000000"},
		vector{Input: "0830-2000000", Valid: true, Normalized: "0830-2000000"},
		vector{Input: "400 000 0000", Valid: true, Normalized: "4000000000"},
		vector{Input: "083020000", Reason: "length"},
	) {
		number, err := identity.ParsePhone(v.Input)
		if !v.Valid {
			refused(t, err, "phone_format", v)
			continue
		}
		require.NoError(t, err, v.Input)
		assert.Equal(t, v.Normalized, number)
	}
}

func TestMaskName(t *testing.T) {
	for name, want := range map[string]string{
		"": "", "张三": "张某", " 李四光 ": "李某", "欧阳修": "欧阳某", "欧阳": "欧某", "诸葛孔明": "诸葛某",
		"𠮷田": "𠮷某", "阿卜杜热合曼·买买提": "阿某", "John Smith": "J***", "张": "张某",
	} {
		assert.Equal(t, want, identity.MaskName(name), name)
	}
}

func TestMaskPhoneAndID(t *testing.T) {
	assert.Equal(t, "138****1234", identity.MaskPhone("13800001234"))
	assert.Equal(t, "023****5678", identity.MaskPhone("023-12345678"))
	assert.Equal(t, "****", identity.MaskPhone("12348"))
	assert.Empty(t, identity.MaskPhone(" "))
	assert.Equal(t, "110*************2X", identity.MaskID("11010519491231002X"))
	assert.Equal(t, "****", identity.MaskID("1101"))
	assert.Empty(t, identity.MaskID(""))
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"11010519491231002X", "91350100M000100Y43", "+86 138 0000 0000", "\u200b", "ＸＸ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if id, err := identity.ParseID18(s, today); err == nil {
			again, err := identity.ParseID18(id.Number, today)
			require.NoError(t, err)
			require.Equal(t, id.Number, again.Number)
		}
		if code, err := identity.ParseUSCC(s); err == nil {
			again, err := identity.ParseUSCC(code)
			require.NoError(t, err)
			require.Equal(t, code, again)
		}
		if phone, err := identity.ParsePhone(s); err == nil {
			again, err := identity.ParsePhone(phone)
			require.NoError(t, err)
			require.Equal(t, phone, again)
		}
		identity.MaskName(s)
		identity.MaskPhone(s)
		identity.MaskID(s)
	})
}
