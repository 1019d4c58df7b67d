package db

import (
	"fmt"
	"reflect"
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
			KeyID: "ID-" + name, Fingerprint: "F", Bucket: "b", Prefix: "p/", Options: testOptions,
			Source: transfer.CredentialSource{
				Kind: transfer.SourceAssume, Command: "c", URI: "u", Role: "r", Session: "s", ExternalID: "e", Policy: "p", Seconds: 900, STS: "t",
			},
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
		if err != nil || !reflect.DeepEqual(got, want) {
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

// TestDestinationsAreTheLastTen: of each account, the last used first, none twice.
func TestDestinationsAreTheLastTen(t *testing.T) {
	j := openNew(t)
	var ids []transfer.AccountID
	for _, name := range []string{"one", "two"} {
		id, err := j.SaveAccount(t.Context(), transfer.Account{Name: name})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	for i := range 12 {
		use(t, j, ids[0], fmt.Sprintf("%d/", i))
	}
	use(t, j, ids[0], "5/")
	use(t, j, ids[1], "照片/")
	if err := j.UseAccount(t.Context(), ids[1], "", ""); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[transfer.AccountID][]string{
		ids[0]: {"5/", "11/", "10/", "9/", "8/", "7/", "6/", "4/", "3/", "2/"}, ids[1]: {"照片/"}, 99: nil,
	} {
		got, err := j.Destinations(t.Context(), id)
		var prefixes []string
		for _, d := range got {
			prefixes = append(prefixes, d.Prefix)
			if d.Account != id || d.Bucket != "bucket" {
				t.Errorf("account %d has %+v", id, d)
			}
		}
		if err != nil || !slices.Equal(prefixes, want) {
			t.Errorf("account %d: %q, %v, want %q", id, prefixes, err, want)
		}
	}
	if err := j.RemoveAccount(t.Context(), ids[0]); err != nil {
		t.Errorf("an account with destinations cannot be removed: %v", err)
	}
}

func use(t *testing.T, j *Journal, id transfer.AccountID, prefix string) {
	t.Helper()
	if err := j.UseAccount(t.Context(), id, "bucket", prefix); err != nil {
		t.Fatal(err)
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
