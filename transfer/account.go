package transfer

import "context"

// AccountID names an account in the journal.
type AccountID int64

// AccountKind tells where an account's endpoint and credentials come from.
type AccountKind string

// The kinds of account.
const (
	AccountKeys        AccountKind = "keys"        // added in the window; secret in the keyring
	AccountEnvironment AccountKind = "environment" // the OSS_ variables of this process
	AccountTrial       AccountKind = "trial"       // the built-in endpoint on this computer
)

// TrialEndpoint stands in the journal for the built-in endpoint, whose port differs
// from start to start.
const TrialEndpoint = "trial"

// Addressing tells how a bucket is named in a request's URL. An endpoint that is an
// IP address is always addressed by path.
type Addressing string

// The ways to address a bucket.
const (
	AddressVirtual Addressing = "virtual" // https://bucket.endpoint/key
	AddressCNAME   Addressing = "cname"   // https://endpoint/key, the endpoint being bound to one bucket
)

// SignatureVersion is the version of OSS's request signature.
type SignatureVersion string

// The signature versions. OSS closed V1 to accounts made since 2025-03-01 and buckets
// made since 2025-09-01.
const (
	SignatureV4 SignatureVersion = "v4"
	SignatureV1 SignatureVersion = "v1"
)

// Account says where OSS is and who asks. It holds no secret.
type Account struct {
	ID         AccountID
	Name       string
	Kind       AccountKind
	Endpoint   string // with scheme, as https://oss-cn-hangzhou.aliyuncs.com, or TrialEndpoint
	Region     string // as cn-hangzhou: without the "oss-" of endpoints
	Addressing Addressing
	Signature  SignatureVersion
	KeyID      string // access key ID; empty for AccountEnvironment
	// Fingerprint tells one environment from another: a hash of key ID, endpoint and
	// region. Only AccountEnvironment has one.
	Fingerprint string
	Bucket      string // where the account's last drop went
	Prefix      string
	Options     Options // what new batches begin with
	Source      CredentialSource
}

// Kept tells how long a secret will be remembered.
type Kept int

// The places a secret is kept in.
const (
	KeptInKeyring  Kept = iota // until removed
	KeptForSession             // until Partway quits: there is no keyring
	KeptInFile                 // until removed, in a file that a passphrase opens
)

// Secrets keeps credentials outside the journal. Calls may wait for a person to unlock
// the keyring, so they never run on the window's goroutine or the engine's.
type Secrets interface {
	// Credentials returns an account's credentials, or an *Error of KindAuth when
	// there are none.
	Credentials(ctx context.Context, account Account) (Credentials, error)
	// Keep remembers credentials as long as it can, and says how long that is.
	Keep(ctx context.Context, account Account, c Credentials) (Kept, error)
	// Refused tells that OSS did not take credentials: what can be got anew is forgotten.
	Refused(account Account, c Credentials)
	// Forget removes an account's credentials everywhere.
	Forget(ctx context.Context, account Account) error
}

// Vault is where else than in the keyring secrets are kept, if the person wants that: in a file
// that a passphrase opens, or in memory. Calls take a moment, by design: they never run on the window's goroutine.
// Errors are of KindAuth; a passphrase that is too short is a *FieldError inside.
type Vault interface {
	// Protected tells whether there is such a file, Locked whether it has to be unlocked
	// before its secrets can be used: until then Credentials fails with CodeLocked.
	Protected() bool
	Locked() bool
	// Unlock opens the file until the program ends. [Manager.CredentialsChanged] is due
	// afterwards, for each account.
	Unlock(ctx context.Context, passphrase Secret) error
	// Protect makes the file, and moves there what the keyring holds of these accounts.
	Protect(ctx context.Context, passphrase Secret, accounts []Account) error
	// Unprotect moves all back to the keyring and deletes the file, which must be unlocked.
	Unprotect(ctx context.Context, accounts []Account) error
	// Remember keeps an account's credentials in memory, and nowhere else, until the program
	// ends. It does not wait, and [Secrets.Forget] is due before it.
	Remember(account Account, c Credentials)
	// Remembers tells whether an account's credentials are in memory only.
	Remembers(account Account) bool
}
