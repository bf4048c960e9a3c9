package listen

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"os"
	"strings"
	"testing"
)

// TestTheKeyOfAnAccountIsReadOrRefused: one key is made, and any other text is
// told of in a sentence.
func TestTheKeyOfAnAccountIsReadOrRefused(t *testing.T) {
	i, err := FromAuthority(Authority{Folder: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	first, err := i.accountKey()
	if err != nil {
		t.Fatal(err)
	}
	if again, err := i.accountKey(); err != nil || !again.Equal(first) {
		t.Errorf("the second time it is another key: %v", err)
	}
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(other)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"no PEM": []byte("x"), "no key": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("x")}), "an RSA key": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}),
	} {
		if err := os.WriteFile(i.file("account"), data, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := i.accountKey(); err == nil || !strings.Contains(err.Error(), "without the file a new account is made") || strings.Contains(err.Error(), "nil") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
