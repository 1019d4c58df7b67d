package db

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"partway/transfer"
)

// BenchmarkCommitPart measures acknowledged parts a second, with so many commits under way.
func BenchmarkCommitPart(b *testing.B) {
	for _, inFlight := range []int{1, 4, 16, 64} {
		b.Run(fmt.Sprint(inFlight), func(b *testing.B) {
			j := openNew(b)
			u := add(b, j, planned(addBatch(b, j), "a"))[0]
			slots := make(chan struct{}, inFlight)
			for n := 0; b.Loop(); n++ {
				slots <- struct{}{}
				f := part(u.ID, n%transfer.MaxParts+1, 1000)
				j.Commit(transfer.Change{Parts: []transfer.PartFact{f}}, func(err error) {
					if err != nil {
						b.Error(err)
					}
					<-slots
				})
			}
			for range inFlight {
				slots <- struct{}{}
			}
		})
	}
}

// long makes a journal with 100,000 uploads, 90,000 of them planned.
func long(b *testing.B) (*Journal, transfer.BatchID) {
	b.Helper()
	j := openNew(b)
	batch := addBatch(b, j)
	const rows = 100_000
	var us []transfer.Upload
	for n := range rows {
		u := planned(batch, fmt.Sprintf("folder %03d/photo %06d.jpg", n%200, n))
		switch n % 20 {
		case 0:
			u.Phase = transfer.PhaseDone
		case 1:
			u.Intent, u.Phase = transfer.IntentPause, transfer.PhaseUploading
		}
		us = append(us, u)
		if len(us) == 1000 {
			add(b, j, us...)
			us = nil
		}
	}
	return j, batch
}

func BenchmarkLongList(b *testing.B) {
	j, batch := long(b)
	ctx := b.Context()
	must := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	all, err := j.List(ctx, transfer.Filter{}, transfer.Sort{})
	must(err)
	var blocked []transfer.ID
	for _, u := range runnable(b, j, transfer.RunnableQuery{Limit: 200}) {
		blocked = append(blocked, u.ID)
	}
	for _, by := range []transfer.SortBy{
		transfer.SortQueue, transfer.SortName, transfer.SortSize, transfer.SortStatus, transfer.SortDestination,
		transfer.SortAdded, transfer.SortProgress, transfer.SortPriority, transfer.SortFolder, transfer.SortAccount,
		transfer.SortFinished,
	} {
		b.Run("List by "+string(by), func(b *testing.B) {
			for b.Loop() {
				_, err := j.List(ctx, transfer.Filter{}, transfer.Sort{By: by})
				must(err)
			}
		})
	}
	b.Run("Queue", func(b *testing.B) {
		for b.Loop() {
			_, err := j.Queue(ctx)
			must(err)
		}
	})
	b.Run("List of a search", func(b *testing.B) {
		for b.Loop() {
			_, err := j.List(ctx, transfer.Filter{Search: "PHOTO 0999"}, transfer.Sort{})
			must(err)
		}
	})
	b.Run("List of a group", func(b *testing.B) {
		for b.Loop() {
			_, err := j.List(ctx, transfer.Filter{Group: transfer.GroupPaused}, transfer.Sort{})
			must(err)
		}
	})
	b.Run("Rows", func(b *testing.B) {
		for b.Loop() {
			_, err := j.Rows(ctx, all[5000:5050])
			must(err)
		}
	})
	b.Run("Counts", func(b *testing.B) {
		for b.Loop() {
			_, err := j.Counts(ctx)
			must(err)
		}
	})
	b.Run("BatchCounts", func(b *testing.B) {
		for b.Loop() {
			_, _, err := j.BatchCounts(ctx, batch)
			must(err)
		}
	})
	b.Run("Unfinished", func(b *testing.B) {
		for b.Loop() {
			_, err := j.Unfinished(ctx, transfer.Everything())
			must(err)
		}
	})
	b.Run("Runnable", func(b *testing.B) {
		for b.Loop() {
			runnable(b, j, transfer.RunnableQuery{Limit: 64, NotIDs: blocked})
		}
	})
	b.Run("Runnable, account parked", func(b *testing.B) {
		for b.Loop() {
			runnable(b, j, transfer.RunnableQuery{Limit: 64, NotAccounts: []transfer.AccountID{1}})
		}
	})
	b.Run("Runnable, place resting", func(b *testing.B) {
		to := planned(batch, "").To
		for b.Loop() {
			runnable(b, j, transfer.RunnableQuery{Limit: 64, NotPlaces: []transfer.Place{{Account: to.Account, Endpoint: to.Endpoint, Bucket: to.Bucket}}})
		}
	})
	b.Run("Pause and run all", func(b *testing.B) {
		for b.Loop() {
			command(b, j, transfer.Everything(), transfer.SetPause)
			command(b, j, transfer.Everything(), transfer.SetRun)
		}
	})
}

