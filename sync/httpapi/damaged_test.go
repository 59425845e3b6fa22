package httpapi_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/sync/install"
	"cunju/sync/world"
)

// A packed body that a line has damaged anywhere is the sender's to repeat, never the server's fault.
func TestADamagedBodyIsMalformed(t *testing.T) {
	n := world.New(t, install.Township, "500236101000", time.Now, world.Notes(nil))
	key, err := install.NewKeyOf(install.SuiteStd)
	require.NoError(t, err)
	body := bomb(t, key.ID(), "0")
	for at := 0; at < len(body); at += 1 + len(body)/60 {
		damaged := append([]byte(nil), body...)
		damaged[at] ^= 0xff
		status := post(t, n, damaged)
		assert.Less(t, status, 500, at)
	}
}
