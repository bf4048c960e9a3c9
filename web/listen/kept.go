package listen

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// read returns the certificate that was kept for a name, or nil. One that has
// expired is better than none: visitors are told what is wrong.
func (i *Issued) read(name string) *tls.Certificate {
	data, err := os.ReadFile(i.file(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		var cert tls.Certificate
		if cert, err = tls.X509KeyPair(data, data); err == nil {
			if err = cert.Leaf.VerifyHostname(name); err == nil {
				return &cert
			}
		}
	}
	i.authority.Log.Warn("certificate not read; another one is asked for", "name", name, "file", i.file(name), "error", err.Error())
	return nil
}

func (i *Issued) file(name string) string { return filepath.Join(i.folder, name+".pem") }

// keep keeps a key with its chain.
func (i *Issued) keep(name string, chain []byte) error { return replace(i.file(name), chain) }

// accountKey is the key of our account with the authority, made where there is
// none. It is kept before it is used, so that no account is made twice.
func (i *Issued) accountKey() (*ecdsa.PrivateKey, error) {
	file := i.file("account") // no name of a host that is certified lacks a dot
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return nil, err
		}
		block, err := pemOf(key)
		if err != nil {
			return nil, err
		}
		return key, replace(file, block)
	}
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, fmt.Errorf("%s is no key in PEM; without the file a new account is made", file)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s is no key of an account (%w); without the file a new account is made", file, err)
	}
	k, ok := key.(*ecdsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("%s is no key of an account, which are on a curve; without the file a new account is made", file)
	}
	return k, nil
}

// pemOf is a key, with the certificates after it, in PEM.
func pemOf(key *ecdsa.PrivateKey, chain ...[]byte) ([]byte, error) {
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.Write(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))
	for _, der := range chain {
		b.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	}
	return b.Bytes(), nil
}

// replace writes a file whole or not at all, readable by us only.
func replace(file string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(file), ".new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}
