package db

import (
	"slices"
	"testing"

	"partway/transfer"
)

func TestAccounts(t *testing.T) {
	j := openNew(t)
	var saved []transfer.Account
	for _, name := range []string{"first", "second", "third"} {
		a := transfer.Account{
			Name: name, Kind: transfer.AccountKeys, Endpoint: "https://oss-cn-hangzhou.aliyuncs.com",
			Region: "cn-hangzhou", Addressing: transfer.AddressVirtual, Signature: transfer.SignatureV4,
			KeyID: "ID-" + name, Fingerprint: "F", Bucket: "b", Prefix: "p/",
		}
		id, err := j.SaveAccount(t.Context(), a)
		if err != nil {
			t.Fatal(err)
		}
		a.ID = id
		saved = append(saved, a)
	}
	check := func(want ...transfer.Account) {
		t.Helper()
		got, err := j.Accounts(t.Context())
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("accounts\n%+v, %v; want\n%+v", got, err, want)
		}
	}
	first, second, third := saved[0], saved[1], saved[2]
	check(third, second, first)

	if err := j.UseAccount(t.Context(), first.ID, "other", ""); err != nil {
		t.Fatal(err)
	}
	first.Bucket, first.Prefix = "other", ""
	check(first, third, second)

	second.Name = "renamed"
	if id, err := j.SaveAccount(t.Context(), second); err != nil || id != second.ID {
		t.Errorf("saved as %d, %v", id, err)
	}
	check(first, third, second)

	if err := j.RemoveAccount(t.Context(), third.ID); err != nil {
		t.Fatal(err)
	}
	check(first, second)
	again, err := j.SaveAccount(t.Context(), transfer.Account{Name: "new"})
	if err != nil || again <= third.ID {
		t.Errorf("ID %d after %d, %v", again, third.ID, err)
	}

	_, saveErr := j.SaveAccount(t.Context(), transfer.Account{ID: 99})
	for name, err := range map[string]error{"save": saveErr, "use": j.UseAccount(t.Context(), 99, "", "")} {
		if transfer.KindOf(err) != transfer.KindPermanent {
			t.Errorf("%s of no account: %v", name, err)
		}
	}
}

func TestRemoveAccountThatIsNeeded(t *testing.T) {
	j := openNew(t)
	id, err := j.SaveAccount(t.Context(), transfer.Account{Name: "a"})
	if err != nil {
		t.Fatal(err)
	}
	refused := func(why string) {
		t.Helper()
		if err := j.RemoveAccount(t.Context(), id); transfer.KindOf(err) != transfer.KindPermanent {
			t.Errorf("removed with %s: %v", why, err)
		}
	}
	batch, err := j.AddBatch(t.Context(), batchOf(id))
	if err != nil {
		t.Fatal(err)
	}
	refused("a scan")
	if err := j.ScanDone(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	u := planned(batch, "a")
	u.To.Account = id
	u.Phase = transfer.PhaseUploading
	u = add(t, j, u)[0]
	refused("an upload")
	command(t, j, transfer.Everything(), transfer.SetRemove)
	refused("an upload to abort")
	done := planned(batch, "b")
	done.To.Account, done.Phase = id, transfer.PhaseDone
	done = add(t, j, done)[0]
	u.Phase = transfer.PhaseAborted
	commit(t, j, transfer.Change{Uploads: []transfer.Upload{u}})
	if err := j.RemoveAccount(t.Context(), id); err != nil {
		t.Errorf("not needed any more: %v", err)
	}
	if got := load(t, j, done.ID); got.To.Account != id {
		t.Errorf("the finished row: %+v", got)
	}
}
