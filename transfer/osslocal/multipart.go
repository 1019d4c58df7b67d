package osslocal

import (
	"bytes"
	"crypto/md5"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

func (s *Server) initiate(w http.ResponseWriter, r *http.Request, t Target) error {
	encoding, encode, err := encodingOf(t)
	if err != nil {
		return err
	}
	header, err := headersToStore(r)
	if err != nil {
		return err
	}
	u := &upload{
		Key: t.Key, ID: randomID(16), Initiated: s.disk.stamp(), Header: header,
		Sequential: t.query.Has("sequential"), parts: make(map[int]*partMeta),
	}
	if err := s.disk.initiate(t.Bucket, u, forbidsOverwrite(r)); err != nil {
		return err
	}
	notesOf(r).record.UploadID = u.ID
	writeXML(w, initiateXML{
		EncodingType: encoding, Bucket: t.Bucket, Key: encode(t.Key), UploadID: u.ID,
	})
	return nil
}

func (s *Server) uploadPart(w http.ResponseWriter, r *http.Request, t Target) error {
	if t.Part < 1 || t.Part > maxParts {
		return errPartNumber()
	}
	if err := checkTrafficLimit(r); err != nil {
		return err
	}
	if err := s.disk.mayWritePart(t); err != nil {
		return err
	}
	blob, digests, err := s.receive(r)
	if err != nil {
		return err
	}
	p := &partMeta{
		Number: t.Part, ETag: digests.etag(), CRC64: digests.crc.Sum64(),
		LastModified: s.disk.stamp(), Blob: blob,
	}
	if err := s.disk.putPart(t, p); err != nil {
		return err
	}
	setDigests(w, p.ETag, p.CRC64)
	w.Header().Set("Content-MD5", md5Base64(p.ETag))
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(http.StatusOK)
	return nil
}

func (s *Server) listParts(w http.ResponseWriter, t Target) error {
	encoding, encode, err := encodingOf(t)
	if err != nil {
		return err
	}
	most, err := limitOf(t.query, "max-parts", maxPage, maxPage)
	if err != nil {
		return err
	}
	marker, err := markerOf(t.query, "part-number-marker")
	if err != nil {
		return err
	}
	u, parts, err := s.disk.parts(t)
	if err != nil {
		return err
	}
	answer := listPartsXML{
		EncodingType: encoding, Bucket: t.Bucket, Key: encode(t.Key), UploadID: u.ID,
		StorageClass: storageClass(u.Header), PartNumberMarker: marker, MaxParts: most,
	}
	for _, p := range parts {
		if p.Number <= marker {
			continue
		}
		if len(answer.Part) == most {
			answer.IsTruncated = true
			break
		}
		answer.Part = append(answer.Part, storedPartXML{
			PartNumber: p.Number, LastModified: formatTime(p.LastModified), ETag: quote(p.ETag),
			HashCRC64: strconv.FormatUint(p.CRC64, 10), Size: p.Blob.Size,
		})
		answer.NextPartNumberMarker = p.Number
	}
	writeXML(w, answer)
	return nil
}

func storageClass(header map[string]string) string {
	if c := header["x-oss-storage-class"]; c != "" {
		return c
	}
	return "Standard"
}

// limitOf reads the most entries of a page.
func limitOf(q url.Values, name string, byDefault, most int) (int, error) {
	text := q.Get(name)
	if text == "" {
		return byDefault, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > most {
		return 0, errInvalidArgument("Argument "+name+" must be an integer between 1 and "+strconv.Itoa(most)+".", "")
	}
	return n, nil
}

func markerOf(q url.Values, name string) (int, error) {
	text := q.Get(name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, errInvalidArgument("Argument "+name+" must be an integer that is not negative.", "")
	}
	return n, nil
}

func (s *Server) complete(w http.ResponseWriter, r *http.Request, t Target) error {
	encoding, encode, err := encodingOf(t)
	if err != nil {
		return err
	}
	call, err := readCallback(r, t)
	if err != nil {
		return err
	}
	acl, err := aclOf(r)
	if err != nil {
		return err
	}
	body, err := readSmall(r)
	if err != nil {
		return err
	}
	c := completion{target: t, acl: acl, forbidOverwrite: forbidsOverwrite(r)}
	if c.all, c.parts, err = readComplete(r, body); err != nil {
		return err
	}
	o, err := s.disk.complete(c)
	if err != nil {
		return err
	}
	setDigests(w, o.ETag, o.CRC64)
	if call != nil {
		return s.callBack(w, r, call, o)
	}
	writeXML(w, completeResultXML{
		EncodingType: encoding, Location: s.location(r, t), Bucket: t.Bucket,
		Key: encode(t.Key), ETag: quote(o.ETag),
	})
	return nil
}

// location is the object's URL as the client addressed it.
func (s *Server) location(r *http.Request, t Target) string {
	u := url.URL{Scheme: "http", Host: r.Host, Path: "/" + t.Key}
	if _, inHost := bucketOfHost(r.Host, s.cfg.Hosts); !inHost {
		u.Path = "/" + t.Bucket + u.Path
	}
	return u.String()
}

// readSmall reads the body of a request that is a short document.
func readSmall(r *http.Request) ([]byte, error) {
	want, err := contentMD5(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBodyXML+1))
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, errRequestTimeout() // the client left; nobody reads this
	case err != nil:
		return nil, err
	case len(body) > maxBodyXML:
		return nil, errMalformedXML()
	}
	if sum := md5.Sum(body); want != nil && !bytes.Equal(want, sum[:]) {
		return nil, errInvalidDigest()
	}
	return body, nil
}

// readComplete reads which parts to join: those of the body, or all that there are.
func readComplete(r *http.Request, body []byte) (all bool, parts []partXML, err error) {
	if v := r.Header.Get("x-oss-complete-all"); v != "" {
		if !strings.EqualFold(v, "yes") {
			return false, nil, errInvalidArgument("x-oss-complete-all must be yes.", "")
		}
		if len(body) > 0 {
			return false, nil, errInvalidArgument("The request body must be empty when x-oss-complete-all is set.", "0042-00000216")
		}
		return true, nil, nil
	}
	var c completeXML
	err = xml.Unmarshal(body, &c) //nolint:gosec // plain strings, from at most maxBodyXML bytes
	if err != nil || len(c.Part) > maxParts {
		return false, nil, errMalformedXML()
	}
	return false, c.Part, nil
}

func (s *Server) abort(w http.ResponseWriter, t Target) error {
	if err := s.disk.abort(t); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
