//go:build !cgo || !(amd64 || arm64)

package fastcrc

const fast = false

func fold(uint64, []byte) [16]byte { panic("fastcrc: there is nothing fast here") }
