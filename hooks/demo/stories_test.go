package demo

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestEveryStoryReadsTrue(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, s := range stories {
		assert.Equal(t, 1, strings.Count(s.summary, "%d"), s.title)
		assert.Equal(t, 1, strings.Count(s.summary, "%"), s.title)
		assert.Greater(t, s.min, 1, s.title)
		assert.Greater(t, s.max, s.min, s.title)
		seen := map[int]bool{}
		for range 2000 {
			n := s.number(r)
			assert.True(t, n >= s.min && n <= s.max, "%s: %d", s.title, n)
			seen[n] = true
		}
		assert.True(t, seen[s.min] && seen[s.max], s.title)
		if strings.Contains(s.summary, "%d岁") {
			assert.GreaterOrEqual(t, s.min, 60, "%s: an age at which children maintain their parents", s.title)
		}
	}
}
