package services

import (
	"net/http"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/sheet"
)

// modeNames and outcomeNames are what the printed sheet says; the sheet is Chinese.
var modeNames = map[string]string{"onsite": "实地", "phone": "电话", "chat_group": "微信群等线上", "video": "视频", "letter": "书信"}

var outcomeNames = map[string]string{"answered": "当场解答", "drafted": "已代书", "referred": "已转介", "mediated_agreed": "达成协议",
	"mediated_failed": "未达成", "ordered": "已转工单", "declined": "不属受理范围", "to_follow": "约期再答"}

var clientKindNames = map[string]string{"resident": "居民", "household": "农户", "villagers": "多名群众", "committee": "村（居）委会",
	"enterprise": "企业或合作社", "anonymous": "不愿登记"}

// withheld stands where the text of a private record would.
const withheld = "（私密记录，内容未打印）"

// sheet answers the A4 record, masked: paper lies about where screens do not.
func (d Deps) sheet(e *core.RequestEvent, a actor) error {
	f, err := find(e.App.DB(), a, e.Request.PathValue("id"), d.Now())
	if err != nil {
		return err
	}
	r, err := d.printed(e.App, f)
	if err != nil {
		return err
	}
	pdf, err := r.PDF()
	if err != nil {
		return err
	}
	err = e.App.RunInTransaction(func(tx core.App) error {
		return d.trail(tx, a, "service.print", f, "")
	})
	if err != nil {
		return err
	}
	name := f.No
	if name == "" {
		name = f.ID
	}
	e.Response.Header().Set("Content-Disposition", `inline; filename="`+name+`.pdf"`)
	return e.Blob(http.StatusOK, "application/pdf", pdf)
}

func (d Deps) printed(app core.App, f full) (sheet.ServiceRecord, error) {
	v := d.Rules.detail(f)
	occurred, _ := time.Parse(time.RFC3339, f.OccurredAt)
	follow, err := time.Parse(time.DateOnly, f.FollowUpAt)
	if err != nil {
		follow, _ = time.Parse(time.RFC3339, f.FollowUpAt)
	}
	r := sheet.ServiceRecord{Office: d.Name, No: f.No, DeviceNo: f.DeviceNo, OccurredAt: occurred, DurationMin: v.DurationMin,
		Place: f.Place, Village: f.TownshipName + f.VillageName, Mode: modeNames[f.Mode], Kind: v.KindName, Topic: v.TopicName,
		Client: client(v), Counsel: f.CounselName, Institution: f.Institution, LicenceNo: f.LicenceNo,
		Summary: v.Summary, Advice: v.Advice, Outcome: outcomeNames[f.Outcome], FollowUpAt: follow, PrintedAt: d.Now().In(local)}
	if v.SummaryHidden {
		r.Summary, r.Advice = withheld, withheld
	}
	kind, _ := d.Rules.Catalog.ServiceType(f.Kind)
	if kind.Rated && d.RatingURL != nil && f.Install != "" {
		if r.RatingURL, r.RatingCode, err = d.RatingURL(app, f.ID, f.Install, occurred); err != nil {
			return r, err
		}
	}
	return r, nil
}

// client is the masked person: kind, name and telephone.
func client(v Detail) string {
	parts := []string{clientKindNames[v.ClientKind], v.Client, v.ClientPhone}
	return strings.Join(strings.Fields(strings.Join(parts, " ")), "　")
}
