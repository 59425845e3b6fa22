package ledgers

import (
	"encoding/json/v2"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"

	"cunju/hooks/region"
)

// ReadRates reads the rates of a year; what was not set for it is as in year 0.
func ReadRates(db dbx.Builder, year int) (Rates, error) {
	var rows []struct {
		Kind, Grade string
		Fen         int64
	}
	err := db.NewQuery("SELECT kind, grade, fen FROM ledger_rates WHERE year IN (0, {:y}) ORDER BY year, at").Bind(dbx.Params{"y": year}).All(&rows)
	if err != nil {
		return Rates{}, fmt.Errorf("read rates: %w", err)
	}
	r := Rates{map[string]int64{}, map[string]int64{}}
	for _, row := range rows {
		if row.Kind == "case" {
			r.Case[row.Grade] = row.Fen
		} else {
			r.Village[row.Grade] = row.Fen
		}
	}
	return r, nil
}

// year is what the subsidy of a region is counted from, by village and counsel.
type year struct {
	list map[[2]string]*Served
	keys [][2]string
}

func (y *year) of(village, staff string) *Served {
	key := [2]string{village, staff}
	if s, ok := y.list[key]; ok {
		return s
	}
	s := &Served{Region: village, Staff: staff}
	y.list[key] = s
	y.keys = append(y.keys, key)
	return s
}

