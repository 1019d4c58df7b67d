//go:build !linux

package desktop

import (
	"context"
	"errors"
)

// Offers tells whether this system's desktop is spoken to at all.
const Offers = false

func (s *Session) start(context.Context) {}

// Do sends the computer to sleep or shuts it down.
func Do(context.Context, Action) error { return errors.ErrUnsupported }

// BeginsWithSession tells whether the program is set to begin with the session.
func BeginsWithSession(string) (bool, error) { return false, nil }

// BeginWithSession sets whether a command begins with the session.
func BeginWithSession(Entry, bool) error { return errors.ErrUnsupported }
