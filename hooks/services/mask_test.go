package services

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestNamesOfBodiesStay(t *testing.T) {
	assert.Equal(t, "张某", maskName("张三", "resident"))
	assert.Equal(t, "张某", maskName("张三", ""))
	assert.Equal(t, "双龙村民委员会", maskName("双龙村民委员会", "committee"))
	assert.Equal(t, "红叶合作社", maskName(" 红叶合作社 ", "enterprise"))
}

func TestMaskTextHidesNameAndNumbers(t *testing.T) {
	assert.Equal(t, "张某来访，电话138****1234，证号500*************2X，欠款 35000 元",
		MaskText("张三丰来访，电话13812341234，证号50023819900101002X，欠款 35000 元", "张三丰", "resident"))
	assert.Equal(t, "a 与 b", MaskText("a 与 b", "a", "resident"), "one letter is no name to search for")
	assert.Equal(t, "无姓名", MaskText("无姓名", "", "resident"))
}

func TestMaskDetailsShowsOnlyWhatNamesNobody(t *testing.T) {
	shown, hidden := MaskDetails(map[string]any{"audience": 12.0, "parties": []any{map[string]any{"name": "张三"}}, "agreement": "", "unknown": "x"})
	assert.Equal(t, map[string]any{"audience": 12.0}, shown)
	assert.ElementsMatch(t, []string{"parties", "unknown"}, hidden)
}
