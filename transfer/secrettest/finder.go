package secrettest

import (
	"encoding/binary"
)

// head is how many bytes of a form are looked up, and the least that a form has.
const head = 8

// Finder finds many secrets, reading the data once.
type Finder struct {
	forms map[uint64][]string // by their heads
	marks [1 << 14]uint64     // a bit for each head, to ask the map seldom
}

// NewFinder makes a Finder of secrets, which have eight bytes at least.
func NewFinder(secrets []string) *Finder {
	f := &Finder{forms: map[uint64][]string{}}
	for _, secret := range secrets {
		for _, form := range forms(secret) {
			key := binary.LittleEndian.Uint64([]byte(form[:head]))
			f.forms[key] = append(f.forms[key], form)
			word, bit := mark(key)
			f.marks[word] |= bit
		}
	}
	return f
}

// Find returns the form in which data holds one of the secrets, or "", as [Find] does.
func (f *Finder) Find(data []byte) string {
	for i := range max(0, len(data)-head+1) {
		key := binary.LittleEndian.Uint64(data[i:])
		if word, bit := mark(key); f.marks[word]&bit == 0 {
			continue
		}
		for _, form := range f.forms[key] {
			if len(form) <= len(data)-i && string(data[i:i+len(form)]) == form {
				return form
			}
		}
	}
	return ""
}

// mark returns the place of a head's bit: the upper 20 bits of a product that mixes all of it.
func mark(key uint64) (word int, bit uint64) {
	place := key * 0x9E3779B97F4A7C15 >> 44
	return int(place >> 6), 1 << (place & 63)
}
