package aliyun

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"go.uber.org/goleak"

	"partway/transfer"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	testKeyID  = "LTAItestkeyid"
	testSecret = "SecretThatMustNotLeak"
	testToken  = "TokenThatMustNotLeak"
)

func testAccount(endpoint string) transfer.Account {
	return transfer.Account{Endpoint: endpoint, Region: "cn-hangzhou"}
}

func testCredentials() transfer.Credentials {
	return transfer.Credentials{
		KeyID: testKeyID, Secret: transfer.NewSecret(testSecret), Token: transfer.NewSecret(testToken),
	}
}

// quick are clocks that tests can wait for. They are far apart, so that each test sees
// which one cut.
func quick() clocks {
	return clocks{
		connect: 2 * time.Second, stall: 10 * time.Second, answer: 10 * time.Second, complete: 10 * time.Second,
		tick: 5 * time.Millisecond, grace: 100 * time.Millisecond, unsent: kernelUnsent,
	}
}

func testStore(t *testing.T, endpoint string, k clocks) *store {
	t.Helper()
	s, err := open(testAccount(endpoint), testCredentials(), "bucket", k)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// serve starts a server that is not OSS, but answers as told.
func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server
}

func serveStore(t *testing.T, h http.HandlerFunc) *store {
	t.Helper()
	return testStore(t, serve(t, h).URL, quick())
}

// drain reads a request's body, as a server must before it answers.
func drain(r *http.Request) []byte {
	b, _ := io.ReadAll(r.Body)
	return b
}

func mark(w http.ResponseWriter) { w.Header().Set("X-Oss-Request-Id", "REQ1") }

func fail(w http.ResponseWriter, status int, code, ec, message string) {
	mark(w)
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	fmt.Fprintf(w, `<?xml version="1.0" encoding="UTF-8"?><Error><Code>%s</Code><Message>%s</Message>`+
		`<RequestId>REQ1</RequestId><EC>%s</EC></Error>`, code, message, ec)
}

func accept(w http.ResponseWriter, content []byte) {
	b := newBody(nil, 0, true)
	_, _ = b.add(content, nil)
	d, _ := b.digest()
	mark(w)
	w.Header().Set("ETag", `"`+d.MD5+`"`)
	w.Header().Set("X-Oss-Hash-Crc64ecma", strconv.FormatUint(d.CRC64, 10))
}

// asError returns err as the one type of error that a Store may return.
func asError(t *testing.T, err error) *transfer.Error {
	t.Helper()
	e, ok := err.(*transfer.Error) //nolint:errorlint // the Store's promise is this very type
	if !ok {
		t.Fatalf("error is %T %v, want *transfer.Error", err, err)
	}
	return e
}
