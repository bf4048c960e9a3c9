-- +goose Up
CREATE TABLE wwwhy_reports (
    id      text COLLATE "C" PRIMARY KEY,
    key_sum bytea NOT NULL CHECK (octet_length(key_sum) = 32), -- SHA-256 of the delete key
    created timestamptz NOT NULL,
    expires timestamptz,                                       -- NULL: never
    pinned  boolean NOT NULL,
    report  bytea NOT NULL                                     -- zstd
);

-- PostgreSQL need not try to compress what is compressed.
ALTER TABLE wwwhy_reports ALTER COLUMN report SET STORAGE EXTERNAL;

CREATE INDEX wwwhy_reports_expires ON wwwhy_reports (expires) WHERE NOT pinned;

-- +goose Down
DROP TABLE wwwhy_reports;
