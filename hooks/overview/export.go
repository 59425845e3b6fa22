package overview

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/audit"
	"cunju/hooks/fault"
)

// export answers the month's cross table as a file for spreadsheets. Its small cells are
// hidden as on the page; the export is written to the audit trail (D4).
func (d Deps) export(e *core.RequestEvent, a ask) error {
	totals, err := month(e.App.DB(), a.month, a.from, a.to, a.below())
	if err != nil {
		return err
	}
	names, err := namesOf(e.App.DB(), a.region)
	if err != nil {
		return err
	}
	data, err := table(totals, names, d.topics(totals), fault.Lang(e.Request))
	if err != nil {
		return err
	}
	err = e.App.RunInTransaction(func(tx core.App) error {
		return audit.Write(tx.DB(), audit.Entry{At: d.Now().In(local), Who: a.staff, Role: a.role, Action: "overview.export", Collection: "services",
			Purpose: a.month, Region: a.region})
	})
	if err != nil {
		return err
	}
	e.Response.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="cunju-%s-%s.csv"`, a.region, a.month))
	return e.Blob(http.StatusOK, "text/csv; charset=utf-8", data)
}

// table writes the file, led by a byte order mark, without which Excel takes Chinese
// for something else.
func table(t Totals, names map[string]string, topics []Named, lang string) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	head := []string{"区划代码", "名称", "月份", "合计", "已核验"}
	if lang == "en" {
		head = []string{"code", "name", "month", "total", "verified"}
	}
	for _, topic := range topics {
		if lang == "en" {
			head = append(head, safe(topic.En))
		} else {
			head = append(head, safe(topic.Zh))
		}
	}
	rows := [][]string{head}
	for _, code := range t.Table.Rows {
		sum := t.lines()[code]
		line := []string{safe(code), safe(names[code]), t.Month, strconv.Itoa(sum.N), strconv.Itoa(sum.Verified)}
		for _, topic := range topics {
			line = append(line, cellText(t.Table.Cells[code][topic.Code]))
		}
		rows = append(rows, line)
	}
	if err := w.WriteAll(rows); err != nil {
		return nil, fmt.Errorf("write csv: %w", err)
	}
	return b.Bytes(), nil
}

func cellText(c Cell) string {
	if c.Few {
		return "*"
	}
	return strconv.Itoa(c.N)
}

// safe keeps a text from being run as a formula by the spreadsheet that opens it.
func safe(s string) string {
	if s != "" && strings.ContainsAny(s[:1], "=+-@\t\r\n") {
		return "'" + s
	}
	return s
}
