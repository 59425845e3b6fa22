package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// How much of PocketBase a room may know.
const (
	pure   = iota // nothing: the standard library alone, so it can be lifted out
	tables        // dbx, the query builder
	all           // PocketBase
)

// house is the table of docs/architecture.md: what each room may import of
// ours, and how much of PocketBase. The first row that fits counts. A name that ends in
// / stands for everything below it.
var house = []struct {
	room string
	may  []string
	base int
}{
	{".", []string{"hooks", "hooks/platform", "migrations"}, pure},
	{"migrations", nil, all},
	{"bench", []string{"bench/visitgen", "hooks/platform", "sync/"}, all},
	{"bench/visitgen", nil, pure},
	{"bench/", []string{"bench/visitgen"}, pure},
	{"docs/example", []string{"sync/"}, all},

	{"sync/change", nil, pure},
	{"sync/install", []string{"sync/change"}, pure},
	{"sync/stamp", []string{"sync/change", "sync/install"}, pure},
	{"sync/merge", []string{"sync/change", "sync/install", "sync/stamp"}, pure},
	{"sync/batch", []string{"sync/change", "sync/install", "sync/stamp"}, pure},
	{"sync/wire", []string{"sync/batch", "sync/change", "sync/install"}, pure},
	{"sync/statement", nil, tables},
	{"sync/oplog", []string{"sync/statement", "sync/wire", "sync/batch", "sync/change", "sync/install", "sync/merge", "sync/stamp"}, tables},
	{"sync/feed", []string{"sync/statement", "sync/wire", "sync/batch", "sync/change", "sync/install", "sync/merge", "sync/stamp"}, tables},
	{"sync/blob", []string{"sync/wire", "sync/batch", "sync/change", "sync/install"}, tables},
	{"sync/bundle", []string{"sync/install"}, pure},
	{"sync/dial", []string{"sync/bundle", "sync/wire", "sync/batch", "sync/change", "sync/install"}, pure},
	{"sync/phone", []string{"sync/bundle", "sync/dial", "sync/feed", "sync/wire", "sync/batch", "sync/change", "sync/install"}, pure},
	{"sync/engine", []string{"sync/statement", "sync/oplog", "sync/feed", "sync/blob", "sync/wire", "sync/batch", "sync/merge", "sync/stamp", "sync/install", "sync/change"}, all},
	{"sync/", []string{"sync/"}, all},

	{"hooks", []string{"hooks/", "sync/"}, all},
	{"hooks/fault", nil, all},
	{"hooks/region", []string{"hooks/fault"}, pure},
	{"hooks/identity", []string{"hooks/fault", "hooks/region"}, pure},
	{"hooks/standard", nil, pure},
	{"hooks/codes", nil, pure},
	{"hooks/holidays", nil, pure},
	{"hooks/sheet", []string{"hooks/sheet/"}, pure},
	{"hooks/sheet/", nil, pure},
	{"hooks/register", nil, pure},
	{"hooks/audit", []string{"hooks/fault", "hooks/region", "hooks/identity", "hooks/standard"}, all},
	{"hooks/access", []string{"hooks/fault", "hooks/region", "hooks/identity", "hooks/standard"}, all},
	{"hooks/platform/static", nil, pure},
	{"hooks/platform", []string{"hooks/fault", "hooks/platform/"}, all},
	{"hooks/directory/gen", []string{"hooks/directory", "hooks/fault", "hooks/region"}, pure},
	{"hooks/demo", []string{"hooks/codes", "hooks/region", "sync/"}, pure},
	{"hooks/attachments", []string{"hooks/fault", "hooks/access", "hooks/region", "sync/"}, all},
	{"hooks/bundles", []string{"hooks/fault", "sync/"}, all},
	{"hooks/devices", []string{"hooks/fault", "hooks/region", "hooks/access", "hooks/audit", "hooks/codes", "sync/"}, all},
	{"hooks/", []string{"hooks/fault", "hooks/region", "hooks/identity", "hooks/standard", "hooks/access", "hooks/audit", "hooks/sheet", "hooks/register",
		"hooks/codes", "hooks/holidays", "sync/engine", "sync/change", "sync/merge"}, all},
}

