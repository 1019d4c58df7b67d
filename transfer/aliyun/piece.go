package aliyun

import (
	"errors"
	"io"
	"sync"
	"time"
)

// net/http copies a body in pieces of 32 KiB. Larger ones cost a fast line less. On a slow one
// they would only be read before their time, so that their size follows the line; and where
// many connections send at once, each is slower: there is room for so many large ones only.
const (
	leastPiece = 32 << 10
	mostPiece  = 256 << 10
	largeRooms = 8
	swift      = 5 * time.Millisecond  // a piece that is gone within this makes the next larger
	slow       = 50 * time.Millisecond // and one that takes so long makes it the least
)

// rooms are where pieces are read into. None is ever given up: what a sync.Pool drops and makes
// anew, for many connections, was most of an upload's garbage, and half of its memory.
type rooms struct {
	mu           sync.Mutex
	small, large [][]byte // that nobody uses
	made         int      // large ones
}

var pieceRooms rooms

// takeSmall returns room for the least piece.
func (r *rooms) takeSmall() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	if room := last(&r.small); room != nil {
		return room
	}
	return make([]byte, leastPiece)
}

// takeLarge returns room for the largest piece, nil while others have all there is.
func (r *rooms) takeLarge() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	if room := last(&r.large); room != nil || r.made == largeRooms {
		return room
	}
	r.made++
	return make([]byte, mostPiece)
}

// last takes the last of a list, nil if there is none.
func last(list *[][]byte) []byte {
	n := len(*list) - 1
	if n < 0 {
		return nil
	}
	room := (*list)[n]
	*list = (*list)[:n]
	return room
}

func (r *rooms) give(room []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(room) == mostPiece {
		r.large = append(r.large, room)
	} else {
		r.small = append(r.small, room)
	}
}

// fitting returns room for a piece of so many bytes in place of another, or the same.
func (r *rooms) fitting(room []byte, size int) []byte {
	var other []byte
	switch {
	case size > len(room):
		other = r.takeLarge()
	case size == leastPiece && len(room) == mostPiece: // others may need it
		other = r.takeSmall()
	}
	if other == nil {
		return room
	}
	r.give(room)
	return other
}

// ReadFrom sends what r holds. net/http has the body of a request written by it, where there
// is no TLS in between.
func (c *conn) ReadFrom(r io.Reader) (sent int64, err error) {
	room, size := pieceRooms.takeSmall(), leastPiece
	defer func() { pieceRooms.give(room) }()
	_, known := c.unsent(c.Conn)
	for {
		read, end := r.Read(room[:size])
		if read > 0 {
			begun := time.Now()
			n, err := c.Write(room[:read])
			sent += int64(n)
			if err != nil {
				return sent, err
			}
			// Where the system does not say what has left, a write that returns is all that shows
			// progress.
			if known {
				size = nextPiece(size, time.Since(begun))
				room = pieceRooms.fitting(room, size)
				size = min(size, len(room))
			}
		}
		if errors.Is(end, io.EOF) {
			return sent, nil
		}
		if end != nil {
			return sent, end
		}
	}
}

// nextPiece is how much to send at once after a piece that took so long.
func nextPiece(size int, took time.Duration) int {
	switch {
	case took < swift:
		return min(2*size, mostPiece)
	case took > slow:
		return leastPiece
	}
	return size
}
