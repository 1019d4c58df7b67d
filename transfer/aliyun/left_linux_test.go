package aliyun

import (
	"io"
	"net/http"
	"runtime"
	"testing"

	"partway/transfer"
)

// TestLeftIsNoMoreThanArrived has a server read a little of a large part, on a connection that
// was used before: what neither it nor its kernel has is not said to have left.
func TestLeftIsNoMoreThanArrived(t *testing.T) {
	const size, buffers = 64 << 20, 16 << 20
	var left transfer.Outflow
	s := serveStore(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("partNumber") == "2" {
			if _, err := io.CopyN(io.Discard, r.Body, 1<<20); err != nil {
				t.Error(err)
			}
			for left.Bytes() < 1<<20 { // what arrived has left
				runtime.Gosched()
			}
			if n := left.Bytes(); n > buffers {
				t.Errorf("%d MiB are said to have left of which 1 was read", n>>20)
			}
		}
		io.Copy(io.Discard, r.Body) //nolint:errcheck // the client went away
		w.Header().Set("X-Oss-Request-Id", "1")
		w.Header().Set("Etag", `"x"`)
	})
	for n := 1; n <= 2; n++ {
		_, err := s.UploadPart(t.Context(), transfer.PartRequest{
			Key: "k", UploadID: "id", Number: n, Size: size, Body: io.LimitReader(zeros{}, size), Left: &left,
		})
		if err != nil {
			t.Fatal(err)
		}
		if left.Bytes() != size {
			t.Errorf("%d bytes of part %d have left, of %d", left.Bytes(), n, size)
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }
