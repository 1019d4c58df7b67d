package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"partway/cli/ossutil"
	"partway/transfer"
)

// OssutilFile is where ossutil's configuration is: where OSSUTIL_CONFIG_FILE says, or in
// the home folder. It is "" when no home folder is known.
func OssutilFile(getenv func(string) string) string {
	home := getenv("HOME")
	if home == "" {
		home = getenv("USERPROFILE") // Windows
	}
	path := strings.TrimSpace(getenv("OSSUTIL_CONFIG_FILE"))
	if path == "" {
		return below(home, ".ossutilconfig")
	}
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		return below(home, rest)
	}
	return filepath.Clean(path)
}

// OssutilProfiles reads the accounts of ossutil's configuration, that of OSSUTIL_PROFILE
// first. There are none where there is no file. An error is of KindSource.
func OssutilProfiles(_ context.Context, getenv func(string) string) ([]ossutil.Profile, error) {
	path := OssutilFile(getenv)
	if path == "" {
		return nil, nil
	}
	text, err := readSmall(path, ossutil.MaxSize)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var profiles []ossutil.Profile
	if err == nil {
		profiles, err = ossutil.Parse(text)
	}
	if err != nil {
		return nil, &transfer.Error{
			Kind: transfer.KindSource, Op: "ReadOssutilConfig", Path: path, Code: transfer.CodeConfig, Err: err,
		}
	}
	chosen := getenv("OSSUTIL_PROFILE")
	sorted := make([]ossutil.Profile, 0, len(profiles))
	for _, first := range []bool{true, false} {
		for _, p := range profiles {
			if first == (chosen != "" && strings.EqualFold(p.Name, chosen)) {
				sorted = append(sorted, located(p))
			}
		}
	}
	return sorted, nil
}

// located derives the region from the endpoint, which version 1 of ossutil has alone, and
// the endpoint from the region.
func located(p ossutil.Profile) ossutil.Profile {
	a := &p.Account
	a.Region = strings.TrimPrefix(a.Region, "oss-")
	if a.Region == "" {
		if there, err := transfer.ParseEndpoint(a.Endpoint); err == nil {
			a.Region = there.Region
		}
	}
	if a.Endpoint == "" && a.Region != "" {
		a.Endpoint = transfer.EndpointOf(a.Region, transfer.EndpointPublic)
	}
	return p
}

// readSmall reads a file of at most limit bytes. Only what is a file is opened: a pipe
// would wait for its other end.
func readSmall(path string, limit int64) (text []byte, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if text, err = io.ReadAll(io.LimitReader(f, limit+1)); err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	return text, nil
}
