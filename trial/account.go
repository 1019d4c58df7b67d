package trial

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"partway/transfer"
)

// errStopped is the cause of a request's failure while the endpoint does not run.
var errStopped = errors.New("the built-in endpoint is not running")

// Dial opens the trial's buckets where the endpoint listens now, and passes all other
// accounts on to next.
func (t *Trial) Dial(next transfer.Dial) transfer.Dial {
	return func(a transfer.Account, c transfer.Credentials, bucket string) (transfer.Store, error) {
		if a.Endpoint != transfer.TrialEndpoint {
			return next(a, c, bucket)
		}
		t.mu.Lock()
		server := t.server
		t.mu.Unlock()
		if server == nil {
			return nil, &transfer.Error{Kind: transfer.KindOffline, Op: "Dial", Bucket: bucket, Err: errStopped}
		}
		a.Endpoint, a.Region = server.URL(), server.Region()
		return next(a, c, bucket)
	}
}

// Source yields the trial account's credentials, once the endpoint has been started.
func (t *Trial) Source(a transfer.Account) (transfer.Credentials, bool) {
	k := t.key()
	if a.Kind != transfer.AccountTrial || k.ID == "" {
		return transfer.Credentials{}, false
	}
	return transfer.Credentials{KeyID: k.ID, Secret: transfer.NewSecret(k.Secret)}, true
}

// keyPair signs requests to the endpoint of one data folder. It opens nothing that the
// folder's owner could not open without it, so it needs no keyring: it lies beside the
// data, in a file for the owner only.
type keyPair struct {
	ID     string `json:"id"`
	Secret string `json:"secret"`
}

// loadKeys reads the pair at path, or makes one.
func loadKeys(path string) (keyPair, error) {
	var k keyPair
	data, err := os.ReadFile(path)
	if err == nil && json.Unmarshal(data, &k) == nil && k.ID != "" && k.Secret != "" {
		return k, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return k, fmt.Errorf("read trial key: %w", err)
	}
	k = keyPair{ID: "trial-" + rand.Text()[:10], Secret: rand.Text()}
	if data, err = json.Marshal(k); err != nil { //nolint:gosec // the key of the trial's own folder, written for its owner only
		return k, fmt.Errorf("make trial key: %w", err)
	}
	// A file that a crash cut short is not valid JSON, and is made anew at the next start.
	if err := os.WriteFile(path, data, 0o600); err != nil {
		return k, fmt.Errorf("keep trial key: %w", err)
	}
	return k, nil
}
