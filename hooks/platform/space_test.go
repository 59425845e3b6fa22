package platform

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestAFullDiskTakesNoChanges(t *testing.T) {
	now, free, asked := time.Unix(1_000_000, 0), uint64(readOnly), 0
	s := &space{now: func() time.Time { return now }, free: func() (uint64, error) { asked++; return free, nil }}
	refuses := func(method, path string) bool { return s.refuses(httptest.NewRequest(method, path, nil)) }

	assert.False(t, refuses("POST", "/api/sync/batches"))
	free = readOnly - 1
	assert.False(t, refuses("POST", "/api/sync/batches"), "the answer of a moment ago still counts")
	assert.Equal(t, 1, asked)
	now = now.Add(spaceEvery)
	assert.True(t, refuses("POST", "/api/sync/batches"))
	assert.True(t, refuses("PATCH", "/api/collections/visits/records/x"))
	assert.False(t, refuses("GET", "/api/office/services"), "reading goes on")
	assert.False(t, refuses("POST", "/api/collections/staff/auth-with-password"), "so does logging in")
	free = readOnly
	now = now.Add(spaceEvery)
	assert.False(t, refuses("POST", "/api/sync/batches"), "recovers without a restart")
}
