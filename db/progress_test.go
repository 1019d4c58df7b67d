package db

import (
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"partway/transfer"
)

// TestD8TenThousandUploads acknowledges two parts of each of 10,000 uploads, 64 at a time: what
// waits together is one transaction, and the log of writes does not grow with what was written.
func TestD8TenThousandUploads(t *testing.T) {
	t.Parallel()
	const uploads, inFlight = 10_000, 64
	j := openNew(t)
	batch := addBatch(t, j)
	var ids []transfer.ID
	for len(ids) < uploads {
		var us []transfer.Upload
		for range 500 {
			us = append(us, planned(batch, fmt.Sprint(len(ids)+len(us))))
		}
		for _, u := range add(t, j, us...) {
			ids = append(ids, u.ID)
		}
	}
	begun := j.Version()
	slots := make(chan struct{}, inFlight)
	for number := 1; number <= 2; number++ {
		for _, id := range ids {
			slots <- struct{}{}
			f := part(id, number, 1000)
			j.Commit(transfer.Change{Parts: []transfer.PartFact{f}}, func(err error) {
				if err != nil {
					t.Error(err)
				}
				<-slots
			})
		}
	}
	for range inFlight {
		slots <- struct{}{}
	}
	if n := j.Version() - begun; n > 2*uploads/4 {
		t.Errorf("%d parts took %d transactions", 2*uploads, n)
	}
	info, err := os.Stat(j.file + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	const most = 8 << 20
	if info.Size() > most {
		t.Errorf("the log of writes has %d bytes, more than %d", info.Size(), most)
	}
	t.Logf("%d transactions, a log of %d KiB", j.Version()-begun, info.Size()>>10)
}

// TestD8WhatWaitsIsOneTransaction holds the journal up while parts are acknowledged.
func TestD8WhatWaitsIsOneTransaction(t *testing.T) {
	t.Parallel()
	j := openNew(t)
	id := add(t, j, planned(addBatch(t, j), "a"))[0].ID
	begun := j.Version()
	held := make(chan struct{})
	busy := make(chan struct{})
	j.Commit(transfer.Change{Parts: []transfer.PartFact{part(id, 1, 1000)}}, func(error) { close(busy); <-held })
	<-busy
	var parts sync.WaitGroup
	for n := range 100 {
		parts.Add(1)
		j.Commit(transfer.Change{Parts: []transfer.PartFact{part(id, n+2, 1000)}}, func(err error) {
			if err != nil {
				t.Error(err)
			}
			parts.Done()
		})
	}
	close(held)
	parts.Wait()
	if n := j.Version() - begun; n != 2 {
		t.Errorf("100 parts that waited took %d transactions", n-1)
	}
}

// TestD7IDsDoNotFollowTheClock adds a row after the clock was set back.
func TestD7IDsDoNotFollowTheClock(t *testing.T) {
	t.Parallel()
	j := openNew(t)
	batch := addBatch(t, j)
	first, second := planned(batch, "first"), planned(batch, "second")
	second.Created = first.Created.Add(-time.Hour)
	a := add(t, j, first)[0]
	b := add(t, j, second)[0]
	if b.ID <= a.ID {
		t.Errorf("IDs %d and %d", a.ID, b.ID)
	}
	if queue := ids(runnable(t, j, transfer.RunnableQuery{Limit: 10})); !slices.Equal(queue, []transfer.ID{a.ID, b.ID}) {
		t.Errorf("the queue is %v", queue)
	}
}
