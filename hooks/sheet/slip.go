package sheet

import (
	"math"
	"time"
)

// Slip is what a counsel's pocket printer or an office's till printer puts on paper of
// 58 mm: the code of one service, and the question for who has no phone. Texts are
// public-board data; nothing of the person served or the matter.
type Slip struct {
	Office     string
	Village    string
	Counsel    string
	OccurredAt time.Time
	No         string // official or provisional number
	URL        string // content of the code
	Code       string // the same code to be typed
	Site       string // where it can be typed
	PrintedAt  time.Time
}

// Measures of the roll: 384 dots of 203 dpi wide; a module is 8 dots, so that the 41
// modules of a rating code with its quiet zone are 41 mm.
const (
	slipWidth  = 58 * mm
	slipMargin = 5 * mm
	tillDot    = 72.0 / 203
	slipModule = 8 * tillDot
)

// PDF prints the slip, as long as it needs to be.
func (s Slip) PDF() ([]byte, error) {
	return renderLeaf("评价单", s.PrintedAt, slipWidth, 0, slipMargin, func(l *leaf) {
		l.middle(s.Office, 9, false)
		l.middle("法律服务评价单", 13, true)
		l.gap(3)
		l.line(s.Village, 9)
		l.line("服务时间　"+moment(s.OccurredAt), 9)
		l.line("法律顾问　"+s.Counsel, 9)
		l.line("编号　"+s.No, 9)
		l.code(s.URL, slipModule)
		l.middle(s.Code, 9, false)
		l.gap(2)
		l.middle("扫一扫，评一评", 12, true)
		l.middle("评不评、怎么评，都由您自己决定。不记名，不收费，不会问您身份证号、密码和验证码。", 8, false)
		l.middle("不能扫码的，打开 "+s.Site+" 输入上面的编码。", 8, false)
		l.rule()
		l.middle("没有手机，可以在这里打勾，交给村委会或司法所", 8, false)
		for _, grade := range []string{"非常满意", "满意", "基本满意", "不满意", "非常不满意"} {
			l.line("□　"+grade, 11)
		}
		l.line("想说的话：", 9)
		l.gap(30)
		l.line("要回电话请留号码（只给处理的人看）：", 8)
		l.gap(16)
	})
}

// Plate is what hangs on the wall of a village: a code that leads to its public page.
type Plate struct {
	Office    string
	Village   string
	URL       string
	Code      string
	Site      string
	Complaint string
	PrintedAt time.Time
}

// plateSide is the side of the code with its quiet zone, to be read from a metre.
const plateSide = 120 * mm

// PDF prints the plate on A4.
func (p Plate) PDF() ([]byte, error) {
	return renderLeaf("村居法律顾问公示", p.PrintedAt, pageWidth, pageHeight, 20*mm, func(l *leaf) {
		l.gap(10)
		l.middle("村居法律顾问", 40, true)
		l.middle(p.Village, 30, true)
		l.gap(8)
		l.codeOf(p.URL, plateSide)
		l.middle(p.Code, 16, false)
		l.gap(8)
		l.middle("扫一扫，看谁是我们村的法律顾问、什么时候在、服务怎么样", 20, true)
		l.gap(6)
		l.middle("法律服务不收费。扫码不会问您身份证号、密码和验证码；问了就是假的。", 16, false)
		l.middle("网址必须是 "+p.Site, 16, true)
		l.middle(p.Complaint, 16, false)
		l.gap(4)
		l.middle(p.Office, 14, false)
	})
}

// codeOf draws a code of about that side with its quiet zone, whole dots a module.
func (l *leaf) codeOf(content string, side float64) {
	bits, err := modules(content)
	if err != nil {
		panic(stop{err})
	}
	l.code(content, math.Floor(side/float64(len(bits)+2*quietZone)/dot)*dot)
}

// VillageCard is given to every household: who the counsel is and how to reach one.
type VillageCard struct {
	Village   string
	Counsel   []CardCounsel
	Duty      string
	Complaint string
	URL       string
	Code      string
	Site      string
	PrintedAt time.Time
}

// CardCounsel is a counsel as the village's public board has it.
type CardCounsel struct{ Name, Institution, LicenceNo, Phone string }

// A6, with a code of 45 mm.
const (
	cardWidth  = 105 * mm
	cardHeight = 148 * mm
	cardSide   = 45 * mm
)

// PDF prints the card on A6.
func (c VillageCard) PDF() ([]byte, error) {
	return renderLeaf("村居法律顾问联系卡", c.PrintedAt, cardWidth, cardHeight, 8*mm, func(l *leaf) {
		l.middle("村居法律顾问联系卡", 16, true)
		l.middle(c.Village, 14, true)
		l.rule()
		for _, each := range c.Counsel[:min(len(c.Counsel), 3)] {
			l.line(each.Name+"　电话 "+each.Phone, 13)
			l.line(each.Institution, 10)
			l.line("执业证号 "+each.LicenceNo, 10)
		}
		if c.Duty != "" {
			l.line("值班 "+c.Duty, 11)
		}
		l.line(c.Complaint, 10)
		l.codeOf(c.URL, cardSide)
		l.middle(c.Code, 9, false)
		l.middle("扫一扫，看顾问、值班时间和服务情况。不收费，不问身份证号、密码。", 9, false)
		l.middle(c.Site, 9, false)
	})
}
