package platform

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"
)

// ConfigFile is the name of the settings file beside the data folder.
const ConfigFile = "cunju.conf"

const envPrefix = "CUNJU_"

// Load reads the settings: defaults, then cunju.conf beside the data folder,
// then CUNJU_* of the environment, then flags. args are the command line
// without the program's name. A key that no setting has is an error, because a
// misspelt setting would otherwise be silently ignored.
func Load(args, environ []string) (Config, error) {
	flags, err := fromFlags(args)
	if err != nil {
		return Config{}, err
	}
	env, err := fromEnviron(environ)
	if err != nil {
		return Config{}, err
	}
	values := map[string]string{}
	for _, s := range Settings {
		values[s.Name] = s.Default
	}
	overlay(values, env)
	overlay(values, flags)

	file, err := fromFile(filepath.Join(filepath.Dir(filepath.Clean(values["dir"])), ConfigFile))
	if err != nil {
		return Config{}, err
	}
	overlay(values, file)
	overlay(values, env)
	overlay(values, flags)
	if err := checkAll(values); err != nil {
		return Config{}, err
	}
	return configOf(values), nil
}

func overlay(values, over map[string]string) {
	for k, v := range over {
		values[k] = v
	}
}

func checkAll(values map[string]string) error {
	for _, s := range Settings {
		if s.Check == nil {
			continue
		}
		if err := s.Check(values[s.Name]); err != nil {
			return fmt.Errorf("setting %s: %w", s.Name, err)
		}
	}
	if (values["cert"] == "") != (values["cert_key"] == "") {
		return errors.New("settings cert and cert_key: give both or neither")
	}
	if err := regionOfTier(values["tier"], values["region"]); err != nil {
		return fmt.Errorf("setting region: %w", err)
	}
	return nil
}

func find(name string) (Setting, bool) {
	for _, s := range Settings {
		if s.Name == name {
			return s, true
		}
	}
	return Setting{}, false
}

// fromFile reads "key = value" lines; a line that begins with # is a comment.
// No file at all is fine.
func fromFile(path string) (map[string]string, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read settings: %w", err)
	}
	values := map[string]string{}
	lines := bufio.NewScanner(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff")))) // Notepad writes a mark
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		key = strings.TrimSpace(key)
		if !ok {
			return nil, fmt.Errorf("%s line %d: want key = value", path, n)
		}
		if s, known := find(key); !known || s.NoFile {
			return nil, fmt.Errorf("%s line %d: unknown setting %q", path, n, key)
		}
		if _, twice := values[key]; twice {
			return nil, fmt.Errorf("%s line %d: setting %q stands twice", path, n, key)
		}
		values[key] = strings.TrimSpace(value)
	}
	return values, lines.Err()
}

func fromEnviron(environ []string) (map[string]string, error) {
	values := map[string]string{}
	for _, pair := range environ {
		key, value, _ := strings.Cut(pair, "=")
		name, ours := strings.CutPrefix(key, envPrefix)
		if !ours || key == settingsKeyEnv {
			continue
		}
		name = strings.ToLower(name)
		if _, known := find(name); !known {
			return nil, fmt.Errorf("environment: unknown setting %s", key)
		}
		values[name] = value
	}
	return values, nil
}

// fromFlags looks only for the table's own flags. Whether a command takes them,
// and what else it takes, is judged later by the command itself.
func fromFlags(args []string) (map[string]string, error) {
	set := pflag.NewFlagSet("settings", pflag.ContinueOnError)
	set.ParseErrorsAllowlist.UnknownFlags = true
	set.Usage = func() {}
	set.BoolP("help", "h", false, "")
	AddFlags(set, func(Setting) bool { return true })
	if err := set.Parse(args); err != nil {
		return nil, err
	}
	values := map[string]string{}
	set.Visit(func(f *pflag.Flag) {
		if s, ok := find(strings.ReplaceAll(f.Name, "-", "_")); ok {
			values[s.Name] = f.Value.String()
		}
	})
	return values, nil
}

// AddFlags declares the settings that want says as flags. The values are read
// by Load, before any command runs; here they only get their help and their
// right to be there.
func AddFlags(set *pflag.FlagSet, want func(Setting) bool) {
	for _, s := range Settings {
		if want(s) && set.Lookup(flagName(s)) == nil {
			set.String(flagName(s), s.Default, s.Sentence)
		}
	}
}

func flagName(s Setting) string { return strings.ReplaceAll(s.Name, "_", "-") }
