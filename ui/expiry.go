package ui

import (
	"context"
	"time"

	"partway/transfer"
	"partway/ui/text"
)

// readExpiries asks when the temporary credentials of accounts end, and then goes on. It may
// wait for the keyring. Accounts that get theirs anew by themselves are not asked.
func (u *UI) readExpiries(accounts []transfer.Account, then func()) {
	load(u, u.ctx, func(ctx context.Context) (map[transfer.AccountID]time.Time, error) {
		all := map[transfer.AccountID]time.Time{}
		for _, a := range accounts {
			if a.Kind != transfer.AccountKeys || a.Source.Kind != transfer.SourceKept {
				continue
			}
			// Those that are not known are asked for where that matters.
			if c, err := u.c.Secrets.Credentials(ctx, a); err == nil && !c.Expires.IsZero() {
				all[a.ID] = c.Expires
			}
		}
		return all, ctx.Err()
	}, func(all map[transfer.AccountID]time.Time, err error) {
		if err != nil {
			return
		}
		for _, a := range accounts {
			delete(u.expires, a.ID)
			if at, ok := all[a.ID]; ok {
				u.expires[a.ID] = at
			}
		}
		then()
	})
}

// expiryWords is the countdown of temporary credentials, or "". soon tells that there is
// little left of them.
func expiryWords(at, now time.Time) (words string, soon bool) {
	const little = 15 * time.Minute
	left := at.Sub(now)
	switch {
	case at.IsZero():
		return "", false
	case left <= 0:
		return text.T("Its token expired {{.Time}} ago.", text.Args{"Time": text.Left(ago(-left))}), true
	}
	return text.T("Its token expires in {{.Time}}.", text.Args{"Time": text.Left(left)}), left < little
}

// ago rounds down what [text.Left] would round up: what is over is over.
func ago(d time.Duration) time.Duration {
	unit := time.Second
	if d >= 10*time.Minute {
		unit = time.Minute
	}
	return max(d.Truncate(unit), time.Second)
}
