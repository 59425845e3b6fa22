package board

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestRatesAreHiddenUnderThirty(t *testing.T) {
	c := Counts{Services: 100, Rated: 29, Good: 28, Bad: 1, Cases: 2, Settled: 1, Named: 1, Called: 1}
	n, rates, ok := c.Public()
	assert.False(t, ok)
	assert.Zero(t, n, "nor is the number told")
	assert.Nil(t, rates.Good)
	c.Rated, c.Good = 30, 29
	n, rates, ok = c.Public()
	assert.True(t, ok)
	assert.Equal(t, 30, n)
	assert.Equal(t, []float64{96.7, 50, 100, 30}, []float64{*rates.Good, *rates.Settled, *rates.CallBack, *rates.Rated})
	assert.Equal(t, Rates{}, Counts{}.Rates(), "nothing to divide by")
}

func TestSmallCellsAreMerged(t *testing.T) {
	kind := func(code string, n int) Kind { return Kind{Code: code, N: n} }
	for _, each := range []struct {
		name     string
		in       []Kind
		shown    []Kind
		few, all int
	}{
		{"nothing", nil, nil, 0, 0},
		{"fewer than five in all", []Kind{kind("A", 3), kind("B", 1)}, nil, 0, 0},
		{"all large", []Kind{kind("A", 9), kind("B", 5)}, []Kind{kind("A", 9), kind("B", 5)}, 0, 14},
		{"a rest of five", []Kind{kind("A", 9), kind("B", 3), kind("C", 2)}, []Kind{kind("A", 9)}, 5, 14},
		{"one case alone cannot be had by subtraction", []Kind{kind("A", 9), kind("B", 6), kind("C", 1)}, []Kind{kind("A", 9)}, 7, 16},
		{"small kinds only", []Kind{kind("A", 4), kind("B", 3)}, nil, 7, 7},
	} {
		shown, few, all := Merge(each.in)
		assert.Equal(t, each.shown, shown, each.name)
		assert.Equal(t, []int{each.few, each.all}, []int{few, all}, each.name)
		assert.False(t, few > 0 && few < SmallCell, each.name)
	}
}

func TestACellIsNoFormula(t *testing.T) {
	for _, text := range []string{"=1+1", "+1", "-1", "@x", "\tx", "\rx"} {
		assert.Equal(t, "'"+text, harmless(text))
	}
	assert.Equal(t, "王", harmless("王"))
	assert.Equal(t, "", harmless(""))
}

func TestTextsAreInBothLanguages(t *testing.T) {
	for key, text := range messages {
		assert.NotEmpty(t, text.Zh, key)
		assert.NotEmpty(t, text.En, key)
	}
}
