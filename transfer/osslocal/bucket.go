package osslocal

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

func (s *Server) bucketXML(b *bucket) bucketXML {
	return bucketXML{
		CreationDate: formatTime(b.Created), Name: b.Name, Region: s.cfg.Region,
		Location: "oss-" + s.cfg.Region, StorageClass: "Standard",
		ExtranetEndpoint: "oss-" + s.cfg.Region + ".aliyuncs.com",
		IntranetEndpoint: "oss-" + s.cfg.Region + "-internal.aliyuncs.com",
	}
}

func (s *Server) listBuckets(w http.ResponseWriter, t Target) error {
	most, err := limitOf(t.query, "max-keys", defaultObjects, maxPage)
	if err != nil {
		return err
	}
	answer := listBucketsXML{
		Prefix: t.query.Get("prefix"), Marker: t.query.Get("marker"), MaxKeys: most, Owner: theOwner,
	}
	s.disk.mu.Lock()
	defer s.disk.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(s.disk.buckets)) {
		if !strings.HasPrefix(name, answer.Prefix) || name <= answer.Marker {
			continue
		}
		if len(answer.Buckets) == most {
			answer.IsTruncated = true
			break
		}
		answer.Buckets = append(answer.Buckets, s.bucketXML(s.disk.buckets[name]))
		answer.NextMarker = name
	}
	if !answer.IsTruncated {
		answer.NextMarker = ""
	}
	writeXML(w, answer)
	return nil
}

func (s *Server) putBucket(w http.ResponseWriter, t Target) error {
	if err := s.disk.createBucket(t.Bucket); err != nil {
		return err
	}
	w.Header().Set("Location", "/"+t.Bucket)
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(http.StatusOK)
	return nil
}

func (s *Server) removeBucket(w http.ResponseWriter, t Target) error {
	if err := s.disk.deleteBucket(t.Bucket); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) bucketInfo(w http.ResponseWriter, t Target) error {
	b, err := s.disk.settings(t.Bucket)
	if err != nil {
		return err
	}
	answer := bucketInfoXML{Bucket: s.bucketXML(&b)}
	answer.Bucket.Owner, answer.Bucket.Grant = &theOwner, "private"
	answer.Bucket.Versioning = b.Versioning
	writeXML(w, answer)
	return nil
}

func (s *Server) bucketLocation(w http.ResponseWriter, t Target) error {
	if err := s.disk.hasBucket(t.Bucket); err != nil {
		return err
	}
	writeXML(w, locationXML{Location: "oss-" + s.cfg.Region})
	return nil
}
