package static

import (
	"encoding/json"
	"fmt"
	"strings"
)

// shell are the parts of the folder that the phone needs to start without a
// network. One packed answer fills the worker's cache in a third of the time
// that file by file takes on a slow line.
var shell = []string{
	"field/", "css/", "vendor/", "js/core/", "js/store/", "js/sync/", "js/ui/", "js/i18n/", "js/screens/field/", "data/", "icons/",
}

// inShell leaves out what is no text and what only people read.
func inShell(name string) bool {
	if strings.HasSuffix(name, ".png") || strings.HasSuffix(name, ".ico") || strings.HasSuffix(name, ".woff2") || strings.HasSuffix(name, ".txt") {
		return false
	}
	for _, prefix := range shell {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return strings.HasSuffix(name, ".webmanifest")
}

// makePack builds {"version","files":{"/path":[type,text]}}. A folder's page
// stands under the folder's URL, which is what the browser will ask for.
func (s *Site) makePack() error {
	files := map[string][2]string{}
	for _, name := range s.names() {
		if !inShell(name) || strings.HasSuffix(name, "sw.js") {
			continue // the browser itself keeps the worker's script
		}
		f := s.files[name]
		files["/"+strings.TrimSuffix(name, "index.html")] = [2]string{f.mime, string(f.plain)}
	}
	text, err := json.Marshal(map[string]any{"version": s.version, "files": files})
	if err != nil {
		return fmt.Errorf("pack the shell: %w", err)
	}
	s.pack = newFile(text, types[".json"], recheck)
	return nil
}
