package bundles

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"cunju/sync/bundle"
)

// Command is `cunju bundle`, for a node that is stopped: only one process writes.
func Command(app core.App, d Deps) *cobra.Command {
	command := &cobra.Command{Use: "bundle", Short: "Exchange work by file where there is no network; the node must be stopped"}
	var answer string
	take := &cobra.Command{Use: "import FILE", Short: "Take a phone's or a township's file, or the city's answer", Args: cobra.ExactArgs(1), SilenceUsage: true,
		RunE: prepared(app, func(c *cobra.Command, args []string) error { return d.importFile(c, args[0], answer) })}
	take.Flags().StringVar(&answer, "answer", "", "file to write the answer to (default: FILE with .answer"+Suffix+")")
	give := &cobra.Command{Use: "export FILE", Short: "Write everything that waits for the city into a file", Args: cobra.ExactArgs(1), SilenceUsage: true,
		RunE: prepared(app, func(c *cobra.Command, args []string) error { return d.exportFile(c, args[0]) })}
	command.AddCommand(take, give)
	return command
}

func prepared(app core.App, run func(*cobra.Command, []string) error) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, args []string) error {
		if err := app.RunAllMigrations(); err != nil {
			return fmt.Errorf("prepare the database: %w", err)
		}
		return run(c, args)
	}
}

func (d Deps) importFile(c *cobra.Command, path, answer string) error {
	file, err := readFile(path)
	if err != nil {
		return err
	}
	t, err := d.take(c.Context(), file)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.OutOrStdout(), "%s from %s (%s): %d batches with a receipt, %d refused\n", t.Kind, t.Name, t.From, t.Receipts, t.Failed)
	if t.Kind == Answer {
		return nil
	}
	if answer == "" {
		answer = path + ".answer" + Suffix
	}
	if err := writeFile(answer, t.answer); err != nil {
		return err
	}
	fmt.Fprintf(c.OutOrStdout(), "next: carry %s back to the sender\n", answer)
	return nil
}

func (d Deps) exportFile(c *cobra.Command, path string) error {
	file, more, err := d.export()
	if err != nil {
		return err
	}
	if err := writeFile(path, file); err != nil {
		return err
	}
	fmt.Fprintf(c.OutOrStdout(), "wrote %s (%d bytes)\nnext: have the city import it, then import its answer here\n", path, len(file))
	if more {
		fmt.Fprintln(c.OutOrStdout(), "not everything fitted: export again after the answer")
	}
	return nil
}

// readFile reads a file of bounded size.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open bundle: %w", err)
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, bundle.MaxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read bundle: %w", err)
	}
	return raw, nil
}

// writeFile never writes over another file, and is done only when the stick may be pulled out.
func writeFile(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("create bundle: %w", err)
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(fmt.Errorf("write bundle: %w", err), os.Remove(path))
	}
	return nil
}
