package archive

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	neturl "net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// postgres keeps entries in a table that any number of copies share.
type postgres struct{ pool *pgxpool.Pool }

// connectTimeout bounds one attempt to connect where the URL does not. The pool
// goes on connecting when the one who asked has given up.
const connectTimeout = 5 * time.Second

func openPostgres(ctx context.Context, url string) (*postgres, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, badURL(url, err)
	}
	config.ConnConfig.ConnectTimeout = cmp.Or(config.ConnConfig.ConnectTimeout, connectTimeout)
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, failed("open the archive in PostgreSQL", err)
	}
	if err := migrate(ctx, pool); err != nil {
		pool.Close()
		return nil, failed("open the archive in PostgreSQL; check its URL and whether the server runs", err)
	}
	return &postgres{pool}, nil
}

// badURL says what is wrong with a URL of PostgreSQL without its passwords.
// Where the URL cannot be told apart, anything in it may be a password.
func badURL(url string, err error) error {
	u, bad := neturl.Parse(url)
	if bad != nil {
		return errors.New("the archive's URL cannot be read; write postgres://USER:PASSWORD@HOST:5432/DATABASE, " +
			"with % escapes for characters other than letters and digits in the password")
	}
	text := err.Error()
	password, _ := u.User.Password()
	for _, secret := range append(u.Query()["password"], append(u.Query()["sslpassword"], password)...) {
		for _, s := range []string{secret, neturl.QueryEscape(secret), neturl.PathEscape(secret)} {
			if s != "" {
				text = strings.ReplaceAll(text, s, "xxxxx")
			}
		}
	}
	return fmt.Errorf("the archive's URL cannot be used: %s", text)
}

// An expired row is overwritten, any other left as it is.
const insertReport = `
INSERT INTO wwwhy_reports AS old (id, key_sum, created, expires, pinned, report)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (id) DO UPDATE
SET key_sum = excluded.key_sum, created = excluded.created, expires = excluded.expires,
    pinned = excluded.pinned, report = excluded.report
WHERE NOT old.pinned AND old.expires <= $7`

func (p *postgres) Save(ctx context.Context, r Record) error {
	e, err := seal(r)
	if err != nil {
		return err
	}
	var expires *time.Time
	if !e.expires.IsZero() {
		expires = &e.expires
	}
	for {
		tag, err := p.pool.Exec(ctx, insertReport, r.ID, e.keySum[:], e.created, expires, e.pinned, e.packed, time.Now())
		if err != nil {
			return failed("save to the archive in PostgreSQL", err)
		}
		if tag.RowsAffected() == 1 {
			return nil
		}
		old, err := p.get(ctx, r.ID)
		if err == nil {
			return old.again(r)
		}
		if err != ErrNotFound {
			return failed("save to the archive in PostgreSQL", err)
		}
		// It was deleted, or has expired, since: ctx bounds how often.
	}
}

// get returns an entry that has not expired.
func (p *postgres) get(ctx context.Context, id string) (entry, error) {
	if !wellFormed(id) {
		return entry{}, ErrNotFound // PostgreSQL would refuse some bytes with an error
	}
	var e entry
	var sum []byte
	var expires *time.Time
	err := p.pool.QueryRow(ctx, `SELECT key_sum, created, expires, pinned, report FROM wwwhy_reports WHERE id = $1`, id).
		Scan(&sum, &e.created, &expires, &e.pinned, &e.packed)
	if err != nil {
		if errors.Is(err, pgx.ErrNoRows) {
			err = ErrNotFound
		}
		return entry{}, err
	}
	e.created = e.created.UTC()
	if expires != nil {
		e.expires = expires.UTC()
	}
	copy(e.keySum[:], sum)
	if e.gone(time.Now()) {
		return entry{}, ErrNotFound
	}
	return e, nil
}

func (p *postgres) Load(ctx context.Context, id string) (Record, error) {
	e, err := p.get(ctx, id)
	if err != nil {
		return Record{}, failed("load from the archive in PostgreSQL", err)
	}
	return e.unseal(id)
}

func (p *postgres) Delete(ctx context.Context, id, key string) error {
	e, err := p.get(ctx, id)
	if err != nil {
		return failed("delete from the archive in PostgreSQL", err)
	}
	if err := e.check(key); err != nil {
		return err
	}
	tag, err := p.pool.Exec(ctx, `DELETE FROM wwwhy_reports WHERE id = $1 AND key_sum = $2`, id, e.keySum[:])
	if err != nil {
		return failed("delete from the archive in PostgreSQL", err)
	}
	if tag.RowsAffected() == 0 {
		return ErrNotFound
	}
	return nil
}

// A row that has expired is as good as removed: who removes or pins does not
// find it.
const (
	removeRow = `DELETE FROM wwwhy_reports WHERE id = $1 AND (pinned OR expires IS NULL OR expires > $2)`
	pinRow    = `UPDATE wwwhy_reports SET pinned = $3 WHERE id = $1 AND (pinned OR expires IS NULL OR expires > $2)`
)

func (p *postgres) Remove(ctx context.Context, id string) error {
	return failed("remove from the archive in PostgreSQL", p.change(ctx, removeRow, id, time.Now()))
}

func (p *postgres) Pin(ctx context.Context, id string, pinned bool) error {
	return failed("pin in the archive in PostgreSQL", p.change(ctx, pinRow, id, time.Now(), pinned))
}

// change runs a command on the row with an id, or returns ErrNotFound.
func (p *postgres) change(ctx context.Context, command, id string, rest ...any) error {
	if !wellFormed(id) {
		return ErrNotFound // PostgreSQL would refuse some bytes with an error
	}
	tag, err := p.pool.Exec(ctx, command, append([]any{id}, rest...)...)
	if err == nil && tag.RowsAffected() == 0 {
		err = ErrNotFound
	}
	return err
}

// sweepRows removes a bounded number of rows, and leaves those that another
// copy is removing to it.
const sweepRows = `
DELETE FROM wwwhy_reports WHERE id IN (
    SELECT id FROM wwwhy_reports WHERE NOT pinned AND expires <= $1
    ORDER BY expires LIMIT 1000 FOR UPDATE SKIP LOCKED)`

func (p *postgres) Sweep(ctx context.Context, now time.Time) (int, error) {
	total := 0
	for {
		tag, err := p.pool.Exec(ctx, sweepRows, now)
		if err != nil {
			return total, failed("sweep the archive in PostgreSQL", err)
		}
		total += int(tag.RowsAffected())
		if tag.RowsAffected() == 0 {
			return total, nil
		}
	}
}

// Ping also notices that the table is missing.
func (p *postgres) Ping(ctx context.Context) error {
	_, err := p.pool.Exec(ctx, `SELECT FROM wwwhy_reports LIMIT 1`)
	return failed("look into the archive in PostgreSQL", err)
}

func (p *postgres) Durable() bool { return true }

func (p *postgres) Close() error {
	p.pool.Close()
	return nil
}
