package testdb

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TLS is an authority that the cluster's certificates are signed by.
type TLS struct {
	Root string // file

	t       testing.TB
	cluster *Cluster
	key     *ecdsa.PrivateKey
	cert    *x509.Certificate
	serial  int64
	rules   []byte // of who is let in
}

// TLS makes the cluster speak TLS, too, until the test ends, with a certificate for
// the host names. No other test may use the cluster meanwhile.
func (c *Cluster) TLS(t testing.TB, names ...string) *TLS {
	t.Helper()
	a := &TLS{t: t, cluster: c, Root: filepath.Join(t.TempDir(), "root.crt")}
	var err error
	if a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	root := &x509.Certificate{Subject: pkix.Name{CommonName: "test authority"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	a.cert = root
	der, _ := a.sign(root, &a.key.PublicKey, time.Hour)
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	a.write(a.Root, "CERTIFICATE", der)
	inside := filepath.Join(c.data, "test_root.crt")
	a.write(inside, "CERTIFICATE", der)
	if a.rules, err = os.ReadFile(a.hba()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		a.letIn("")
		a.set("ALTER SYSTEM RESET ssl", "ALTER SYSTEM RESET ssl_ca_file", "ALTER SYSTEM RESET ssl_cert_file", "ALTER SYSTEM RESET ssl_key_file")
	})
	a.Serve(time.Hour, names...)
	return a
}

// Serve gives the server a certificate for names that is valid for so long; one that
// is not positive has expired.
func (a *TLS) Serve(valid time.Duration, names ...string) {
	a.t.Helper()
	cert, key := a.pair(&x509.Certificate{Subject: pkix.Name{CommonName: names[0]}, DNSNames: names, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}, a.cluster.data, valid)
	a.set("ALTER SYSTEM SET ssl_cert_file = "+literal(cert), "ALTER SYSTEM SET ssl_key_file = "+literal(key),
		"ALTER SYSTEM SET ssl_ca_file = 'test_root.crt'", "ALTER SYSTEM SET ssl = on")
}

// Client makes a certificate for role, as two files, without which it is not let in
// over TCP any more.
func (a *TLS) Client(role string) (cert, key string) {
	a.t.Helper()
	a.letIn("hostssl all " + role + " 127.0.0.1/32 cert\n")
	a.set()
	return a.pair(&x509.Certificate{Subject: pkix.Name{CommonName: role}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}, a.t.TempDir(), time.Hour)
}

func (a *TLS) pair(cert *x509.Certificate, folder string, valid time.Duration) (certFile, keyFile string) {
	a.t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	der, serial := a.sign(cert, &private.PublicKey, valid)
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		a.t.Fatal(err)
	}
	certFile, keyFile = filepath.Join(folder, fmt.Sprintf("test_%d.crt", serial)), filepath.Join(folder, fmt.Sprintf("test_%d.key", serial))
	a.write(certFile, "CERTIFICATE", der)
	a.write(keyFile, "PRIVATE KEY", secret)
	if folder == a.cluster.data {
		if err := give(certFile, keyFile); err != nil {
			a.t.Fatal(err)
		}
	}
	return certFile, keyFile
}

func (a *TLS) sign(cert *x509.Certificate, public *ecdsa.PublicKey, valid time.Duration) (der []byte, serial int64) {
	a.t.Helper()
	a.serial++
	cert.SerialNumber, cert.NotBefore, cert.NotAfter = big.NewInt(a.serial), time.Now().Add(-2*time.Hour), time.Now().Add(valid)
	der, err := x509.CreateCertificate(rand.Reader, cert, a.cert, public, a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	return der, a.serial
}

func (a *TLS) write(file, kind string, der []byte) {
	a.t.Helper()
	err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600)
	if err == nil && filepath.Dir(file) == a.cluster.data {
		err = give(file)
	}
	if err != nil {
		a.t.Fatal(err)
	}
}

func (a *TLS) hba() string { return filepath.Join(a.cluster.data, "pg_hba.conf") }

func (a *TLS) letIn(first string) {
	a.t.Helper()
	if err := os.WriteFile(a.hba(), append([]byte(first), a.rules...), 0o600); err != nil { // it stays the server's
		a.t.Error(err)
	}
}

// set changes settings and waits until new sessions have them.
func (a *TLS) set(statements ...string) {
	a.t.Helper()
	admin := a.cluster.URL(Superuser, Password, "postgres")
	const loaded = "SELECT pg_conf_load_time()"
	before := Query(a.t, admin, loaded)[0]
	for _, sql := range statements {
		Exec(a.t, admin, sql)
	}
	Exec(a.t, admin, "SELECT pg_reload_conf()")
	for began := time.Now(); Query(a.t, admin, loaded)[0] == before; {
		if time.Since(began) > patience {
			a.t.Fatal("the server does not read its settings again")
		}
	}
}
