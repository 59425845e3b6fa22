package sheet

import (
	"fmt"
	"strings"
	"time"
)

// ServiceRecord is what the printed record of one service shows. Every text is printed as it
// is, so personal data must be masked before; an empty one leaves its field blank for the pen.
type ServiceRecord struct {
	Office      string    // the office that keeps the record; heading
	No          string    // official number, empty until verified
	DeviceNo    string    // provisional number, empty if there was none
	OccurredAt  time.Time // printed in its own zone; zero leaves it blank
	DurationMin int       // minutes, printed beside Mode; 0 leaves it out
	Place       string
	Village     string // village or community, by its full name
	Mode        string // how it was served: 上门, 电话 …
	Kind        string // type of service
	Topic       string // matter
	Client      string // masked name and whatever else the caller lets be seen
	Counsel     string
	Institution string
	LicenceNo   string
	Summary     string // situation and request
	Advice      string // legal opinion
	Outcome     string
	FollowUpAt  time.Time // day of the next meeting; zero leaves it blank
	RatingURL   string    // content of the code; upper case keeps it small. Empty: no code
	RatingCode  string    // the same code to be typed
	PrintedAt   time.Time // date of the file
}

const (
	recordTitle = "法律服务记录"
	rateMe      = "扫一扫，评一评，看一看这条记录是不是真的"
	rateFreely  = "评不评、怎么评，都由您自己决定。不能扫码的，可以打开评价网页，输入二维码下面的编码。"
	signDate    = "年　　月　　日"
)

// Shares of the table's width.
const (
	labelShare = 0.16
	firstShare = 0.37
	lastShare  = 1 - 2*labelShare - firstShare
	wideShare  = 1 - labelShare
)

// PDF prints the A4 record of one service, 法律服务记录.
func (r ServiceRecord) PDF() ([]byte, error) {
	return Render(Options{Title: recordTitle, Created: r.PrintedAt, Mark: r.mark()}, r.draw)
}

func (r ServiceRecord) draw(d *Doc) {
	d.Office(r.Office)
	d.Title(recordTitle)
	d.Ends(r.numbers())
	d.Table(r.rows())
	if r.RatingURL != "" {
		d.Gap(6)
		d.Code(r.RatingURL, r.RatingCode, rateMe, rateFreely)
	}
}

func (r ServiceRecord) numbers() (start, end string) {
	official, provisional := "编号："+r.No, "临时编号："+r.DeviceNo
	switch {
	case r.DeviceNo == "":
		return "", official
	case r.No == "":
		return "", provisional
	}
	return provisional, official
}

// mark tells loose pages apart.
func (r ServiceRecord) mark() string {
	if r.No != "" {
		return recordTitle + "　" + r.No
	}
	return recordTitle + "　" + r.DeviceNo
}

func (r ServiceRecord) rows() []Row {
	return []Row{
		pair("时间", moment(r.OccurredAt), "约期", day(r.FollowUpAt)),
		wide("村（社区）", r.Village, 1),
		pair("地点", r.Place, "服务方式", r.mode()),
		pair("服务类型", r.Kind, "事项", r.Topic),
		wide("服务对象", r.Client, 1),
		pair("法律顾问", r.Counsel, "执业证号", r.LicenceNo),
		wide("执业机构", r.Institution, 1),
		wide("情况与诉求", r.Summary, 3),
		wide("法律意见", r.Advice, 3),
		wide("结果", r.Outcome, 1),
		{Height: 74, Cells: []Cell{
			{Text: "当事人（签名或按指印）", Share: 1.0 / 3, Foot: signDate},
			{Text: "法律顾问（签名）", Share: 1.0 / 3, Foot: signDate},
			{Text: "村（居）委会（盖章）", Share: 1.0 / 3, Foot: signDate},
		}},
	}
}

func pair(label1, text1, label2, text2 string) Row {
	return Row{Cells: []Cell{
		{Text: label1, Share: labelShare, Label: true}, {Text: text1, Share: firstShare},
		{Text: label2, Share: labelShare, Label: true}, {Text: text2, Share: lastShare},
	}}
}

// wide is a row of one field with room for at least so many lines.
func wide(label, text string, lines int) Row {
	return Row{Height: rowHeight(lines), Cells: []Cell{
		{Text: label, Share: labelShare, Label: true}, {Text: text, Share: wideShare},
	}}
}

func (r ServiceRecord) mode() string {
	if r.DurationMin <= 0 {
		return r.Mode
	}
	return strings.TrimPrefix(fmt.Sprintf("%s，%d分钟", r.Mode, r.DurationMin), "，")
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return day(t) + t.Format("15:04")
}

// day writes a date without leading zeros: 2026年3月8日.
func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2006年1月2日")
}
