package intake

import (
	"errors"
	"strings"
	"testing"
)

func TestEndlessChallengesAreRefused(t *testing.T) {
	for n, refused := range map[int]bool{100: false, 101: true} {
		_, err := ParseAs(Challenge, strings.Repeat("Basic realm=\"x\"\n", n), Options{})
		var e *Error
		if errors.As(err, &e) != refused || refused && e.Line != 101 {
			t.Errorf("%d challenges: %v", n, err)
		}
	}
}
