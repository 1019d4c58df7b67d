package transfer_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"partway/transfer"
)

// TestTroubleElsewhereHoldsNothingUp has uploads that cannot go on fill what is in work, each
// in its own way: others, which can, must not wait for them.
func TestTroubleElsewhereHoldsNothingUp(t *testing.T) {
	t.Parallel()
	for name, trouble := range map[string]func(b *bubble){
		"aborts without credentials": func(b *bubble) {
			b.oss.script(func(_ context.Context, op string) *transfer.Error {
				switch op {
				case "AbortMultipartUpload":
					return &transfer.Error{Kind: transfer.KindAuth, Code: "InvalidAccessKeyId"}
				case "CompleteMultipartUpload":
					return &transfer.Error{Kind: transfer.KindTransient, Status: 500}
				default:
					return nil
				}
			})
			for n := range 40 {
				b.add(fmt.Sprint("big", n), 2)
			}
			b.until(transfer.StatusStalled, time.Hour)
			check(b.t, b.m.Abort(transfer.Everything()))
			b.sleep(time.Minute)
			b.account("https://oss.other")
		},
		"the account had another endpoint": func(b *bubble) {
			b.oss.script(fails(noNetwork))
			b.addSmall(600)
			b.sleep(time.Minute)
			b.to.Endpoint = "https://oss.other"
		},
		"a bucket fails for ever": func(b *bubble) {
			b.oss.script(func(_ context.Context, op string) *transfer.Error {
				if op == "PutObject" {
					return &transfer.Error{Kind: transfer.KindTransient, Status: 500}
				}
				return nil
			})
			b.addSmall(600)
			b.sleep(10 * time.Minute)
			b.account("https://oss.other")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, transfer.Settings{}, func(b *bubble) {
				b.others["https://oss.other"] = newMemoryStore()
				trouble(b)
				b.ends(b.addSmall(3), 2*time.Minute)
			})
		})
	}
}

// TestCloseDoesNotWaitForAWorkerThatHangs has a request, as a drive of a dead server does,
// take no notice of the end.
func TestCloseDoesNotWaitForAWorkerThatHangs(t *testing.T) {
	t.Parallel()
	inBubble(t, transfer.Settings{}, func(b *bubble) {
		t := b.t
		hangs := make(chan struct{})
		b.oss.script(func(_ context.Context, op string) *transfer.Error {
			if op == "PutObject" {
				<-hangs
			}
			return nil
		})
		b.addSmall(1)
		for b.oss.count("PutObject") == 0 {
			b.sleep(10 * time.Millisecond)
		}
		begun := time.Now()
		check(t, b.m.Close())
		if took := time.Since(begun); took > 3*time.Second {
			t.Errorf("closing took %v", took)
		}
		close(hangs)
	})
}
