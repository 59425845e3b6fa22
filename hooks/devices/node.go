package devices

import (
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/access"
	"cunju/hooks/fault"
	"cunju/sync/install"
)

// Node is what the office's people may know of the server they work at.
type Node struct {
	Tier       string `json:"tier"` // township or city
	Region     string `json:"region"`
	RegionName string `json:"region_name"`
	Name       string `json:"name"`
	Upstream   string `json:"upstream"` // address of the city's node, "" when the settings name none
	Joined     bool   `json:"joined"`   // the city has certified this township
	Until      string `json:"until"`    // end of the node's certificate, RFC 3339 in UTC
	Install    string `json:"install"`
	Epoch      string `json:"epoch"`
}

// node tells what this server is and whether it has joined the city.
func (s *devices) node(e *core.RequestEvent) error {
	who := access.StaffOf(e.Auth)
	office := who.Role == access.Officer || who.Role == access.Supervisor || who.Role == access.Admin
	if !office || !who.Active(s.Now()) {
		return fault.Write(e, fault.New("forbidden"))
	}
	name, err := s.regionName(s.Engine.Region())
	if err != nil {
		return fault.Write(e, err)
	}
	cert := s.Engine.Cert()
	e.Response.Header().Set("Cache-Control", "no-store")
	return e.JSON(http.StatusOK, Node{Tier: s.Engine.Tier(), Region: s.Engine.Region(), RegionName: name, Name: cert.Name, Upstream: s.Upstream,
		Joined: s.Engine.Tier() == install.Township && len(s.Engine.Chain()) > 1, Until: time.UnixMilli(cert.Until).UTC().Format(time.RFC3339),
		Install: s.Engine.Install(), Epoch: s.Engine.Epoch()})
}
