package transfer

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestProveDigests(t *testing.T) {
	const md, other = "0123456789ABCDEF0123456789ABCDEF", "FEDCBA9876543210FEDCBA9876543210"
	crc := func(v uint64) Digest { return Digest{CRC64: v, HasCRC: true} }
	sent := Digest{CRC64: 5, HasCRC: true, MD5: md}
	for _, c := range []struct {
		name         string
		sent, stored Digest
		etag         string
		wantMD5      bool
		want         proof
		ok           bool
	}{
		{"CRC64 and MD5 equal", sent, crc(5), md, true, proof{md5: true}, true},
		{"ETag in quotes and lower case", sent, crc(5), `"` + strings.ToLower(md) + `"`, true, proof{md5: true}, true},
		{"CRC64 equal, MD5 not computed", crc(5), crc(5), md, false, proof{}, true},
		{"CRC64 equal, ETag is no such MD5", sent, crc(5), other, true, proof{otherTag: true}, true},
		{"CRC64 equal, ETag is no such MD5, not asked", crc(5), crc(5), other, false, proof{}, true},
		{"CRC64 of nothing", crc(0), crc(0), md, false, proof{}, true},
		{"CRC64 differs, MD5 equal", sent, crc(6), md, true, proof{}, false},
		{"CRC64 differs from 0", sent, crc(0), md, true, proof{}, false},
		{"no CRC64, MD5 equal", sent, Digest{}, strings.ToLower(md), true, proof{md5: true, noCRC: true}, true},
		{"no CRC64, MD5 differs", sent, Digest{}, other, true, proof{noCRC: true}, false},
		{"no CRC64, MD5 not computed", crc(5), Digest{}, md, false, proof{noCRC: true}, false},
		{"no ETag", sent, crc(5), "", true, proof{}, false},
		{"no ETag but quotes", sent, crc(5), `""`, true, proof{}, false},
		{"nothing at all", Digest{}, Digest{}, "", false, proof{}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := proveDigests(c.sent, c.stored, c.etag, c.wantMD5)
			if got != c.want || (err == nil) != c.ok {
				t.Errorf("got %+v, %v; want %+v, ok %v", got, err, c.want, c.ok)
			}
		})
	}
}

func TestDigestRange(t *testing.T) {
	for _, size := range []int{0, 1, 256*KiB - 1, 256 * KiB, 256*KiB + 1, 3 * 256 * KiB} {
		data := bytesOf(uint64(size), size)
		sum := md5.Sum(data)
		want := Digest{CRC64: crcOf(data), HasCRC: true}
		told := 0
		tell := func(n int) { told += n }
		if got, err := digestRange(t.Context(), bytes.NewReader(data), false, tell); err != nil || got != want || told != size {
			t.Errorf("%d bytes: %+v, %v, told %d; want %+v", size, got, err, told, want)
		}
		want.MD5 = strings.ToUpper(hex.EncodeToString(sum[:]))
		// Readers may hand out the last bytes together with the end.
		if got, err := digestRange(t.Context(), iotest.DataErrReader(bytes.NewReader(data)), true, tell); err != nil || got != want || told != 2*size {
			t.Errorf("%d bytes with their end: %+v, %v, told %d; want %+v", size, got, err, told, want)
		}
	}
}

func TestDigestRangeFails(t *testing.T) {
	broken := errors.New("broken")
	if d, err := digestRange(t.Context(), io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(broken)), true, func(int) {}); !errors.Is(err, broken) || d != (Digest{}) {
		t.Errorf("got %+v, %v; want no digest of half a stream", d, err)
	}
	why := errors.New("paused")
	ctx, cancel := context.WithCancelCause(t.Context())
	reads := 0
	_, err := digestRange(ctx, endless{}, false, func(int) {
		if reads++; reads == 3 {
			cancel(why)
		}
	})
	if !errors.Is(err, why) || reads != 3 {
		t.Errorf("got %v after %d reads, want the cause of the cancel after 3", err, reads)
	}
}

func TestContentMD5(t *testing.T) {
	if got, err := contentMD5("D41D8CD98F00B204E9800998ECF8427E"); got != "1B2M2Y8AsgTpgAmY7PhCfg==" || err != nil {
		t.Errorf("of nothing: %q, %v", got, err)
	}
	if got, err := contentMD5("no hex"); err == nil {
		t.Errorf("of what is no hex: %q", got)
	}
}
