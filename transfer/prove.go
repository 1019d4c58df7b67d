package transfer

import (
	"context"
	"crypto/md5" // OSS's ETag of a part is its MD5; CRC64 decides beside it
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"

	"partway/transfer/fastcrc"
)

// proof is what comparing a part's digests led to.
type proof struct {
	md5      bool // the MD5 was compared and is equal
	noCRC    bool // OSS did not tell the CRC64; the MD5 proves the part
	otherTag bool // CRC64 agrees, and the ETag is not the MD5 (some kinds of encryption)
}

// proveDigests compares what was read with what OSS says it stored. OSS's CRC64 decides.
// Without it the ETag, which then must be the MD5, does. wantMD5 tells whether an MD5 was
// computed.
func proveDigests(sent, stored Digest, etag string, wantMD5 bool) (proof, error) {
	etag = strings.Trim(etag, `"`)
	equalMD5 := sent.MD5 != "" && strings.EqualFold(sent.MD5, etag)
	switch {
	case etag == "":
		return proof{}, errors.New("the answer has no ETag")
	case stored.HasCRC && stored.CRC64 != sent.CRC64:
		return proof{}, fmt.Errorf("CRC64 of the bytes read is %d, of those stored %d", sent.CRC64, stored.CRC64)
	case stored.HasCRC:
		return proof{md5: equalMD5, otherTag: wantMD5 && !equalMD5}, nil
	case equalMD5:
		return proof{md5: true, noCRC: true}, nil
	default:
		return proof{noCRC: true}, errors.New("the answer has no CRC64, and its ETag is not the MD5 of the bytes read")
	}
}

// digestRange reads a stream whole and returns its digests, as far as want asks. It looks
// at ctx between reads and tells progress as it goes.
func digestRange(ctx context.Context, r io.Reader, wantMD5 bool, progress func(n int)) (Digest, error) {
	crc := fastcrc.New()
	var sum hash.Hash
	if wantMD5 {
		sum = md5.New()
	}
	buffer := make([]byte, 256*KiB)
	for {
		if err := context.Cause(ctx); err != nil {
			return Digest{}, err
		}
		n, err := r.Read(buffer)
		crc.Write(buffer[:n]) // a hash never fails
		if sum != nil {
			sum.Write(buffer[:n]) // a hash never fails
		}
		progress(n)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Digest{}, err
		}
	}
	d := Digest{CRC64: crc.Sum64(), HasCRC: true}
	if sum != nil {
		d.MD5 = strings.ToUpper(hex.EncodeToString(sum.Sum(nil)))
	}
	return d, nil
}

// contentMD5 returns the header's form of an MD5 in hex.
func contentMD5(md5Hex string) (string, error) {
	raw, err := hex.DecodeString(md5Hex)
	if err != nil {
		return "", fmt.Errorf("MD5 %q: %w", md5Hex, err)
	}
	return base64.StdEncoding.EncodeToString(raw), nil
}
