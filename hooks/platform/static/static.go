// Package static serves the embedded folder pb_public: compressed once, with a
// strong ETag, and with headers that let nothing foreign run. An embedded
// folder has no modification times, so the version of everything is the hash of its contents.
// It imports only the standard library.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"sort"
	"strings"
)

// Site is a folder made ready to be served. It is read-only after New.
type Site struct {
	version string
	files   map[string]*file // by URL path without the leading slash
	pack    *file
	stamp   *file
}

type file struct {
	mime  string
	cache string
	etag  string
	plain []byte
	gz    []byte // nil when compression does not pay
}

// types are the files a browser may ask for. Anything else in the folder
// (sources of vendored files, tests, notes) is not served.
var types = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
	".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon", ".woff2": "font/woff2",
	".json": "application/json", ".webmanifest": "application/manifest+json", ".txt": "text/plain; charset=utf-8",
}

// pinned names carry their version or hash, so their content can never change.
var pinned = regexp.MustCompile(`^vendor/.*[-.@]([0-9]+\.[0-9]+|[0-9a-f]{8,})`)

const (
	immutable = "public, max-age=31536000, immutable"
	recheck   = "no-cache"
)

// New reads the folder.
func New(folder fs.FS) (*Site, error) {
	site := &Site{files: map[string]*file{}}
	err := fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !served(name) {
			return err
		}
		text, err := fs.ReadFile(folder, name)
		if err != nil {
			return err
		}
		cache := recheck
		if pinned.MatchString(name) {
			cache = immutable
		}
		site.files[name] = newFile(text, types[path.Ext(name)], cache)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read public folder: %w", err)
	}
	site.version = site.hash()
	site.stamp = newFile([]byte(`{"version":"`+site.version+`"}`+"\n"), types[".json"], "no-store")
	return site, site.makePack()
}

// served says whether a path of the folder is meant for browsers.
func served(name string) bool {
	base := path.Base(name)
	if types[path.Ext(base)] == "" || base == "package.json" || strings.HasPrefix(base, ".") {
		return false
	}
	if strings.HasSuffix(base, ".test.js") || strings.HasSuffix(base, "_test.js") {
		return false
	}
	for _, folder := range strings.Split(path.Dir(name), "/") {
		if folder == "test" || folder == "testdata" || folder == "node_modules" {
			return false
		}
	}
	return true
}

func newFile(text []byte, mime, cache string) *file {
	sum := sha256.Sum256(text)
	f := &file{mime: mime, cache: cache, plain: text, etag: `"` + hex.EncodeToString(sum[:12]) + `"`}
	if strings.HasPrefix(mime, "image/png") || strings.HasPrefix(mime, "font/") {
		return f
	}
	var packed bytes.Buffer
	w, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression) // the level is valid
	_, _ = w.Write(text)                                       // a buffer takes everything
	_ = w.Close()
	if packed.Len() < len(text) {
		f.gz = packed.Bytes()
	}
	return f
}

// Version is the hash of the folder: names and contents.
func (s *Site) Version() string { return s.version }

func (s *Site) hash() string {
	sum := sha256.New()
	for _, name := range s.names() {
		fmt.Fprintf(sum, "%s %s\n", name, s.files[name].etag)
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

func (s *Site) names() []string {
	names := make([]string, 0, len(s.files))
	for name := range s.files {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// find maps a URL path to a file; a folder answers with its index.html. The
// second result is where to redirect a folder's name without its slash.
func (s *Site) find(urlPath string) (*file, string) {
	name := strings.TrimPrefix(urlPath, "/")
	switch name {
	case "pack.json":
		return s.pack, ""
	case "version.json":
		return s.stamp, ""
	}
	if name == "" || strings.HasSuffix(name, "/") {
		return s.files[name+"index.html"], ""
	}
	if f := s.files[name]; f != nil {
		return f, ""
	}
	if s.files[name+"/index.html"] != nil {
		return nil, "/" + name + "/"
	}
	return nil, ""
}

// ServeHTTP answers GET and HEAD. It reports 404 cleanly: a missing module must
// never be answered with a page.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	f, redirect := s.find(r.URL.Path)
	if redirect != "" {
		http.Redirect(w, r, redirect, http.StatusMovedPermanently)
		return
	}
	if f == nil {
		s.notFound(w)
		return
	}
	f.serve(w, r)
}

func (s *Site) notFound(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusNotFound)
	_, _ = w.Write([]byte("没有这个页面 Not found\n")) // the client may be gone
}
