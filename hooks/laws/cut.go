package laws

import (
	"slices"
	"strings"
	"unicode"
)

// cutting counts up when Cut changes, so that an index made by an older program is filled anew.
const cutting = 1

// Cut writes Chinese text as words for the index: each character and each pair of neighbours; other writing by its own words.
func Cut(text string) string {
	var words []string
	for _, run := range runs(text) {
		words = append(words, singles(run)...)
		words = append(words, pairs(run)...)
	}
	return strings.Join(words, " ")
}

// runs splits a text where the writing changes or something stands between.
func runs(text string) []string {
	var list []string
	var run strings.Builder
	han := false
	end := func() {
		if run.Len() > 0 {
			list = append(list, run.String())
			run.Reset()
		}
	}
	for _, r := range text {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			end()
			continue
		}
		if is := unicode.Is(unicode.Han, r); is != han {
			end()
			han = is
		}
		run.WriteRune(unicode.ToLower(r))
	}
	end()
	return list
}

func singles(run string) []string {
	if r := []rune(run); unicode.Is(unicode.Han, r[0]) {
		return strings.Split(run, "")
	}
	return []string{run}
}

func pairs(run string) []string {
	r := []rune(run)
	if !unicode.Is(unicode.Han, r[0]) {
		return nil
	}
	var list []string
	for i := 0; i+1 < len(r); i++ {
		list = append(list, string(r[i:i+2]))
	}
	return list
}

// maxWords bounds the work of one search.
const maxWords = 60

// Match writes what somebody typed as a question to the index: its pairs without words of asking, with the law's
// own word beside the one people use. A single character is looked for as such. "" if there is nothing to look for.
func Match(asked string) string {
	var words []string
	for _, run := range runs(asked) {
		for _, phrase := range strings.Fields(asking.Replace(run)) {
			if r := []rune(phrase); len(r) == 1 || !unicode.Is(unicode.Han, r[0]) {
				continue
			}
			words = append(words, pairs(phrase)...)
		}
	}
	for _, word := range spoken {
		if strings.Contains(asked, word.said) {
			for _, law := range strings.Fields(word.law) {
				words = append(words, pairs(law)...)
			}
		}
	}
	if len(words) == 0 {
		for _, run := range runs(asked) {
			words = append(words, pairs(run)...)
			if len(pairs(run)) == 0 {
				words = append(words, run)
			}
		}
	}
	for _, run := range runs(asked) {
		if !unicode.Is(unicode.Han, []rune(run)[0]) {
			words = append(words, run)
		}
	}
	slices.Sort(words)
	words = slices.Compact(words)
	for i, word := range words {
		words[i] = `"` + word + `"`
	}
	return strings.Join(words[:min(len(words), maxWords)], " OR ")
}
