//go:build !unix

package cli

// ForbidCoreDumps does nothing: where there are no core dumps there is nothing to forbid.
func ForbidCoreDumps() error { return nil }
