package services

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"cunju/sync/engine"
)

// catalog is a two-line standard: enough to see every rule.
type catalog struct{}

func (c catalog) ServiceType(code string) (Type, bool) {
	for _, t := range c.ServiceTypes() {
		if t.Code == code {
			return t, true
		}
	}
	return Type{}, false
}

func (catalog) ServiceTypes() []Type {
	return []Type{
		{Code: "CONSULT", Name: "法律咨询", NameEn: "legal consultation", Rated: true,
			Required: []string{"occurred_at", "region", "counsel", "topic", "title", "outcome", "client_kind", "summary"}},
		{Code: "DRAFT", Name: "代写法律文书", NameEn: "drafting a document", Rated: true,
			Required: []string{"title", "client_kind", "client_name", "documents", "consent"}},
		{Code: "LECTURE", Name: "法治讲座", NameEn: "law lecture", MinMinutes: 30,
			Required: []string{"title", "lecture_title", "audience", "duration_min"}},
		{Code: "DUTY", Name: "驻村值班走访", NameEn: "village duty", MinMinutes: 60, Required: []string{"title", "presence"}},
	}
}

func (catalog) Topic(code string) (string, string, bool) {
	return "拖欠工资", "unpaid wages", code == "0801"
}

var tau = time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC).UnixMilli()

func consult(change map[string]any) map[string]any {
	m := map[string]any{"region": "500238101201", "counsel": "counsel00000001", "kind": "CONSULT", "topic": "0801",
		"title": "工地欠薪", "summary": "三人被欠薪", "outcome": "answered", "client_kind": "resident",
		"occurred_at": "2026-11-24T09:00:00+08:00", "state": "draft"}
	for k, v := range change {
		m[k] = v
	}
	return m
}

func phone(cur, set map[string]any) engine.Proposed {
	return engine.Proposed{Collection: Collection, Current: cur, Set: set, By: "counsel00000001", Tau: tau}
}

func byOffice(cur, set map[string]any) engine.Proposed {
	return engine.Proposed{Collection: Collection, Current: cur, Set: set, By: "officer00000001", Node: true, Tau: tau}
}

type m = map[string]any

