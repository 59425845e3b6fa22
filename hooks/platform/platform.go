// Package platform is everything of a node that knows no subject: its
// settings, its database connections, its web server, its jobs, its backups
// and the commands an operator types. It may import PocketBase and hooks/fault.
package platform

import "time"

// Tiers of a node.
const (
	Township = "township"
	City     = "city"
)

// Node holds the facts about this node that subjects may ask for.
type Node struct {
	Tier       string // Township or City
	Region     string // 12-digit code this node is responsible for
	Name       string // what people call the office
	RatingBase string // HTTPS://HOST under which residents reach rating pages
	Upstream   string // base URL of the city node; empty on the city
	Dir        string // data folder
	KeyDir     string // folder of the node's keys, apart from data and backups
	Now        func() time.Time
}

// Node returns the facts that the settings give.
func (c Config) Node() Node {
	return Node{
		Tier: c.Tier, Region: c.Region, Name: c.Name, RatingBase: c.RatingBase,
		Upstream: c.Upstream, Dir: c.Dir, KeyDir: c.KeyDir, Now: time.Now,
	}
}
