package storetest

import (
	"slices"
	"testing"

	"partway/transfer"
)

const opComplete = "CompleteMultipartUpload"

var refusalTests = map[string]func(bench){
	"a part too small":                 tooSmall,
	"a part that is not there":         invalidPart,
	"parts out of order":               invalidOrder,
	"an aborted upload":                aborted,
	"a completed upload":               completed,
	"an upload that never was":         neverWas,
	"Initiate with forbid-overwrite":   initiateForbidden,
	"Complete with forbid-overwrite":   completeForbidden,
	"part numbers beyond the limits":   partNumbers,
	"errors hold no URL and no secret": errorTexts,
}

func (b bench) completeErr(t *testing.T, key, id string, refs []transfer.PartRef) error {
	t.Helper()
	_, err := b.Complete(t.Context(), transfer.CompleteRequest{Key: key, UploadID: id, Parts: refs})
	return err
}

// expectAlive checks that a refused Complete left the upload and its parts.
func (b bench) expectAlive(t *testing.T, key, id string, count int) {
	t.Helper()
	b.expectNothing(t, key)
	if page, err := b.ListParts(t.Context(), key, id, 0); err != nil || len(page.Parts) != count {
		t.Fatalf("got %+v, %v, want %d parts", page, err, count)
	}
}

func tooSmall(b bench) {
	t := b.t
	key := b.prefix + "small"
	id := b.initiate(t, key)
	refs := []transfer.PartRef{
		b.upload(t, key, id, 1, fill(transfer.MinPartSize-1, 1)),
		b.upload(t, key, id, 2, fill(1, 2)),
	}
	expectError(t, b.completeErr(t, key, id, refs), opComplete, transfer.KindPermanent, "EntityTooSmall")
	b.expectAlive(t, key, id, 2)
}

func invalidPart(b bench) {
	t := b.t
	key := b.prefix + "invalid"
	id := b.initiate(t, key)
	ref := b.upload(t, key, id, 1, fill(10, 1))
	wrong := transfer.PartRef{Number: 1, ETag: digestOf(nil).MD5}
	missing := transfer.PartRef{Number: 2, ETag: ref.ETag}
	expectError(t, b.completeErr(t, key, id, []transfer.PartRef{wrong}), opComplete, transfer.KindParts, "InvalidPart")
	expectError(t, b.completeErr(t, key, id, []transfer.PartRef{missing}), opComplete, transfer.KindParts, "InvalidPart")
	b.expectAlive(t, key, id, 1)
	b.complete(t, key, id, []transfer.PartRef{ref}, fill(10, 1))
}

func invalidOrder(b bench) {
	t := b.t
	key := b.prefix + "order"
	id := b.initiate(t, key)
	refs, _ := b.uploadAll(t, key, id)
	slices.Reverse(refs)
	expectError(t, b.completeErr(t, key, id, refs), opComplete, transfer.KindParts, "InvalidPartOrder")
	b.expectAlive(t, key, id, len(refs))
}

// expectNoUpload checks that every call of an upload says it is not there.
func (b bench) expectNoUpload(t *testing.T, key, id string) {
	t.Helper()
	_, listErr := b.ListParts(t.Context(), key, id, 0)
	_, partErr := b.UploadPart(t.Context(), transfer.PartRequest{Key: key, UploadID: id, Number: 1})
	completeErr := b.completeErr(t, key, id, []transfer.PartRef{{Number: 1, ETag: digestOf(nil).MD5}})
	for op, err := range map[string]error{
		"ListParts": listErr, "UploadPart": partErr, opComplete: completeErr,
		"AbortMultipartUpload": b.Abort(t.Context(), key, id),
	} {
		expectError(t, err, op, transfer.KindGone, transfer.CodeNoSuchUpload)
	}
}

func aborted(b bench) {
	t := b.t
	key := b.prefix + "aborted"
	id := b.initiate(t, key)
	b.uploadAll(t, key, id)
	if err := b.Abort(t.Context(), key, id); err != nil {
		t.Fatal(err)
	}
	b.expectNoUpload(t, key, id)
	b.expectNothing(t, key)
	if ids := b.openIDs(t, key); len(ids) != 0 {
		t.Errorf("still open: %v", ids)
	}
}

func completed(b bench) {
	t := b.t
	key := b.prefix + "completed"
	id := b.initiate(t, key)
	refs, whole := b.uploadAll(t, key, id)
	b.complete(t, key, id, refs, whole)
	expectError(t, b.completeErr(t, key, id, refs), opComplete, transfer.KindGone, transfer.CodeNoSuchUpload)
	b.expectNoUpload(t, key, id)
	b.expectObject(t, key, whole)
}

func neverWas(b bench) {
	t := b.t
	b.expectNoUpload(t, b.prefix+"never", "0004B9894A22E5B1888A1E29F8236E2D")
}

func initiateForbidden(b bench) {
	t := b.t
	key := b.prefix + "there"
	b.put(t, key, fill(10, 1))
	_, err := b.Initiate(t.Context(), key, transfer.Options{}, true)
	expectError(t, err, "InitiateMultipartUpload", transfer.KindExists, "FileAlreadyExists")
	if ids := b.openIDs(t, key); len(ids) != 0 {
		t.Errorf("begun all the same: %v", ids)
	}
}

// completeForbidden has another writer come first.
func completeForbidden(b bench) {
	t := b.t
	key, other := b.prefix+"race", fill(10, 1)
	id := b.initiate(t, key)
	refs, whole := b.uploadAll(t, key, id)
	b.put(t, key, other)
	_, err := b.Complete(t.Context(), transfer.CompleteRequest{Key: key, UploadID: id, Parts: refs, ForbidOverwrite: true})
	expectError(t, err, opComplete, transfer.KindExists, "FileAlreadyExists")
	b.expectObject(t, key, other)
	b.complete(t, key, id, refs, whole) // the ID is alive: the person may still say "replace"
}

func partNumbers(b bench) {
	t := b.t
	key := b.prefix + "numbers"
	id := b.initiate(t, key)
	for _, n := range []int{0, transfer.MaxParts + 1} {
		_, err := b.UploadPart(t.Context(), transfer.PartRequest{Key: key, UploadID: id, Number: n})
		expectError(t, err, "UploadPart", transfer.KindPermanent, "InvalidArgument")
	}
}
