package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/aliyun/aliyun-oss-go-sdk/oss"

	"partway/e2e/bench/sink"
)

// contestants upload the files of an order, and tell how long it took.
var contestants = map[string]func(context.Context, order) (told, error){
	"partway":               engine,
	"partway, no part rows": forgetful,
	"journal":               browse,
	"UploadFile":            timed(uploadFile),
	"PutObject":             timed(putObject),
	"raw PUT":               timed(rawPut),
	"raw parts":             timed(rawParts),
	"ali-oss":               timed(aliOSS),
}

// timed tells nothing but how long it took.
func timed(do func(context.Context, order) (time.Duration, error)) func(context.Context, order) (told, error) {
	return func(ctx context.Context, o order) (told, error) {
		took, err := do(ctx, o)
		return told{Seconds: took.Seconds()}, err
	}
}

func sdkBucket(o order) (*oss.Bucket, error) {
	client, err := oss.New(o.Endpoint, keyID, secret, oss.Region(region), oss.AuthVersion(oss.AuthV4), oss.EnableMD5(o.MD5))
	if err != nil {
		return nil, err
	}
	return client.Bucket(bucket)
}

// uploadFile is the SDK's upload with a checkpoint, one file after the other.
func uploadFile(_ context.Context, o order) (time.Duration, error) {
	b, err := sdkBucket(o)
	if err != nil {
		return 0, err
	}
	size := o.PartSize
	if size == 0 {
		size = 8 << 20
	}
	begun := time.Now()
	for _, path := range o.Paths {
		err := b.UploadFile(filepath.Base(path), path, size, oss.Routines(max(o.At, 1)), oss.CheckpointDir(true, o.Dir))
		if err != nil {
			return 0, err
		}
	}
	return time.Since(begun), nil
}

// putObject is the SDK's upload in one request, of so many files at once.
func putObject(_ context.Context, o order) (time.Duration, error) {
	b, err := sdkBucket(o)
	if err != nil {
		return 0, err
	}
	begun := time.Now()
	err = each(o.Paths, max(o.At, 1), func(path string) error { return b.PutObjectFromFile(filepath.Base(path), path) })
	return time.Since(begun), err
}

// each does something with all items, so many at once.
func each[T any](items []T, at int, do func(T) error) (err error) {
	work := make(chan T)
	var group sync.WaitGroup
	var once sync.Once
	for range at {
		group.Go(func() {
			for item := range work {
				if e := do(item); e != nil {
					once.Do(func() { err = e })
				}
			}
		})
	}
	for _, item := range items {
		work <- item
	}
	close(work)
	group.Wait()
	return err
}

// rawPut sends files as they are, by sendfile, without a digest.
func rawPut(ctx context.Context, o order) (time.Duration, error) {
	begun := time.Now()
	err := each(o.Paths, max(o.At, 1), func(path string) (err error) {
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close() //nolint:errcheck // it was only read
		info, err := f.Stat()
		if err != nil {
			return err
		}
		return send(ctx, o.Endpoint+"/"+bucket+"/"+filepath.Base(path), f, info.Size())
	})
	return time.Since(begun), err
}

// rawParts sends parts of one file, so many at once, without a digest.
func rawParts(ctx context.Context, o order) (time.Duration, error) {
	f, err := os.Open(o.Paths[0])
	if err != nil {
		return 0, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	offsets := make([]int64, 0, info.Size()/o.PartSize+1)
	for at := int64(0); at < info.Size(); at += o.PartSize {
		offsets = append(offsets, at)
	}
	begun := time.Now()
	err = each(offsets, o.At, func(offset int64) error {
		size := min(o.PartSize, info.Size()-offset)
		return send(ctx, o.Endpoint+"/"+bucket+"/part", io.NewSectionReader(f, offset, size), size)
	})
	return time.Since(begun), err
}

var rawClient = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}

func send(ctx context.Context, url string, body io.Reader, size int64) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPut, url, io.NopCloser(body))
	if err != nil {
		return err
	}
	if f, ok := body.(*os.File); ok {
		r.Body = f // for sendfile
	}
	r.ContentLength = size
	r.Header.Set(sink.Unproved, "1")
	answer, err := rawClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close() //nolint:errcheck // it was only read
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("status %s", answer.Status)
	}
	_, err = io.Copy(io.Discard, answer.Body)
	return err
}
