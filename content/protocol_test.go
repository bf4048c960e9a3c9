package content

import "testing"

func TestOtherProtocolsAreToldByTheirFirstBytes(t *testing.T) {
	rows, err := readTable(files, "other_protocols.csv")
	if err != nil || len(rows) != len(otherProtocols()) || len(rows) == 0 {
		t.Fatalf("%d of %d rows are read: %v", len(otherProtocols()), len(rows), err)
	}
	for start, want := range map[string]string{
		"\x15\x03\x01\x00\x02\x02\x46": "the port speaks TLS; ask for https", "SSH-2.0-OpenSSH": "an SSH server answers on this port",
		"220 mail": "a mail or FTP server answers on this port", "220": "", "2200": "", "HTTP/1.1 200 OK": "", "": "",
	} {
		if got := OtherProtocol([]byte(start)); got != want {
			t.Errorf("%q: %q", start, got)
		}
	}
}
