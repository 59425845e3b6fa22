package ratings

import (
	"encoding/json/v2"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/sync/engine"
)

func goodRating() map[string]any {
	return map[string]any{"region": "500238101000", "tag": "00112233445566", "install_alias": "a1b2c3d4", "day": 1058.0,
		"grade": 2.0, "reasons": []any{"slow", "unclear"}, "remark": "等了三天\n没讲明白", "call_back_phone": "13800138000",
		"assisted_by": "family", "flags": []any{"voice:0011223344556677", "late"},
		"rated_at": "2026-11-24T10:00:00.000+08:00", "origin": "township"}
}

func TestCheck(t *testing.T) {
	tau := time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC).UnixMilli()
	cases := []struct {
		name, field string
		value       any
		want        string
	}{
		{"as it should be", "grade", 2.0, ""},
		{"whole number as Go has it", "grade", 5, ""},
		{"no remark", "remark", "", ""},
		{"nothing optional", "reasons", nil, ""},
		{"region of a village", "region", "500238101201", "rule:region"},
		{"region missing", "region", "", "rule:region"},
		{"tag in capitals", "tag", "AABBCCDDEEFF00", "rule:code"},
		{"tag too short", "tag", "00", "rule:code"},
		{"alias of another form", "install_alias", "g0000000", "rule:code"},
		{"half a day", "day", 1.5, "rule:day"},
		{"day below zero", "day", -1.0, "rule:day"},
		{"day as text", "day", "1058", "rule:day"},
		{"grade 0", "grade", 0.0, "rule:grade"},
		{"grade 6", "grade", 6.0, "rule:grade"},
		{"grade 4.5", "grade", 4.5, "rule:grade"},
		{"grade that is no number", "grade", math.NaN(), "rule:grade"},
		{"reason unknown", "reasons", []any{"ugly"}, "rule:reasons"},
		{"reason twice", "reasons", []any{"slow", "slow"}, "rule:reasons"},
		{"reasons no list", "reasons", map[string]any{"slow": true}, "rule:reasons"},
		{"remark too long", "remark", strings.Repeat("好", MaxRemark+1), "rule:remark"},
		{"remark as long as allowed", "remark", strings.Repeat("𬭩", MaxRemark), ""},
		{"remark that runs backwards", "remark", "a\u202eb", "rule:remark"},
		{"phone with letters", "call_back_phone", "call me", "rule:phone"},
		{"helper unknown", "assisted_by", "stranger", "rule:assisted_by"},
		{"the counsel helped", "assisted_by", "counsel", ""},
		{"flag unknown", "flags", []any{"vip"}, "rule:flags"},
		{"voice of another form", "flags", []any{"voice:xyz"}, "rule:flags"},
		{"voice twice", "flags", []any{"voice:0011223344556677", "voice:0011223344556677"}, "rule:flags"},
		{"time without zone", "rated_at", "2026-11-24T10:00:00", "rule:rated_at"},
		{"time to come", "rated_at", "2026-11-25T10:00:01.000+08:00", "rule:rated_at"},
		{"origin unknown", "origin", "phone", "rule:origin"},
	}
	for _, c := range cases {
		set := goodRating()
		set[c.field] = c.value
		assert.Equal(t, c.want, Check(engine.Proposed{Set: set, Node: true, Tau: tau}), c.name)
	}
	assert.Equal(t, "rights", Check(engine.Proposed{Set: goodRating(), Tau: tau}), "a phone may not rate")
	assert.Equal(t, "frozen", Check(engine.Proposed{Set: goodRating(), Node: true, Tau: tau, Current: goodRating()}))
}

