package aliyun

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/aliyun/aliyun-oss-go-sdk/oss"

	"partway/transfer"
)

// The operations, by the names of OSS's documentation.
const (
	opInitiate    = "InitiateMultipartUpload"
	opUploadPart  = "UploadPart"
	opListParts   = "ListParts"
	opComplete    = "CompleteMultipartUpload"
	opAbort       = "AbortMultipartUpload"
	opPut         = "PutObject"
	opHead        = "HeadObject"
	opListUploads = "ListMultipartUploads"
	opListObjects = "ListObjectsV2"
	opListBuckets = "ListBuckets"
	opBucketInfo  = "GetBucketInfo"

	opGetLifecycle = "GetBucketLifecycle"
	opPutLifecycle = "PutBucketLifecycle"
)

// request is one call of OSS.
type request struct {
	op      string
	method  string
	key     string
	part    int
	params  map[string]any
	headers headers
	content []byte            // a small body, for Complete
	body    *body             // or a large one, of body.size bytes
	left    *transfer.Outflow // told how much of body has left this computer; may be nil
	limit   int64             // bytes of the answer that are read; 0: maxAnswerBody
	service bool              // of the account, not of the bucket
}

// changes tells whether the request changes anything on OSS.
func (r *request) changes() bool {
	switch r.op {
	case opInitiate, opUploadPart, opComplete, opAbort, opPut, opPutLifecycle:
		return true
	}
	return false
}

// reply is what came back: an answer, or err.
type reply struct {
	status int
	header http.Header
	body   []byte
	err    error
	// signature is the request's own: a server may echo it, an error must not.
	signature string
}

// xmlDate is the form of x-oss-date.
const xmlDate = "20060102T150405Z"

// skewLimit is the clock's offset above which requests are signed with OSS's time. OSS
// refuses at 15 minutes.
const skewLimit = 5 * time.Minute

// do carries out a request and returns OSS's answer if its status is 2xx. Any other
// outcome is an *transfer.Error.
func (s *store) do(ctx context.Context, r *request) (reply, error) {
	if err := ctx.Err(); err != nil {
		return reply{}, s.failure(r, transfer.Error{Kind: transfer.KindCanceled, Err: err})
	}
	if s.bucket.BucketName == "" && !r.service {
		return reply{}, s.refuse(r, "no bucket was given")
	}
	ex := &exchange{}
	started := time.Now()
	rep, cut := s.watch(ctx, ex, r)
	if r.body != nil {
		r.body.close()
	}
	rep.signature = ex.secretSignature()
	s.learnClock(ex)
	if rep.err == nil && rep.status/100 == 2 {
		s.learnRate(r, time.Since(started))
		return rep, nil
	}
	return reply{}, s.explain(ctx, r, ex, rep, cut)
}

// watch runs a request in a goroutine and waits for it. It returns at the latest a
// grace after ctx ended or a clock cut, even if the content's Read hangs on a lost
// disk: that goroutine then ends with its Read, and touches nothing of ours any more.
func (s *store) watch(ctx context.Context, ex *exchange, r *request) (reply, error) {
	// The request ends by our hand only, so that what the kernel holds is discarded first.
	inner, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	done := make(chan reply, 1)
	go func() { done <- s.send(ex.trace(inner), r) }()

	ticker := time.NewTicker(s.clocks.tick)
	defer ticker.Stop()
	if r.left != nil && r.body != nil {
		r.left.Follow(func() int64 { return r.sent(ex.acked()) })
		defer r.left.Follow(nil)
	}
	dog := s.watchdogFor(r)
	home := addressClock{addrs: net.InterfaceAddrs}
	for {
		var cut error
		select {
		case rep := <-done:
			return rep, nil
		case <-ctx.Done():
			cut = ctx.Err()
		case now := <-ticker.C:
			if cut = dog.check(now, ex.observe()); cut == nil {
				cut = home.check(now, dog.since, ex.local())
			}
		}
		if cut == nil {
			continue
		}
		ex.discard()
		cancel()
		select {
		case rep := <-done:
			return rep, cut
		case <-time.After(s.clocks.grace):
			return reply{err: cut}, cut
		}
	}
}

// sent is how much of the body has left this computer, by what the kernel says was
// acknowledged since the request began, headers included. Where it does not say, what was read
// counts.
func (r *request) sent(acked int64, known bool) int64 {
	read := r.body.count()
	if known {
		read = min(read, acked)
	}
	return read
}

func (s *store) watchdogFor(r *request) *watchdog {
	answer, drain := s.clocks.answer, time.Duration(0)
	if r.op == opComplete {
		answer = s.clocks.complete
	}
	if r.body != nil {
		drain = drainTime(r.body.size, s.rate.Load())
	}
	return newWatchdog(s.clocks, answer, drain, time.Now())
}

// send makes the SDK's call and reads the answer whole. The answer is ours to judge:
// the SDK's error is only looked at when there is none.
func (s *store) send(ctx context.Context, r *request) reply {
	bucket := s.bucket
	if r.service {
		bucket = s.service
	}
	answer, err := bucket.Do(r.method, r.key, r.params, s.options(ctx, r), r.reader(), nil)
	if answer == nil {
		return reply{err: err}
	}
	defer func() { _ = answer.Body.Close() }()
	rep := reply{status: answer.StatusCode, header: answer.Headers}
	limit := r.limit
	if limit == 0 {
		limit = maxAnswerBody
	}
	rep.body, rep.err = io.ReadAll(io.LimitReader(answer.Body, limit+1))
	if int64(len(rep.body)) > limit {
		rep.err = errTooLong
	}
	return rep
}

var errTooLong = errors.New("answer is longer than any of OSS")

// reader returns the request's content in the one form whose length the SDK knows
// without seeking in it, and nil for no content: net/http would send an empty reader
// chunked.
func (r *request) reader() io.Reader {
	switch {
	case r.body != nil && r.body.size > 0:
		return &io.LimitedReader{R: r.body, N: r.body.size}
	case len(r.content) > 0:
		return &io.LimitedReader{R: bytes.NewReader(r.content), N: int64(len(r.content))}
	}
	return nil
}

func (s *store) options(ctx context.Context, r *request) []oss.Option {
	options := []oss.Option{oss.WithContext(ctx)}
	for name, value := range r.headers {
		options = append(options, oss.SetHeader(name, value))
	}
	now := time.Now().UTC()
	if offset := s.ClockOffset(); offset.Abs() > skewLimit {
		now = now.Add(offset)
	}
	options = append(options, oss.SetHeader("Date", now.Format(http.TimeFormat)))
	if s.v4 {
		options = append(options, oss.SetHeader("X-Oss-Date", now.Format(xmlDate)))
	}
	return options
}

// learnClock notes OSS's time less ours.
func (s *store) learnClock(ex *exchange) {
	_, header := ex.answer()
	if !isOSS(header) {
		return
	}
	date, err := http.ParseTime(header.Get("Date"))
	from, to := ex.answered()
	if err != nil || from.IsZero() || to.Sub(from) > skewLimit {
		return
	}
	s.offset.note(date, from, to)
}

func (s *store) learnRate(r *request, took time.Duration) {
	if r.body == nil || r.body.size < transfer.MinPartSize || took <= 0 {
		return
	}
	s.rate.Store(int64(float64(r.body.size) / took.Seconds()))
}

// refuse is the error of a request that cannot be right and is not sent.
func (s *store) refuse(r *request, format string, args ...any) error {
	return s.failure(r, transfer.Error{Kind: transfer.KindPermanent, Err: fmt.Errorf(format, args...)})
}
