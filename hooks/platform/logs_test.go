package platform

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestLogsHoldNoPersonalData(t *testing.T) {
	var out bytes.Buffer
	log := NewLogger(&out, "info").With("name", "李四")
	log.Error("save 13800138000 and 110101199003074514x", "job", "backup", "phone", "13912345678",
		"error", fmt.Errorf("insert 张三: %w", errors.New("tel13912345678,11010119900307451X")), "region", "500238101000")
	log.Debug("too low to show")
	line := out.String()
	for _, value := range []string{"13800138000", "13912345678", "110101199003074514", "11010119900307451X", "李四"} {
		assert.NotContains(t, line, value)
	}
	assert.Contains(t, line, "phone=(hidden)")
	assert.Contains(t, line, "name=(hidden)")
	assert.Contains(t, line, "job=backup")
	assert.Contains(t, line, "region=500238101000", "a region code is no person")
	assert.Equal(t, 1, strings.Count(line, "\n"))

	out.Reset()
	NewLogger(&out, "info").Info("long", "error", strings.Repeat("长", 4000))
	assert.Less(t, out.Len(), 1000)
}
