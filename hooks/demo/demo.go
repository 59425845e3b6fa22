// Package demo runs a demonstration: a city and a township node as real
// processes on loopback, an office set up through the same pages that anybody uses, and a counsel's day by scripted
// phones that are true clients of the protocol. It imports no PocketBase: whatever it does, a stranger
// could do over HTTP.
package demo

import (
	"context"
	"encoding/json/v2"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"
)

// options are the command's flags.
type options struct {
	once bool
	json bool
	dir  string
	port int
	seed uint64
}

// Command is `cunju demo`.
func Command() *cobra.Command {
	var o options
	c := &cobra.Command{
		Use:   "demo",
		Short: "Start a city and a township on this machine with sample data",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			return run(ctx, o, c.OutOrStdout())
		},
	}
	c.Flags().BoolVar(&o.once, "once", false, "run the day, print what arrived, and stop")
	c.Flags().BoolVar(&o.json, "json", false, "print addresses and logins as one JSON line when ready")
	c.Flags().StringVar(&o.dir, "dir", "", "folder for the demonstration's data (default: a temporary one, removed at the end)")
	c.Flags().IntVar(&o.port, "port", 8090, "port of the township; the city gets the next one; 0: any two free ones")
	c.Flags().Uint64Var(&o.seed, "seed", 1, "seed of the sample data")
	return c
}

func run(ctx context.Context, o options, out io.Writer) (err error) {
	if o.dir == "" {
		if o.dir, err = os.MkdirTemp("", "cunju-demo-"); err != nil {
			return fmt.Errorf("make demonstration folder: %w", err)
		}
		defer os.RemoveAll(o.dir)
	} else if entries, err := os.ReadDir(o.dir); err == nil && len(entries) > 0 {
		return fmt.Errorf("%s is not empty: give --dir a new folder, the demonstration starts from nothing", o.dir)
	}
	say := func(format string, args ...any) {
		if !o.json {
			fmt.Fprintf(out, format+"\n", args...)
		}
	}
	say("正在启动示例：一个市中心节点、一个乡镇节点…  Starting a city and a township …")
	h, err := start(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.stop()) }()
	if err := h.furnish(ctx); err != nil {
		return fmt.Errorf("set up the office: %w", err)
	}
	say("三位顾问、五个村，正在走完一天（约一分钟）…  Three counsel, five villages, one day …")
	day, err := h.day(ctx, o)
	if err != nil {
		return fmt.Errorf("run the day: %w", err)
	}
	tally, err := h.tally(ctx, day)
	if err != nil {
		return fmt.Errorf("read both nodes back: %w", err)
	}
	line, err := json.Marshal(tally)
	if err != nil {
		return fmt.Errorf("encode tally: %w", err)
	}
	if o.once {
		fmt.Fprintln(out, string(line))
		return tally.problem()
	}
	if err := h.welcome(ctx, out, o.json, day, string(line)); err != nil {
		return err
	}
	return h.wait(ctx)
}

// house is the running demonstration.
type house struct {
	city, town *node
	dir        string
	cast       *cast
}

func start(ctx context.Context, o options) (*house, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find own program: %w", err)
	}
	ports, err := twoPorts(o.port)
	if err != nil {
		return nil, err
	}
	h := &house{dir: o.dir}
	h.city, err = startNode(ctx, exe, nodeArgs{dir: filepath.Join(o.dir, "city", "data"), tier: "city", region: cityCode, name: "重庆市公共法律服务数据中心", port: ports[1]})
	if err != nil {
		return nil, err
	}
	h.town, err = startNode(ctx, exe, nodeArgs{dir: filepath.Join(o.dir, "township", "data"), tier: "township", region: townCode, name: townName + "司法所",
		port: ports[0], upstream: h.city.url})
	if err != nil {
		return nil, errors.Join(err, h.city.stop())
	}
	return h, nil
}

func (h *house) stop() error { return errors.Join(h.town.stop(), h.city.stop()) }

// wait stays until it is told to stop or a node ends by itself.
func (h *house) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-h.town.ended:
		return fmt.Errorf("the township node ended: %w", orNil(err))
	case err := <-h.city.ended:
		return fmt.Errorf("the city node ended: %w", orNil(err))
	}
}

func orNil(err error) error {
	if err == nil {
		return errors.New("without an error")
	}
	return err
}
