package identity

import (
	"strings"
	"unicode/utf8"

	"cunju/hooks/fault"
)

// usccAlphabet of GB 32100-2015 leaves out I, O, S, V and Z.
const usccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

var usccWeights = [17]int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28}

// ParseUSCC reads a unified social credit code as people type it and gives its
// 18 characters. The error is the fault uscc_check and wraps a Problem.
func ParseUSCC(s string) (string, error) {
	s = fold(s)
	if problem := checkUSCC(s); problem != "" {
		return "", fault.New("uscc_check").Wrap(problem)
	}
	return s, nil
}

func checkUSCC(s string) Problem {
	if utf8.RuneCountInString(s) != 18 {
		return BadLength
	}
	if strings.Trim(s, usccAlphabet) != "" {
		return BadCharset
	}
	sum := 0
	for i, weight := range usccWeights {
		sum += strings.IndexByte(usccAlphabet, s[i]) * weight
	}
	if s[17] != usccAlphabet[(31-sum%31)%31] {
		return BadChecksum
	}
	return ""
}