func readYear(db dbx.Builder, ask Ask) ([]*Served, error) {
	low, high := region.Range(ask.Region)
	y := &year{list: map[[2]string]*Served{}}
	for _, read := range []func(dbx.Builder, Ask, dbx.Params, *year) error{assigned, months, mediations, terms} {
		if err := read(db, ask, dbx.Params{"low": low, "high": high, "year": ask.Period.Year}, y); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(y.keys, func(a, b [2]string) int { return strings.Compare(a[0]+a[1], b[0]+b[1]) })
	out := make([]*Served, len(y.keys))
	for i, key := range y.keys {
		out[i] = y.list[key]
	}
	return out, nil
}

// assigned counts the months of the year that an assignment touches.
func assigned(db dbx.Builder, ask Ask, p dbx.Params, y *year) error {
	var rows []struct {
		Region, Staff string
		From          string `db:"valid_from"`
		Until         string `db:"valid_until"`
	}
	err := db.NewQuery("SELECT region, staff, valid_from, valid_until FROM assignments WHERE region >= {:low} AND region <= {:high}").Bind(p).All(&rows)
	if err != nil {
		return fmt.Errorf("read assignments of a ledger: %w", err)
	}
	touched := map[*Served]map[int]bool{}
	for _, r := range rows {
		for month := 1; month <= 12; month++ {
			from, to := Period{ask.Period.Year, month}.Days()
			if (r.From == "" || r.From < to) && (r.Until == "" || r.Until >= from) {
				s := y.of(r.Region, r.Staff)
				if touched[s] == nil {
					touched[s] = map[int]bool{}
				}
				touched[s][month] = true
				s.Assigned = len(touched[s])
			}
		}
	}
	return nil
}

// months counts those with verified service under the assignment (rule E6: months served).
func months(db dbx.Builder, ask Ask, p dbx.Params, y *year) error {
	var rows []struct {
		Region, Counsel string
		Months          int
	}
	where, params := under(ask.Region)
	params["from"], params["to"] = ask.Period.Days()
	err := db.NewQuery("SELECT s.region, s.counsel, count(DISTINCT substr(s.occurred_at, 1, 7)) AS months FROM services s WHERE " + where +
		" AND s.occurred_at >= {:from} AND s.occurred_at < {:to} AND +s.state = 'verified' GROUP BY s.region, s.counsel").Bind(params).All(&rows)
	if err != nil {
		return fmt.Errorf("count months of a ledger: %w", err)
	}
	for _, r := range rows {
		s := y.of(r.Region, r.Counsel)
		s.Months = min(r.Months, s.Assigned)
	}
	return nil
}

func mediations(db dbx.Builder, ask Ask, p dbx.Params, y *year) error {
	var rows []struct{ ID, Region, Counsel, State, Outcome, Details string }
	where, params := under(ask.Region)
	params["from"], params["to"] = ask.Period.Days()
	err := db.NewQuery("SELECT s.id, s.region, s.counsel, s.state, s.outcome, s.details FROM services s WHERE " + where +
		" AND s.occurred_at >= {:from} AND s.occurred_at < {:to} AND s.kind = 'MEDIATE' AND s.state IN ('submitted', 'verified', 'returned') ORDER BY s.occurred_at, s.id").
		Bind(params).All(&rows)
	if err != nil {
		return fmt.Errorf("read mediations of a ledger: %w", err)
	}
	for _, r := range rows {
		var d struct {
			Difficulty string   `json:"difficulty"`
			Performed  string   `json:"performed"`
			Due        string   `json:"judicial_confirm_due"`
			Items      []string `json:"dossier_items"`
		}
		if err := json.Unmarshal([]byte(r.Details), &d); err != nil {
			d.Difficulty = "" // details of an older form: the case is listed and not paid
		}
		s := y.of(r.Region, r.Counsel)
		s.Cases = append(s.Cases, Mediation{Service: r.ID, Difficulty: d.Difficulty, Verified: r.State == "verified", Agreed: r.Outcome == "mediated_agreed",
			Performed: d.Performed, Due: d.Due != "", Items: d.Items})
	}
	return nil
}

// terms are what the office decided: the newest row of a village and year counts, for each of its counsel.
func terms(db dbx.Builder, ask Ask, p dbx.Params, y *year) error {
	var rows []struct {
		Region, Grade, Reason string
		Deduction             int64
	}
	err := db.NewQuery("SELECT region, grade, deduction, reason FROM ledger_terms WHERE region >= {:low} AND region <= {:high} AND year = {:year} ORDER BY region, at").Bind(p).All(&rows)
	if err != nil {
		return fmt.Errorf("read terms of a ledger: %w", err)
	}
	decided := make(map[string]int, len(rows))
	for i, r := range rows {
		decided[r.Region] = i
	}
	for _, s := range y.list {
		if i, ok := decided[s.Region]; ok {
			s.Grade, s.Deduction, s.Reason = rows[i].Grade, rows[i].Deduction, rows[i].Reason
		}
	}
	return nil
}

var payColumns = []Column{
	{"i", "序号", "no.", Whole, 3}, {"village", "村（社区）", "village", Text, 8}, {"counsel", "法律顾问", "counsel", Text, 6}, {"grade", "考核等次", "grade", Text, 5},
	{"assigned", "聘任月数", "months assigned", Whole, 5}, {"months", "服务月数", "months served", Whole, 5}, {"rate", "年标准（元）", "rate a year", Yuan, 7}, {"base", "基本补贴（元）", "base", Yuan, 7},
	{"deduction", "扣减（元）", "deduction", Yuan, 6}, {"reason", "扣减原因", "reason", Text, 10}, {"cases", "调解件数", "mediations", Whole, 5}, {"paid", "计酬件数", "paid", Whole, 5},
	{"extra", "案件补贴（元）", "cases", Yuan, 7}, {"total", "合计（元）", "total", Yuan, 7},
}

func readSubsidy(db dbx.Builder, ask Ask, n names, l *Ledger) error {
	ask.Period.Month = 0
	rates, err := ReadRates(db, ask.Period.Year)
	if err != nil {
		return err
	}
	list, err := readYear(db, ask)
	if err != nil {
		return err
	}
	l.Title, l.Period, l.Columns = "村（居）法律顾问补贴发放表", ask.Period.Chinese(), payColumns
	for i, s := range list {
		pay := s.Pay(rates)
		l.Rows = append(l.Rows, Row{Link: fmt.Sprintf("services?region=%s&from=%d-01-01&to=%d-12-31", s.Region, ask.Period.Year, ask.Period.Year),
			Cells: []any{int64(i + 1), called(n.regions, s.Region), called(n.people, s.Staff), word("grade", s.Grade), int64(s.Assigned), int64(s.Months), rates.Village[s.Grade], pay.Base,
				pay.Deduction, s.Reason, int64(len(s.Cases)), int64(pay.Paid), pay.Cases, pay.Total}})
	}
	l.add("base", "deduction", "cases", "paid", "extra", "total")
	if len(l.Rows) > ask.Limit { // the sums are of all
		l.More, l.Rows = len(l.Rows)-ask.Limit, l.Rows[:ask.Limit]
	}
	l.Note = "发放前公示 5 个工作日。基本补贴 = 年标准 × 服务月数 ÷ 12 − 扣减；案件补贴须已核验、达成协议、已履行或约定履行日、卷宗齐全。"
	return nil
}

// yuan is a sum in fen as people write it.
func yuan(fen int64) string { return fmt.Sprintf("%d.%02d", fen/100, fen%100) }

// shown is a cell as text.
func shown(value any, form Form) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case time.Time:
		return v.Format(time.DateOnly)
	case int64:
		if form == Yuan {
			return yuan(v)
		}
		return fmt.Sprint(v)
	}
	return fmt.Sprint(value)
}
