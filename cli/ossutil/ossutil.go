// Package ossutil reads the configuration file of ossutil, OSS's command line, so that who
// has one need not type its keys again.
//
// Version 1 of the file has a section [Credentials], and perhaps [Bucket-Endpoint] and
// [Bucket-Cname] with a line for each bucket. Version 2 has [default] and [profile NAME],
// and perhaps [buckets NAME]. Names of sections and keys are the same in any case, and
// keys with or without "-" and "_".
package ossutil

import (
	"fmt"
	"strconv"
	"strings"

	"partway/transfer"
)

// Profile is an account as the file describes it. What the file leaves out is empty.
type Profile struct {
	Name        string
	Account     transfer.Account // its endpoint is as in the file: with or without a scheme
	Credentials transfer.Credentials
	// Mode is how the credentials are got, in the file's words, where it is neither by an access
	// key nor by a temporary one. Where Partway can do that too, Account.Source says how.
	Mode string
}

// Error says what is wrong with a file, without any of its text: that may be a secret.
type Error struct {
	Line int // from 1; 0 for the file as a whole
	What string
}

// Error names the line.
func (e *Error) Error() string {
	if e.Line == 0 {
		return e.What
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.What)
}

// DefaultProfile is the name of the profile that is used where none is named.
const DefaultProfile = "default"

// MaxSize bounds the file, in bytes: it is some lines of text.
const MaxSize = 1 << 20

// Parse reads the text of a file. The profiles come in its order, each followed by those
// that it becomes for single buckets.
func Parse(text []byte) ([]Profile, error) {
	if len(text) > MaxSize {
		return nil, &Error{What: "larger than 1 MiB, which no configuration of ossutil is"}
	}
	sections, err := split(string(text))
	if err != nil {
		return nil, err
	}
	f := file{named: map[string]*section{}}
	for i := range sections {
		if err := f.sort(&sections[i]); err != nil {
			return nil, err
		}
	}
	return f.profiles()
}

// file is a configuration by what its sections are for.
type file struct {
	order   []string            // names of profiles
	named   map[string]*section // profiles
	buckets []bucketSection
	byECS   bool // [AkService]: keys come from the machine's role
	ecsRole string
}

// bucketSection is what holds for one bucket alone.
type bucketSection struct {
	name  string
	cname bool
	keys  *section
}

// sort puts a section where it belongs. Sections of other names are for other things.
func (f *file) sort(s *section) error {
	kind, name, _ := strings.Cut(s.name, " ")
	name = strings.TrimSpace(name)
	switch kind = strings.ToLower(kind); {
	case kind == "credentials" && name == "", kind == DefaultProfile && name == "":
		return f.add(DefaultProfile, s)
	case kind == "profile":
		if name == "" {
			return &Error{s.line, "a profile has no name"}
		}
		return f.add(name, s)
	case kind == "buckets" && name != "":
		f.buckets = append(f.buckets, bucketSection{name: name, keys: s})
	case kind == "bucket-endpoint", kind == "bucket-cname":
		for _, k := range s.keys {
			f.buckets = append(f.buckets, bucketSection{
				name: k.written, cname: kind == "bucket-cname",
				keys: &section{keys: []setting{{name: "endpoint", value: k.value, line: k.line}}},
			})
		}
	case kind == "akservice":
		at := strings.TrimRight(s.value("ecsak"), "/")
		f.byECS = at != ""
		f.ecsRole = at[strings.LastIndexByte(at, '/')+1:] // of .../security-credentials/ROLE
		if strings.EqualFold(f.ecsRole, "security-credentials") {
			f.ecsRole = ""
		}
	}
	return nil
}

// add adds a profile. Version 1 has sections [Credentials] and [Default], of which the
// latter names no account: what comes second adds to what came first.
func (f *file) add(name string, s *section) error {
	known := f.named[strings.ToLower(name)]
	if known == nil {
		f.order = append(f.order, name)
		f.named[strings.ToLower(name)] = s
		return nil
	}
	known.keys = append(known.keys, s.keys...)
	return nil
}

// profiles lists what is an account.
func (f *file) profiles() ([]Profile, error) {
	var all []Profile
	for _, name := range f.order {
		whole, err := f.inherit(name)
		if err != nil {
			return nil, err
		}
		p := whole.profile(name)
		if f.byECS && p.Credentials.KeyID == "" && p.Mode == "" {
			p.Mode = "EcsRamRole"
			p.Account.Source = transfer.CredentialSource{Kind: transfer.SourceECS, Role: f.ecsRole}
		}
		if p.empty() {
			continue
		}
		all = append(all, p)
		if strings.EqualFold(name, DefaultProfile) {
			all = append(all, f.forBuckets(p)...)
		}
	}
	return all, nil
}

// inherit returns a profile's keys, below them those of the profile that it names as its
// source, and so on.
func (f *file) inherit(name string) (*section, error) {
	whole := &section{name: name}
	seen := map[string]bool{}
	for next, line := name, 0; next != ""; {
		s := f.named[strings.ToLower(next)]
		switch {
		case s == nil:
			return nil, &Error{line, "the source profile is not in the file"}
		case seen[strings.ToLower(next)]:
			return nil, &Error{line, "the source profiles lead back to the first"}
		}
		seen[strings.ToLower(next)] = true
		whole.keys = append(append([]setting(nil), s.keys...), whole.keys...)
		next, line = s.last("sourceprofile")
	}
	return whole, nil
}

