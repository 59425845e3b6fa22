package sheet

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func record() ServiceRecord {
	return ServiceRecord{
		Office: "巫溪县城厢镇司法所", No: "500238-2026-00012", DeviceNo: "T-K7-15",
		OccurredAt: made, DurationMin: 40, FollowUpAt: made.AddDate(0, 0, 7),
		Place: "村委会便民服务中心", Village: "重庆市巫溪县城厢镇长红村村民委员会",
		Mode: "驻点", Kind: "法律咨询", Topic: "土地承包经营权纠纷", Client: "王*𬭩，138****5678，60岁以上",
		Counsel: "朱𫖮㛃", Institution: "重庆䶮泰律师事务所", LicenceNo: "15001202010123456",
		Summary: "当事人称，其家庭于1998年承包本村二社水田2.3亩，2019年外出务工后由邻居代耕。现邻居拒绝退还，并称“谁种归谁”。\n诉求：收回承包地，并要求补偿两年损失3,600元。",
		Advice:  ordinary, Outcome: "当事人表示听懂，同意先行调解；已联系村调委会。",
		RatingURL: "HTTPS://PJ.EXAMPLE.GOV.CN/R/R1ABCDEFGH2345JKLMNPQRSTUVWXYZ", RatingCode: "R1AB-CDEF-GH23-45JK",
		PrintedAt: made,
	}
}

func TestServiceRecord(t *testing.T) {
	t.Run("says all it was given, on one page", func(t *testing.T) {
		r := record()
		file, err := r.PDF()
		require.NoError(t, err)
		text := solid(poppler(t, "pdftotext", file, "-raw"))
		for _, want := range []string{r.Office, recordTitle, "临时编号：" + r.DeviceNo, "编号：" + r.No, "2026年3月8日11:00", "2026年3月15日",
			r.Village, r.Place, "驻点，40分钟", r.Kind, r.Topic, r.Client, r.Counsel, r.Institution, r.LicenceNo, r.Summary, r.Advice,
			r.Outcome, "当事人（签名或按指印）", "法律顾问（签名）", "村（居）委会（盖章）", rateMe, r.RatingCode, "第1页共1页"} {
			assert.Contains(t, text, solid(want))
		}
	})
	t.Run("an empty one is a form to fill in by hand", func(t *testing.T) {
		file, err := ServiceRecord{}.PDF()
		require.NoError(t, err)
		text := solid(poppler(t, "pdftotext", file, "-raw"))
		assert.Contains(t, text, "第1页共1页")
		assert.NotContains(t, text, "0001年")
		assert.NotContains(t, text, rateMe)
	})
	t.Run("shows the number it has", func(t *testing.T) {
		r := record()
		r.No = ""
		start, end := r.numbers()
		assert.Equal(t, []string{"", "临时编号：T-K7-15"}, []string{start, end})
		r.No, r.DeviceNo = "500238-2026-00012", ""
		start, end = r.numbers()
		assert.Equal(t, []string{"", "编号：500238-2026-00012"}, []string{start, end})
	})
	t.Run("grows over pages and keeps every character", func(t *testing.T) {
		r := record()
		r.Summary, r.RatingURL = tenThousand(), ""
		file, err := r.PDF()
		require.NoError(t, err)
		assert.Contains(t, solid(extracted(t, file, left+labelShare*width)), solid(r.Summary))
		// The table ends on the last page with the signatures, kept whole.
		pages := strings.Split(poppler(t, "pdftotext", file, "-raw"), "\f")
		assert.Contains(t, pages[len(pages)-2], "村（居）委会（盖章）")
	})
}

func TestRatingCodePrintsModuleByModule(t *testing.T) {
	const content = "HTTPS://PJ.EXAMPLE.GOV.CN/R/R1ABCDEFGH2345JKLMNPQRSTUVWXYZ"
	file, err := Render(Options{Created: made}, func(d *Doc) { d.Code(content, "", "", "") })
	require.NoError(t, err)
	want, err := modules(content)
	require.NoError(t, err)
	require.Len(t, want, 29, "upper case keeps the code small")

	image := poppler(t, "pdftoppm", file, "-r", "300", "-mono", "-H", whole(bottom/dot), "-f", "1", "-l", "1")
	black, columns, rows := readPBM(t, image)
	firstX, firstY := columns, rows
	for y := range rows {
		for x := range columns {
			if black(x, y) {
				firstX, firstY = min(firstX, x), min(firstY, y)
			}
		}
	}
	side := int(moduleSide(len(want))/dot + 0.5)
	assert.GreaterOrEqual(t, float64(firstX)-left/dot, float64(quietZone*side-1), "the quiet zone is white")
	for row, line := range want {
		for column, dark := range line {
			for _, offset := range [][2]int{{0, 0}, {side - 1, side - 1}, {side / 2, side / 2}} {
				x, y := firstX+column*side+offset[0], firstY+row*side+offset[1]
				require.Equal(t, dark, black(x, y), "module %d,%d", column, row)
			}
		}
	}
}

// readPBM reads the bitmap that pdftoppm -mono prints.
func readPBM(t *testing.T, image string) (black func(x, y int) bool, columns, rows int) {
	t.Helper()
	_, err := fmt.Sscanf(image, "P4\n%d %d\n", &columns, &rows)
	require.NoError(t, err)
	stride := (columns + 7) / 8
	bits := image[len(image)-stride*rows:]
	return func(x, y int) bool { return bits[y*stride+x/8]&(0x80>>(x%8)) != 0 }, columns, rows
}

func TestServiceRecordIsSmallAndRepeats(t *testing.T) {
	first, err := record().PDF()
	require.NoError(t, err)
	second, err := record().PDF()
	require.NoError(t, err)
	assert.True(t, bytes.Equal(first, second))
	assert.Less(t, len(first), 100<<10)

	later := record()
	later.PrintedAt = made.Add(time.Second)
	third, err := later.PDF()
	require.NoError(t, err)
	assert.False(t, bytes.Equal(first, third), "the date is part of the file")
}

func FuzzServiceRecord(f *testing.F) {
	f.Add("张三", "咨询", "R/ABC", 1)
	f.Add("\xff\u202e\n\n\n", strings.Repeat("，（", 300), "", 40)
	f.Fuzz(func(t *testing.T, short, long, code string, times int) {
		r := ServiceRecord{Office: short, No: short, DeviceNo: long, Place: short, Village: long, Mode: short, DurationMin: times, Kind: short,
			Topic: short, Client: long, Counsel: short, Institution: long, LicenceNo: short, Outcome: short, RatingURL: code, RatingCode: short,
			Summary: strings.Repeat(long, max(0, times)%50)}
		file, err := r.PDF()
		if err != nil { // a text may be too long for paper or for a code, and nothing else
			assert.True(t, len(code) > 200 || len(short)+len(long) > 2000, err)
			return
		}
		assert.True(t, bytes.HasSuffix(file, []byte("%%EOF\n")))
	})
}

func BenchmarkServiceRecord(b *testing.B) {
	r := record()
	b.ReportAllocs()
	for b.Loop() {
		file, err := r.PDF()
		require.NoError(b, err)
		b.ReportMetric(float64(len(file)), "file-bytes")
	}
}
