package sink

import (
	"encoding/xml"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Story is what became of parts, of uploads that were taken up again too.
type Story struct {
	First   time.Time // when the first PUT came after an upload's parts were last listed, or of all
	Again   int64     // parts that were stored already
	Resumed int64     // bytes of parts since an upload's were last listed
	Last    time.Time // of the latest answer
}

// story is what the sink notes for it.
type story struct {
	mu    sync.Mutex
	noted Story
}

// begins notes a PUT's arrival.
func (s *story) begins() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.noted.First.IsZero() {
		s.noted.First = time.Now()
	}
}

func (s *story) ends() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.noted.Last = time.Now()
}

func (s *story) listed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.noted.First, s.noted.Resumed = time.Time{}, 0
}

func (s *story) stored(size int64, again bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.noted.Resumed += size
	if again {
		s.noted.Again++
	}
}

func (s *story) told() Story {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.noted
}

// keep notes a part's size, which is all of it that matters.
func (s *Server) keep(id string, n int, size int64) {
	s.mu.Lock()
	parts := s.uploads[id]
	_, again := parts[n]
	if parts != nil {
		parts[n] = size
	}
	s.mu.Unlock()
	s.story.stored(size, again)
}

// mostListed is how many parts a page of a listing has at most.
const mostListed = 1000

type listedPart struct {
	PartNumber    int
	LastModified  string
	ETag          string
	HashCrc64ecma string
	Size          int64
}

type listing struct {
	XMLName              xml.Name `xml:"ListPartsResult"`
	UploadID             string   `xml:"UploadId"`
	NextPartNumberMarker int
	MaxParts             int
	IsTruncated          bool
	Part                 []listedPart
}

// list answers a page of an upload's parts.
func (s *Server) list(w http.ResponseWriter, id, marker string) {
	after, _ := strconv.Atoi(marker) // none is the beginning
	s.mu.Lock()
	parts := maps.Clone(s.uploads[id])
	s.mu.Unlock()
	if parts == nil {
		refuse(w, http.StatusNotFound, "NoSuchUpload")
		return
	}
	page := listing{UploadID: id, MaxParts: mostListed}
	for _, n := range slices.Sorted(maps.Keys(parts)) {
		if n <= after {
			continue
		}
		if len(page.Part) == mostListed {
			page.IsTruncated = true
			break
		}
		d := s.digest(parts[n])
		page.NextPartNumberMarker = n
		page.Part = append(page.Part, listedPart{
			PartNumber: n, Size: parts[n], LastModified: "2026-01-01T00:00:00.000Z",
			ETag: `"` + d.md5 + `"`, HashCrc64ecma: strconv.FormatUint(d.crc, 10),
		})
	}
	s.story.listed()
	writeXML(w, page)
}