func TestCheck(t *testing.T) {
	verified := consult(m{"state": "verified", "no": "500238-2026-10100001", "verified_by": "o", "verified_at": "t"})
	seal := m{"state": "verified", "no": "500238-2026-10100001", "verified_by": "o", "verified_at": "t"}
	cases := []struct {
		name string
		p    engine.Proposed
		want string
	}{
		// who may write
		{"a phone writes its holder's services only", phone(nil, consult(m{"counsel": "counsel00000002"})), "rights"},
		{"a phone does not take over another's record", phone(consult(m{"counsel": "counsel00000002"}), m{"counsel": "counsel00000001"}), "rights"},
		{"a phone does not give its record away", phone(consult(nil), m{"counsel": "counsel00000002"}), "rights"},
		{"a phone gives no number", phone(consult(nil), m{"no": "500238-2026-10100001"}), "rights"},
		{"a phone may send an empty number", phone(nil, consult(m{"no": ""})), ""},
		{"an office writes for its counsel", byOffice(nil, consult(m{"state": "submitted"})), ""},
		// states
		{"a record starts as a draft", phone(nil, consult(nil)), ""},
		{"a record may start submitted", phone(nil, consult(m{"state": "submitted"})), ""},
		{"no record starts verified", byOffice(nil, consult(seal)), "state"},
		{"no unknown state", phone(nil, consult(m{"state": "done"})), "state"},
		{"a record without a state is a draft", phone(m{"counsel": "counsel00000001", "kind": "CONSULT"}, m{"title": "改"}), ""},
		{"a phone verifies nothing", phone(consult(m{"state": "submitted"}), m{"state": "verified"}), "state"},
		{"a phone returns nothing", phone(consult(m{"state": "submitted"}), m{"state": "returned", "return_reason": "x"}), "state"},
		{"an author submits again what was returned", phone(consult(m{"state": "returned"}), m{"state": "submitted"}), ""},
		{"an author withdraws his draft", phone(consult(nil), m{"state": "voided"}), ""},
		{"an author withdraws what nobody verified, and says why", phone(consult(m{"state": "submitted"}), m{"state": "voided", "return_reason": "记错了村"}), ""},
		{"an author withdraws without a reason", phone(consult(m{"state": "submitted"}), m{"state": "voided"}), "rule:reason"},
		{"an author withdraws what was verified", phone(verified, m{"state": "voided", "return_reason": "x"}), "frozen"},
		{"an author still mends what waits", phone(consult(m{"state": "submitted"}), m{"title": "更正"}), ""},
		{"a draft is not verified", byOffice(consult(nil), seal), "state"},
		{"verifying gives a number", byOffice(consult(m{"state": "submitted"}), seal), ""},
		{"verifying without a number", byOffice(consult(m{"state": "submitted"}), m{"state": "verified"}), "rule:number"},
		{"verified is frozen for phones", phone(verified, m{"title": "改"}), "frozen"},
		{"voided is frozen for phones", phone(consult(m{"state": "voided"}), m{"state": "draft"}), "frozen"},
		{"verified does not go back", byOffice(verified, m{"state": "submitted"}), "state"},
		{"a number stays", byOffice(verified, m{"no": "500238-2026-10100002"}), "rule:number"},
		{"a number is not cleared by voiding", byOffice(verified, m{"state": "voided", "return_reason": "重复", "no": ""}), "rule:number"},
		{"voiding says why", byOffice(verified, m{"state": "voided"}), "rule:reason"},
		{"voiding with a reason", byOffice(verified, m{"state": "voided", "return_reason": "重复"}), ""},
		{"returning says why", byOffice(consult(m{"state": "submitted"}), m{"state": "returned", "return_reason": "  "}), "rule:reason"},
		{"voided stays", byOffice(consult(m{"state": "voided"}), m{"state": "submitted"}), "state"},
		// values
		{"60 characters of title", phone(nil, consult(m{"title": strings.Repeat("𬭩", 60)})), ""},
		{"61 characters of title", phone(nil, consult(m{"title": strings.Repeat("字", 61)})), "rule:too_long_title"},
		{"20,000 characters of summary", phone(nil, consult(m{"summary": strings.Repeat("字", 20_000)})), ""},
		{"20,001 characters of summary", phone(nil, consult(m{"summary": strings.Repeat("字", 20_001)})), "rule:too_long_summary"},
		{"unknown kind", phone(nil, consult(m{"kind": "NAP"})), "rule:kind"},
		{"unknown topic", phone(nil, consult(m{"topic": "0899"})), "rule:topic"},
		{"unknown outcome", phone(nil, consult(m{"outcome": "won"})), "rule:outcome"},
		{"unknown mode", phone(nil, consult(m{"mode": "pigeon"})), "rule:mode"},
		{"unknown client kind", phone(nil, consult(m{"client_kind": "cat"})), "rule:client_kind"},
		{"unknown secrecy", phone(nil, consult(m{"secrecy": "top"})), "rule:secrecy"},
		{"a time without its offset", phone(nil, consult(m{"occurred_at": "2026-11-24T09:00:00"})), "rule:occurred_at"},
		{"a time that is none", phone(nil, consult(m{"occurred_at": "昨天"})), "rule:occurred_at"},
		{"one day ahead", phone(nil, consult(m{"occurred_at": "2026-11-25T17:30:00+08:00"})), ""},
		{"more than one day ahead", phone(nil, consult(m{"occurred_at": "2026-11-25T17:31:00+08:00"})), "rule:occurred_at"},
		{"long ago is late, not wrong", phone(nil, consult(m{"occurred_at": "2025-01-01T09:00:00+08:00"})), ""},
		{"negative minutes", phone(nil, consult(m{"duration_min": float64(-1)})), "rule:duration_min"},
		{"a visit of a month", phone(nil, consult(m{"duration_min": float64(50_000)})), "rule:duration_min"},
		{"follow-up by day", phone(nil, consult(m{"follow_up_at": "2026-12-01"})), ""},
		{"follow-up by word", phone(nil, consult(m{"follow_up_at": "下周"})), "rule:follow_up_at"},
		{"an old unknown topic does not block another edit", phone(consult(m{"topic": "7777"}), m{"title": "改"}), ""},
		// completeness
		{"a draft may be empty", phone(nil, m{"region": "500238101201", "counsel": "counsel00000001", "kind": "CONSULT"}), ""},
		{"a draft has a kind", phone(nil, m{"counsel": "counsel00000001"}), "rule:kind"},
		{"a submission needs its summary", phone(nil, consult(m{"state": "submitted", "summary": " "})), "rule:required_summary"},
		{"a submission may not be emptied", phone(consult(m{"state": "submitted"}), m{"title": ""}), "rule:required_title"},
		{"details hold what is no column", phone(nil, consult(m{"state": "submitted", "kind": "LECTURE", "duration_min": float64(40)})), "rule:required_lecture_title"},
		{"details complete", phone(nil, consult(m{"state": "submitted", "kind": "LECTURE", "duration_min": float64(20),
			"details": m{"lecture_title": "民法典", "audience": float64(12)}})), ""},
		{"details as stored text", phone(consult(m{"kind": "LECTURE", "duration_min": float64(20), "details": `{"lecture_title":"民法典","audience":12}`}),
			m{"state": "submitted"}), ""},
		{"a named client", phone(nil, consult(m{"state": "submitted", "kind": "DRAFT", "consent": m{"told": true}})), "rule:required_client_name"},
		{"who will not be named is served", phone(nil, consult(m{"state": "submitted", "kind": "DRAFT", "client_kind": "anonymous", "consent": m{"told": true}})), ""},
		{"presence is never compulsory", phone(nil, consult(m{"state": "submitted", "kind": "DUTY"})), ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, c.want, Rules{catalog{}}.Check(c.p))
		})
	}
}

// Nothing but a void leaves verified, nothing leaves voided, and what a phone may do a node may do.
func TestMovesAreClosed(t *testing.T) {
	for _, from := range States {
		for _, to := range States {
			if MayMove(from, to, false) {
				assert.True(t, MayMove(from, to, true), "%s to %s", from, to)
			}
			if from == Voided && to != Voided {
				assert.False(t, MayMove(from, to, true), "%s to %s", from, to)
			}
			if from == Verified {
				assert.Equal(t, to == Verified || to == Voided, MayMove(from, to, true), "%s to %s", from, to)
			}
		}
		assert.False(t, MayMove(from, "", true))
	}
}

func TestMarks(t *testing.T) {
	r := Rules{catalog{}}
	assert.Empty(t, r.Marks(consult(nil), tau))
	assert.Equal(t, []Mark{MarkLate}, r.Marks(consult(m{"occurred_at": "2026-11-17T17:29:59+08:00"}), tau))
	assert.Empty(t, r.Marks(consult(m{"occurred_at": "2026-11-17T17:30:00+08:00"}), tau))
	assert.Equal(t, []Mark{MarkShort}, r.Marks(consult(m{"kind": "DUTY", "duration_min": float64(59)}), tau))
	assert.Equal(t, []Mark{MarkFollowUp}, r.Marks(consult(m{"outcome": "to_follow"}), tau))
}
