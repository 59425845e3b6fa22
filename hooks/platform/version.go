package platform

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"
)

// release is set by the linker for a released binary.
var release string

// Version is the release, or the commit of a build without one.
func Version() string {
	if release != "" {
		return release
	}
	if commit := buildSetting("vcs.revision"); len(commit) >= 12 {
		return "dev-" + commit[:12]
	}
	return "dev"
}

// BuildTime is the time of the commit this binary was built from, or zero.
// No clock that is right can show an earlier time.
func BuildTime() time.Time {
	at, _ := time.Parse(time.RFC3339, buildSetting("vcs.time")) // zero when unknown
	return at
}

func buildSetting(key string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == key {
			return s.Value
		}
	}
	return ""
}

func moduleVersion(path string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, m := range info.Deps {
		if m.Path == path {
			return m.Version
		}
	}
	return ""
}

func versionCommand() *cobra.Command {
	var asJSON bool
	command := WithoutDatabase(&cobra.Command{
		Use:   "version",
		Short: "Say which release this is",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			facts := map[string]string{
				"cunju": Version(), "pocketbase": moduleVersion("github.com/pocketbase/pocketbase"),
				"sqlite": moduleVersion("modernc.org/sqlite"), "go": runtime.Version(),
				"platform": runtime.GOOS + "/" + runtime.GOARCH,
			}
			if asJSON {
				return json.NewEncoder(c.OutOrStdout()).Encode(facts)
			}
			_, err := fmt.Fprintf(c.OutOrStdout(), "cunju %s (PocketBase %s, SQLite driver %s, %s, %s)\n",
				facts["cunju"], facts["pocketbase"], facts["sqlite"], facts["go"], facts["platform"])
			return err
		},
	})
	command.Flags().BoolVar(&asJSON, "json", false, "answer in JSON")
	return command
}
