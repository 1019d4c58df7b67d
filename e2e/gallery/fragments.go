//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"partway/e2e/harness"
	"partway/transfer"
	"partway/transfer/aliyun"
	"partway/transfer/osslocal/fault"
)

// readOnly is a key that may look, and not upload.
func readOnly(_ context.Context, s *harness.Server) error {
	p, err := fault.ParsePolicy(`{"Statement":[{"Effect":"Allow","Action":["oss:Get*","oss:List*"],"Resource":["*"]}]}`)
	if err != nil {
		return err
	}
	s.Obey(p)
	return nil
}

// leave leaves 10,000 unfinished uploads on the endpoint, as other programs do over a year. The
// first in the list have parts.
func leave(ctx context.Context, s *harness.Server) error {
	account, credentials := s.Account()
	store, err := aliyun.Dial(account, credentials, harness.Bucket)
	if err != nil {
		return err
	}
	defer store.Close()
	now := time.Now()
	for i := range 10_000 {
		key := fmt.Sprintf("archive/2025/%s/%04d %s", []string{"婚礼", "Harbour", "机房备份"}[i/12%3], i, []string{"raw.mov", "影像.iso", "disk.img"}[i%3])
		id, err := store.Initiate(ctx, key, transfer.Options{}, false)
		if err != nil {
			return err
		}
		if i < 120 && i/12%3 == 1 { // the first by key
			if err := part(ctx, store, key, id, 3*mib+i*7919*37%(9*mib)); err != nil {
				return err
			}
		}
		if err := s.Backdate(harness.Bucket, key, id, now.Add(-time.Duration(1+i*37%8000)*time.Hour)); err != nil {
			return err
		}
	}
	return nil
}

// part sends the only part of an upload.
func part(ctx context.Context, store transfer.Store, key, id string, size int) error {
	_, err := store.UploadPart(ctx, transfer.PartRequest{
		Key: key, UploadID: id, Number: 1, Size: int64(size), Body: bytes.NewReader(make([]byte, size)),
	})
	return err
}
