package ledgers

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestSubsidyIsRateByMonthsLessDeductions(t *testing.T) {
	rates := Rates{Village: map[string]int64{"excellent": 350000, "good": 280000, "passed": 200000, "failed": 0},
		Case: map[string]int64{"oral": 3000, "simple": 3000, "complex": 8000, "major": 15000}}
	done := Mediation{Difficulty: "complex", Verified: true, Agreed: true, Performed: "done", Items: written}
	for name, c := range map[string]struct {
		served Served
		want   Pay
	}{
		"a whole year":               {Served{Grade: "excellent", Months: 12}, Pay{Base: 350000, Total: 350000}},
		"seven months, rounded":      {Served{Grade: "good", Months: 7}, Pay{Base: 163333, Total: 163333}},
		"no grade yet":               {Served{Months: 12}, Pay{}},
		"deduction":                  {Served{Grade: "passed", Months: 12, Deduction: 50000}, Pay{Base: 200000, Deduction: 50000, Total: 150000}},
		"deduction above the base":   {Served{Grade: "passed", Months: 1, Deduction: 50000}, Pay{Base: 16667, Deduction: 16667}},
		"a case is paid by the case": {Served{Grade: "failed", Months: 12, Deduction: 9000, Cases: []Mediation{done}}, Pay{Cases: 8000, Paid: 1, Total: 8000}},
	} {
		assert.Equal(t, c.want, c.served.Pay(rates), name)
	}
}

func TestOnlyCompleteCasesArePaid(t *testing.T) {
	full := Mediation{Difficulty: "simple", Verified: true, Agreed: true, Performed: "done", Items: written}
	assert.True(t, full.Payable())
	for name, spoil := range map[string]func(*Mediation){
		"not verified":          func(m *Mediation) { m.Verified = false },
		"no agreement":          func(m *Mediation) { m.Agreed = false },
		"refused to perform":    func(m *Mediation) { m.Performed = "refused" },
		"pending without a day": func(m *Mediation) { m.Performed = "pending" },
		"a paper is missing":    func(m *Mediation) { m.Items = written[1:] },
	} {
		m := full
		spoil(&m)
		assert.False(t, m.Payable(), name)
	}
	assert.True(t, Mediation{Difficulty: "oral", Verified: true, Agreed: true, Performed: "done"}.Payable(), "an oral agreement needs no papers")
	assert.True(t, Mediation{Difficulty: "simple", Verified: true, Agreed: true, Performed: "pending", Due: true, Items: written}.Payable())
}

func TestPeriods(t *testing.T) {
	for text, days := range map[string][2]string{"2026": {"2026-01-01", "2027-01-01"}, "2026-12": {"2026-12-01", "2027-01-01"}, "2028-02": {"2028-02-01", "2028-03-01"}} {
		p, err := ParsePeriod(text)
		assert.NoError(t, err, text)
		from, to := p.Days()
		assert.Equal(t, days, [2]string{from, to}, text)
		assert.Equal(t, text, p.String())
	}
	for _, bad := range []string{"", "26", "2026-13", "2026-1", "2026-00", "1999", "2026-11-01", "2026\n"} {
		_, err := ParsePeriod(bad)
		assert.Error(t, err, bad)
	}
}

func TestFilesThatAreMadeGiveWayToNewOnes(t *testing.T) {
	at := time.Unix(0, 0)
	j := &jobs{list: map[string]*job{}, now: func() time.Time { return at }}
	var ids []string
	for i := range maxJobs {
		id, ok := j.add(&job{staff: "s", made: at.Add(time.Duration(i) * time.Second)})
		assert.True(t, ok)
		ids = append(ids, id)
	}
	_, ok := j.add(&job{staff: "s", made: at})
	assert.False(t, ok, "all are being made")
	for _, i := range []int{3, 2} {
		j.of(ids[i], "s").run(func(*bytes.Buffer) error { return nil })
	}
	_, ok = j.add(&job{staff: "s", made: at})
	assert.True(t, ok)
	assert.Nil(t, j.of(ids[2], "s"), "the oldest that was made")
	assert.NotNil(t, j.of(ids[3], "s"))
	assert.Nil(t, j.of(ids[3], "another"))
}