func TestFlagsReturn(t *testing.T) {
	for i := range 32 {
		f := Flags{SecondVoice: i&1 > 0, Amends: i&2 > 0, Late: i&4 > 0, Crowd: i&8 > 0}
		if i&16 > 0 {
			f.Voice = "00112233445566ff"
		}
		raw, err := json.Marshal(f.List())
		require.NoError(t, err)
		got, ok := readFlags(string(raw))
		assert.True(t, ok)
		assert.Equal(t, f, got)
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"  好 \r\n 谢谢 ":           "好 \n 谢谢",
		"a\u202eb\u2066c":        "abc",
		"a\u200bb\ufeff":         "ab",
		"x\x00y\tz\x1b[31m":      "xyz[31m",
		"\xff坏":                  "坏",
		"王𬭩":                     "王𬭩",
		"a\u2028b":               "ab",
		"<b>好</b>":               "<b>好</b>",
		strings.Repeat("一", 501): strings.Repeat("一", 500),
	} {
		assert.Equal(t, want, Clean(in))
		assert.Equal(t, Clean(in), Clean(Clean(in)))
	}
}

func FuzzClean(f *testing.F) {
	f.Add("好\u202e\n x ")
	f.Fuzz(func(t *testing.T, in string) {
		got := Clean(in)
		if got != Clean(got) || !utf8.ValidString(got) || utf8.RuneCountInString(got) > MaxRemark {
			t.Fatalf("%q became %q", in, got)
		}
		set := goodRating()
		set["remark"] = got
		if code := Check(engine.Proposed{Set: set, Node: true}); code != "" {
			t.Fatalf("%q is refused: %s", got, code)
		}
	})
}

func TestPhone(t *testing.T) {
	for in, want := range map[string]string{
		"":                "",
		" 138 0013-8000 ": "13800138000",
		"１３８00138000":     "13800138000",
		"（023）5152 0000":  "02351520000",
		"+86 13800138000": "+8613800138000",
		"12348":           "12348",
	} {
		got, ok := Phone(in)
		assert.True(t, ok, in)
		assert.Equal(t, want, got)
	}
	for _, in := range []string{"1", "call me", "138001380001380013", "13800<b>", "=1+1"} {
		_, ok := Phone(in)
		assert.False(t, ok, in)
	}
}

// at makes a rating some days after the first moment of the tests.
func at(id string, days float64, grade int, voice string, more ...func(*Rating)) Rating {
	r := Rating{ID: id, Grade: grade, RatedAt: 1_000_000_000 + int64(days*dayMS), Origin: "township", Flags: Flags{Voice: voice}}
	for _, f := range more {
		f(&r)
	}
	return r
}

func late(r *Rating)      { r.Flags.Late = true }
func byCounsel(r *Rating) { r.AssistedBy = ByCounsel }
func atCity(r *Rating)    { r.Origin = "city" }

func TestDecide(t *testing.T) {
	cases := []struct {
		name    string
		ratings []Rating
		want    string // id of the one that counts, "" for none
		voices  int
	}{
		{"nobody", nil, "", 0},
		{"one", []Rating{at("a", 0, 5, "x")}, "a", 1},
		{"the newest of the first browser", []Rating{at("a", 0, 5, "x"), at("b", 3, 1, "x")}, "b", 1},
		{"on the thirtieth day", []Rating{at("a", 0, 5, "x"), at("b", 30, 1, "x")}, "b", 1},
		{"after thirty days", []Rating{at("a", 0, 5, "x"), at("b", 30.1, 1, "x")}, "a", 1},
		{"another browser", []Rating{at("a", 0, 5, "x"), at("b", 1, 1, "y")}, "a", 2},
		{"another browser between", []Rating{at("a", 0, 5, "x"), at("b", 1, 1, "y"), at("c", 2, 4, "x")}, "c", 2},
		{"the same browser at another node", []Rating{at("a", 0, 5, "x"), at("b", 1, 1, "x", atCity)}, "a", 2},
		{"late ones only", []Rating{at("a", 0, 5, "x", late)}, "", 1},
		{"the counsel tapped", []Rating{at("a", 0, 5, "x", byCounsel)}, "", 1},
		{"the counsel tapped first", []Rating{at("a", 0, 5, "x", byCounsel), at("b", 1, 2, "y")}, "b", 2},
		{"said later that the counsel tapped", []Rating{at("a", 0, 5, "x"), at("b", 1, 5, "x", byCounsel), at("c", 2, 2, "y")}, "c", 2},
		{"taken back", []Rating{at("a", 0, 5, "x", byCounsel), at("b", 1, 2, "x")}, "b", 1},
		{"same moment: the smaller id was first", []Rating{at("b", 0, 1, "y"), at("a", 0, 5, "x")}, "a", 2},
	}
	for _, c := range cases {
		for range 20 { // in every order
			rand.Shuffle(len(c.ratings), func(i, j int) { c.ratings[i], c.ratings[j] = c.ratings[j], c.ratings[i] })
			got := Decide(c.ratings)
			assert.Equal(t, c.want, got.Effective.ID, c.name)
			assert.Equal(t, c.want != "", got.Counts, c.name)
			assert.Equal(t, c.voices, got.Voices, c.name)
			assert.Equal(t, len(c.ratings), got.Records, c.name)
		}
	}
}

