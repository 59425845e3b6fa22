package dial

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// ParseCursors reads the places out of a query that Encode wrote, by feed.
func ParseCursors(query string) (map[string]Cursor, error) {
	v, err := url.ParseQuery(query)
	if err != nil {
		return nil, fmt.Errorf("read query: %w", err)
	}
	list := map[string]Cursor{}
	for _, f := range v["f"] {
		parts := strings.Split(f, ",")
		if len(parts) != 3 {
			return nil, fmt.Errorf("read query: %d parts of a cursor", len(parts))
		}
		seq, err := strconv.ParseInt(parts[2], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("read query: %w", err)
		}
		list[parts[0]] = Cursor{Feed: parts[0], Epoch: parts[1], Seq: seq}
	}
	return list, nil
}
