package ledgers

import (
	"fmt"
	"strings"
	"time"

	"github.com/pocketbase/dbx"

	"cunju/hooks/identity"
	"cunju/hooks/region"
)

// Read makes a ledger out of what the node holds.
func Read(db dbx.Builder, ask Ask) (*Ledger, error) {
	n, err := readNames(db, ask.Region)
	if err != nil {
		return nil, err
	}
	l := &Ledger{Kind: ask.Kind, Period: ask.Period.Chinese(), Office: called(n.regions, ask.Region)}
	switch ask.Kind {
	case Register, Volume:
		return l, readServices(db, ask, n, l)
	case Orders:
		return l, readOrders(db, ask, n, l)
	case Payable:
		return l, readSubsidy(db, ask, n, l)
	}
	return nil, fmt.Errorf("no such ledger: %.20q", ask.Kind)
}

// served is a service as a register shows it.
type served struct {
	ID, No, Kind, Topic, Title, Mode, Outcome, State, Secrecy, Region, Counsel string

	DeviceNo   string  `db:"device_no"`
	OccurredAt string  `db:"occurred_at"`
	Minutes    float64 `db:"duration_min"`
	ClientKind string  `db:"client_kind"`
	ClientName string  `db:"client_name"`
	Persons    float64
	Papers     int64
	Grade      int64
}

// under is the condition that a record lies in a region, in the words of the indexes of services.
func under(code string) (string, dbx.Params) {
	p := region.Prefix(code)
	switch len(p) {
	case 12:
		return "s.region = {:p}", dbx.Params{"p": p}
	case 9:
		return "substr(s.region, 1, 9) = {:p}", dbx.Params{"p": p}
	case 6:
		return "substr(s.region, 1, 6) = {:p}", dbx.Params{"p": p}
	}
	low, high := region.Range(code)
	return "+s.region >= {:low} AND +s.region <= {:high}", dbx.Params{"low": low, "high": high}
}

// A draft is still its author's and stands in no register.
const servicesQuery = `SELECT s.id, s.no, s.device_no, s.kind, s.topic, s.title, s.mode, s.outcome, s.state, s.secrecy, s.region, s.counsel, s.occurred_at,
	s.duration_min, s.client_kind, s.client_name, s.persons,
	(SELECT count(*) FROM documents d WHERE d.service = s.id) + (SELECT count(*) FROM attachments a WHERE a.service = s.id) AS papers,
	coalesce(g.grade, 0) AS grade
	FROM services s LEFT JOIN rating_services g ON g.service = s.id
	WHERE `

func readServices(db dbx.Builder, ask Ask, n names, l *Ledger) error {
	where, params := under(ask.Region)
	params["from"], params["to"] = ask.Period.Days()
	where += " AND s.occurred_at >= {:from} AND s.occurred_at < {:to} AND s.state NOT IN ('', 'draft')"
	if !ask.Sealed {
		where += " AND s.secrecy <> 'sealed'"
	}
	order := " ORDER BY s.occurred_at, s.id"
	if ask.Kind == Volume {
		order = " ORDER BY s.kind, s.occurred_at, s.id"
	}
	var rows []served
	if err := db.NewQuery(servicesQuery + where + order + limited(ask)).Bind(params).All(&rows); err != nil {
		return fmt.Errorf("read services of a ledger: %w", err)
	}
	l.Title, l.Columns = "法律服务登记台账", serviceColumns
	if ask.Kind == Volume {
		l.Title = "村（居）法律顾问工作卷"
	}
	for i, s := range rows {
		l.Rows = append(l.Rows, s.line(i+1, n, ask.Full))
	}
	l.add("persons", "minutes", "papers")
	return cut(db, ask, l, "SELECT count(*) FROM services s WHERE "+where, params)
}

var serviceColumns = []Column{
	{"i", "序号", "no.", Whole, 3}, {"no", "编号", "number", Text, 10}, {"day", "日期", "date", Day, 6}, {"village", "村（社区）", "village", Text, 6},
	{"kind", "服务类型", "kind", Text, 6}, {"topic", "事项", "matter", Text, 7}, {"title", "事由", "title", Text, 12}, {"client", "服务对象", "client", Text, 5},
	{"persons", "人数", "persons", Whole, 3}, {"mode", "方式", "mode", Text, 3.5}, {"minutes", "时长（分）", "minutes", Whole, 4}, {"counsel", "法律顾问", "counsel", Text, 5},
	{"outcome", "结果", "result", Text, 5}, {"papers", "材料（件）", "papers", Whole, 4}, {"grade", "评价", "rating", Text, 5}, {"state", "状态", "state", Text, 4},
}

var grades = [...]string{"", "非常不满意", "不满意", "基本满意", "满意", "非常满意"}

