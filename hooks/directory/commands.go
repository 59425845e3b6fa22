package directory

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"
)

// Commands gives the command "import" with one subcommand for each kind of
// reference data. The server should be stopped: only one process writes.
func Commands(app core.App) *cobra.Command {
	command := &cobra.Command{Use: "import", Short: "Load reference data from a file into the database"}
	for _, kind := range []struct {
		name, short string
		run         func(app core.App, path string, out io.Writer) error
	}{
		{"regions", "administrative regions from a csv (code, name, short_name, kind, valid_from, valid_to, successor)", importRegions},
		{"topics", "topics from a json of the form topics/1", importTopics},
		{"laws", "law texts from a json, or all of a folder", importLaws},
		{"names", "names for sample data from a json", importNames},
	} {
		var from string
		sub := &cobra.Command{
			Use: kind.name, Short: "Load " + kind.short, Args: cobra.NoArgs, SilenceUsage: true,
			RunE: func(cmd *cobra.Command, _ []string) error {
				if err := app.RunAllMigrations(); err != nil {
					return fmt.Errorf("prepare the database: %w", err)
				}
				return kind.run(app, from, cmd.OutOrStdout())
			},
		}
		sub.Flags().StringVar(&from, "from", "", "file to read")
		if err := sub.MarkFlagRequired("from"); err != nil {
			panic(err) // the flag is declared in the line above
		}
		command.AddCommand(sub)
	}
	return command
}

func importRegions(app core.App, path string, out io.Writer) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	rows, dated, err := readRegions(csv.NewReader(bytes.NewReader(raw)))
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	err = app.RunInTransaction(func(tx core.App) error {
		if err := storeRegions(tx.DB(), rows, dated); err != nil {
			return err
		}
		return remember(tx.DB(), RegionsCollection, imported, digest(raw), len(rows))
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d regions loaded. Codes that the file does not name were kept; end them with valid_to. Start the server again.\n", len(rows))
	return nil
}

func importTopics(app core.App, path string, out io.Writer) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var n int
	err = app.RunInTransaction(func(tx core.App) error {
		if n, err = fillTopics(tx.DB(), raw); err != nil {
			return err
		}
		return remember(tx.DB(), TopicsCollection, imported, digest(raw), n)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	fmt.Fprintf(out, "%d categories and topics loaded. Start the server again.\n", n)
	return nil
}

func importLaws(app core.App, path string, out io.Writer) error {
	laws, err := readLaws(path)
	if err != nil {
		return err
	}
	var articles int
	err = app.RunInTransaction(func(tx core.App) error {
		articles, err = storeLaws(tx.DB(), laws)
		return err
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d laws with %d articles loaded. Other wordings were kept. Start the server again.\n", len(laws), articles)
	return nil
}

func importNames(app core.App, path string, out io.Writer) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	names, err := ReadNames(raw)
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	if err := os.WriteFile(filepath.Join(app.DataDir(), namesFile), raw, 0o600); err != nil {
		return err
	}
	fmt.Fprintf(out, "%d surnames loaded. The next sample data use them.\n", len(names.Surnames)+len(names.Local))
	return nil
}
