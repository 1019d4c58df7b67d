package aliyun

import (
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"partway/transfer"
)

func TestKindsOfAnswers(t *testing.T) {
	tests := []struct {
		status   int
		code, ec string
		want     transfer.Kind
		unknown  bool
	}{
		{400, "RequestTimeout", "", transfer.KindTransient, false},
		{408, "Whatever", "", transfer.KindTransient, false},
		{500, "InternalError", "", transfer.KindTransient, true},
		{502, "BadGateway", "", transfer.KindTransient, true},
		{503, "ServiceUnavailable", "", transfer.KindTransient, true},
		{504, "GatewayTimeout", "", transfer.KindTransient, true},
		{507, "Odd", "", transfer.KindTransient, true},
		{429, "Whatever", "", transfer.KindThrottled, false},
		{503, "UploadTrafficRateLimitExceeded", "", transfer.KindThrottled, false},
		{503, "TotalQpsLimitExceeded", "", transfer.KindThrottled, false},
		{503, "MetaOperationQpsLimitExceeded", "", transfer.KindThrottled, false},
		{503, "ActiveRequestLimitExceeded", "", transfer.KindThrottled, false},
		{403, "AccessDenied", "0003-00000001", transfer.KindAuth, false},
		{403, "InvalidAccessKeyId", "", transfer.KindAuth, false},
		{403, "SignatureDoesNotMatch", "", transfer.KindAuth, false},
		{403, "SecurityTokenExpired", "0002-00000007", transfer.KindAuth, false},
		{403, "AbnormalBucketOwnerStatus", "", transfer.KindPermanent, false},
		{403, "UserDisable", "", transfer.KindAuth, false},
		{403, "RequestTimeTooSkewed", "0002-00000504", transfer.KindClock, false},
		{403, "SecondLevelDomainForbidden", "", transfer.KindPermanent, false},
		{404, "NoSuchUpload", "", transfer.KindGone, false},
		{404, "NoSuchBucket", "", transfer.KindGone, false},
		{404, "NoSuchKey", "", transfer.KindGone, false},
		{400, "InvalidPart", "", transfer.KindParts, false},
		{400, "InvalidPartOrder", "", transfer.KindParts, false},
		{400, "FilePartNotExist", "", transfer.KindParts, false},
		{400, "FilePartStale", "", transfer.KindParts, false},
		{400, "InvalidDigest", "", transfer.KindIntegrity, false},
		{409, "FileAlreadyExists", "0042-00000214", transfer.KindExists, false},
		{409, "Renamed", "0042-00000214", transfer.KindExists, false},
		{409, "FileImmutable", "", transfer.KindPermanent, false},
		{400, "EntityTooSmall", "0042-00000213", transfer.KindPermanent, false},
		{400, "EntityTooLarge", "", transfer.KindPermanent, false},
		{400, "InvalidObjectName", "", transfer.KindPermanent, false},
		{501, "NotImplemented", "", transfer.KindPermanent, false},
	}
	for _, tt := range tests {
		t.Run(tt.code, func(t *testing.T) {
			s := serveStore(t, func(w http.ResponseWriter, r *http.Request) {
				drain(r)
				fail(w, tt.status, tt.code, tt.ec, "It is so.")
			})
			p := part("x")
			_, err := s.Put(t.Context(), transfer.PutRequest{Key: "k", Size: p.Size, Body: p.Body})
			e := asError(t, err)
			if e.Kind != tt.want || e.Unknown != tt.unknown {
				t.Errorf("got kind %s, unknown %t", e.Kind, e.Unknown)
			}
			if e.Op != "PutObject" || e.Bucket != "bucket" || e.Key != "k" || e.Status != tt.status ||
				e.Code != tt.code || e.EC != tt.ec || e.RequestID != "REQ1" {
				t.Errorf("got %#v", e)
			}
		})
	}
}

// TestC9WrongPlaceIsNamed has OSS say that bucket, endpoint and region do not belong together,
// which no other key would mend.
func TestC9WrongPlaceIsNamed(t *testing.T) {
	tests := []struct {
		name, body, code, says string
		status                 int
	}{
		{
			"endpoint", `<Error><Code>AccessDenied</Code><Message>Wrong endpoint.</Message><Endpoint>oss-cn-beijing.aliyuncs.com</Endpoint>` +
				`<EC>0003-00001403</EC></Error>`,
			transfer.CodeWrongEndpoint, "the bucket's endpoint is oss-cn-beijing.aliyuncs.com", 403,
		},
		{
			"region", `<Error><Code>InvalidArgument</Code><Message>Invalid signing region.</Message><EC>0002-00000226</EC></Error>`,
			transfer.CodeWrongRegion, "Invalid signing region.", 400,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := serveStore(t, func(w http.ResponseWriter, r *http.Request) {
				drain(r)
				mark(w)
				w.WriteHeader(tt.status)
				_, _ = io.WriteString(w, tt.body)
			})
			_, err := s.UploadPart(t.Context(), part("x"))
			e := asError(t, err)
			if e.Kind != transfer.KindPermanent || e.Code != tt.code || e.Unknown || !strings.Contains(e.Error(), tt.says) {
				t.Errorf("got %#v: %v", e, e)
			}
			if (e.Endpoint == "oss-cn-beijing.aliyuncs.com") != (tt.code == transfer.CodeWrongEndpoint) {
				t.Errorf("the bucket is said to be at %q", e.Endpoint)
			}
		})
	}
}

