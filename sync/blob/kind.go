package blob

import (
	"bytes"
	"fmt"
	"image"
	_ "image/jpeg" // photos are JPEG or PNG: what browsers make from a camera's picture
	_ "image/png"
	"io"
)

// Any is the type of content that is not recognised; it is handed out as a download.
const Any = "application/octet-stream"

// magics are the beginnings by which content is recognised, whatever its name or record says.
var magics = []struct{ start, mime string }{
	{"\xff\xd8\xff", "image/jpeg"},
	{"\x89PNG\r\n\x1a\n", "image/png"},
	{"%PDF-", "application/pdf"},
	{"OggS", "audio/ogg"},
	{"ID3", "audio/mpeg"},
	{"\xff\xfb", "audio/mpeg"},
	{"\x1a\x45\xdf\xa3", "audio/webm"},
}

// Kind tells what content is by its first bytes.
func Kind(head []byte) string {
	for _, m := range magics {
		if bytes.HasPrefix(head, []byte(m.start)) {
			return m.mime
		}
	}
	if len(head) > 12 && string(head[4:8]) == "ftyp" {
		return "audio/mp4"
	}
	return Any
}

// checkImage reads only the picture's header: nothing is decoded that could be a bomb.
func checkImage(r io.Reader) error {
	c, _, err := image.DecodeConfig(r)
	if err != nil {
		return fmt.Errorf("%w: no JPEG or PNG", ErrKind)
	}
	if c.Width <= 0 || c.Height <= 0 || float64(c.Width)*float64(c.Height) > MaxPixels {
		return fmt.Errorf("%w: %d by %d pixels", ErrKind, c.Width, c.Height)
	}
	return nil
}
