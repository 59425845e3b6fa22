package sheet

import (
	_ "embed"
	"sync"

	"cunju/hooks/sheet/pdf"
)

//go:embed fonts/NotoSerifSC-Regular.ttf
var songBytes []byte

// song is the one face of all sheets. It is read in place and never written to.
var song = sync.OnceValues(func() (*pdf.Face, error) {
	return pdf.ParseFace("NotoSerifSC-Regular", songBytes)
})
