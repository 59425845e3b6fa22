package platform

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"golang.org/x/crypto/acme/autocert"
)

// serve starts PocketBase's server and returns when it ends. With HTTPS the
// plain listener is ours, not PocketBase's: its redirect always points to
// port 443 and has no timeouts.
func serve(app core.App, cfg Config) error {
	config := apis.ServeConfig{HttpAddr: cfg.HTTP, AllowedOrigins: origins(cfg)}
	if cfg.HTTPS != "" {
		config.HttpAddr, config.HttpsAddr = "", cfg.HTTPS
		if cfg.Domain != "" {
			config.CertificateDomains = []string{cfg.Domain}
		}
	}
	if cfg.HTTP == "" && cfg.HTTPS == "" {
		return errors.New("nothing to listen on: set http or https")
	}
	err := apis.Serve(app, config)
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// origins are the pages of other hosts that may call this node: the city's,
// because a phone that opened the city's page hands its packets to the box in the
// office. PocketBase would allow every page on the internet.
func origins(cfg Config) []string {
	list := []string{"http://" + cfg.HTTP}
	for _, base := range []string{cfg.Upstream, cfg.RatingBase} {
		if base != "" {
			list = append(list, strings.ToLower(base))
		}
	}
	return list
}

// bindServer hardens the server itself: durable database, short header
// timeout, certificate, and no link that makes its reader superuser.
func bindServer(app core.App, cfg Config) {
	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		if err := CheckDurable(se.App); err != nil {
			return err
		}
		if err := claimDataFolder(se.App, cfg); err != nil {
			return err
		}
		if err := harden(se.App, cfg); err != nil {
			return err
		}
		se.InstallerFunc = nil
		se.Server.ReadHeaderTimeout = 10 * time.Second
		se.Server.IdleTimeout = 2 * time.Minute
		se.Server.MaxHeaderBytes = 64 << 10
		if cfg.Cert != "" {
			files := &certFiles{cert: cfg.Cert, key: cfg.CertKey}
			if _, err := files.get(nil); err != nil {
				return err
			}
			se.Server.TLSConfig.GetCertificate = files.get
		}
		if cfg.HTTPS != "" && cfg.HTTP != "" {
			if err := redirectPlain(app, cfg, se.CertManager); err != nil {
				return err
			}
		}
		if err := se.Next(); err != nil {
			return err
		}
		se.Server.Handler = closeDoors(se.Server.Handler)
		slog.Info("serving", "tier", cfg.Tier, "region", cfg.Region, "http", cfg.HTTP, "https", cfg.HTTPS, "version", Version())
		return nil
	})
}

// redirectPlain answers plain HTTP with a redirect to the HTTPS address, and
// with the challenges of a certificate authority when one is used.
func redirectPlain(app core.App, cfg Config, acme *autocert.Manager) error {
	_, port, _ := net.SplitHostPort(cfg.HTTPS) // checked by address
	listener, err := net.Listen("tcp", cfg.HTTP)
	if err != nil {
		return fmt.Errorf("listen for plain http: %w", err)
	}
	server := &http.Server{
		Handler:           acme.HTTPHandler(toHTTPS(port)),
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second,
		MaxHeaderBytes: 16 << 10,
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener) // ends with ErrServerClosed
	}()
	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = server.Shutdown(ctx)
		<-done
		return e.Next()
	})
	return nil
}

// toHTTPS uses 308 so that a POST stays a POST.
func toHTTPS(port string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		if port != "443" {
			host = net.JoinHostPort(host, port)
		}
		http.Redirect(w, r, "https://"+host+r.URL.RequestURI(), http.StatusPermanentRedirect)
	})
}
