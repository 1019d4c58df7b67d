package main

import (
	"testing"
	"time"

	"partway/e2e/bench/sink"
)

// TestCrowdedEndpointIsNotStormed has a sink refuse more than four requests at once, over real
// connections.
func TestCrowdedEndpointIsNotStormed(t *testing.T) {
	t.Parallel()
	s, err := sink.Listen(t.Context(), sink.Shape{Latency: 30 * time.Millisecond, Each: 8 * mib, Most: 4}, 8*mib)
	if err != nil {
		t.Fatal(err)
	}
	path, err := sparse(t.TempDir(), endless)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := engine(t.Context(), order{Endpoint: s.URL(), Dir: t.TempDir(), Paths: []string{path}, For: 4 * time.Second}); err != nil {
		t.Fatal(err)
	}
	r := s.Report()
	if r.Refused == 0 || r.Refused > 3*4+24 {
		t.Errorf("%d requests of %d were refused", r.Refused, r.Requests)
	}
	t.Logf("%d requests of %d were refused", r.Refused, r.Requests)
}
