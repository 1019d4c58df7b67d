package instance

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"
	"time"
)

// Request is a command line handed over. Paths are bytes, for file names need not be
// UTF-8.
type Request struct {
	Paths       [][]byte `json:"paths,omitempty"`
	To          bool     `json:"to,omitempty"` // Bucket and Prefix were given
	Bucket      string   `json:"bucket,omitempty"`
	Prefix      string   `json:"prefix,omitempty"`
	Policy      string   `json:"policy,omitempty"`
	Account     string   `json:"account,omitempty"`
	Trial       bool     `json:"trial,omitempty"`
	Fingerprint string   `json:"fingerprint,omitempty"` // of the sender's OSS_ variables
	Wait        bool     `json:"wait,omitempty"`        // answer again when its uploads are done
}

// answer is one line back: first that the files are committed, then, if the request
// waits, the exit status.
type answer struct {
	Committed bool   `json:"committed,omitempty"`
	Status    *int   `json:"status,omitempty"`
	Error     string `json:"error,omitempty"`
}

// Handler carries out a request. It returns once its files are committed. wait, which may
// be nil, returns the exit status when the uploads are done.
type Handler func(ctx context.Context, r Request) (wait func(context.Context) (int, error), err error)

const (
	// requestTimeout bounds how long a sender may take to say what it wants.
	requestTimeout = 10 * time.Second
	// maxRequest bounds a request: a million paths of 100 bytes.
	maxRequest = 128 << 20
)

// Server takes over the command lines of later starts.
type Server struct {
	listener net.Listener
	handle   Handler
	log      *slog.Logger
	ctx      context.Context //nolint:containedctx // the server's own life: ended by Close, and by nothing else
	cancel   context.CancelFunc
	wg       sync.WaitGroup
}

// Serve listens until Close.
func (l *Lock) Serve(ctx context.Context, handle Handler, log *slog.Logger) (*Server, error) {
	ln, err := l.listen(ctx)
	if err != nil {
		return nil, err
	}
	s := &Server{listener: ln, handle: handle, log: log}
	s.ctx, s.cancel = context.WithCancel(ctx)
	s.wg.Go(s.accept)
	return s, nil
}

// Close stops listening, and ends what waits. Senders that waited are told nothing, and
// so know that their uploads are not done.
func (s *Server) Close() error {
	s.cancel()
	err := s.listener.Close()
	s.wg.Wait()
	return err
}

func (s *Server) accept() {
	for {
		conn, err := s.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			s.log.Warn("accept a later start", "error", err)
			return
		}
		s.wg.Go(func() { s.serve(conn) })
	}
}

// serve answers one sender. When the sender ends, so does what it waited for.
func (s *Server) serve(conn net.Conn) {
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	defer func() { _ = conn.Close() }()
	r, err := readRequest(conn)
	if err != nil {
		s.log.Warn("read what a later start wants", "error", err)
		return
	}
	s.wg.Go(func() { // a sender says nothing more: reading ends when it does
		_, _ = io.Copy(io.Discard, conn)
		cancel()
	})
	out := json.NewEncoder(conn)
	wait, err := s.handle(ctx, r)
	if err != nil {
		_ = out.Encode(answer{Error: err.Error()})
		return
	}
	if out.Encode(answer{Committed: true}) != nil || !r.Wait || wait == nil {
		return
	}
	status, err := wait(ctx)
	if ctx.Err() != nil {
		return
	}
	a := answer{Status: &status}
	if err != nil {
		a = answer{Error: err.Error()}
	}
	_ = out.Encode(a)
}

func readRequest(conn net.Conn) (Request, error) {
	var r Request
	if err := conn.SetReadDeadline(time.Now().Add(requestTimeout)); err != nil {
		return r, err
	}
	line, err := bufio.NewReader(io.LimitReader(conn, maxRequest)).ReadBytes('\n')
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(line, &r); err != nil {
		return r, err
	}
	return r, conn.SetReadDeadline(time.Time{})
}

// Client speaks to the process at work on the data folder.
type Client struct{ conn net.Conn }

// ErrClosed is returned when the other process ended before it answered.
var ErrClosed = errors.New("the Partway that runs already was closed before it answered")

func connect(ctx context.Context, path string) (*Client, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", path)
	if err != nil {
		return nil, err
	}
	return &Client{conn}, nil
}

// HandOver gives the request to the other process. It returns once the files are
// committed there, or, if the request waits, with the exit status once its uploads are
// done.
func (c *Client) HandOver(ctx context.Context, r Request) (int, error) {
	stop := context.AfterFunc(ctx, func() { _ = c.conn.Close() })
	defer stop()
	defer func() { _ = c.conn.Close() }()
	if err := json.NewEncoder(c.conn).Encode(r); err != nil {
		return 0, fmt.Errorf("hand over: %w", err)
	}
	in := json.NewDecoder(c.conn)
	for {
		var a answer
		err := in.Decode(&a)
		switch {
		case ctx.Err() != nil:
			return 0, ctx.Err()
		case err != nil:
			return 0, ErrClosed
		case a.Error != "":
			return 0, errors.New(a.Error)
		case a.Status != nil:
			return *a.Status, nil
		case a.Committed && !r.Wait:
			return 0, nil
		}
	}
}
