package demo

import (
	"context"
	"encoding/json/v2"
	"fmt"
	"io"
	"net/http"

	qrcode "github.com/skip2/go-qrcode"
)

// ready is the JSON line of --json.
type ready struct {
	Township string            `json:"township"`
	City     string            `json:"city"`
	Pairing  string            `json:"pairing"`
	Field    string            `json:"field"`
	Logins   map[string]string `json:"logins"`
	Tally    string            `json:"tally"`
	Codes    []string          `json:"codes"` // paths of rating pages that nobody has opened yet
}

// welcome tells what is there and what to try.
func (h *house) welcome(ctx context.Context, out io.Writer, asJSON bool, d *day, tally string) error {
	officer, err := login(ctx, h.town.url, h.cast.officer.login, h.cast.officer.password)
	if err != nil {
		return err
	}
	var p struct {
		Code    string `json:"code"`
		Grouped string `json:"grouped"`
		URL     string `json:"url"`
	}
	if err := officer.call(ctx, http.MethodPost, "/api/cunju/pairings", map[string]string{"staff": h.cast.counsel[0].id}, &p); err != nil {
		return err
	}
	people := []person{h.cast.officer, h.cast.townAdmin, h.cast.supervisor, h.cast.cityAdmin}
	if asJSON {
		r := ready{Township: h.town.url, City: h.city.url, Pairing: p.Code, Field: p.URL, Logins: map[string]string{}, Tally: tally}
		if r.Codes, err = d.unrated(); err != nil {
			return err
		}
		for _, who := range people {
			r.Logins[who.login] = who.password
		}
		line, err := json.Marshal(r)
		if err != nil {
			return fmt.Errorf("encode addresses: %w", err)
		}
		_, err = fmt.Fprintln(out, string(line))
		return err
	}
	code, err := qrcode.New(p.URL, qrcode.Low)
	if err != nil {
		return fmt.Errorf("draw pairing code: %w", err)
	}
	fmt.Fprintf(out, `
%s
村居示例已就绪   The demonstration is ready (Ctrl-C ends it, its data are removed)

  司法所 office    %s/office/    %s   %s
  市中心 city      %s/city/    %s   %s
  区县 county      %s/city/    %s   %s
  管理员 admin     %s/office/    %s   %s
  手机端 phone     %s/field/

手机配对码 pairing code (10 分钟 minutes): %s
%s
试一试  Try this:
  1. 用浏览器打开手机端，输入配对码。   Open the phone part and type the code.
  2. 断网后登记一件服务，出示评价码。   Go offline, log a service, show its code.
  3. 打开评价码的网址，点两下评价。     Open the code's address and rate in two taps.
  4. 到司法所页面核验、打印。           Verify and print it at the office.
  5. 到市中心页面看统计。               See the counts at the city.

结果 result: %s
`, code.ToSmallString(false), h.town.url, people[0].login, people[0].password, h.city.url, people[3].login, people[3].password,
		h.city.url, people[2].login, people[2].password, h.town.url, people[1].login, people[1].password, h.town.url, p.Grouped, p.URL, tally)
	return nil
}
