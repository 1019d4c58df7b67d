package sink

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// put sends so many bytes on a connection of its own, and returns the status, 0 if the
// connection broke.
func put(t *testing.T, s *Server, size int) int {
	t.Helper()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, s.URL()+"/b/k", bytes.NewReader(make([]byte, size)))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := client.Do(r)
	if err != nil {
		return 0
	}
	io.Copy(io.Discard, answer.Body) //nolint:errcheck // only the status is asked
	answer.Body.Close()              //nolint:errcheck // likewise
	return answer.StatusCode
}

// putAll does so at once, and tells how long it took and how often each status came.
func putAll(t *testing.T, s *Server, at, size int) (took time.Duration, statuses map[int]int) {
	t.Helper()
	statuses = map[int]int{}
	var mu sync.Mutex
	var group sync.WaitGroup
	begun := time.Now()
	for range at {
		group.Go(func() {
			status := put(t, s, size)
			mu.Lock()
			defer mu.Unlock()
			statuses[status]++
		})
	}
	group.Wait()
	return time.Since(begun), statuses
}

func listen(t *testing.T, shape Shape, sizes ...int64) *Server {
	t.Helper()
	s, err := Listen(t.Context(), shape, sizes...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestLineIsNeverFasterThanItsShape sends what a shape needs 0.4 s for, at least.
func TestLineIsNeverFasterThanItsShape(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		shape    Shape
		at, size int
	}{
		{Shape{Each: 1 << 20}, 2, 512 << 10},
		{Shape{All: 4 << 20}, 1, 2 << 20},
		{Shape{All: 4 << 20}, 16, 128 << 10},
		{Shape{All: 400 << 20}, 8, 25 << 20},
		{Shape{Each: 8 << 20, All: 40 << 20}, 2, 4 << 20},
		{Shape{Latency: 450 * time.Millisecond}, 4, 1 << 20},
		{Shape{Each: 512 << 10, For: time.Hour, Next: &Shape{}}, 2, 256 << 10},
	} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			s := listen(t, c.shape, int64(c.size))
			took, statuses := putAll(t, s, c.at, c.size)
			if took < 400*time.Millisecond || statuses[http.StatusOK] != c.at {
				t.Errorf("took %v: %v", took, statuses)
			}
			t.Log(took)
		})
	}
}

// TestLineIsFullForItsClient looks at what the kernel of the client still holds: nothing but
// a small buffer may hide that the line is slow.
func TestLineIsFullForItsClient(t *testing.T) {
	t.Parallel()
	const size = 1 << 20
	s := listen(t, Shape{Each: 256 << 10})
	c, err := new(net.Dialer).DialContext(t.Context(), "tcp", s.listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() }) //nolint:errcheck // the test is over
	var taken atomic.Int64          // of the body, by the client's kernel
	go func() {
		fmt.Fprintf(c, "PUT /b/k HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n", size)
		for taken.Load() < size {
			n, err := c.Write(make([]byte, 1<<10))
			if err != nil {
				return
			}
			taken.Add(int64(n))
		}
	}()
	raw, err := c.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	for s.bytes.Load() < size/8 {
		time.Sleep(10 * time.Millisecond) //nolint:forbidigo // looking again
	}
	unsent, handed := 0, taken.Load()
	if e := raw.Control(func(fd uintptr) { unsent, err = unix.IoctlGetInt(int(fd), unix.SIOCOUTQ) }); e != nil || err != nil {
		t.Fatal(e, err)
	}
	if left := handed - int64(unsent) - s.bytes.Load(); left > 256<<10 {
		t.Errorf("%d KiB have left the client that did not arrive", left>>10)
	}
}

// TestLineRefusesWhatIsTooMuchAtOnce takes two of five, and tells the others so.
func TestLineRefusesWhatIsTooMuchAtOnce(t *testing.T) {
	t.Parallel()
	s := listen(t, Shape{Each: 1 << 20, Most: 2})
	_, statuses := putAll(t, s, 5, 256<<10)
	if statuses[http.StatusOK] != 2 || s.Report().Refused != 3 {
		t.Errorf("%v, %d refused", statuses, s.Report().Refused)
	}
}

// TestLineLosesConnections cuts one for each MiB.
func TestLineLosesConnections(t *testing.T) {
	t.Parallel()
	s := listen(t, Shape{Lose: 1 << 20})
	for range 8 {
		put(t, s, 512<<10)
	}
	read := s.line.read.Load() // headers too, where Report counts what is stored
	if lost := s.Report().Lost; lost != read>>20 || lost == 0 {
		t.Errorf("%d connections lost of %d bytes", lost, read)
	}
}

// TestLineChanges has another shape in force in the middle of a request.
func TestLineChanges(t *testing.T) {
	t.Parallel()
	s := listen(t, Shape{Each: 64 << 10, For: 100 * time.Millisecond, Next: &Shape{}}, 8<<20)
	if took, statuses := putAll(t, s, 1, 8<<20); statuses[http.StatusOK] != 1 || took > time.Minute {
		t.Errorf("took %v: %v", took, statuses)
	}
}
