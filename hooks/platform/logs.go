package platform

import (
	"context"
	"io"
	"log/slog"
	"regexp"
	"slices"
	"unicode/utf8"
)

// loggable are the attribute keys whose values the operator's log may show.
// A key that is not here is shown without its value, because a log is copied,
// mailed and kept where personal data may not go.
var loggable = []string{
	"address", "attempt", "batch", "bytes", "check", "code", "collection", "count", "error", "every", "feed", "file", "free_mb",
	"http", "https", "id", "install", "job", "kind", "level", "method", "n", "next", "no", "region", "route", "say",
	"state", "status", "tier", "took", "upstream", "version",
}

// personal finds a Chinese mobile number or identity number inside a text.
var personal = regexp.MustCompile(`(^|\D)(\d{17}[\dXx]|\d{15}|1[3-9]\d{9})`)

const longestLogged = 500

// NewLogger writes one line an event to out, without personal data.
func NewLogger(out io.Writer, level string) *slog.Logger {
	var least slog.Level
	_ = least.UnmarshalText([]byte(level)) // checked by the settings table
	text := slog.NewTextHandler(out, &slog.HandlerOptions{Level: least, ReplaceAttr: replaceAttr})
	return slog.New(maskedMessages{text})
}

func replaceAttr(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && (a.Key == slog.TimeKey || a.Key == slog.LevelKey || a.Key == slog.MessageKey) {
		return a
	}
	if !slices.Contains(loggable, a.Key) {
		return slog.String(a.Key, "(hidden)")
	}
	if a.Value.Kind() == slog.KindString || a.Value.Kind() == slog.KindAny {
		return slog.String(a.Key, mask(a.Value.String()))
	}
	return a
}

func mask(text string) string {
	if len(text) > longestLogged {
		text = text[:longestLogged]
		for !utf8.ValidString(text) {
			text = text[:len(text)-1]
		}
		text += "…"
	}
	return personal.ReplaceAllString(text, "$1(number)")
}

// maskedMessages masks the message too: a wrapped error may quote a row.
type maskedMessages struct{ slog.Handler }

func (h maskedMessages) Handle(ctx context.Context, r slog.Record) error {
	clean := slog.NewRecord(r.Time, r.Level, mask(r.Message), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		clean.AddAttrs(a)
		return true
	})
	return h.Handler.Handle(ctx, clean)
}

func (h maskedMessages) WithAttrs(attrs []slog.Attr) slog.Handler {
	return maskedMessages{h.Handler.WithAttrs(attrs)}
}

func (h maskedMessages) WithGroup(name string) slog.Handler {
	return maskedMessages{h.Handler.WithGroup(name)}
}
