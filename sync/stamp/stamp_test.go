package stamp_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cunju/sync/stamp"
)

func TestNewerIsAStrictTotalOrder(t *testing.T) {
	all := []stamp.Stamp{{}, {Tau: 1, ID: "a"}, {Tau: 1, ID: "b"}, {Tau: 2, ID: "a"}}
	for i, a := range all {
		for j, b := range all {
			require.Equal(t, i > j, a.Newer(b), "%v %v", a, b)
		}
	}
}

func TestATimeIsBoundedByTheServersClockAndByWhatWasSeen(t *testing.T) {
	const now = 1_795_000_000_000
	const year = 365 * 24 * 3600 * 1000
	for name, c := range map[string]struct{ claimed, offset, base, want int64 }{
		"honest and late":              {now - 3*24*3600*1000, 0, 0, now - 3*24*3600*1000},
		"ten years ahead":              {now + 10*year, 0, 0, now},
		"ten years ahead, known":       {now + 10*year - 5000, -10 * year, 0, now - 5000},
		"reset to 1970":                {0, 0, 0, now},
		"made after what it builds on": {now - 5000, 0, now - 1000, now - 999},
	} {
		require.Equal(t, c.want, stamp.Bounded(c.claimed, c.offset, now, c.base), name)
	}
}
