package limit

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// Timeout is how long Redis may take for an answer, dialing included, unless
// its URL sets a read_timeout. It is far more than Redis needs.
const Timeout = 250 * time.Millisecond

// Redis counts in a Redis server, version 5 or later, or in Valkey, for all
// copies that use it. One script judges and takes, by the server's clock, so
// copies with other clocks agree.
//
// Keys are written as hashes, with an expiry. That hides them from a glance,
// not from someone who tries all addresses of IPv4.
//
// All keys carry one hash tag, so that in a cluster they live in one slot:
// a script may touch one slot only. So a cluster shares nothing of the load,
// and the URL has to name the node of that slot, since redirections are not
// followed. A single server, with replicas or without, is the better choice.
type Redis struct {
	client *redis.Client
	script *redis.Script
	most   time.Duration // for an answer
}

const prefix = "{wwwhy:rate}:"

// source takes all or nothing. KEYS are the cells; ARGV has for each of them
// the microseconds of a whole burst and those of the units to take. It returns
// the microseconds in use before. A cell holds when it is whole again, in
// microseconds of Unix time. %.0f because Lua writes only 14 digits by itself.
const source = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local used, taken = {}, true
local function put(key, n)
	redis.call('SET', key, string.format('%.0f', now + n), 'PX', string.format('%.0f', math.ceil(n / 1000)))
end
for i, key in ipairs(KEYS) do
	local full, need = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
	used[i] = math.max(tonumber(redis.call('GET', key) or now) - now, 0)
	if used[i] > full then -- the clock was set back, or the rate has changed
		used[i] = full
		put(key, full)
	end
	taken = taken and used[i] + need <= full
end
for i, key in ipairs(KEYS) do
	local need = tonumber(ARGV[2 * i])
	if taken and need > 0 then
		put(key, used[i] + need)
	end
end
return used
`

// NewRedis returns a Redis for a URL with the scheme redis, rediss or unix. It
// does not connect yet. The parameters of a query are those of
// redis.ParseURL. No error shows a password.
func NewRedis(url string) (*Redis, error) {
	o, err := redis.ParseURL(url)
	if err != nil {
		const form = "it has the form redis://user:password@host:6379/0, rediss:// for TLS or unix:///path/to/socket, " +
			"and special characters of the password are percent-encoded"
		// What could not be parsed may be a password anywhere, and the reason
		// may quote it.
		if strings.Contains(url, "@") {
			return nil, errors.New("the URL of Redis cannot be read: " + form)
		}
		return nil, fmt.Errorf("the URL of Redis cannot be read: %s: %w", form, err)
	}
	quiet()
	o.ReadTimeout = cmp.Or(o.ReadTimeout, Timeout)
	if o.ReadTimeout < 0 {
		return nil, errors.New("the URL of Redis has a read_timeout of 0, but takes may not wait without end")
	}
	o.DialTimeout, o.WriteTimeout, o.PoolTimeout = o.ReadTimeout, o.ReadTimeout, o.ReadTimeout
	o.ContextTimeoutEnabled = true
	// A script whose answer was lost may have run. Who asks twice takes twice.
	o.MaxRetries, o.DialerRetries = -1, 1
	o.DisableIdentity = true
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	return &Redis{redis.NewClient(o), redis.NewScript(source), o.ReadTimeout}, nil
}

// quiet keeps the client, which has one logger for the process, from writing
// lines of its own: errors are returned, and Fallback logs them once.
var quiet = sync.OnceFunc(logging.Disable)

// Take implements Limiter.
func (r *Redis) Take(ctx context.Context, takes ...Take) (Answer, error) {
	if err := cmp.Or(ctx.Err(), check(takes)); err != nil || len(takes) == 0 {
		return Answer{}, err
	}
	keys := make([]string, len(takes))
	args := make([]any, 0, 2*len(takes))
	for i, t := range takes {
		p := t.Rate.pace()
		keys[i] = cell(t)
		args = append(args, p.full, int64(t.N)*p.every)
	}
	ctx, cancel := context.WithTimeout(ctx, r.most)
	defer cancel()
	used, err := r.script.Run(ctx, r.client, keys, args...).Int64Slice()
	if err != nil {
		return Answer{}, fmt.Errorf("Redis does not count: %w", err)
	}
	if len(used) != len(takes) {
		return Answer{}, fmt.Errorf("Redis does not count: it answered %d numbers for %d rates", len(used), len(takes))
	}
	a, _ := decide(takes, used)
	return a, nil
}

// cell is the key of a take. A rate's name has no zero byte, so that no two
// cells meet.
func cell(t Take) string {
	sum := sha256.Sum256([]byte(t.Rate.Name + "\x00" + t.Key))
	return prefix + base64.RawURLEncoding.EncodeToString(sum[:16])
}

// trial is what Ping takes.
var trial = Take{Rate: Rate{Name: "ping", Quota: 1000, Per: time.Second}, N: 1}

// Ping implements Limiter. It takes a unit of a rate of its own: a server that
// answers PING may still refuse to write, as a replica does, or one whose
// memory is full.
func (r *Redis) Ping(ctx context.Context) error {
	_, err := r.Take(ctx, trial)
	return err
}

// Close implements Limiter.
func (r *Redis) Close() error { return r.client.Close() }