// TestB9TooManySockets: that this computer opens no more of them is not the network's.
func TestB9TooManySockets(t *testing.T) {
	for name, err := range map[string]error{
		"dial": &net.OpError{Op: "dial", Err: os.NewSyscallError("socket", syscall.EMFILE)},
		"all":  &net.OpError{Op: "dial", Err: os.NewSyscallError("socket", syscall.ENFILE)},
		"name": &net.DNSError{Err: "open", UnwrapErr: os.NewSyscallError("socket", syscall.EMFILE)},
	} {
		if kind, code := networkKind(err, false), networkCode(err, false); kind != transfer.KindStorage || code != transfer.CodeTooManyFiles {
			t.Errorf("%s: %s %s", name, kind, code)
		}
	}
	offline := &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	if kind, code := networkKind(offline, false), networkCode(offline, false); kind != transfer.KindOffline || code != "" {
		t.Errorf("refused: %s %s", kind, code)
	}
}

func TestRetryAfter(t *testing.T) {
	const date = "Fri, 24 Feb 2012 06:00:00 GMT"
	tests := []struct {
		name   string
		header map[string]string
		want   time.Duration
	}{
		{"none", nil, 0},
		{"seconds", map[string]string{"Retry-After": "7"}, 7 * time.Second},
		{"negative", map[string]string{"Retry-After": "-7"}, 0},
		{"absurd", map[string]string{"Retry-After": "9223372036854775807"}, 5 * time.Minute},
		{"junk", map[string]string{"Retry-After": "soon"}, 0},
		{"date", map[string]string{"Date": date, "Retry-After": "Fri, 24 Feb 2012 06:00:20 GMT"}, 20 * time.Second},
		{"date long past", map[string]string{"Retry-After": date}, 0},
		{"date far off", map[string]string{"Date": date, "Retry-After": "Fri, 24 Feb 2062 06:00:20 GMT"}, 5 * time.Minute},
		{"milliseconds", map[string]string{"X-Oss-Qos-Delay-Time": "350"}, 350 * time.Millisecond},
		{"the longer", map[string]string{"X-Oss-Qos-Delay-Time": "350", "Retry-After": "1"}, time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := http.Header{}
			for k, v := range tt.header {
				h.Set(k, v)
			}
			if got := retryAfter(h); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestThrottlingAsksToWait(t *testing.T) {
	s := serveStore(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Oss-Qos-Delay-Time", "1500")
		fail(w, 503, "Busy", "", "Slow down.")
	})
	_, err := s.Initiate(t.Context(), "k", transfer.Options{}, true)
	if e := asError(t, err); e.Kind != transfer.KindThrottled || e.RetryAfter != 1500*time.Millisecond || e.Unknown {
		t.Errorf("got %#v", e)
	}
}

// TestE2ErrorsHoldNoSecret has a server that says back all it was told.
func TestE2ErrorsHoldNoSecret(t *testing.T) {
	for _, version := range []transfer.SignatureVersion{transfer.SignatureV4, transfer.SignatureV1} {
		t.Run(string(version), func(t *testing.T) {
			var signature string
			server := serve(t, func(w http.ResponseWriter, r *http.Request) {
				authorization := r.Header.Get("Authorization")
				signature = authorization[strings.LastIndexAny(strings.TrimRight(authorization, "="), "=:")+1:]
				fail(w, 403, "SignatureDoesNotMatch", "", authorization+" "+r.Header.Get("X-Oss-Security-Token")+" "+testSecret)
			})
			a := testAccount(server.URL)
			a.Signature = version
			s, err := open(a, testCredentials(), "bucket", quick())
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			_, err = s.ListParts(t.Context(), "k", "UP1", 0)
			text := asError(t, err).Error()
			for _, secret := range []string{testSecret, testToken, signature, "uploadId"} {
				if secret == "" || strings.Contains(text, secret) {
					t.Errorf("%q holds %q", text, secret)
				}
			}
			if !strings.Contains(text, "(removed)") {
				t.Errorf("got %q", text)
			}
		})
	}
}

func TestE2ErrorsHoldNoURL(t *testing.T) {
	server := serve(t, nil)
	server.Close()
	_, err := testStore(t, server.URL, quick()).ListParts(t.Context(), "k", "UP1", 0)
	if text := err.Error(); strings.Contains(text, "uploadId") || strings.Contains(text, "http") {
		t.Errorf("got %q", text)
	}
}
