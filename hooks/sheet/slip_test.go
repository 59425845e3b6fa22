package sheet

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const slipURL = "HTTPS://CODE.EXAMPLE.CN/R/EUALFQ6UAQRBGZ5XQ2LKVVFWJ6TQ7YJ2QGDWX3A"

func leaves(t *testing.T) map[string][]byte {
	t.Helper()
	at := time.Date(2026, 11, 24, 10, 0, 0, 0, time.FixedZone("CST", 8*3600))
	slip, err := Slip{Office: "巫溪县凤凰镇司法所", Village: "凤凰镇双凤村", Counsel: "王𬭩", OccurredAt: at, No: "500238-2026-1", URL: slipURL,
		Code: "EUAL FQ6U AQRB GZ5X Q2LK VVFW J6TQ 7YJ2 QGDW X3A", Site: "code.example.cn/r/", PrintedAt: at}.PDF()
	require.NoError(t, err)
	plate, err := Plate{Office: "巫溪县凤凰镇司法所", Village: "凤凰镇双凤村", URL: "HTTPS://CODE.EXAMPLE.CN/V/FV2HGZ2XKEBSEQYQKBQUTGZ7ABCDE",
		Code: "FV2H GZ2X", Site: "code.example.cn", Complaint: "投诉 12348", PrintedAt: at}.PDF()
	require.NoError(t, err)
	card, err := VillageCard{Village: "凤凰镇双凤村", Counsel: []CardCounsel{{"王𬭩", "重庆大宁河律师事务所", "15001201010000001", "13800000001"}},
		Duty: "每周三上午", Complaint: "投诉 12348", URL: "HTTPS://CODE.EXAMPLE.CN/V/FV2HGZ2XKEBSEQYQKBQUTGZ7ABCDE", Code: "FV2H", Site: "code.example.cn", PrintedAt: at}.PDF()
	require.NoError(t, err)
	return map[string][]byte{"slip": slip, "plate": plate, "card": card}
}

func TestLeavesSayWhatTheyMust(t *testing.T) {
	all := leaves(t)
	for name, words := range map[string][]string{
		"slip":  {"法律服务评价单", "凤凰镇双凤村", "王𬭩", "EUAL", "非常不满意", "都由您自己决定", "code.example.cn/r/"},
		"plate": {"村居法律顾问", "凤凰镇双凤村", "网址必须是", "不收费", "12348"},
		"card":  {"13800000001", "15001201010000001", "每周三上午", "重庆大宁河律师事务所"},
	} {
		text := solid(poppler(t, "pdftotext", all[name]))
		for _, word := range words {
			assert.Contains(t, text, solid(word), name)
		}
		again := leaves(t)[name]
		assert.True(t, bytes.Equal(all[name], again), "%s: the same bytes for the same input", name)
	}
}

func TestLeavesHaveTheSizeOfTheirPaper(t *testing.T) {
	for name, want := range map[string]string{"slip": "[0 0 164.4", "plate": "[0 0 595.2", "card": "[0 0 297.6"} {
		assert.Contains(t, string(leaves(t)[name]), want, name)
	}
}

// TestPrintedCodesAreRead draws the sheets at a printer's resolution and reads them
// with zbar, where that is installed; the modules are whole dots either way.
func TestPrintedCodesAreRead(t *testing.T) {
	if _, err := exec.LookPath("zbarimg"); err != nil {
		bits, err := modules(slipURL)
		require.NoError(t, err)
		assert.Len(t, bits, 33, "version 4")
		assert.InDelta(t, 41*mm, float64(len(bits)+2*quietZone)*slipModule, 0.5*mm)
		return
	}
	for name, file := range leaves(t) {
		png := poppler(t, "pdftoppm", file, "-png", "-r", "203", "-singlefile")
		read := exec.Command("zbarimg", "-q", "--raw", "-")
		read.Stdin = strings.NewReader(png)
		out, err := read.Output()
		require.NoError(t, err, name)
		assert.Contains(t, string(out), "HTTPS://CODE.EXAMPLE.CN/", name)
	}
}

func TestAHostileTextBreaksNoSlip(t *testing.T) {
	long := strings.Repeat("很长的名字\u202e\x00", 500)
	file, err := Slip{Office: long, Village: long, Counsel: long, No: long, URL: slipURL, Code: long, Site: long}.PDF()
	require.NoError(t, err)
	assert.NotEmpty(t, file)
	_, err = Slip{URL: strings.Repeat("A", 5000)}.PDF()
	assert.Error(t, err, "no code holds so much")
}