func fits(pattern, room string) bool {
	return pattern == room || strings.HasSuffix(pattern, "/") && strings.HasPrefix(room, pattern)
}

// importsOf gives the imports of each Go file that is no test, by path.
func importsOf(t *testing.T) map[string][]string {
	t.Helper()
	files := map[string][]string{}
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == "testdata" || name != "." && strings.HasPrefix(entry.Name(), ".")) {
			return fs.SkipDir
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			target, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			files[filepath.ToSlash(name)] = append(files[filepath.ToSlash(name)], target)
		}
		return nil
	})
	require.NoError(t, err)
	require.Greater(t, len(files), 50)
	return files
}

// levelOf is how much of PocketBase an import is.
func levelOf(target string) int {
	switch {
	case strings.HasPrefix(target, "github.com/pocketbase/pocketbase"):
		return all
	case strings.HasPrefix(target, "github.com/pocketbase/"):
		return tables
	}
	return pure
}

func TestImportsFollowTheTable(t *testing.T) {
	for name, targets := range importsOf(t) {
		room := path.Dir(name)
		at := slices.IndexFunc(house, func(row struct {
			room string
			may  []string
			base int
		}) bool {
			return fits(row.room, room)
		})
		require.GreaterOrEqual(t, at, 0, "%s stands in no room of the table", name)
		row := house[at]
		for _, target := range targets {
			own, ours := strings.CutPrefix(target, "cunju/")
			if ours {
				assert.True(t, slices.ContainsFunc(row.may, func(p string) bool { return fits(p, own) }), "%s must not import %s", name, target)
				continue
			}
			assert.LessOrEqual(t, levelOf(target), row.base, "%s must not import %s", name, target)
		}
	}
}

// A subject's types and rules are judged for synced data, too, where there is
// no request and no app.
func TestRulesKnowNoPocketBase(t *testing.T) {
	for name, targets := range importsOf(t) {
		room, file := path.Split(name)
		if !strings.HasPrefix(room, "hooks/") || room == "hooks/" || file != "rules.go" && file != path.Base(room)+".go" || strings.HasPrefix(room, "hooks/platform/") {
			continue
		}
		if slices.Contains([]string{"hooks/fault/", "hooks/audit/", "hooks/directory/"}, room) {
			continue // no subjects of synced data: a table, a trail, a loader
		}
		for _, target := range targets {
			assert.Equal(t, pure, levelOf(target), "%s must not import %s", name, target)
		}
	}
}

// rooms of the browser's code and what each may import of the others.
var browser = map[string][]string{
	"core":    {"vendor/qr.js"}, // arithmetic only, no DOM
	"store":   {"core"},
	"sync":    {"core", "store"},
	"i18n":    {"vendor"},
	"ui":      {"i18n", "vendor", "core"},
	"screens": {"core", "store", "sync", "i18n", "ui", "vendor", "screens"},
}

var jsImport = regexp.MustCompile(`(?m)^\s*(?:import|export)\b[^'"]*?\bfrom\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)`)

func TestBrowserImportsFollowTheTable(t *testing.T) {
	seen := 0
	err := filepath.WalkDir("pb_public/js", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(name, ".js") || strings.HasSuffix(name, ".test.js") || strings.Contains(filepath.ToSlash(name), "/testdata/") {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		seen++
		name = filepath.ToSlash(name)
		room := strings.Split(strings.TrimPrefix(name, "pb_public/js/"), "/")[0]
		may, known := browser[room]
		assert.True(t, known, "%s stands in no room", name)
		for _, match := range jsImport.FindAllStringSubmatch(string(text), -1) {
			target := match[1] + match[2] + match[3]
			if !assert.True(t, strings.HasPrefix(target, "."), "%s imports %s: no build, so only relative paths", name, target) {
				continue
			}
			full := path.Join(path.Dir(name), target)
			assert.FileExists(t, full, "imported by %s", name)
			full = strings.TrimPrefix(strings.TrimPrefix(full, "pb_public/"), "js/")
			other := strings.Split(full, "/")[0]
			assert.True(t, other == room || slices.Contains(may, other) || slices.Contains(may, full), "%s must not import %s", name, target)
		}
		return nil
	})
	require.NoError(t, err)
	require.Greater(t, seen, 30)
}