func TestJoinState(t *testing.T) {
	const rated = 1_000_000_000
	limit := int64(rated + OrphanDays*dayMS)
	for _, c := range []struct {
		arrived, now int64
		want         string
	}{
		{0, rated, Waiting}, {0, limit, Waiting}, {0, limit + 1, Orphan},
		{1, rated, Joined}, {limit, limit, Joined}, {limit + 1, limit + 2, Orphan},
		{rated, limit * 2, Joined},
	} {
		assert.Equal(t, c.want, JoinState(rated, c.arrived, c.now), "%+v", c)
	}
}

func TestAdmit(t *testing.T) {
	mine := func(n int) (list []Rating) {
		for i := range n {
			list = append(list, at(string(rune('a'+i)), float64(i), 5, "x"))
		}
		return list
	}
	now := at("", 5, 5, "x").RatedAt
	for name, c := range map[string]struct {
		existing []Rating
		days     uint16 // since the day of the code
		now      int64
		want     Flags
		refused  string
	}{
		"first":                {nil, 0, now, Flags{Voice: "x"}, ""},
		"thirtieth day":        {nil, 30, now, Flags{Voice: "x"}, ""},
		"late":                 {nil, 31, now, Flags{Voice: "x", Late: true}, ""},
		"amends":               {mine(1), 5, now, Flags{Voice: "x", Amends: true}, ""},
		"last amendment":       {mine(MaxPerVoice - 1), 5, now, Flags{Voice: "x", Amends: true}, ""},
		"one too many":         {mine(MaxPerVoice), 5, now, Flags{Voice: "x", Amends: true}, "rate_window"},
		"thirty days over":     {mine(1), 5, mine(1)[0].RatedAt + AmendDays*dayMS + 1, Flags{Voice: "x", Amends: true}, "rate_window"},
		"second voice":         {[]Rating{at("a", 0, 5, "y")}, 5, now, Flags{Voice: "x", SecondVoice: true}, ""},
		"second voice amends":  {[]Rating{at("a", 0, 5, "y"), at("b", 1, 5, "x")}, 5, now, Flags{Voice: "x", SecondVoice: true, Amends: true}, ""},
		"first at the city":    {[]Rating{at("a", 0, 5, "x", atCity)}, 5, now, Flags{Voice: "x", SecondVoice: true}, ""},
		"everybody has spoken": {many(MaxPerCode), 5, now, Flags{Voice: "x", SecondVoice: true}, "too_many"},
	} {
		got := Admit(c.existing, "township", "x", 1000, 1000+c.days, c.now)
		assert.Equal(t, c.want, got.Flags, name)
		assert.Equal(t, c.refused, got.Refused, name)
	}
}

func many(n int) (list []Rating) {
	for i := range n {
		list = append(list, at(string(rune('a'+i)), 0, 5, string(rune('A'+i))))
	}
	return list
}

func TestGradesAreClosed(t *testing.T) {
	assert.Equal(t, []int{5, 4, 3, 2, 1}, Grades)
	for _, grade := range Grades {
		assert.Equal(t, grade <= 2, IsBad(grade))
	}
}
