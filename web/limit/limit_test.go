package limit

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"
)

func TestPlacesAreTakenForAllKeysOrNone(t *testing.T) {
	var p Places
	all, a, b := Key{"all", 3}, Key{"a", 2}, Key{"b", 1}
	first, full := p.Take(all, a)
	if full != nil {
		t.Fatal(full)
	}
	if _, full := p.Take(all, a); full != nil {
		t.Fatal(full)
	}
	if _, full := p.Take(b, a); full == nil || *full != a || p.Taken("b") != 0 {
		t.Errorf("full is %v, and b has %d", full, p.Taken("b"))
	}
	if _, full := p.Take(all, b); full != nil {
		t.Fatal(full)
	}
	if _, full := p.Take(all, Key{"c", 9}); full == nil || *full != all {
		t.Errorf("full is %v", full)
	}
	first()
	if _, full := p.Take(all, a); full != nil {
		t.Error(full)
	}
}

func TestWaitEndsWithAPlaceOrTheContext(t *testing.T) {
	var p Places
	k := Key{"a", 1}
	leave, _ := p.Take(k)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if p.Wait(ctx, k) != nil {
		t.Error("a place although none is free")
	}
	got := make(chan func())
	go func() { got <- p.Wait(t.Context(), k) }()
	leave()
	(<-got)()
	if p.Taken("a") != 0 || len(p.taken) != 0 {
		t.Errorf("%d still taken, %v", p.Taken("a"), p.taken)
	}
}

func TestNoMoreThanTheBoundIsUnderWay(t *testing.T) {
	var p Places
	var mu sync.Mutex
	var wait sync.WaitGroup
	under, most, done := 0, 0, 0
	for i := range 100 {
		wait.Go(func() {
			leave := p.Wait(t.Context(), Key{"all", 7}, Key{fmt.Sprint(i % 3), 3})
			mu.Lock()
			under++
			most, done = max(most, under), done+1
			mu.Unlock()
			time.Sleep(time.Millisecond)
			mu.Lock()
			under--
			mu.Unlock()
			leave()
		})
	}
	wait.Wait()
	if most > 7 || done != 100 {
		t.Errorf("%d at once, %d done", most, done)
	}
}

func BenchmarkTake(b *testing.B) {
	var p Places
	b.ReportAllocs()
	for b.Loop() {
		leave, _ := p.Take(Key{"all", 32}, Key{"client", 2}, Key{"target", 2})
		leave()
	}
}
