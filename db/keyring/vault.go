package keyring

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"sync"

	oskeyring "github.com/zalando/go-keyring"
	"golang.org/x/crypto/argon2"

	"partway/transfer"
)

// cost is what one guess at the passphrase costs: that of RFC 9106's second recommendation.
type cost struct {
	Passes  uint32 `json:"passes"`
	Memory  uint32 `json:"memoryKiB"`
	Threads uint8  `json:"threads"`
}

var usualCost = cost{Passes: 3, Memory: 64 << 10, Threads: 4}

const (
	vaultVersion = 1
	saltBytes    = 16
	keyBytes     = 32      // AES-256
	maxVault     = 1 << 20 // bytes: some lines for each account
	// What a file may ask for: one that was tampered with must not take all memory.
	mostMemory = 1 << 20 // KiB
	mostPasses = 64
)

var (
	errLocked     = errors.New("the file of secrets is locked: its passphrase is needed")
	errPassphrase = errors.New("this is not the passphrase of the file of secrets, or the file is damaged")
	errVault      = errors.New("the file of secrets is not Partway's, or is damaged")
	errFull       = errors.New("the file of secrets is full")
)

// vault is a file of secrets that a passphrase opens: argon2id makes a key of it, and AES-256
// in GCM seals what is kept. The key is in memory from the unlocking to the program's end.
type vault struct {
	path string
	cost cost

	mu sync.Mutex
	// open has what is kept while it is unlocked, behind a func: fmt looks into any other value.
	open func() *opened
}

// opened is an unlocked vault.
type opened struct {
	head   head
	seal   cipher.AEAD
	values map[string]string // by user
}

// head is what of the file is not sealed, but bound to what is.
type head struct {
	Version int    `json:"version"`
	KDF     string `json:"kdf"`
	Cost    cost   `json:"cost"`
	Salt    []byte `json:"salt"`
}

// sealed is the file.
type sealed struct {
	head
	Sealed []byte `json:"sealed"`
}

// exists tells whether there is a file: then it keeps the secrets, and nothing else does.
func (v *vault) exists() bool {
	_, err := os.Stat(v.path)
	return v.path != "" && !errors.Is(err, fs.ErrNotExist)
}

func (v *vault) locked() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.open == nil
}

// create makes the file, unlocked, with what is to be in it.
func (v *vault) create(passphrase transfer.Secret, values map[string]string) error {
	h := head{Version: vaultVersion, KDF: "argon2id", Cost: v.cost, Salt: make([]byte, saltBytes)}
	if _, err := rand.Read(h.Salt); err != nil {
		return err
	}
	seal, err := h.sealer(passphrase)
	if err != nil {
		return err
	}
	o := &opened{head: h, seal: seal, values: values}
	v.mu.Lock()
	defer v.mu.Unlock()
	if err := v.write(o); err != nil {
		return err
	}
	v.open = func() *opened { return o }
	return nil
}

// sealer makes the key.
func (h head) sealer(passphrase transfer.Secret) (cipher.AEAD, error) {
	key := argon2.IDKey([]byte(passphrase.Reveal()), h.Salt, h.Cost.Passes, h.Cost.Memory, h.Cost.Threads, keyBytes)
	defer clear(key)
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// bound is the head as it is sealed along: a changed one opens nothing.
func (h head) bound() []byte {
	text, err := json.Marshal(h)
	if err != nil { // there is nothing in it that could not be written
		panic(err)
	}
	return text
}

func (h head) sound() bool {
	c := h.Cost
	return h.Version == vaultVersion && h.KDF == "argon2id" && len(h.Salt) == saltBytes &&
		c.Passes > 0 && c.Passes <= mostPasses && c.Memory > 0 && c.Memory <= mostMemory && c.Threads > 0
}

// unlock opens the file.
func (v *vault) unlock(passphrase transfer.Secret) error {
	info, err := os.Stat(v.path)
	if err != nil || info.Size() > maxVault {
		return errors.Join(errVault, err)
	}
	text, err := os.ReadFile(v.path)
	if err != nil {
		return err
	}
	var f sealed
	if json.Unmarshal(text, &f) != nil || !f.sound() {
		return errVault
	}
	seal, err := f.sealer(passphrase)
	if err != nil {
		return err
	}
	plain, err := seal.Open(nil, nil, f.Sealed, f.bound())
	if err != nil {
		return errPassphrase
	}
	o := &opened{head: f.head, seal: seal}
	if json.Unmarshal(plain, &o.values) != nil { // its error could quote a secret
		return errVault
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.open = func() *opened { return o }
	return nil
}

// remove deletes the file and what is known of it. One that cannot be deleted stays open.
func (v *vault) remove() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if err := os.Remove(v.path); err != nil {
		return err
	}
	v.open = nil
	v.settle()
	return nil
}

// all returns what is kept.
func (v *vault) all() (map[string]string, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.open == nil {
		return nil, errLocked
	}
	return v.open().values, nil
}

// write puts the file in place of the one before, whole or not at all.
func (v *vault) write(o *opened) (err error) {
	plain, err := json.Marshal(o.values)
	if err != nil {
		return errVault
	}
	text, err := json.Marshal(sealed{o.head, o.seal.Seal(nil, nil, plain, o.head.bound())}) //nolint:gosec // the nonce is a random one, made by Seal
	if err != nil {
		return err
	}
	if len(text) > maxVault {
		return errFull // nothing would open it any more
	}
	f, err := os.CreateTemp(filepath.Dir(v.path), filepath.Base(v.path)+".*") // of mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name()) // what is in it is sealed
		}
	}()
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write the file of secrets: %w", err)
	}
	if err := os.Rename(f.Name(), v.path); err != nil {
		return err
	}
	v.settle()
	return nil
}

// settle has the file's name reach the disk before what it replaces is deleted elsewhere, or its
// absence, so that no old one comes back. Not every system can do that for a folder; the file
// itself is there already.
func (v *vault) settle() {
	folder, err := os.Open(filepath.Dir(v.path))
	if err != nil {
		return
	}
	_ = folder.Sync()
	_ = folder.Close()
}

// change changes what is kept, and writes it.
func (v *vault) change(f func(values map[string]string)) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.open == nil {
		return errLocked
	}
	o := *v.open()
	values := make(map[string]string, len(o.values)+1)
	maps.Copy(values, o.values)
	f(values)
	o.values = values
	if err := v.write(&o); err != nil {
		return err
	}
	v.open = func() *opened { return &o }
	return nil
}

// Set implements store.
func (v *vault) Set(_, user, secret string) error {
	return v.change(func(values map[string]string) { values[user] = secret })
}

// Get implements store.
func (v *vault) Get(_, user string) (string, error) {
	values, err := v.all()
	if err != nil {
		return "", err
	}
	text, ok := values[user]
	if !ok {
		return "", oskeyring.ErrNotFound
	}
	return text, nil
}

// Delete implements store.
func (v *vault) Delete(_, user string) error {
	return v.change(func(values map[string]string) { delete(values, user) })
}
