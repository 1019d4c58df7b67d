package osslocal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"sync"
	"time"
)

const (
	defaultRegion      = "cn-hangzhou"
	defaultAddr        = "127.0.0.1:0"
	defaultBodyTimeout = 60 * time.Second
	headerTimeout      = 30 * time.Second
	maxHeaderBytes     = 64 << 10
)

// Config is what a Server needs. Dir and Keys must be set.
type Config struct {
	// Dir is where buckets, objects and parts are kept. It is made with mode 0700. What
	// an earlier Server left there is served again. Two Servers must not share it.
	Dir string
	// Region is the region ID that V4 signatures must be scoped to; default "cn-hangzhou".
	Region string
	// Keys maps access key IDs to their secrets.
	Keys map[string]string
	// Tokens maps access key IDs to the security token their requests must carry.
	Tokens map[string]string
	// Addr is where to listen, a loopback address; default "127.0.0.1:0", a free port.
	Addr string
	// Hosts maps host names (no port) to the bucket they are bound to, as a CNAME is.
	Hosts map[string]string
	// Limit is the most bytes kept in all, parts included; 0 means no limit. What would
	// go beyond is refused with 403 QuotaExceeded.
	Limit int64
	// BodyTimeout is how long a request's body may make no progress before it is
	// answered with 400 RequestTimeout; default 60 s.
	BodyTimeout time.Duration
	// Now is the server's clock; default time.Now. Answers carry it as Date, and requests
	// signed more than 15 minutes off it are refused.
	Now func() time.Time
	// Middleware wraps the handler, if set: faults are put in here.
	Middleware func(http.Handler) http.Handler
	// Observe, if set, is told of each request twice: when it arrives and when its answer
	// is ready, just before the last of it leaves. It is called by many goroutines.
	Observe func(Record)
}

// Server is a running OSS on loopback. It is safe for use by many goroutines.
type Server struct {
	cfg    Config
	disk   *disk
	http   *http.Server
	url    string
	cancel context.CancelFunc
	done   chan struct{} // closed when http.Serve has returned

	mu       sync.Mutex
	keys     map[string]string
	tokens   map[string]string
	closed   bool
	handlers sync.WaitGroup // guarded by mu: none is added after closed

	conns sync.WaitGroup // connections that net/http serves; none is added after done
}

// Start opens c.Dir and serves it until Close.
func Start(c Config) (*Server, error) {
	if c.Dir == "" {
		return nil, errors.New("start endpoint: no folder given")
	}
	if len(c.Keys) == 0 {
		return nil, errors.New("start endpoint: no access key given")
	}
	setDefaults(&c)
	d, err := openDisk(c.Dir, c.Limit, c.Now)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	l, err := listenLoopback(ctx, c.Addr)
	if err != nil {
		cancel()
		return nil, err
	}
	s := &Server{
		cfg: c, disk: d, cancel: cancel, done: make(chan struct{}),
		url:  "http://" + l.Addr().String(),
		keys: maps.Clone(c.Keys), tokens: maps.Clone(c.Tokens),
	}
	s.http = &http.Server{
		Handler:           s.handler(),
		ConnState:         s.connState,
		ReadHeaderTimeout: headerTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, connKey{}, c)
		},
	}
	go func() {
		defer close(s.done)
		_ = s.http.Serve(l) // returns http.ErrServerClosed; Close waits for it
	}()
	return s, nil
}

func setDefaults(c *Config) {
	if c.Region == "" {
		c.Region = defaultRegion
	}
	if c.Addr == "" {
		c.Addr = defaultAddr
	}
	if c.BodyTimeout == 0 {
		c.BodyTimeout = defaultBodyTimeout
	}
	if c.Now == nil {
		c.Now = time.Now
	}
}

// listenLoopback refuses any address that other machines could reach.
func listenLoopback(ctx context.Context, addr string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("start endpoint on %q: %w", addr, err)
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("start endpoint on %q: not a loopback address", addr)
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("start endpoint: %w", err)
	}
	return l, nil
}

// URL is where the server listens, as "http://127.0.0.1:40123".
func (s *Server) URL() string { return s.url }

// Region is the region ID that V4 signatures must be scoped to.
func (s *Server) Region() string { return s.cfg.Region }

// Close cuts all connections, ends all requests and waits until they have ended. What was
// acknowledged stays on disk.
func (s *Server) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.cancel()
	err := s.http.Close()
	<-s.done
	s.handlers.Wait()
	s.conns.Wait()
	if err != nil {
		return fmt.Errorf("close endpoint: %w", err)
	}
	return nil
}

