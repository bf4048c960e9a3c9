package main

import (
	"context"
	"log/slog"
	"path/filepath"
	"time"

	"wwwhy/web/archive"
	"wwwhy/web/limit"
)

// stores is what copies of the site share.
type stores struct {
	reports archive.Archive
	limits  limit.Limiter
}

func (s stores) close() {
	_ = s.reports.Close()
	_ = s.limits.Close()
}

// stores opens what the settings name. Errors name the flag.
func (c *serveCommand) stores(ctx context.Context, log *slog.Logger) (stores, error) {
	limits, err := limit.Open(ctx, c.Limits, log)
	if err != nil {
		return stores{}, usage("%v.", err)
	}
	opening, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	reports, err := archive.Open(opening, c.database(), archive.Config{})
	if err != nil {
		_ = limits.Close()
		return stores{}, usage("--database: %v.", err)
	}
	return stores{reports, limits}, nil
}

// database is where reports are saved.
func (c *serveCommand) database() string {
	switch {
	case c.Database != "":
		return c.Database
	case c.Data != "":
		return "file:" + filepath.Join(c.Data, "reports.db")
	}
	return "memory"
}
