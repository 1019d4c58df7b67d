package aliyun

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"partway/transfer"
)

func TestListUploadsFollowsBothMarkers(t *testing.T) {
	// Three pages; the second begins within the uploads of one key.
	pages := map[string]string{
		"|":       `<IsTruncated>true</IsTruncated><NextKeyMarker>a%20b%2B</NextKeyMarker><NextUploadIdMarker>U1</NextUploadIdMarker>` + upload("a%20b%2B", "U1"),
		"a b+|U1": `<IsTruncated>true</IsTruncated><NextKeyMarker>a%20b%2B</NextKeyMarker><NextUploadIdMarker>U2</NextUploadIdMarker>` + upload("a%20b%2B", "U2"),
		"a b+|U2": `<IsTruncated>false</IsTruncated>` + upload("%E5%AD%97", "U3"),
	}
	s := serveStore(t, func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if !q.Has("uploads") || q.Get("prefix") != "p/" || q.Get("max-uploads") != "1000" {
			t.Errorf("got %s", r.URL)
		}
		mark(w)
		_, _ = fmt.Fprintf(w, `<ListMultipartUploadsResult><EncodingType>url</EncodingType>%s</ListMultipartUploadsResult>`,
			pages[q.Get("key-marker")+"|"+q.Get("upload-id-marker")])
	})
	got, err := s.ListUploads(t.Context(), "p/")
	at := time.Date(2012, 2, 23, 4, 18, 23, 0, time.UTC)
	want := []transfer.OpenUpload{
		{Key: "a b+", UploadID: "U1", Initiated: at},
		{Key: "a b+", UploadID: "U2", Initiated: at},
		{Key: "字", UploadID: "U3", Initiated: at},
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func upload(key, id string) string {
	return fmt.Sprintf("<Upload><Key>%s</Key><UploadId>%s</UploadId><Initiated>2012-02-23T04:18:23.000Z</Initiated></Upload>", key, id)
}

func TestListsThatGoInCirclesEnd(t *testing.T) {
	s := serveStore(t, func(w http.ResponseWriter, r *http.Request) {
		mark(w)
		switch {
		case r.URL.Query().Has("uploads"):
			_, _ = fmt.Fprint(w, `<ListMultipartUploadsResult><IsTruncated>true</IsTruncated></ListMultipartUploadsResult>`)
		case r.URL.Path == "/":
			_, _ = fmt.Fprint(w, `<ListAllMyBucketsResult><IsTruncated>true</IsTruncated></ListAllMyBucketsResult>`)
		default:
			_, _ = fmt.Fprint(w, `<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>`)
		}
	})
	_, uploadsErr := s.ListUploads(t.Context(), "")
	_, bucketsErr := s.ListBuckets(t.Context())
	_, prefixesErr := s.ListPrefixes(t.Context(), "", "")
	_, objectsErr := s.ListObjects(t.Context(), "", "")
	for _, err := range []error{uploadsErr, bucketsErr, prefixesErr, objectsErr} {
		if e := asError(t, err); e.Kind != transfer.KindTransient || e.Unknown {
			t.Errorf("got %#v", e)
		}
	}
}

func TestListPrefixes(t *testing.T) {
	s := serveStore(t, func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if q.Get("list-type") != "2" || q.Get("delimiter") != "/" || q.Get("prefix") != "p/" {
			t.Errorf("got %s", r.URL)
		}
		mark(w)
		next := "<IsTruncated>false</IsTruncated>"
		if q.Get("continuation-token") == "" {
			next = "<IsTruncated>true</IsTruncated><NextContinuationToken>Cg%3D%3D</NextContinuationToken>"
		} else if q.Get("continuation-token") != "Cg==" {
			t.Errorf("got %s", r.URL)
		}
		_, _ = fmt.Fprintf(w, `<ListBucketResult><EncodingType>url</EncodingType>%s<Contents><Key>p/x</Key></Contents>`+
			`<CommonPrefixes><Prefix>%s</Prefix></CommonPrefixes></ListBucketResult>`, next, url.QueryEscape("p/照片 +/"))
	})
	token := ""
	for _, want := range []string{"Cg==", ""} {
		page, err := s.ListPrefixes(t.Context(), "p/", token)
		if err != nil || !slices.Equal(page.Prefixes, []string{"p/照片 +/"}) || page.Next != want {
			t.Fatalf("got %+v, %v", page, err)
		}
		token = page.Next
	}
}

func TestListObjects(t *testing.T) {
	more := "true"
	s := serveStore(t, func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if q.Get("list-type") != "2" || q.Has("delimiter") || q.Get("prefix") != "照 片/" || q.Get("start-after") != "照 片/a+" {
			t.Errorf("got %s", r.URL)
		}
		mark(w)
		_, _ = fmt.Fprintf(w, `<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>%s</IsTruncated>`+
			`<Contents><Key>%s</Key><Size>7</Size></Contents></ListBucketResult>`, more, url.QueryEscape("照 片/b +"))
	})
	page, err := s.ListObjects(t.Context(), "照 片/", "照 片/a+")
	want := []transfer.ListedObject{{Key: "照 片/b +", Size: 7}}
	if err != nil || !slices.Equal(page.Objects, want) || !page.More {
		t.Errorf("got %+v, %v", page, err)
	}
}

// TestListObjectsThatLeadNowhere: an answer that says there is more, but not behind what was
// asked for, is none.
func TestListObjectsThatLeadNowhere(t *testing.T) {
	for _, contents := range []string{"", "<Contents><Key>a</Key></Contents>"} {
		s := serveStore(t, func(w http.ResponseWriter, _ *http.Request) {
			mark(w)
			_, _ = fmt.Fprintf(w, `<ListBucketResult><IsTruncated>true</IsTruncated>%s</ListBucketResult>`, contents)
		})
		if _, err := s.ListObjects(t.Context(), "", "b"); transfer.KindOf(err) != transfer.KindTransient {
			t.Errorf("%q: %v", contents, err)
		}
	}
}

func TestListBucketsIsOfTheAccount(t *testing.T) {
	s := serveStore(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			t.Errorf("got %s", r.URL)
		}
		mark(w)
		body := `<IsTruncated>true</IsTruncated><NextMarker>m</NextMarker><Buckets><Bucket><Name>zz</Name></Bucket></Buckets>`
		if r.URL.Query().Get("marker") == "m" {
			body = `<IsTruncated>false</IsTruncated><Buckets><Bucket><Name>aa</Name></Bucket></Buckets>`
		}
		_, _ = fmt.Fprintf(w, `<ListAllMyBucketsResult>%s</ListAllMyBucketsResult>`, body)
	})
	if names, err := s.ListBuckets(t.Context()); err != nil || !slices.Equal(names, []string{"aa", "zz"}) {
		t.Errorf("got %v, %v", names, err)
	}
}

func TestWithoutABucketOnlyBucketsAreListed(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		mark(w)
		_, _ = fmt.Fprint(w, `<ListAllMyBucketsResult></ListAllMyBucketsResult>`)
	})
	s, err := open(testAccount(server.URL), testCredentials(), "", quick())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.ListBuckets(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := s.Head(t.Context(), "k"); transfer.KindOf(err) != transfer.KindPermanent {
		t.Errorf("got %v", err)
	}
}
