//go:build linux

package harness

import (
	"context"
	"time"
)

// Trickle lets one part through now and then, as a slow line would, until ctx ends.
func (s *Server) Trickle(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			s.PassParts(1)
		case <-ctx.Done():
			return
		}
	}
}
