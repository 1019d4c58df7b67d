package storetest

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"testing"

	"partway/transfer"
)

var multipartTests = map[string]func(bench){
	"multipart from begin to end":         multipart,
	"multipart of one part":               multipartOne,
	"multipart under odd keys":            multipartOddKeys,
	"part numbers may have gaps":          multipartGaps,
	"Complete takes the parts it is told": completeSubset,
	"a part sent again replaces":          partReplaced,
	"a part with Content-MD5":             partContentMD5,
	"cancel of a part":                    cancelPart,
	"Complete replaces an object":         completeReplaces,
	"two uploads of one key":              twoUploads,
}

// parts are the sizes of a small upload: none but the last below the least.
var parts = []int{transfer.MinPartSize, transfer.MinPartSize + 1, 1}

func (b bench) uploadAll(t *testing.T, key, id string) (refs []transfer.PartRef, whole []byte) {
	t.Helper()
	for i, size := range parts {
		content := fill(size, byte(i))
		refs = append(refs, b.upload(t, key, id, i+1, content))
		whole = append(whole, content...)
	}
	return refs, whole
}

// complete joins parts into an object, and checks the answer against its bytes.
func (b bench) complete(t *testing.T, key, id string, refs []transfer.PartRef, whole []byte) {
	t.Helper()
	a, err := b.Complete(t.Context(), transfer.CompleteRequest{Key: key, UploadID: id, Parts: refs})
	if err != nil {
		t.Fatal(err)
	}
	want := digestOf(whole)
	if !a.Stored.HasCRC || a.Stored.CRC64 != want.CRC64 || a.ETag == "" || a.RequestID == "" {
		t.Fatalf("got %+v, want CRC64 %d", a, want.CRC64)
	}
	if state := b.expectObject(t, key, whole); state.ETag != a.ETag {
		t.Fatalf("got ETag %q from HEAD, %q from Complete", state.ETag, a.ETag)
	}
}

func multipart(b bench) {
	t := b.t
	key := b.prefix + "parts"
	id := b.initiate(t, key)
	refs, whole := b.uploadAll(t, key, id)
	b.expectNothing(t, key)
	page, err := b.ListParts(t.Context(), key, id, 0)
	if err != nil || page.More || len(page.Parts) != len(parts) {
		t.Fatalf("got %+v, %v", page, err)
	}
	for i, p := range page.Parts {
		want := digestOf(fill(parts[i], byte(i)))
		if p != (transfer.StoredPart{Number: i + 1, Size: int64(parts[i]), ETag: want.MD5, CRC64: want.CRC64, HasCRC: true}) {
			t.Errorf("got %+v, want digest %+v", p, want)
		}
	}
	b.complete(t, key, id, refs, whole)
	if ids := b.openIDs(t, key); len(ids) != 0 {
		t.Errorf("still open: %v", ids)
	}
}

func multipartOne(b bench) {
	t := b.t
	key, content := b.prefix+"one part", fill(1, 1)
	id := b.initiate(t, key)
	b.complete(t, key, id, []transfer.PartRef{b.upload(t, key, id, 1, content)}, content)
}

func multipartOddKeys(b bench) {
	t := b.t
	for i, name := range oddKeys() {
		key, content := b.prefix+name, fill(i+1, byte(i))
		id := b.initiate(t, key)
		ref := b.upload(t, key, id, 1, content)
		if page, err := b.ListParts(t.Context(), key, id, 0); err != nil || len(page.Parts) != 1 {
			t.Fatalf("%q: got %+v, %v", key, page, err)
		}
		uploads, err := b.ListUploads(t.Context(), key)
		if err != nil || !slices.ContainsFunc(uploads, func(u transfer.OpenUpload) bool {
			return u.Key == key && u.UploadID == id && !u.Initiated.IsZero()
		}) {
			t.Fatalf("%q: got %+v, %v", key, uploads, err)
		}
		b.complete(t, key, id, []transfer.PartRef{ref}, content)
	}
}

func multipartGaps(b bench) {
	t := b.t
	key := b.prefix + "gaps"
	id := b.initiate(t, key)
	first, last := fill(transfer.MinPartSize, 1), fill(7, 2)
	refs := []transfer.PartRef{
		b.upload(t, key, id, 5, first),
		b.upload(t, key, id, transfer.MaxParts, last),
	}
	b.complete(t, key, id, refs, append(first, last...))
}

