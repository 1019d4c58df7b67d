package osslocal

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"testing"
)

func TestListParts(t *testing.T) {
	_, c := newServer(t, Config{})
	id := c.initiate("a b")
	for n := range 5 {
		c.part("a b", id, (n+1)*10, []byte{byte(n)})
	}
	var numbers []int
	marker, pages := "", 0
	for {
		a := c.must(call{method: "GET", bucket: "first", key: "a b", query: query("uploadId", id, "max-parts", "2", "part-number-marker", marker, "encoding-type", "url")})
		var v listPartsXML
		decodeXML(t, a, &v)
		pages++
		if v.Key != "a%20b" || v.MaxParts != 2 || len(v.Part) > 2 {
			t.Fatalf("page %+v", v)
		}
		for _, p := range v.Part {
			numbers = append(numbers, p.PartNumber)
			if p.HashCRC64 == "" || p.Size != 1 || p.ETag[0] != '"' {
				t.Errorf("part %+v", p)
			}
		}
		if !v.IsTruncated {
			break
		}
		marker = strconv.Itoa(v.NextPartNumberMarker)
	}
	if want := []int{10, 20, 30, 40, 50}; !slices.Equal(numbers, want) || pages != 3 {
		t.Errorf("parts %v in %d pages, want %v in 3", numbers, pages, want)
	}
	// A marker between two numbers, and one behind the last.
	for marker, want := range map[string]int{"15": 4, "50": 0, "9000": 0} {
		var v listPartsXML
		decodeXML(t, c.must(call{method: "GET", bucket: "first", key: "a b", query: query("uploadId", id, "part-number-marker", marker)}), &v)
		if len(v.Part) != want || v.IsTruncated {
			t.Errorf("behind %s: %d parts, want %d", marker, len(v.Part), want)
		}
	}
}

// TestListPartsDefault checks that a page without max-parts holds 1,000.
func TestListPartsDefault(t *testing.T) {
	s, c := newServer(t, Config{})
	id := c.initiate("k")
	s.disk.mu.Lock()
	u := s.disk.buckets["first"].uploads[id]
	for n := range 1001 {
		u.parts[n+1] = &partMeta{Number: n + 1}
	}
	s.disk.mu.Unlock()
	var v listPartsXML
	decodeXML(t, c.must(call{method: "GET", bucket: "first", key: "k", query: query("uploadId", id)}), &v)
	if len(v.Part) != 1000 || !v.IsTruncated || v.NextPartNumberMarker != 1000 {
		t.Errorf("%d parts, truncated %v, next %d", len(v.Part), v.IsTruncated, v.NextPartNumberMarker)
	}
}

func TestListObjects(t *testing.T) {
	_, c := newServer(t, Config{})
	for _, key := range []string{"a", "b/1", "b/2", "b/c/3", "b0", "d/照片 1", "e"} {
		c.put(key, "x")
	}
	tests := []struct {
		name  string
		query url.Values
		want  string // keys and prefixes in order of pages
		pages int
	}{
		{"all", query(), "[a b/1 b/2 b/c/3 b0 d/照片 1 e]", 1},
		{"pages of 3", query("max-keys", "3"), "[a b/1 b/2 b/c/3 b0 d/照片 1 e]", 3},
		{"prefix", query("prefix", "b/"), "[b/1 b/2 b/c/3]", 1},
		{"folders", query("delimiter", "/"), "[a b0 e b/ d/]", 1},
		{"folders one by one", query("delimiter", "/", "max-keys", "1"), "[a b/ b0 d/ e]", 5},
		{"folders behind a key in one", query("delimiter", "/", "start-after", "b/1", "marker", "b/1"), "[b0 e d/]", 1},
		{"folder", query("delimiter", "/", "prefix", "b/"), "[b/1 b/2 b/c/]", 1},
		{"nothing", query("prefix", "zz"), "[]", 1},
		{"escaped", query("prefix", "d/", "encoding-type", "url"), "[d%2F%E7%85%A7%E7%89%87%201]", 1},
	}
	for _, tt := range tests {
		t.Run("V2/"+tt.name, func(t *testing.T) {
			got, pages := c.pages(tt.query, true)
			if fmt.Sprint(got) != tt.want || pages != tt.pages {
				t.Errorf("%v in %d pages, want %s in %d", got, pages, tt.want, tt.pages)
			}
		})
		t.Run("V1/"+tt.name, func(t *testing.T) {
			got, pages := c.pages(tt.query, false)
			if fmt.Sprint(got) != tt.want || pages != tt.pages {
				t.Errorf("%v in %d pages, want %s in %d", got, pages, tt.want, tt.pages)
			}
		})
	}
	var v listObjectsV2XML
	decodeXML(t, c.must(call{method: "GET", bucket: "first", query: query("list-type", "2", "start-after", "b/c/3")}), &v)
	if v.KeyCount != 3 || v.Contents[0].Key != "b0" || v.Contents[0].Size != 1 || v.Contents[0].Owner != nil {
		t.Errorf("start-after: %+v", v)
	}
}