// forBuckets returns the default profile as it is for the buckets with lines of their own.
func (f *file) forBuckets(p Profile) []Profile {
	var all []Profile
	for _, b := range f.buckets {
		one := p
		one.Name = p.Name + ", " + b.name
		one.Account.Name, one.Account.Bucket = b.name, b.name
		one.Account.Region = first(b.keys.value("region"), p.Account.Region)
		one.Account.Endpoint = b.keys.value("endpoint")
		if one.Account.Endpoint == "" && b.keys.value("region") == "" {
			one.Account.Endpoint = p.Account.Endpoint
		}
		one.Account.Addressing = addressing(b.keys.value("addressingstyle"))
		if b.cname {
			one.Account.Addressing = transfer.AddressCNAME
		}
		all = append(all, one)
	}
	return all
}

// profile makes a profile of a section's keys.
func (s *section) profile(name string) Profile {
	p := Profile{Name: name, Account: transfer.Account{
		Name:       name,
		Kind:       transfer.AccountKeys,
		Endpoint:   s.value("endpoint", "host"),
		Region:     s.value("region"),
		Addressing: addressing(s.value("addressingstyle")),
		Signature:  transfer.SignatureV4,
		KeyID:      s.value("accesskeyid", "accessid"),
		Bucket:     s.value("bucket"),
	}}
	if strings.EqualFold(s.value("signversion", "signatureversion"), string(transfer.SignatureV1)) {
		p.Account.Signature = transfer.SignatureV1
	}
	p.Mode = s.mode()
	p.Account.Source = s.source(p.Mode)
	if p.Mode == "" || p.Account.Source.Kind == transfer.SourceAssume {
		p.Credentials = transfer.Credentials{
			KeyID:  p.Account.KeyID,
			Secret: transfer.NewSecret(s.value("accesskeysecret", "accesskey")),
			Token:  transfer.NewSecret(s.value("ststoken", "securitytoken")),
		}
	} else {
		p.Account.KeyID = ""
	}
	return p
}

// mode returns how credentials are got, "" where they are in the file. Where it is not said,
// what is there tells, as ossutil takes it.
func (s *section) mode() string {
	switch mode := s.value("mode"); strings.ToLower(mode) {
	case "":
	case "ak", "ststoken":
		return ""
	default:
		return mode
	}
	switch {
	case s.value(roleKeys...) != "":
		return "RamRoleArn"
	case s.value(commandKeys...) != "":
		return "Process"
	case s.value(uriKeys...) != "":
		return "CredentialsURI"
	case s.value("ecsrolename") != "" && s.value("accesskeyid", "accessid") == "":
		return "EcsRamRole"
	}
	return ""
}

// The names that settings have.
var (
	roleKeys    = []string{"rolearn", "ramrolearn"}
	commandKeys = []string{"credentialprocess", "processcommand", "process"}
	uriKeys     = []string{"credentialuri", "credentialsuri", "uri"}
)

// source says how Partway gets credentials in this mode, if it can.
func (s *section) source(mode string) transfer.CredentialSource {
	switch strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(mode)) {
	case "ecsramrole":
		return transfer.CredentialSource{Kind: transfer.SourceECS, Role: s.value("ecsrolename", "ramrolename", "rolename")}
	case "ramrolearn":
		seconds, err := strconv.Atoi(s.value("roledurationseconds", "expiredseconds", "tokentimeout"))
		if err != nil {
			seconds = 0
		}
		return transfer.CredentialSource{
			Kind: transfer.SourceAssume, Role: s.value(roleKeys...), Session: s.value("rolesessionname", "ramsessionname"),
			ExternalID: s.value("externalid"), Seconds: seconds, STS: withScheme(s.value("stsendpoint")),
		}
	case "process", "external":
		return transfer.CredentialSource{Kind: transfer.SourceCommand, Command: s.value(commandKeys...)}
	case "uri", "credentialuri", "credentialsuri":
		return transfer.CredentialSource{Kind: transfer.SourceURI, URI: s.value(uriKeys...)}
	}
	return transfer.CredentialSource{}
}

// withScheme makes an address of a host.
func withScheme(host string) string {
	if host == "" || strings.Contains(host, "://") {
		return host
	}
	return "https://" + host
}

// empty tells whether the section was about other things than an account.
func (p Profile) empty() bool {
	return p.Account.KeyID == "" && p.Account.Endpoint == "" && p.Account.Region == "" &&
		p.Mode == "" && p.Credentials.Secret.Empty()
}

// addressing reads a style. OSS itself refuses to be addressed by path; an endpoint that
// is an IP address is addressed so anyway.
func addressing(style string) transfer.Addressing {
	if strings.EqualFold(style, string(transfer.AddressCNAME)) {
		return transfer.AddressCNAME
	}
	return transfer.AddressVirtual
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
