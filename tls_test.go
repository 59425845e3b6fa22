package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// certify writes a certificate for 127.0.0.1 with the serial number.
func certify(t *testing.T, cert, key string, serial int64) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "box"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	require.NoError(t, err)
	secret, err := x509.MarshalECPrivateKey(private)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: secret}), 0o600))
	require.NoError(t, os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}), 0o600))
}

func freeAddress(t *testing.T) string {
	t.Helper()
	probe, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer probe.Close()
	return probe.Addr().String()
}

// A real process serves the office's own certificate, takes up a renewed one
// without a restart, and sends plain visitors to it.
func TestOwnCertificate(t *testing.T) {
	home := t.TempDir()
	cert, key := filepath.Join(home, "cert.pem"), filepath.Join(home, "key.pem")
	certify(t, cert, key, 1)
	plain, secure := freeAddress(t), freeAddress(t)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	server := command(ctx, "serve", "--dir", filepath.Join(home, "data"), "--region", "500238101000",
		"--http", plain, "--https", secure, "--cert", cert, "--cert-key", key)
	require.NoError(t, server.Start())
	defer func() {
		require.NoError(t, server.Process.Signal(syscall.SIGTERM))
		require.NoError(t, server.Wait())
	}()

	serial := func() (int64, http.Header) {
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
		answer, err := client.Get("https://" + secure + "/version.json")
		if err != nil {
			return 0, nil
		}
		answer.Body.Close()
		return answer.TLS.PeerCertificates[0].SerialNumber.Int64(), answer.Header
	}
	require.Eventually(t, func() bool { n, _ := serial(); return n == 1 }, 40*time.Second, 50*time.Millisecond)
	_, header := serial()
	assert.NotEmpty(t, header.Get("Strict-Transport-Security"))

	stay := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := stay.Post("http://"+plain+"/api/x?y=1", "text/plain", nil)
	require.NoError(t, err)
	answer.Body.Close()
	assert.Equal(t, http.StatusPermanentRedirect, answer.StatusCode, "a POST stays a POST")
	assert.Equal(t, "https://"+secure+"/api/x?y=1", answer.Header.Get("Location"))

	require.NoError(t, os.WriteFile(cert, []byte("half a file"), 0o600))
	require.NoError(t, os.Chtimes(cert, time.Now(), time.Now().Add(time.Second)))
	n, _ := serial()
	assert.EqualValues(t, 1, n, "a half-written renewal does no harm")
	certify(t, cert, key, 2)
	require.NoError(t, os.Chtimes(cert, time.Now(), time.Now().Add(2*time.Second)))
	n, _ = serial()
	assert.EqualValues(t, 2, n)
}
