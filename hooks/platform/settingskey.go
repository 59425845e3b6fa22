package platform

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/pocketbase/pocketbase/core"
)

// settingsKeyEnv is where PocketBase looks for the key of its settings row.
const settingsKeyEnv = "CUNJU_SETTINGS_KEY"

// bindSettingsKey gives PocketBase the key under which it encrypts its own
// settings. The key lies beside the node's other keys, so a stolen
// data folder or backup does not open them.
//
// The data folder is made here too, because PocketBase would let everybody read it.
func bindSettingsKey(app core.App, keyDir string) {
	app.OnBootstrap().BindFunc(func(e *core.BootstrapEvent) error {
		if err := os.MkdirAll(e.App.DataDir(), 0o700); err != nil {
			return fmt.Errorf("make data folder: %w", err)
		}
		key, err := settingsKey(keyDir)
		if err != nil {
			return err
		}
		if err := os.Setenv(settingsKeyEnv, key); err != nil {
			return err
		}
		return e.Next()
	})
}

func settingsKey(keyDir string) (string, error) {
	path := filepath.Join(keyDir, "settings.key")
	text, err := os.ReadFile(path)
	if err == nil {
		return strings.TrimSpace(string(text)), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read settings key: %w", err)
	}
	raw := make([]byte, 16)
	rand.Read(raw) // never fails since Go 1.24
	key := hex.EncodeToString(raw)
	if err := writeSecret(path, key+"\n"); err != nil {
		return "", fmt.Errorf("write settings key: %w", err)
	}
	return key, nil
}

// writeSecret writes a new file that only this user can read, and makes sure
// that it is on the disk.
func writeSecret(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if _, err := f.WriteString(text); err != nil {
		f.Close()
		return err
	}
	if err := f.Sync(); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
