// Command cunju is one node of the public-legal-service network: a township's
// or the city's, as its settings say.
package main

import (
	"embed"
	"io/fs"
	"os"

	"cunju/hooks"
	"cunju/hooks/platform"
	_ "cunju/migrations"
)

//go:embed all:pb_public
var folder embed.FS

func main() {
	os.Exit(platform.Fail(run()))
}

func run() error {
	cfg, err := platform.Load(os.Args[1:], os.Environ())
	if err != nil {
		return err
	}
	public, err := fs.Sub(folder, "pb_public")
	if err != nil {
		return err
	}
	app := platform.NewApp(cfg)
	hooks.Register(app, cfg, public)
	return platform.Start(app, cfg)
}
