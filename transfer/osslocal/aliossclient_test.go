package osslocal_test

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash/crc64"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"partway/transfer/osslocal"
)

// seen is what check.js prints.
type seen struct {
	CRC64           string   `json:"crc64"`
	SentAfterResume int      `json:"sentAfterResume"` // parts sent, and 1 for completing
	Names           []string `json:"names"`
}

// TestAliOSS lets the npm package ali-oss, which shares nothing with the Go SDK nor with
// this server, do its work on the server, with signatures V1 and V4.
func TestAliOSS(t *testing.T) {
	modules := aliOSS(t)
	data := make([]byte, 1<<20+1)
	_, _ = rand.Read(data)
	file := filepath.Join(t.TempDir(), "file.bin")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, signature := range []string{"V1", "V4"} {
		t.Run(signature, func(t *testing.T) { crossCheck(t, modules, signature, file, data) })
	}
}

func crossCheck(t *testing.T, modules, signature, file string, data []byte) {
	t.Helper()
	var mu sync.Mutex
	signatures := map[string]int{}
	s := start(t, osslocal.Config{Observe: func(r osslocal.Record) {
		if r.Phase == osslocal.PhaseEnd && r.Applied {
			mu.Lock()
			defer mu.Unlock()
			signatures[r.Signature]++
		}
	}})
	if err := s.CreateBucket("first"); err != nil {
		t.Fatal(err)
	}
	got := runCheck(t, modules, map[string]string{
		"endpoint": s.URL(), "signature": signature, "file": file, "modules": modules,
	})
	if want := strconv.FormatUint(crc64.Checksum(data, crc64.MakeTable(crc64.ECMA)), 10); got.CRC64 != want {
		t.Errorf("CRC64 told = %s, want %s", got.CRC64, want)
	}
	// 1 MiB + 1 are 11 parts of 100 KiB, 3 of which were noted as done.
	if got.SentAfterResume != 11-3+1 {
		t.Errorf("%d steps after the resume, want 9", got.SentAfterResume)
	}
	const key = "multi/大文件 + more.bin"
	if stored := read(t, s, key); !bytes.Equal(stored, data) {
		t.Errorf("stored %d other bytes than the %d sent", len(stored), len(data))
	}
	if want := fmt.Sprintf("[dir/empty dir/put & 100%% 照片?.txt %s]", key); fmt.Sprint(got.Names) != want {
		t.Errorf("listed %v, want %s", got.Names, want)
	}
	if open, err := s.OpenUploads("first"); err != nil || len(open) != 0 {
		t.Errorf("uploads left open: %v, %v", open, err)
	}
	if n := s.InitiatedCount("first"); n != 2 {
		t.Errorf("%d uploads begun, want 2: the resumed one and the aborted one", n)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(signatures) != 1 || signatures[signature] < 20 {
		t.Errorf("signatures of what was carried out: %v, want only %s", signatures, signature)
	}
}

func read(t *testing.T, s *osslocal.Server, key string) []byte {
	t.Helper()
	r, err := s.OpenObject("first", key)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	stored, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return stored
}

func runCheck(t *testing.T, modules string, setup map[string]string) seen {
	t.Helper()
	text, err := json.Marshal(setup)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", filepath.Join("testdata", "ali-oss", "check.js"), string(text))
	cmd.Env = append(os.Environ(), "NODE_PATH="+modules, "NO_PROXY=127.0.0.1")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("check.js: %v\n%s", err, stderr.String())
	}
	var got seen
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("check.js printed %s: %v", out, err)
	}
	return got
}

// aliOSS returns the node_modules folder that holds ali-oss in the version of the lock
// file. It is installed once, into the user's cache.
func aliOSS(t *testing.T) string {
	t.Helper()
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("the cross-check by ali-oss needs Node.js: %v", err)
		}
	}
	source := filepath.Join("testdata", "ali-oss")
	lock, err := os.ReadFile(filepath.Join(source, "package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Skipf("the cross-check by ali-oss needs a cache folder: %v", err)
	}
	sum := sha256.Sum256(lock)
	dir := filepath.Join(cache, "partway-tests", "ali-oss-"+hex.EncodeToString(sum[:6]))
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "ali-oss", "package.json")); err != nil {
		install(t, source, dir)
	}
	return filepath.Join(dir, "node_modules")
}

// install runs "npm ci" in a folder of its own and then gives it its name, so that a test
// that is killed, or another at the same time, leaves no half of it.
func install(t *testing.T, source, dir string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		t.Fatal(err)
	}
	temp, err := os.MkdirTemp(filepath.Dir(dir), "new-") //nolint:usetesting // it is renamed, so on the cache's disk
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(temp) }() // it is gone if all went well
	for _, name := range []string{"package.json", "package-lock.json"} {
		text, err := os.ReadFile(filepath.Join(source, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(temp, name), text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	cmd.Dir = temp
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("the cross-check by ali-oss could not be installed: %v\n%s", err, strings.TrimSpace(string(out)))
	}
	if err := os.Rename(temp, dir); err != nil && !os.IsExist(err) {
		if _, statErr := os.Stat(dir); statErr != nil {
			t.Fatal(err)
		}
	}
}
