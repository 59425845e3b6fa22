package ratings

import (
	"net/http"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/access"
	"cunju/hooks/fault"
	"cunju/hooks/region"
	"cunju/hooks/sheet"
)

// slip prints the code of one service on paper of 58 mm, with boxes to tick for who
// has no phone. It says what hangs on the public board and nothing of the matter.
func (r *Ratings) slip(e *core.RequestEvent, who access.Staff) error {
	id := e.Request.PathValue("id")
	var row struct {
		Region, Counsel, Secrecy, No string
		DeviceNo                     string `db:"device_no"`
		OccurredAt                   string `db:"occurred_at"`
		Office                       string
	}
	err := e.App.DB().NewQuery(`SELECT s.region, s.counsel, s.secrecy, s.no, s.device_no, s.occurred_at, coalesce(t.name, '') AS office FROM services s
		LEFT JOIN regions t ON t.id = substr(s.region, 1, 9) || '000' WHERE s.id = {:id}`).Bind(dbx.Params{"id": id}).One(&row)
	if err != nil {
		return err
	}
	if !region.Covers(who.Region, row.Region) || row.Secrecy == "sealed" && who.Role != access.Admin && who.ID != row.Counsel {
		return fault.New("not_found")
	}
	url, typed, err := r.PrintedCode(e.App, id, "", time.Time{})
	if err != nil {
		return err
	}
	if url == "" {
		return fault.New("rate_invalid")
	}
	s := sheet.Slip{Office: row.Office + "司法所", No: row.No, URL: url, Code: typed, Site: r.deps.RatingBase + entryPath, PrintedAt: r.deps.Now().In(zone)}
	if s.No == "" {
		s.No = row.DeviceNo
	}
	if at, err := time.Parse(time.RFC3339, row.OccurredAt); err == nil {
		s.OccurredAt = at
	}
	var f Facts
	if err := board(e.App.DB(), row.Counsel, &f); err != nil {
		return err
	}
	if s.Village, err = villageName(e.App.DB(), row.Region); err != nil {
		return err
	}
	s.Counsel = f.Counsel
	file, err := s.PDF()
	if err != nil {
		return err
	}
	e.Response.Header().Set("Content-Disposition", `inline; filename="`+id+`.pdf"`)
	return e.Blob(http.StatusOK, "application/pdf", file)
}
