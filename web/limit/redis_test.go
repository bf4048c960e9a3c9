package limit

import (
	"context"
	"fmt"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
)

func TestKeysAreHashedTaggedAndExpire(t *testing.T) {
	s := miniredis.RunT(t)
	s.SetTime(start)
	r := open(t, "redis://"+s.Addr())
	take(t, r, Take{"192.0.2.7", client, 2}, Take{"192.0.2.7", quick, 3}, Take{"asked.example", client, 0})
	keys := s.Keys()
	if len(keys) != 2 {
		t.Fatalf("the keys are %q; want two", keys)
	}
	for _, k := range keys {
		if !strings.HasPrefix(k, prefix) || strings.Contains(k, "192.0.2") || len(k) != len(prefix)+22 {
			t.Errorf("the key %q is not a hash behind the tag", k)
		}
	}
	if got, want := s.TTL(cell(Take{"192.0.2.7", client, 2})), 2*time.Minute; got != want {
		t.Errorf("expires in %s; want %s", got, want)
	}
	s.FastForward(15 * time.Second)
	if s.Exists(cell(Take{Key: "192.0.2.7", Rate: quick})) {
		t.Error("a rate that is whole again is still kept")
	}
}

// TestTheServersClockCounts uses the script with the server's own time.
func TestTheServersClockCounts(t *testing.T) {
	s := runServer(t)
	a, b := open(t, s.url), open(t, s.url)
	day := Rate{Name: "day", Quota: 3, Per: 24 * time.Hour}
	take(t, a, Take{"k", day, 2})
	take(t, b, Take{"k", day, 1})
	got := take(t, a, Take{"k", day, 1})
	if r := got.Refused(); r == nil || r.Remaining != 0 || r.RetryAfter > 8*time.Hour || r.RetryAfter < 7*time.Hour {
		t.Errorf("%s; want a refusal for a little less than 8 hours", short(got))
	}
	ttl, err := a.client.PTTL(t.Context(), cell(Take{Key: "k", Rate: day})).Result()
	if err != nil || ttl > 24*time.Hour || ttl < 23*time.Hour {
		t.Errorf("expires in %s, %v; want a little less than a day", ttl, err)
	}
	// The server forgets scripts when it starts, or when it is told to.
	if err := a.client.ScriptFlush(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	take(t, a, Take{"l", day, 1})
}

func TestPasswordsAreNeverShown(t *testing.T) {
	for _, url := range []string{
		"redis://:secret@127.0.0.1:1/0",
		"redis://user:secret@127.0.0.1:1/0",
		"redis://user:secret@127.0.0.1:1/none",
		"redis://user:secret@127.0.0.1:1/0?what=secret",
		"redis://user:12/secret@127.0.0.1:1/0",
		"redis://user:sec#secret@127.0.0.1:1/0",
		"redis://user:%zzsecret@127.0.0.1:1/0",
		"redis://user:secret secret@127.0.0.1:1/0",
		"redis://user:secret@127.0.0.1:port/0",
		"rediss://user:secret@127.0.0.1:1/0?skip_verify=secret",
		"unix://user:secret@/nowhere/at/all",
		"unix://user:secret@",
		"redis+srv://user:secret@127.0.0.1",
		"user:secret@127.0.0.1",
		"redis://user:secret@127.0.0.1:1/0?read_timeout=0",
	} {
		logged := &logbook{}
		l, err := Open(t.Context(), url, logged.logger())
		if err == nil {
			err = l.Ping(t.Context())
			_ = l.Close()
		}
		if err == nil {
			t.Errorf("%s: no error", url)
		}
		if all := fmt.Sprint(err) + logged.String(); strings.Contains(all, "secret") || strings.Contains(all, "12") && strings.Contains(url, "12/") {
			t.Errorf("%s: %s", url, all)
		}
	}
}

func TestPasswordsAndTLSAreUsed(t *testing.T) {
	https := httptest.NewTLSServer(nil)
	defer https.Close()
	s := miniredis.NewMiniRedis()
	if err := s.StartTLS(https.TLS); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.RequireUserAuth("user", "se:cr@t")
	for _, tt := range []struct{ url, want string }{
		{"rediss://user:se%3Acr%40t@" + s.Addr() + "?skip_verify=true&read_timeout=1m", ""},
		{"rediss://user:se%3Acr%40t@" + s.Addr(), "certificate"},
		{"rediss://user:wrong@" + s.Addr() + "?skip_verify=true&read_timeout=1m", "WRONGPASS"},
		{"rediss://" + s.Addr() + "?skip_verify=true&read_timeout=1m", "NOAUTH"},
	} {
		err := open(t, tt.url).Ping(t.Context())
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: %v; want %q", tt.url, err, tt.want)
		}
	}
}

// silent accepts connections and never answers.
func silent(t *testing.T) (url string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() {
		_ = l.Close()
		<-done
	})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			defer c.Close()
		}
	}()
	return "redis://" + l.Addr().String() + "?read_timeout=20ms"
}

func TestAServerThatDoesNotAnswerIsLeft(t *testing.T) {
	r := open(t, silent(t))
	if _, err := r.Take(context.Background(), Take{"k", client, 1}); err == nil {
		t.Error("no error although nothing answers")
	}
}
