package doctor

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"partway/transfer"
)

// cleanup is how long the doctor tries to abort what it began, when it was cancelled.
const cleanup = 10 * time.Second

// answers are what OSS said to each question.
type answers struct {
	rights map[string]error // by action; nil: allowed
	info   transfer.BucketInfo
	clock  time.Duration

	trial   error
	onTrial bool // an upload was begun
}

// Examine asks OSS, and judges what it says. begin has it also begin an upload of one byte and
// abort it, if that may be aborted. It ends early where nothing more could be learnt, or with ctx.
func Examine(ctx context.Context, s transfer.Store, p Place, begin bool) Report {
	key := fmt.Sprintf("%s.partway-probe-%016x", p.Prefix, rand.Uint64()) //nolint:gosec // only has to be unused
	a := ask(ctx, s, key, p.Prefix)
	if begin && allowed(a.rights[ActionPut]) && allowed(a.rights[ActionAbort]) {
		a.onTrial = true
		a.trial = try(ctx, s, key)
	}
	return judge(p, a)
}

// ask asks for each right. The first question tells whether others are of use.
func ask(ctx context.Context, s transfer.Store, key, prefix string) answers {
	none := fmt.Sprintf("%016X%016X", rand.Uint64(), rand.Uint64()) //nolint:gosec // no upload has it
	a := answers{rights: map[string]error{}}
	_, a.rights[ActionPut] = s.UploadPart(ctx, part(key, none))
	a.clock = s.ClockOffset()
	if !allowed(a.rights[ActionPut]) && !denied(a.rights[ActionPut]) {
		return a
	}
	for _, q := range []struct {
		action string
		ask    func() error
	}{
		{ActionAbort, func() error { return s.Abort(ctx, key, none) }},
		{ActionParts, func() (err error) { _, err = s.ListParts(ctx, key, none, 0); return err }},
		{ActionGet, func() (err error) { _, err = s.Head(ctx, key); return err }},
		{ActionUploads, func() (err error) { _, err = s.ListUploadPage(ctx, prefix, transfer.UploadMarker{}); return err }},
		{ActionObjects, func() (err error) { _, err = s.ListPrefixes(ctx, prefix, ""); return err }},
		{ActionInfo, func() (err error) { a.info, err = s.BucketInfo(ctx); return err }},
	} {
		a.rights[q.action] = q.ask()
	}
	return a
}

// part is a part of one byte.
func part(key, uploadID string) transfer.PartRequest {
	return transfer.PartRequest{Key: key, UploadID: uploadID, Number: 1, Size: 1, Body: bytes.NewReader([]byte{'p'})}
}

// try begins an upload, sends one byte and aborts it, also when ctx ended.
func try(ctx context.Context, s transfer.Store, key string) error {
	id, err := s.Initiate(ctx, key, transfer.Options{}, false)
	if err != nil {
		return err
	}
	_, err = s.UploadPart(ctx, part(key, id))
	cleaning, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanup)
	defer cancel()
	if _, abortErr := transfer.AbortUntilGone(cleaning, s, transfer.Target{Key: key}, id); err == nil {
		err = abortErr
	}
	return err
}

// allowed tells whether an answer is one to who may ask: what was asked for is not there.
func allowed(err error) bool {
	return err == nil || transfer.IsGone(err, transfer.CodeNoSuchUpload) || transfer.IsGone(err, transfer.CodeNoSuchKey)
}

// denied tells whether OSS takes the credentials, and does not let them do this. An answer to
// HEAD may lack the code.
func denied(err error) bool {
	e := transfer.AsError(err)
	return e != nil && e.Kind == transfer.KindAuth && (e.Code == transfer.CodeAccessDenied || e.Code == "" && e.Status == 403)
}
