package services

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestMaskName(t *testing.T) {
	for _, c := range []struct{ name, kind, want string }{
		{"", "resident", ""},
		{"张三", "resident", "张某"},
		{"张", "resident", "张某"},
		{"欧阳修文", "resident", "欧阳某"},
		{"欧阳", "resident", "欧某"},
		{"𬭩小艳", "resident", "𬭩某"},
		{" 李　四 ", "resident", "李某"},
		{"O'Neil 玛丽", "resident", "O***"},
		{"双龙村民委员会", "committee", "双龙村民委员会"},
		{"红叶合作社", "enterprise", "红叶合作社"},
	} {
		assert.Equal(t, c.want, MaskName(c.name, c.kind), c.name)
	}
}

func TestMaskNumbers(t *testing.T) {
	assert.Equal(t, "138****1234", MaskPhone("13812341234"))
	assert.Equal(t, "023****5678", MaskPhone("023-12345678"))
	assert.Equal(t, "****", MaskPhone("110"))
	assert.Equal(t, "", MaskPhone(""))
	assert.Equal(t, "500*************2X", MaskID("50023819900101002X"))
	assert.Equal(t, "****", MaskID("500"))
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