func completeSubset(b bench) {
	t := b.t
	key := b.prefix + "subset"
	id := b.initiate(t, key)
	refs, whole := b.uploadAll(t, key, id)
	b.complete(t, key, id, refs[:2], whole[:parts[0]+parts[1]])
}

func partReplaced(b bench) {
	t := b.t
	key, content := b.prefix+"replaced", fill(2_000, 2)
	id := b.initiate(t, key)
	b.upload(t, key, id, 1, fill(1_000, 1))
	ref := b.upload(t, key, id, 1, content)
	page, err := b.ListParts(t.Context(), key, id, 0)
	if err != nil || len(page.Parts) != 1 || page.Parts[0].ETag != ref.ETag || page.Parts[0].Size != 2_000 {
		t.Fatalf("got %+v, %v", page, err)
	}
	b.complete(t, key, id, []transfer.PartRef{ref}, content)
}

func partContentMD5(b bench) {
	t := b.t
	key, content := b.prefix+"md5", fill(1_000, 1)
	id := b.initiate(t, key)
	upload := func(md5 string) error {
		_, err := b.UploadPart(t.Context(), transfer.PartRequest{
			Key: key, UploadID: id, Number: 1, Size: int64(len(content)), Body: bytes.NewReader(content), ContentMD5: md5,
		})
		return err
	}
	expectError(t, upload(base64MD5(t, fill(1_000, 2))), "UploadPart", transfer.KindIntegrity, "InvalidDigest")
	if page, err := b.ListParts(t.Context(), key, id, 0); err != nil || len(page.Parts) != 0 {
		t.Fatalf("the refused part is there: %+v, %v", page, err)
	}
	if err := upload(base64MD5(t, content)); err != nil {
		t.Fatal(err)
	}
}

func cancelPart(b bench) {
	t := b.t
	key := b.prefix + "cancelled"
	id := b.initiate(t, key)
	canceled(t, func(ctx context.Context, source *held) error {
		_, err := b.UploadPart(ctx, transfer.PartRequest{
			Key: key, UploadID: id, Number: 1, Size: 1 << 20, Body: source,
		})
		return err
	})
	if page, err := b.ListParts(t.Context(), key, id, 0); err != nil || len(page.Parts) != 0 {
		t.Fatalf("got %+v, %v", page, err)
	}
	content := fill(10, 1)
	b.complete(t, key, id, []transfer.PartRef{b.upload(t, key, id, 1, content)}, content)
}

func completeReplaces(b bench) {
	t := b.t
	key, content := b.prefix+"existing", fill(100, 2)
	b.put(t, key, fill(100, 1))
	id := b.initiate(t, key)
	b.complete(t, key, id, []transfer.PartRef{b.upload(t, key, id, 1, content)}, content)
}

func twoUploads(b bench) {
	t := b.t
	key := b.prefix + "two"
	first, second := b.initiate(t, key), b.initiate(t, key)
	want := []string{first, second}
	slices.Sort(want)
	if got := b.openIDs(t, key); !slices.Equal(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	ref := b.upload(t, key, first, 1, fill(10, 1))
	if page, err := b.ListParts(t.Context(), key, second, 0); err != nil || len(page.Parts) != 0 {
		t.Fatalf("got %+v, %v", page, err)
	}
	b.complete(t, key, first, []transfer.PartRef{ref}, fill(10, 1))
	if got := b.openIDs(t, key); !slices.Equal(got, []string{second}) {
		t.Fatalf("got %v, want %v", got, second)
	}
}

// uploadMany sends parts of one byte, from number 1, eight at a time.
func (b bench) uploadMany(t *testing.T, key, id string, count int) {
	t.Helper()
	numbers := make(chan int)
	var senders sync.WaitGroup
	for range 8 {
		senders.Go(func() {
			for n := range numbers {
				_, err := b.UploadPart(t.Context(), transfer.PartRequest{
					Key: key, UploadID: id, Number: n, Size: 1, Body: bytes.NewReader([]byte{byte(n)}),
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	for n := range count {
		numbers <- n + 1
	}
	close(numbers)
	senders.Wait()
}
