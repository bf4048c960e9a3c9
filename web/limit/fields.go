package limit

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Fields returns the values of the fields RateLimit-Policy and RateLimit. They
// follow draft-ietf-httpapi-ratelimit-headers-10 of September 2025, sections 3
// and 4; what is written keeps the draft for revision 11 of May 2026 as well,
// which calls the parameter t the effective window, not the time until there
// is more: within Grant.Next, no more than r can be taken, and after it more.
//
// The policy names every rate, as it should stay the same from answer to
// answer. If some refuse, the second value names these alone: so Retry-After
// is never earlier than a t, as section 6 asks. A parameter without a value is
// left out: w where the rate's Per is not in whole seconds, t where all units
// are there. Without grants, both are empty and must not be sent.
//
// Leave out the grants that a client should not see: what remains of a rate
// that others share tells of them (section 8.2).
func Fields(grants []Grant) (policy, limit string) {
	refused := false
	for _, g := range grants {
		refused = refused || !g.OK
	}
	var policies, limits []string
	for _, g := range grants {
		p := fmt.Sprintf(`"%s";q=%d`, g.Rate.Name, g.Rate.Quota)
		if g.Rate.Per%time.Second == 0 {
			p += fmt.Sprintf(";w=%d", g.Rate.Per/time.Second)
		}
		policies = append(policies, p)
		if refused && g.OK {
			continue
		}
		l := fmt.Sprintf(`"%s";r=%d`, g.Rate.Name, g.Remaining)
		if g.Next > 0 {
			l += ";t=" + Seconds(g.Next)
		}
		limits = append(limits, l)
	}
	return strings.Join(policies, ", "), strings.Join(limits, ", ")
}

// Seconds writes a duration as the delay-seconds of Retry-After (RFC 9110,
// section 10.2.3): whole seconds, rounded up and never 0, so that who waits
// them is not refused again.
func Seconds(d time.Duration) string {
	return strconv.FormatInt(max(1, int64(math.Ceil(d.Seconds()))), 10)
}
