//go:build !linux

package routes

import "context"

// Watch returns a channel that yields a value after changes, many at once as one. It ends
// with ctx. The channel is nil where the system does not tell of changes.
func Watch(context.Context) (<-chan struct{}, error) { return nil, nil }
