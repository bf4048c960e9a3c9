package archive

import (
	"context"
	"errors"
	"sync"
	"time"
)

// memory keeps entries until the process ends.
type memory struct {
	config Config

	mu      sync.Mutex
	entries map[string]entry // nil: closed
	bytes   int64
}

var errClosed = errors.New("the archive is closed")

func newMemory(c Config) *memory {
	return &memory{config: c, entries: map[string]entry{}}
}

// enter takes the lock unless there is a reason not to go on. It is never held
// for long, so that nobody need wait for ctx as well.
func (m *memory) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	if m.entries == nil {
		m.mu.Unlock()
		return errClosed
	}
	return nil
}

func (m *memory) Save(ctx context.Context, r Record) error {
	e, err := seal(r)
	if err != nil {
		return err
	}
	if err := m.enter(ctx); err != nil {
		return err
	}
	defer m.mu.Unlock()
	if old, ok := m.entries[r.ID]; ok {
		if !old.gone(time.Now()) {
			return old.again(r)
		}
		m.remove(r.ID)
	}
	if len(m.entries) >= m.config.Records || m.bytes+e.size(r.ID) > m.config.Bytes {
		return ErrFull
	}
	m.entries[r.ID] = e
	m.bytes += e.size(r.ID)
	return nil
}

func (m *memory) remove(id string) {
	m.bytes -= m.entries[id].size(id)
	delete(m.entries, id)
}

// found returns an entry that has not expired. m.mu is held.
func (m *memory) found(id string) (entry, error) {
	e, ok := m.entries[id]
	if !ok || e.gone(time.Now()) {
		return entry{}, ErrNotFound
	}
	return e, nil
}

func (m *memory) Load(ctx context.Context, id string) (Record, error) {
	if err := m.enter(ctx); err != nil {
		return Record{}, err
	}
	e, err := m.found(id)
	m.mu.Unlock()
	if err != nil {
		return Record{}, err
	}
	return e.unseal(id)
}

func (m *memory) Delete(ctx context.Context, id, key string) error {
	if err := m.enter(ctx); err != nil {
		return err
	}
	defer m.mu.Unlock()
	e, err := m.found(id)
	if err != nil {
		return err
	}
	if err := e.check(key); err != nil {
		return err
	}
	m.remove(id)
	return nil
}

func (m *memory) Remove(ctx context.Context, id string) error {
	if err := m.enter(ctx); err != nil {
		return err
	}
	defer m.mu.Unlock()
	if _, err := m.found(id); err != nil {
		return err
	}
	m.remove(id)
	return nil
}

func (m *memory) Pin(ctx context.Context, id string, pinned bool) error {
	if err := m.enter(ctx); err != nil {
		return err
	}
	defer m.mu.Unlock()
	e, err := m.found(id)
	if err != nil {
		return err
	}
	e.pinned = pinned
	m.entries[id] = e
	return nil
}

func (m *memory) Sweep(ctx context.Context, now time.Time) (int, error) {
	if err := m.enter(ctx); err != nil {
		return 0, err
	}
	defer m.mu.Unlock()
	n := 0
	for id, e := range m.entries {
		if e.gone(now) {
			m.remove(id)
			n++
		}
	}
	return n, nil
}

func (m *memory) Ping(ctx context.Context) error {
	if err := m.enter(ctx); err != nil {
		return err
	}
	m.mu.Unlock()
	return nil
}

func (m *memory) Durable() bool { return false }

func (m *memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.entries, m.bytes = nil, 0
	return nil
}

// InMemory returns an archive in memory with the usual bounds.
func InMemory() Archive { return newMemory(Config{Records: 100_000, Bytes: 64 << 20}) }
