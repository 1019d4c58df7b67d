package ui

import (
	"context"

	"partway/transfer"
	"partway/ui/text"
)

// stored is what became of an account that was to be saved.
type stored struct {
	account transfer.Account
	kept    transfer.Kept
	hadNew  bool // credentials were typed
	wanted  bool // that they are kept for the session only
	left    bool // what was kept before could not be removed
}

// store saves the account, then the secret in the keyring, which may ask the person to
// unlock it: the dialog stays open, and says so if it fails.
func (d *accountDialog) store() {
	t, ok := d.checked(d.store)
	if !ok {
		return
	}
	d.save.Disable()
	u := d.u
	load(u, u.ctx, func(ctx context.Context) (stored, error) {
		s := stored{account: t.account, hadNew: t.typed || !t.account.Source.NeedsKeys(), wanted: t.session}
		id, err := u.c.Journal.SaveAccount(ctx, t.account)
		if err != nil {
			return s, err
		}
		s.account.ID = id
		return s, u.keepSecret(ctx, &s, t)
	}, d.afterStore)
}

// keepSecret keeps credentials that were typed, or forgets those of an account that needs none
// any more.
func (u *UI) keepSecret(ctx context.Context, s *stored, t typedAccount) (err error) {
	switch {
	case !s.account.Source.NeedsKeys():
		s.left = u.c.Secrets.Forget(ctx, s.account) != nil
		return nil
	case !t.typed:
		return nil
	case t.session && u.c.Vault != nil:
		s.left = u.c.Secrets.Forget(ctx, s.account) != nil && s.account.ID == t.account.ID
		s.kept = transfer.KeptForSession
		u.c.Vault.Remember(s.account, t.credentials)
		return nil
	}
	s.kept, err = u.c.Secrets.Keep(ctx, s.account, t.credentials)
	return err
}

func (d *accountDialog) afterStore(s stored, err error) {
	d.save.Enable()
	if s.account.ID != 0 {
		d.base.ID = s.account.ID // the next try replaces it
	}
	if err != nil {
		sentence, hint := text.Problem(transfer.AsError(err))
		d.say(text.Sentences(text.T("The account could not be saved."), sentence, hint))
		return
	}
	u := d.u
	if s.hadNew {
		u.haveCredentials(s.account.ID)
	}
	u.sayKept(s)
	saved, held := d.saved, u.held
	u.held = nil // what was dropped waits until the new account is known
	d.close()
	u.held = held
	u.prefs.Account = s.account.ID
	u.reloadAccounts(func() {
		if saved != nil {
			saved(s.account)
		} else {
			u.resumeProposal()
		}
	})
}

// haveCredentials has an account's uploads go on with other credentials.
func (u *UI) haveCredentials(id transfer.AccountID) {
	if err := u.c.Engine.CredentialsChanged(id); err != nil {
		u.log.Warn("credentials not taken up", "err", err)
	}
	if dismiss := u.asked[id]; dismiss != nil {
		dismiss()
		delete(u.asked, id) // other credentials that are refused are asked for again
	}
}

// sayKept says where a secret is, if that is not what one would think.
func (u *UI) sayKept(s stored) {
	args := text.Args{"Account": s.account.Name}
	if s.hadNew && s.kept == transfer.KeptForSession && !s.wanted {
		u.notices.add(warned(func() string {
			return text.T("There is no keyring on this computer: the secret of {{.Account}} is kept until you quit, and asked for at the next start.", args)
		}))
	}
	if s.left {
		u.notices.add(warned(func() string {
			return text.T("The keyring does not answer: it may still hold an earlier secret of {{.Account}}.", args)
		}))
	}
}
