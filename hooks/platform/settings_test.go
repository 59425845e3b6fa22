package platform

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func node(t *testing.T, conf string) string {
	t.Helper()
	home := t.TempDir()
	if conf != "" {
		require.NoError(t, os.WriteFile(filepath.Join(home, ConfigFile), []byte(conf), 0o600))
	}
	return filepath.Join(home, "data")
}

func TestLaterSourcesWin(t *testing.T) {
	dir := node(t, "\ufeff# our office\nregion = 500238101000\nname = 文件\nhttp = 127.0.0.1:1\n\nbackup_keep=3\n")
	cfg, err := Load([]string{"serve", "--dir", dir, "--http=127.0.0.1:3", "--unknown", "x"},
		[]string{"CUNJU_NAME=环境", "CUNJU_HTTP=127.0.0.1:2", "PATH=/bin"})
	require.NoError(t, err)
	assert.Equal(t, "500238101000", cfg.Region, "from the file")
	assert.Equal(t, "环境", cfg.Name, "the environment beats the file")
	assert.Equal(t, "127.0.0.1:3", cfg.HTTP, "the flag beats the environment")
	assert.Equal(t, 3, cfg.BackupKeep)
	assert.Equal(t, Township, cfg.Tier, "the default stays")
	home := filepath.Dir(dir)
	assert.Equal(t, filepath.Join(home, "keys"), cfg.KeyDir)
	assert.Equal(t, filepath.Join(home, "backups"), cfg.BackupDir)
	assert.Equal(t, cfg.Region, cfg.Node().Region)
}

func TestTheEnvironmentMayNameTheFolderOfTheFile(t *testing.T) {
	dir := node(t, "region = 500238101000")
	cfg, err := Load(nil, []string{"CUNJU_DIR=" + dir})
	require.NoError(t, err)
	assert.Equal(t, "500238101000", cfg.Region)
}

func TestWrongSettingsAreRefused(t *testing.T) {
	cases := []struct {
		name, conf string
		env, args  []string
		want       string
	}{
		{name: "unknown key", conf: "regoin = 1", want: `line 1: unknown setting "regoin"`},
		{name: "dir in the file", conf: "dir = /x", want: `unknown setting "dir"`},
		{name: "no equals sign", conf: "region", want: "want key = value"},
		{name: "twice", conf: "name = a\nname = b", want: "stands twice"},
		{name: "unknown variable", env: []string{"CUNJU_REGOIN=1"}, want: "unknown setting CUNJU_REGOIN"},
		{name: "tier", args: []string{"--tier", "village"}, want: "none of township, city"},
		{name: "region's length", args: []string{"--region", "500238"}, want: "not a 12-digit code"},
		{name: "village as township", args: []string{"--region", "500238101201"}, want: "no township"},
		{name: "county as township", args: []string{"--region", "500238000000"}, want: "no township"},
		{name: "township as city", args: []string{"--tier", "city", "--region", "500238101000"}, want: "no city"},
		{name: "upstream with a path", args: []string{"--upstream", "https://a.example/x"}, want: "scheme and host alone"},
		{name: "upstream's scheme", args: []string{"--upstream", "ftp://a.example"}, want: "must begin with"},
		{name: "address", args: []string{"--http", "8090"}, want: "no host:port"},
		{name: "time", args: []string{"--backup-at", "25:00"}, want: "no time of day"},
		{name: "number", args: []string{"--backup-keep", "0"}, want: "no number from 1"},
		{name: "half a certificate", args: []string{"--cert", "a.pem"}, want: "give both"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := Load(append([]string{"--dir", node(t, c.conf)}, c.args...), c.env)
			require.ErrorContains(t, err, c.want)
		})
	}
}

func TestEverySettingIsDescribedAndItsDefaultIsAllowed(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range Settings {
		assert.NotEmpty(t, s.Sentence, s.Name)
		assert.NotEmpty(t, s.Kind, s.Name)
		assert.False(t, seen[s.Name], s.Name)
		seen[s.Name] = true
		if s.Check != nil {
			assert.NoError(t, s.Check(s.Default), s.Name)
		}
	}
}
