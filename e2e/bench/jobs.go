package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"partway/e2e/bench/sink"
)

const mib = 1 << 20

// contestant is who does a job, and how.
type contestant struct {
	name string
	who  string
	at   int   // requests at once; 0: its default
	part int64 // bytes; 0: its default
	md5  bool
	once bool // it takes so long that one run must do
}

// job is some files to be uploaded over a line.
type job struct {
	name  string
	files int
	size  int64 // bytes of each
	shape sink.Shape
	tls   bool
	by    []contestant // the first is what the others are held against
}

func jobs() []job {
	large := []contestant{
		{name: "Partway", who: "partway"},
		{name: "raw PUT, no digest", who: "raw PUT"},
		{name: "raw parts of 8 MiB, 4 at once, no digest", who: "raw parts", at: 4, part: 8 * mib},
		{name: "UploadFile, 8 MiB, 1 (its default)", who: "UploadFile", at: 1},
		{name: "UploadFile, 8 MiB, 4", who: "UploadFile", at: 4},
		{name: "UploadFile, 8 MiB, 8", who: "UploadFile", at: 8},
		{name: "UploadFile, 8 MiB, 16", who: "UploadFile", at: 16},
	}
	if hasNode() {
		large = append(large, contestant{name: "ali-oss", who: "ali-oss"})
	}
	small := func(most int, once bool) []contestant {
		list := []contestant{{name: "Partway", who: "partway"}}
		for _, at := range []int{3, 16} {
			list = append(list, contestant{name: fmt.Sprintf("PutObject, %d at once", at), who: "PutObject", at: at})
		}
		return append(list, contestant{name: "UploadFile, one after the other", who: "UploadFile", at: most, once: once})
	}
	return []job{
		{name: "one file of 2 GiB, CRC64", files: 1, size: 2 << 30, by: large},
		{name: "one file of 2 GiB, MD5 and CRC64", files: 1, size: 2 << 30, by: []contestant{
			{name: "Partway", who: "partway", md5: true},
			{name: "UploadFile with EnableMD5, 8 MiB, 4", who: "UploadFile", at: 4, md5: true},
		}},
		{name: "one file of 2 GiB, TLS", files: 1, size: 2 << 30, tls: true, by: []contestant{
			{name: "Partway", who: "partway"},
			{name: "raw parts of 8 MiB, 4 at once, no digest", who: "raw parts", at: 4, part: 8 * mib},
			{name: "UploadFile, 8 MiB, 4", who: "UploadFile", at: 4},
		}},
		{name: "1 GiB in parts of 8 MiB", files: 1, size: 1 << 30, by: []contestant{
			{name: "Partway", who: "partway", part: 8 * mib},
			{name: "Partway, parts not written down", who: "partway, no part rows", part: 8 * mib},
		}},
		{name: "1 GiB in 9,709 parts", files: 1, size: 1 << 30, by: []contestant{
			{name: "Partway", who: "partway", part: 108 << 10},
			{name: "Partway, parts not written down", who: "partway, no part rows", part: 108 << 10},
			{name: "UploadFile, 8", who: "UploadFile", at: 8, part: 108 << 10, once: true},
		}},
		{name: "2,000 files of 100 KB, 30 ms", files: 2000, size: 100_000, shape: sink.Shape{Latency: 30 * time.Millisecond}, by: small(1, true)},
		{name: "2,000 files of 100 KB, 0 ms", files: 2000, size: 100_000, by: small(1, false)},
	}
}

// run does a job by all contestants in turn, and prints what came of it.
func (j *job) run(ctx context.Context, dir string, w chosen) error {
	j.by = slices.DeleteFunc(j.by, func(c contestant) bool {
		return !strings.HasPrefix(c.name, "Partway") && !strings.Contains(c.name, w.by)
	})
	fmt.Fprintf(os.Stdout, "\n%s\n", j.name)
	paths, err := makeFiles(filepath.Join(dir, "files"), j.files, j.size)
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(filepath.Join(dir, "files")) }()
	results := make([][]result, len(j.by))
	for pair := range w.pairs {
		for i, c := range j.by {
			if c.once && pair > 0 {
				continue
			}
			o := order{
				Who: c.who, Shape: j.shape, Sizes: j.sizes(c), Dir: dir, Paths: paths, PartSize: c.part, At: c.at, MD5: c.md5,
				TLS: j.tls,
			}
			if w.profiles != "" && pair == w.pairs-1 && strings.HasPrefix(c.who, "partway") {
				o.Profile = filepath.Join(w.profiles, strings.ReplaceAll(j.name+", "+c.who, " ", "-")+".pprof")
			}
			r, err := once(ctx, o)
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			results[i] = append(results[i], r)
		}
	}
	j.report(os.Stdout, results)
	return nil
}

// sizes are those whose digests a sink should have ready.
func (j *job) sizes(c contestant) []int64 {
	sizes := []int64{j.size}
	for _, part := range []int64{c.part, 8 * mib, mib} {
		if part > 0 {
			sizes = append(sizes, part, j.size%part)
		}
	}
	return sizes
}

// makeFiles makes files of zeros, with every byte written: a sparse file would be read faster
// than any other.
func makeFiles(dir string, n int, size int64) ([]string, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	content := make([]byte, min(size, 8*mib))
	paths := make([]string, n)
	for i := range paths {
		paths[i] = filepath.Join(dir, fmt.Sprintf("file%04d", i))
		f, err := os.Create(paths[i])
		if err != nil {
			return nil, err
		}
		for left := size; left > 0 && err == nil; left -= int64(len(content)) {
			_, err = f.Write(content[:min(left, int64(len(content)))])
		}
		old := time.Now().Add(-time.Hour) // a file just written is waited for
		for _, e := range []error{err, f.Close(), os.Chtimes(paths[i], old, old)} {
			if e != nil {
				return nil, e
			}
		}
	}
	return paths, nil
}
