package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// aliOSSVersion is the release that is measured.
const aliOSSVersion = "6.23.0"

//go:embed ali.cjs
var aliScript []byte

// aliOSS is ali-oss for Node, which OSS's own window uses, as it comes.
func aliOSS(ctx context.Context, o order) (time.Duration, error) {
	module, err := aliModule(ctx)
	if err != nil {
		return 0, err
	}
	script := filepath.Join(o.Dir, "ali.cjs")
	if err := os.WriteFile(script, aliScript, 0o600); err != nil {
		return 0, err
	}
	paths, err := json.Marshal(o.Paths)
	if err != nil {
		return 0, err
	}
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, "node", script, module, o.Endpoint, string(paths))
	cmd.Stdout, cmd.Stderr = &out, os.Stderr
	if err := cmd.Run(); err != nil {
		return 0, err
	}
	var t told
	err = json.Unmarshal(out.Bytes(), &t)
	return time.Duration(t.Seconds * float64(time.Second)), err
}

// aliModule is where ali-oss is; it is fetched the first time.
func aliModule(ctx context.Context) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "partway-bench", "ali-oss-"+aliOSSVersion)
	module := filepath.Join(dir, "node_modules", "ali-oss")
	if _, err := os.Stat(module); err == nil {
		return module, nil
	}
	cmd := exec.CommandContext(ctx, "npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", dir, "ali-oss@"+aliOSSVersion)
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("fetch ali-oss: %w", err)
	}
	return module, nil
}

// hasNode tells whether ali-oss can be run.
func hasNode() bool {
	_, node := exec.LookPath("node")
	_, npm := exec.LookPath("npm")
	return node == nil && npm == nil
}
