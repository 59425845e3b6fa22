package region_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/hooks/fault"
	"cunju/hooks/region"
)

const (
	chongqing = "500000000000"
	district  = "500100000000" // the group of districts, which has no row of its own
	wuxi      = "500238000000"
	town      = "500238101000"
	village   = "500238101201"
)

func TestParseRefusesWhatIsNoCode(t *testing.T) {
	for _, text := range []string{"", "500238", "50023810120", "5002381012011", "50023810120a", " 50023810120", "000000000000", "００２３８１０１２０１", "-00238101201"} {
		_, err := region.Parse(text)
		assert.ErrorIs(t, err, fault.New("region_unknown"), text)
		assert.Empty(t, region.LevelOf(text), text)
		assert.Empty(t, region.Prefix(text), text)
		assert.Empty(t, region.Parent(text), text)
		assert.False(t, region.Covers(text, village), text)
		assert.False(t, region.Covers(chongqing, text), text)
		from, to := region.Range(text)
		assert.Greater(t, from, to, text)
	}
	code, err := region.Parse(village)
	require.NoError(t, err)
	assert.Equal(t, region.Code(village), code)
}

func TestLevelPrefixParentAndRange(t *testing.T) {
	cases := []struct {
		code   string
		level  region.Level
		prefix string
		parent string
		to     string
	}{
		{chongqing, region.Province, "50", "", "509999999999"},
		{district, region.City, "5001", chongqing, "500199999999"},
		{wuxi, region.County, "500238", chongqing, "500238999999"},
		{town, region.Township, "500238101", wuxi, "500238101999"},
		{village, region.Village, village, town, village},
		{"500230000000", region.County, "500230", chongqing, "500230999999"},
		{"500238100000", region.Township, "500238100", wuxi, "500238100999"},
		{"500238101200", region.Village, "500238101200", town, "500238101200"},
		{"510104000000", region.County, "510104", "510100000000", "510104999999"},
		{"510100000000", region.City, "5101", "510000000000", "510199999999"},
	}
	for _, c := range cases {
		t.Run(c.code, func(t *testing.T) {
			assert.Equal(t, c.level, region.LevelOf(c.code))
			assert.Equal(t, c.prefix, region.Prefix(c.code))
			assert.Equal(t, c.parent, region.Parent(c.code))
			from, to := region.Range(c.code)
			assert.Equal(t, c.code, from)
			assert.Equal(t, c.to, to)
		})
	}
}

func TestCovers(t *testing.T) {
	cases := []struct {
		scope, code string
		want        bool
	}{
		{chongqing, village, true},
		{wuxi, village, true},
		{town, village, true},
		{village, village, true},
		{town, town, true},
		{village, town, false},
		{town, wuxi, false},
		{town, "500238102201", false},
		{wuxi, "500237101201", false},
		{chongqing, "510104001001", false},
		{village, "500238101202", false},
	}
	for _, c := range cases {
		assert.Equal(t, c.want, region.Covers(c.scope, c.code), "%s covers %s", c.scope, c.code)
	}
}

func TestCoversAndRangeAgree(t *testing.T) {
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 1))
	for range 20_000 {
		scope := some(random)
		code := some(random)
		from, to := region.Range(scope)
		require.Equal(t, from <= code && code <= to, region.Covers(scope, code), "seed %d: %s %s", seed, scope, code)
	}
}

// some makes codes close to each other, so that covering is not rare.
func some(random *rand.Rand) string {
	parts := []string{"50", fmt.Sprintf("%02d", random.IntN(3)), fmt.Sprintf("%02d", random.IntN(3)), fmt.Sprintf("%03d", random.IntN(3)), fmt.Sprintf("%03d", random.IntN(3))}
	for i := len(parts) - 1; i > 0 && random.IntN(2) == 0; i-- {
		parts[i] = fmt.Sprintf("%0*d", len(parts[i]), 0)
	}
	return parts[0] + parts[1] + parts[2] + parts[3] + parts[4]
}

func TestAncestorsAndAt(t *testing.T) {
	assert.Equal(t, []string{town, wuxi, chongqing}, region.Ancestors(village))
	assert.Empty(t, region.Ancestors(chongqing))
	assert.Equal(t, town, region.At(village, region.Township))
	assert.Equal(t, wuxi, region.At(village, region.County))
	assert.Equal(t, chongqing, region.At(village, region.Province))
	assert.Equal(t, village, region.At(village, region.Village))
	assert.Empty(t, region.At(wuxi, region.Township))
	assert.Empty(t, region.At("x", region.County))
}