// BenchmarkAddUploads measures rows added a second, by the thousand.
func BenchmarkAddUploads(b *testing.B) {
	j := openNew(b)
	batch := addBatch(b, j)
	var n atomic.Int64
	for b.Loop() {
		us := make([]transfer.Upload, 1000)
		for i := range us {
			us[i] = planned(batch, fmt.Sprint(n.Add(1)))
		}
		if _, err := j.AddUploads(context.Background(), us); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSmallFile measures what a file costs that is sent by one request, of 100,000 in the
// list, with eight under way: that it begins, and how it ended.
func BenchmarkSmallFile(b *testing.B) {
	j, _ := long(b)
	slots := make(chan struct{}, 8)
	us := runnable(b, j, transfer.RunnableQuery{Limit: b.N})
	b.ResetTimer()
	for _, u := range us {
		slots <- struct{}{}
		u.Plan, u.Phase, u.ContentType = transfer.Plan{}, transfer.PhasePutting, "image/jpeg"
		u.BeforeKnown = true
		j.Commit(transfer.Change{Uploads: []transfer.Upload{u}}, func(err error) {
			if err != nil {
				b.Error(err)
			}
			u.Phase, u.BytesDone = transfer.PhaseDone, u.File.Size
			u.Receipt = transfer.Receipt{
				Outcome: transfer.OutcomeSent, Proof: transfer.ProofCRC64, ETag: "0123456789ABCDEF0123456789ABCDEF", CRC64: 1 << 63,
				RequestID: "0123456789ABCDEF01234567", Finished: created,
			}
			j.Commit(transfer.Change{
				Uploads: []transfer.Upload{u},
				Events:  []transfer.Event{{Upload: u.ID, Time: created, Kind: transfer.EventNoted, Text: "it is there"}},
			}, func(err error) {
				if err != nil {
					b.Error(err)
				}
				<-slots
			})
		})
	}
	for range cap(slots) {
		slots <- struct{}{}
	}
}

// BenchmarkMove moves one upload, and half of them, in a queue of 100,000.
func BenchmarkMove(b *testing.B) {
	j, _ := long(b)
	all, err := j.List(b.Context(), transfer.Filter{}, transfer.Sort{})
	if err != nil {
		b.Fatal(err)
	}
	var half []transfer.ID
	for i := 0; i < len(all); i += 2 {
		half = append(half, all[i])
	}
	for name, s := range map[string]transfer.Selection{
		"one": transfer.These(all[50_001]), "half": transfer.These(half...), "all": transfer.Everything(),
	} {
		for _, to := range []transfer.Move{
			{To: transfer.MoveTop},
			{To: transfer.MoveBottom},
			{To: transfer.MoveDown},
			{To: transfer.MoveUp},
			{To: transfer.MoveBefore, Beside: all[70_001]},
			{To: transfer.MovePriority, Priority: transfer.PriorityHigh},
			{To: transfer.MovePriority},
		} {
			b.Run(fmt.Sprint(name, " to ", to.To, to.Priority), func(b *testing.B) {
				for b.Loop() {
					move(b, j, s, to)
				}
			})
		}
	}
	b.Run("number anew", func(b *testing.B) {
		for b.Loop() {
			err := j.committer.do(b.Context(), "test", func(ctx context.Context, t *txn) error {
				return (&mover{j: j, t: t}).numberAnew(ctx)
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}