// SetKeys replaces the access keys and the security tokens, as when a key is disabled or
// a token expires. Requests that were already let in go on.
func (s *Server) SetKeys(keys, tokens map[string]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys, s.tokens = maps.Clone(keys), maps.Clone(tokens)
}

// credentials returns the secret and the required token ("" for none) of a key ID.
func (s *Server) credentials(keyID string) (secret, token string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	secret, ok = s.keys[keyID]
	return secret, s.tokens[keyID], ok
}

// connState counts the goroutines of net/http, one a connection, which may outlive the
// handler by half a second.
func (s *Server) connState(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		s.conns.Add(1)
	case http.StateClosed, http.StateHijacked:
		s.conns.Done()
	case http.StateActive, http.StateIdle:
	}
}

type connKey struct{}

// ConnOf returns the connection a request came by, for a middleware that plays tricks on
// it; nil if the request did not come to a Server.
func ConnOf(r *http.Request) net.Conn {
	c, _ := r.Context().Value(connKey{}).(net.Conn)
	return c
}

// enter counts a request in, unless the server is closing.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.handlers.Add(1)
	return true
}

// handler is observation round Middleware round the service.
func (s *Server) handler() http.Handler {
	var h http.Handler = http.HandlerFunc(s.serve)
	if s.cfg.Middleware != nil {
		h = s.cfg.Middleware(h)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.enter() {
			panic(http.ErrAbortHandler)
		}
		defer s.handlers.Done()
		s.observe(h, w, r)
	})
}

// CreateBucket makes a bucket; one that is there already is left as it is.
func (s *Server) CreateBucket(name string) error {
	if !validBucket(name) {
		return fmt.Errorf("create bucket %q: %w", name, errInvalidBucketName())
	}
	return s.disk.createBucket(name)
}

// SetVersioning has a bucket say that it keeps versions ("Enabled", "Suspended") or not ("").
// None are kept; but requests that forbid to write over an object write over it.
func (s *Server) SetVersioning(bucket, state string) error {
	if err := s.disk.setVersioning(bucket, state); err != nil {
		return fmt.Errorf("set versioning of %q: %w", bucket, err)
	}
	return nil
}

// Object is what is known of a stored object.
type Object struct {
	Key          string
	Size         int64
	ETag         string // without quotes
	CRC64        uint64
	Type         string // "Normal" or "Multipart"
	LastModified time.Time
	Header       map[string]string // what Put or Initiate set, by lower-case name
}

// Upload is a multipart upload that is neither completed nor aborted.
type Upload struct {
	Key       string
	UploadID  string
	Initiated time.Time
	Parts     []Part // ascending by number
}

// Part is a stored part of an Upload.
type Part struct {
	Number       int
	Size         int64
	ETag         string // without quotes
	CRC64        uint64
	LastModified time.Time
}

// Objects returns the objects of a bucket in order of their keys.
func (s *Server) Objects(bucket string) ([]Object, error) { return s.disk.objectsOf(bucket) }

// OpenObject reads an object as it is now; it may be replaced or deleted meanwhile. The
// caller closes it.
func (s *Server) OpenObject(bucket, key string) (io.ReadCloser, error) {
	o, err := s.disk.pinObject(bucket, key)
	if err != nil {
		return nil, fmt.Errorf("open object oss://%s/%s: %w", bucket, key, err)
	}
	return s.disk.reader(o, 0, o.Size), nil
}

// OpenUploads returns the unfinished multipart uploads of a bucket, by key and upload ID.
func (s *Server) OpenUploads(bucket string) ([]Upload, error) { return s.disk.uploadsOf(bucket) }

// Backdate has an unfinished upload have been begun at a time.
func (s *Server) Backdate(bucket, key, uploadID string, at time.Time) error {
	if err := s.disk.backdate(bucket, key, uploadID, at); err != nil {
		return fmt.Errorf("backdate the upload %s of oss://%s/%s: %w", uploadID, bucket, key, err)
	}
	return nil
}

// InitiatedCount tells how many multipart uploads were ever begun in a bucket, earlier
// runs on the same Dir included; 0 for a bucket that does not exist.
func (s *Server) InitiatedCount(bucket string) int { return s.disk.initiatedCount(bucket) }

// Used is how many bytes objects and parts take up, those just arriving included.
func (s *Server) Used() int64 { return s.disk.used.Load() }
