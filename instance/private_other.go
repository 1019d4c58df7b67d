//go:build !unix

package instance

import "io/fs"

// private trusts the temporary folder, which is each user's own here.
func private(info fs.FileInfo) bool { return info.IsDir() }
