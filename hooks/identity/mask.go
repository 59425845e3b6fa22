package identity

import (
	"strings"
	"unicode"
)

// compound are the surnames of two characters that are met today; half of one
// would be a wrong surname.
var compound = set("欧阳", "上官", "司马", "诸葛", "夏侯", "皇甫", "尉迟", "公孙", "令狐", "慕容", "东方", "司徒", "端木", "轩辕", "宇文", "长孙", "鲜于", "闾丘", "公冶", "赫连", "澹台", "淳于", "单于", "申屠", "太史", "钟离", "南宫", "东郭", "百里", "呼延", "西门", "独孤", "拓跋", "纳兰")

// MaskName shows the surname and 某 (rule D1): 张某, 欧阳某. Of a name that is
// not written in Chinese characters it shows the first letter.
func MaskName(name string) string {
	runes := []rune(strings.TrimSpace(name))
	if len(runes) == 0 {
		return ""
	}
	if !unicode.Is(unicode.Han, runes[0]) {
		return string(runes[0]) + "***"
	}
	if len(runes) > 2 && compound[string(runes[:2])] {
		return string(runes[:2]) + "某"
	}
	// a name of the kind 阿卜杜热合曼·买买提 begins with the given name, not with a
	// surname, but one character of it tells no more
	return string(runes[0]) + "某"
}

// MaskPhone shows the first three and the last four digits: 138****1234. A
// number too short to be cut is hidden whole.
func MaskPhone(phone string) string { return middle(phone, 3, 4, 4) }

// MaskID shows the first three and the last two characters of an identity
// number, which names no village and no birthday.
func MaskID(number string) string { return middle(number, 3, 2, 13) }

func middle(s string, head, tail, stars int) string {
	runes := []rune(strings.TrimSpace(s))
	switch {
	case len(runes) == 0:
		return ""
	case len(runes) < head+tail+2:
		return "****"
	}
	return string(runes[:head]) + strings.Repeat("*", stars) + string(runes[len(runes)-tail:])
}
