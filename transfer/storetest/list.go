package storetest

import (
	"fmt"
	"slices"
	"strings"

	"partway/transfer"
)

var listTests = map[string]func(bench){
	"ListParts page by page":        listPartsPages,
	"ListParts above a marker":      listPartsMarker,
	"ListUploads by prefix":         listUploads,
	"ListPrefixes":                  listPrefixes,
	"ListObjects":                   listObjects,
	"ListBuckets names this bucket": listBuckets,
	"BucketInfo tells the region":   bucketInfo,
}

func listPartsPages(b bench) {
	t := b.t
	const count = 2*transfer.ListPageSize + 3
	key := b.prefix + "many parts"
	id := b.initiate(t, key)
	b.uploadMany(t, key, id, count)
	var numbers []int
	marker, pages := 0, 0
	for more := true; more; pages++ {
		page, err := b.ListParts(t.Context(), key, id, marker)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range page.Parts {
			if p.CRC64 != digestOf([]byte{byte(p.Number)}).CRC64 || p.Size != 1 || !p.HasCRC {
				t.Fatalf("got %+v", p)
			}
			numbers = append(numbers, p.Number)
		}
		if page.More && page.Next != numbers[len(numbers)-1] {
			t.Fatalf("next is %d after part %d", page.Next, numbers[len(numbers)-1])
		}
		marker, more = page.Next, page.More
	}
	if pages != 3 || len(numbers) != count || !slices.IsSorted(numbers) || numbers[count-1] != count {
		t.Fatalf("got %d parts in %d pages", len(numbers), pages)
	}
}

func listPartsMarker(b bench) {
	t := b.t
	key := b.prefix + "marker"
	id := b.initiate(t, key)
	for _, n := range []int{10, 2, 7} {
		b.upload(t, key, id, n, fill(n, 1))
	}
	for marker, want := range map[int][]int{0: {2, 7, 10}, 2: {7, 10}, 6: {7, 10}, 9: {10}, 10: {}, transfer.MaxParts: {}} {
		page, err := b.ListParts(t.Context(), key, id, marker)
		got := []int{}
		for _, p := range page.Parts {
			got = append(got, p.Number)
		}
		if err != nil || page.More || !slices.Equal(got, want) {
			t.Errorf("above %d: got %+v, %v, want %v", marker, page, err, want)
		}
	}
}

func listUploads(b bench) {
	t := b.t
	a1 := b.initiate(t, b.prefix+"dir/a")
	a2 := b.initiate(t, b.prefix+"dir/a b+c")
	other := b.initiate(t, b.prefix+"other")
	for prefix, want := range map[string][]string{
		"":           {a1, a2, other},
		"dir/":       {a1, a2},
		"dir/a b+":   {a2},
		"other":      {other},
		"not there/": nil,
	} {
		slices.Sort(want)
		if got := b.openIDs(t, b.prefix+prefix); !slices.Equal(got, want) {
			t.Errorf("%q: got %v, want %v", prefix, got, want)
		}
	}
}

func listPrefixes(b bench) {
	t := b.t
	folders := []string{"a/", "b c/", "中文 & +%/"}
	for _, key := range []string{"a/1", "a/2", "a/deep/3", "b c/1", "中文 & +%/1", "file"} {
		b.put(t, b.prefix+key, nil)
	}
	var got []string
	token := ""
	for {
		page, err := b.ListPrefixes(t.Context(), b.prefix, token)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, page.Prefixes...)
		if token = page.Next; token == "" {
			break
		}
	}
	for i, p := range got {
		got[i] = strings.TrimPrefix(p, b.prefix)
	}
	slices.Sort(got)
	if !slices.Equal(got, folders) {
		t.Errorf("got %q, want %q", got, folders)
	}
}

func listObjects(b bench) {
	t := b.t
	const count = transfer.ListPageSize + 2
	for i := range count {
		b.put(t, fmt.Sprintf("%sdir/%05d 中 +%%", b.prefix, i), fill(i%3, 1))
	}
	b.put(t, b.prefix+"else", nil)
	var got []transfer.ListedObject
	after, pages := "", 0
	for more := true; more; pages++ {
		page, err := b.ListObjects(t.Context(), b.prefix+"dir/", after)
		if err != nil || len(page.Objects) == 0 {
			t.Fatalf("after %q: %v", after, err)
		}
		got = append(got, page.Objects...)
		after, more = got[len(got)-1].Key, page.More
	}
	if pages != 2 || len(got) != count {
		t.Fatalf("%d objects in %d pages", len(got), pages)
	}
	for i, o := range got {
		if want := fmt.Sprintf("%sdir/%05d 中 +%%", b.prefix, i); o.Key != want || o.Size != int64(i%3) {
			t.Fatalf("object %d is %+v", i, o)
		}
	}
	page, err := b.ListObjects(t.Context(), b.prefix+"dir/", got[count-2].Key[:len(got[count-2].Key)-1])
	if err != nil || len(page.Objects) != 2 || page.More {
		t.Errorf("from within a name: %+v, %v", page, err)
	}
}

// listBuckets is content with a refusal: keys for uploading seldom may list buckets.
func listBuckets(b bench) {
	t := b.t
	names, err := b.ListBuckets(t.Context())
	if transfer.KindOf(err) == transfer.KindAuth {
		t.Skipf("refused: %v", err)
	}
	if err != nil || len(names) == 0 || !slices.IsSorted(names) {
		t.Errorf("got %v, %v", names, err)
	}
}

// errorTexts looks at an answer's and at a connection's error.
func errorTexts(b bench) {
	t := b.t
	key := b.prefix + "texts"
	err := b.Abort(t.Context(), key, "0004B9894A22E5B1888A1E29F8236E2D")
	if err == nil {
		t.Fatal("no error")
	}
	for _, part := range []string{"uploadId", "http://", "https://", "Signature", "OSS4-HMAC"} {
		if strings.Contains(err.Error(), part) {
			t.Errorf("%q holds %q", err, part)
		}
	}
}

func bucketInfo(b bench) {
	info, err := b.BucketInfo(b.t.Context())
	if err != nil || info.Region == "" || strings.HasPrefix(info.Region, "oss-") || info.Endpoint == "" {
		b.t.Errorf("got %+v, %v", info, err)
	}
}
