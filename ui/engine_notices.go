package ui

import (
	"time"

	"partway/transfer"
	"partway/ui/text"
)

// bucketOf names a bucket of an account.
type bucketOf struct {
	account transfer.AccountID
	bucket  string
}

// tellRefused says of each bucket that takes no upload why that is, once for all its uploads,
// and takes the notice away when the bucket is tried anew.
func (u *UI) tellRefused(refused []transfer.Refused) {
	still := make(map[bucketOf]bool, len(refused))
	for _, r := range refused {
		key := bucketOf{r.Account, r.Bucket}
		still[key] = true
		if u.refused[key] != nil {
			continue
		}
		u.refused[key] = u.notices.add(warned(func() string {
			sentence, hint := text.Problem(r.Error)
			return text.T("Every upload to the bucket {{.Bucket}} is refused. {{.Problem}} {{.Hint}}",
				text.Args{"Bucket": r.Bucket, "Problem": sentence, "Hint": hint})
		}))
	}
	for key, dismiss := range u.refused {
		if !still[key] {
			dismiss()
			delete(u.refused, key)
		}
	}
}

// tellClock says once that this computer's clock is wrong: uploads go on, but the date of
// what is stored, and other programs, go by it. off is OSS's time less this computer's.
func (u *UI) tellClock(off time.Duration) {
	if off == 0 || u.clockTold {
		return
	}
	u.clockTold = true
	u.notices.add(warned(func() string {
		args := text.Args{"Off": text.Left(off.Abs())}
		if off > 0 {
			return text.T("This computer's clock is {{.Off}} behind OSS's. Uploads go on with OSS's time; set the clock when you can.", args)
		}
		return text.T("This computer's clock is {{.Off}} ahead of OSS's. Uploads go on with OSS's time; set the clock when you can.", args)
	}))
}