func (s served) line(i int, n names, full bool) Row {
	no := s.No
	if no == "" {
		no = s.DeviceNo
	}
	title, client, topic := s.Title, s.client(full), called(n.topics, s.Topic)
	if s.Secrecy == "sealed" {
		title, client, topic = "（不公开）", "", ""
	}
	return Row{Link: "services/" + s.ID, Cells: []any{int64(i), no, dayOf(s.OccurredAt), called(n.regions, s.Region), called(n.kinds, s.Kind), topic, title, client,
		int64(s.Persons), word("mode", s.Mode), int64(s.Minutes), called(n.people, s.Counsel), word("outcome", s.Outcome), s.Papers, grades[min(max(s.Grade, 0), 5)], word("state", s.State)}}
}

// client is the masked name, or in full where that was asked for; an office's or enterprise's name is not personal.
func (s served) client(full bool) string {
	name := strings.TrimSpace(s.ClientName)
	switch {
	case name == "":
		return word("client_kind", s.ClientKind)
	case full || s.ClientKind == "committee" || s.ClientKind == "enterprise":
		return name
	}
	return identity.MaskName(name)
}

// dayOf is the day of a time written in China's zone; nil where there is none.
func dayOf(at string) any {
	if len(at) < len(time.DateOnly) {
		return nil
	}
	d, err := time.Parse(time.DateOnly, at[:len(time.DateOnly)])
	if err != nil {
		return nil
	}
	return d
}

func limited(ask Ask) string { return fmt.Sprintf(" LIMIT %d", ask.Limit) }

// cut tells how many rows a limit left out.
func cut(db dbx.Builder, ask Ask, l *Ledger, count string, params dbx.Params) error {
	if len(l.Rows) < ask.Limit {
		return nil
	}
	var all int
	if err := db.NewQuery(count).Bind(params).Row(&all); err != nil {
		return fmt.Errorf("count rows of a ledger: %w", err)
	}
	l.More = all - len(l.Rows)
	return nil
}

var orderColumns = []Column{
	{"i", "序号", "no.", Whole, 3}, {"received", "受理日期", "received", Day, 6}, {"region", "区划", "region", Text, 7}, {"source", "来源", "source", Text, 4},
	{"topic", "事项", "matter", Text, 7}, {"title", "事由", "title", Text, 16}, {"urgency", "紧急程度", "urgency", Text, 4}, {"assignee", "承办人", "assignee", Text, 5},
	{"due", "时限", "due", Day, 6}, {"state", "状态", "state", Text, 6}, {"closed", "办结日期", "closed", Day, 6}, {"late", "是否超期", "late", Text, 4},
}

// ordersQuery begins with the orders' first events, which have an index by time within their order.
const ordersQuery = `WITH received AS (SELECT o.id, o.region, o.source, o.topic, o.title, o.urgency, o.assignee, o.due_at, o.state,
	coalesce((SELECT min(e.at) FROM order_events e WHERE e.order_id = o.id), '') AS first,
	coalesce((SELECT max(e.at) FROM order_events e WHERE e.order_id = o.id AND e.to_state = 'closed'), '') AS last
	FROM orders o WHERE o.region >= {:low} AND o.region <= {:high})
	SELECT * FROM received WHERE first >= {:from} AND first < {:to} ORDER BY first, id`

func readOrders(db dbx.Builder, ask Ask, n names, l *Ledger) error {
	params := dbx.Params{}
	params["low"], params["high"] = region.Range(ask.Region)
	params["from"], params["to"] = ask.Period.Days()
	var rows []struct {
		ID, Region, Source, Topic, Title, Urgency, Assignee, State, First, Last string
		DueAt                                                                   string `db:"due_at"`
	}
	if err := db.NewQuery(ordersQuery + limited(ask)).Bind(params).All(&rows); err != nil {
		return fmt.Errorf("read orders of a ledger: %w", err)
	}
	l.Title, l.Columns = "工单登记台账", orderColumns
	for i, o := range rows {
		late, closed := "", dayOf(o.Last)
		if o.State != "closed" {
			closed = nil
		}
		if due := dayOf(o.DueAt); due != nil && closed != nil && closed.(time.Time).After(due.(time.Time)) {
			late = "超期"
		}
		l.Rows = append(l.Rows, Row{Link: "orders/" + o.ID, Cells: []any{int64(i + 1), dayOf(o.First), called(n.regions, o.Region), word("source", o.Source), called(n.topics, o.Topic),
			o.Title, word("urgency", o.Urgency), called(n.people, o.Assignee), dayOf(o.DueAt), word("order", o.State), closed, late}})
	}
	return cut(db, ask, l, "SELECT count(*) FROM ("+ordersQuery+")", params)
}
