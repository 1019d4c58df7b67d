package fragment

import (
	"bytes"
	"context"
	"testing"

	"go.uber.org/goleak"

	"partway/transfer"
	"partway/transfer/aliyun"
	"partway/transfer/osslocal"
	"partway/transfer/osslocal/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bench is a bucket of an endpoint of its own.
type bench struct {
	transfer.Store
	t      *testing.T
	oss    *osslocal.Server
	faults *fault.Plan
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, faults: fault.Must()}
	var err error
	b.oss, err = osslocal.Start(osslocal.Config{Dir: t.TempDir(), Keys: map[string]string{"id": "secret"}, Middleware: b.faults.Middleware()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.oss.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := b.oss.CreateBucket("bucket"); err != nil {
		t.Fatal(err)
	}
	a := transfer.Account{Endpoint: b.oss.URL(), Region: b.oss.Region(), Signature: transfer.SignatureV4, Addressing: transfer.AddressVirtual, KeyID: "id"}
	b.Store, err = aliyun.Dial(a, transfer.Credentials{KeyID: "id", Secret: transfer.NewSecret("secret")}, "bucket")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

// begin begins an upload and sends parts of these sizes.
func (b *bench) begin(key string, sizes ...int64) (uploadID string) {
	b.t.Helper()
	uploadID, err := b.Initiate(b.t.Context(), key, transfer.Options{}, false)
	if err != nil {
		b.t.Fatal(err)
	}
	for i, size := range sizes {
		_, err := b.UploadPart(b.t.Context(), transfer.PartRequest{Key: key, UploadID: uploadID, Number: i + 1, Size: size, Body: bytes.NewReader(make([]byte, size))})
		if err != nil {
			b.t.Fatal(err)
		}
	}
	return uploadID
}

// read makes an inventory of the bucket.
func (b *bench) read(known ...transfer.BegunUpload) *Inventory {
	b.t.Helper()
	v := NewInventory(known)
	if err := v.Read(b.t.Context(), b, "", func(int) {}); err != nil {
		b.t.Fatal(err)
	}
	return v
}

func (b *bench) ctx() context.Context { return b.t.Context() }

func everything(v *Inventory) []Fragment { return v.View(Filter{Any: true}, Order{}, DefaultPrices()) }
