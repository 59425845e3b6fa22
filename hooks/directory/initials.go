package directory

import (
	"strings"
	"sync"
)

// phrases are read otherwise than their characters one by one.
var phrases = strings.NewReplacer("重庆", "cq", "畜牧", "xm")

// readings maps a character to the first letter of its most common reading. The
// table covers GB 2312 and the other characters met in names of places; the
// readings are those of pinyin-pro 3.29 (MIT).
var readings = sync.OnceValue(func() map[rune]byte {
	raw, err := data.ReadFile("data/initials.txt")
	if err != nil {
		panic(err) // the file is part of the program
	}
	table := make(map[rune]byte, 7000)
	for line := range strings.Lines(string(raw)) {
		for _, character := range strings.TrimSpace(line[2:]) {
			table[character] = line[0]
		}
	}
	return table
})

// Initials gives the pinyin initials of a name for search: 渝中区 becomes yzq.
// Letters and digits stay, anything unknown is left out.
func Initials(name string) string {
	table := readings()
	var initials strings.Builder
	for _, character := range phrases.Replace(name) {
		switch letter := table[character]; {
		case letter != 0:
			initials.WriteByte(letter)
		case character >= '0' && character <= '9', character >= 'a' && character <= 'z':
			initials.WriteRune(character)
		case character >= 'A' && character <= 'Z':
			initials.WriteRune(character + 'a' - 'A')
		}
	}
	return initials.String()
}
