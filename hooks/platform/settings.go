package platform

import (
	"path/filepath"
	"strconv"
)

// Setting is one row of the table that says what an operator may set.
type Setting struct {
	Name     string             // key in cunju.conf; CUNJU_NAME in the environment; --name on the command line
	Kind     string             // what the value is, shown in help
	Default  string             // "" with a check that refuses "" would be an obligatory setting
	Check    func(string) error // nil: any text
	Sentence string             // what it does
	Serve    bool               // only the serve command takes it as a flag
	NoFile   bool               // cannot stand in cunju.conf because it says where that file is
}

// Settings is the one place where settings are declared.
var Settings = []Setting{
	{Name: "dir", Kind: "folder", Default: filepath.Join("cunju-node", "data"), Check: notEmpty, NoFile: true,
		Sentence: "data folder; cunju.conf, keys and backups lie beside it"},
	{Name: "tier", Kind: "word", Default: Township, Check: oneOf(Township, City),
		Sentence: "what this node is: township or city"},
	{Name: "region", Kind: "code", Check: optional(regionCode),
		Sentence: "12-digit code of the region this node answers for"},
	{Name: "name", Kind: "text", Check: shortText,
		Sentence: "what people call this office"},
	{Name: "suite", Kind: "word", Default: "std", Check: oneOf("std", "gm"),
		Sentence: "signatures of a node that has no key yet: std (P-256, SHA-256) or gm (SM2, SM3)"},
	{Name: "upstream", Kind: "url", Check: optional(baseURL),
		Sentence: "base URL of the city node that a township node sends to"},
	{Name: "rating_base", Kind: "url", Check: optional(baseURL),
		Sentence: "public address of the rating pages, printed in every code"},
	{Name: "keys", Kind: "folder",
		Sentence: "folder of the node's keys (default: keys beside the data folder)"},
	{Name: "backups", Kind: "folder",
		Sentence: "folder of the nightly backups (default: backups beside the data folder)"},
	{Name: "backup_at", Kind: "time", Default: "02:30", Check: timeOfDay,
		Sentence: "time of the nightly backup, China time"},
	{Name: "backup_keep", Kind: "number", Default: "14", Check: between(1, 366),
		Sentence: "how many backups are kept"},
	{Name: "log_level", Kind: "word", Default: "info", Check: oneOf("debug", "info", "warn", "error"),
		Sentence: "least level of the lines on standard error"},
	{Name: "http", Kind: "address", Default: "127.0.0.1:8090", Check: optional(address), Serve: true,
		Sentence: "address of the plain HTTP server; with https set it only redirects"},
	{Name: "https", Kind: "address", Check: optional(address), Serve: true,
		Sentence: "address of the HTTPS server"},
	{Name: "cert", Kind: "file", Serve: true,
		Sentence: "certificate chain (PEM) for https; read again when it changes"},
	{Name: "cert_key", Kind: "file", Serve: true,
		Sentence: "private key (PEM) of that certificate"},
	{Name: "domain", Kind: "host", Serve: true,
		Sentence: "host name for which a public certificate is fetched when no cert is given"},
	{Name: "trusted_proxy", Kind: "header", Check: optional(oneOf("X-Forwarded-For", "X-Real-IP")), Serve: true,
		Sentence: "header in which your own reverse proxy names the client"},
}

// Config is the settings after reading and checking.
type Config struct {
	Dir, Tier, Region, Name, Upstream, RatingBase string
	Suite                                         string
	KeyDir, BackupDir, BackupAt                   string
	BackupKeep                                    int
	LogLevel                                      string
	HTTP, HTTPS, Cert, CertKey, Domain            string
	TrustedProxy                                  string
}

// configOf gives checked values their types and fills in the folders that
// follow from the data folder.
func configOf(v map[string]string) Config {
	keep, _ := strconv.Atoi(v["backup_keep"]) // checked by between
	home := filepath.Dir(filepath.Clean(v["dir"]))
	return Config{
		Dir: v["dir"], Tier: v["tier"], Region: v["region"], Name: v["name"], Suite: v["suite"],
		Upstream: trimSlash(v["upstream"]), RatingBase: trimSlash(v["rating_base"]),
		KeyDir:    orElse(v["keys"], filepath.Join(home, "keys")),
		BackupDir: orElse(v["backups"], filepath.Join(home, "backups")),
		BackupAt:  v["backup_at"], BackupKeep: keep, LogLevel: v["log_level"],
		HTTP: v["http"], HTTPS: v["https"], Cert: v["cert"], CertKey: v["cert_key"],
		Domain: v["domain"], TrustedProxy: v["trusted_proxy"],
	}
}
