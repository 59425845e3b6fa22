package platform

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"strings"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/cmd"
	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"
)

// withoutDatabase marks a command that must not open (and so migrate) the
// database, because a server may be running on it.
const withoutDatabase = "without database"

// NewApp returns PocketBase with our connections and commands; hooks are bound
// by the caller. Dev mode, which prints every SQL statement with the personal
// data in it, is never on by itself, wherever the binary lies.
func NewApp(cfg Config) *pocketbase.PocketBase {
	app := pocketbase.NewWithConfig(pocketbase.Config{
		HideStartBanner:      true,
		DefaultDev:           false,
		DefaultDataDir:       cfg.Dir,
		DefaultEncryptionEnv: settingsKeyEnv,
		DBConnect:            Connect,
	})
	slog.SetDefault(NewLogger(os.Stderr, cfg.LogLevel))
	root := app.RootCmd
	root.Use = "cunju"
	root.Short = "cunju (村居): the law office that works where there is no network"
	root.Version = Version()
	root.SilenceUsage = true
	AddFlags(root.PersistentFlags(), func(s Setting) bool { return !s.Serve && s.Name != "dir" })
	root.AddCommand(serveCommand(app, cfg), doctorCommand(cfg), versionCommand(), cmd.NewSuperuserCommand(app))
	bindSettingsKey(app, cfg.KeyDir)
	return app
}

// Start runs the command on the command line and returns its error.
func Start(app *pocketbase.PocketBase, cfg Config) error {
	command, _, err := app.RootCmd.Find(os.Args[1:])
	if err == nil && command.Annotations[withoutDatabase] != "" {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
		defer stop()
		return app.RootCmd.ExecuteContext(ctx)
	}
	if err == nil && command.Runnable() && !asksHelp(os.Args[1:]) && cfg.Region == "" {
		return fmt.Errorf("this node has no region yet: put a line such as \"region = 500238101000\" into %s, or give --region", ConfigFile)
	}
	return app.Execute()
}

// WithoutDatabase marks a command of a subject that must not open the node's database.
func WithoutDatabase(command *cobra.Command) *cobra.Command {
	if command.Annotations == nil {
		command.Annotations = map[string]string{}
	}
	command.Annotations[withoutDatabase] = "yes"
	return command
}

func asksHelp(args []string) bool {
	for _, a := range args {
		if a == "-h" || a == "--help" || a == "-v" || a == "--version" {
			return true
		}
	}
	return false
}

// Fail prints an error as one line with what to do, and returns the exit code.
func Fail(err error) int {
	if err == nil {
		return 0
	}
	fmt.Fprintln(os.Stderr, "cunju:", strings.TrimSpace(err.Error()))
	return 1
}

func serveCommand(app core.App, cfg Config) *cobra.Command {
	command := &cobra.Command{
		Use:   "serve",
		Short: "Run this node until it is told to stop",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if cfg.Tier == City && cfg.Upstream != "" {
				return errors.New("a city node has no upstream: remove the setting upstream")
			}
			return serve(app, cfg)
		},
	}
	AddFlags(command.Flags(), func(s Setting) bool { return s.Serve })
	return command
}