// pages lists until the end.
func (c *client) pages(q url.Values, v2 bool) (names []string, pages int) {
	c.t.Helper()
	q = cloneQuery(q)
	if v2 {
		q.Set("list-type", "2")
	}
	for {
		pages++
		a := c.must(call{method: "GET", bucket: "first", query: q})
		var v struct {
			IsTruncated                       bool
			NextMarker, NextContinuationToken string
			Contents                          []contentXML
			CommonPrefixes                    []prefixXML
		}
		decodeXML(c.t, a, &v)
		for _, o := range v.Contents {
			names = append(names, o.Key)
		}
		for _, p := range v.CommonPrefixes {
			names = append(names, p.Prefix)
		}
		if !v.IsTruncated {
			return names, pages
		}
		q.Set("continuation-token", v.NextContinuationToken)
		if !v2 {
			q.Del("continuation-token")
			q.Set("marker", v.NextMarker)
		}
	}
}

func cloneQuery(q url.Values) url.Values {
	out := make(url.Values)
	for name, v := range q {
		out[name] = slices.Clone(v)
	}
	return out
}

func TestListUploads(t *testing.T) {
	_, c := newServer(t, Config{})
	ids := map[string][]string{}
	for _, key := range []string{"a", "a", "a", "b/1", "b/2", "c"} {
		ids[key] = append(ids[key], c.initiate(key))
	}
	for _, max := range []string{"1", "2", "4", "1000"} {
		t.Run("pages of "+max, func(t *testing.T) {
			q := query("uploads", "", "max-uploads", max)
			seen := map[string]int{}
			for {
				var v listUploadsXML
				decodeXML(t, c.must(call{method: "GET", bucket: "first", query: q}), &v)
				for _, u := range v.Upload {
					seen[u.Key+" "+u.UploadID]++
				}
				if !v.IsTruncated {
					break
				}
				q.Set("key-marker", v.NextKeyMarker)
				q.Set("upload-id-marker", v.NextUploadIDMarker)
			}
			if len(seen) != 6 {
				t.Errorf("%d uploads, want 6", len(seen))
			}
			for u, n := range seen {
				if n != 1 {
					t.Errorf("%s seen %d times", u, n)
				}
			}
		})
	}
	tests := []struct {
		name              string
		query             url.Values
		uploads, prefixes int
	}{
		{"prefix", query("uploads", "", "prefix", "b/"), 2, 0},
		{"folders", query("uploads", "", "delimiter", "/"), 4, 1},
		{"behind a key", query("uploads", "", "key-marker", "a"), 3, 0},
		{"ID without key", query("uploads", "", "upload-id-marker", "Z"), 6, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var v listUploadsXML
			decodeXML(t, c.must(call{method: "GET", bucket: "first", query: tt.query}), &v)
			if len(v.Upload) != tt.uploads || len(v.CommonPrefixes) != tt.prefixes {
				t.Errorf("%d uploads, %d prefixes; want %d, %d", len(v.Upload), len(v.CommonPrefixes), tt.uploads, tt.prefixes)
			}
		})
	}
}

func TestBuckets(t *testing.T) {
	_, c := newServer(t, Config{})
	for _, name := range []string{"third", "second"} {
		c.must(call{method: "PUT", bucket: name})
	}
	c.must(call{method: "PUT", bucket: "third"}) // one's own: no error
	var names []string
	q := query("max-keys", "2")
	for {
		var v listBucketsXML
		decodeXML(t, c.must(call{method: "GET", query: q}), &v)
		for _, b := range v.Buckets {
			names = append(names, b.Name)
		}
		if !v.IsTruncated {
			break
		}
		q.Set("marker", v.NextMarker)
	}
	if want := "[first second third]"; fmt.Sprint(names) != want {
		t.Errorf("buckets %v, want %s", names, want)
	}
	a := c.must(call{method: "GET", bucket: "first", query: query("location")})
	var l locationXML
	if decodeXML(t, a, &l); l.Location != "oss-cn-hangzhou" {
		t.Errorf("location %s", a.body)
	}
	var info bucketInfoXML
	if decodeXML(t, c.must(call{method: "GET", bucket: "first", query: query("bucketInfo")}), &info); info.Bucket.Name != "first" {
		t.Errorf("info %+v", info)
	}
	c.must(call{method: "DELETE", bucket: "second"})
	c.wantError(t, call{method: "DELETE", bucket: "second"}, 404, "NoSuchBucket", "0015-00000101")
	c.wantError(t, call{method: "HEAD", bucket: "second"}, 404, "NoSuchBucket", "0015-00000101")
	c.must(call{method: "HEAD", bucket: "first"})
}
