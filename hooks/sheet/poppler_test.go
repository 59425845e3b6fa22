package sheet

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/require"
)

// made is the date of every file made here.
var made = time.Date(2026, 3, 8, 11, 0, 0, 0, time.FixedZone("", 8*3600))

// poppler runs one of poppler's programs over a file and returns what it prints.
func poppler(t testing.TB, program string, file []byte, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	require.NoError(t, err, "%s reads the sheets back in these tests; install Debian's poppler-utils", program)
	name := filepath.Join(t.TempDir(), "sheet.pdf")
	require.NoError(t, os.WriteFile(name, file, 0o600))
	args = append(args, name)
	if program == "pdftotext" {
		args = append(args, "-") // the others print without being told
	}
	out, err := exec.Command(path, args...).CombinedOutput()
	require.NoError(t, err, "%s: %s", program, out)
	return string(out)
}

// extracted is the text of a sheet right of x, without the footers.
func extracted(t testing.TB, file []byte, x float64) string {
	t.Helper()
	return poppler(t, "pdftotext", file, "-raw", "-enc", "UTF-8", "-nopgbrk", "-r", "72", "-x", whole(x),
		"-y", "0", "-W", whole(pageWidth-x), "-H", whole(bottom+3))
}

// solid is text without its white space, which lines and pages rearrange.
func solid(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)
}

func paragraphs(t testing.TB, text string) []byte {
	t.Helper()
	file, err := Render(Options{Title: "试印", Created: made}, func(d *Doc) { d.Paragraphs(text) })
	require.NoError(t, err)
	return file
}

// whole writes a length in whole units, as poppler's options want it.
func whole(length float64) string { return strconv.Itoa(int(length)) }
