package aliyun

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aliyun/aliyun-oss-go-sdk/oss"

	"partway/transfer"
)

const userAgent = "Partway"

var _ transfer.Dial = Dial

// store is one bucket. It has no state but its connections, the clock's offset and the
// rate last seen.
type store struct {
	bucket oss.Bucket
	// service is the same client without a bucket, for ListBuckets.
	service     oss.Bucket
	cname       bool
	v4          bool
	transport   *http.Transport
	credentials provider
	clocks      clocks
	offset      offset
	rate        atomic.Int64 // bytes a second of the last body sent, 0 while unknown
}

// Dial opens a bucket of an account. It makes no request. The bucket may be empty: then
// only ListBuckets can be asked. The error is an *transfer.Error: of KindAuth when the
// credentials are incomplete, of KindPermanent when endpoint, region or bucket cannot
// be right. transfer.TrialEndpoint must have been replaced by a URL before.
func Dial(a transfer.Account, c transfer.Credentials, bucket string) (transfer.Store, error) {
	return Via(environment{})(a, c, bucket)
}

// Line is the way to the network.
type Line interface {
	// Proxy returns the proxy for a request, nil for none.
	Proxy(r *http.Request) (*url.URL, error)
	// Roots returns the certificates that are trusted, nil for the system's.
	Roots() (*x509.CertPool, error)
}

// environment is the line that the process was started with.
type environment struct{}

func (environment) Proxy(r *http.Request) (*url.URL, error) { return http.ProxyFromEnvironment(r) }
func (environment) Roots() (*x509.CertPool, error)          { return nil, nil }

// Via returns a [Dial] by a line. Which proxy it has is asked for each connection, which
// certificates it trusts when a bucket is opened.
func Via(line Line) transfer.Dial { return by(line, productClocks) }

func by(line Line, k clocks) transfer.Dial {
	return func(a transfer.Account, c transfer.Credentials, bucket string) (transfer.Store, error) {
		s, err := openBy(line, a, c, bucket, k)
		if err != nil {
			return nil, err
		}
		return s, nil
	}
}

func open(a transfer.Account, c transfer.Credentials, bucket string, k clocks) (*store, error) {
	return openBy(environment{}, a, c, bucket, k)
}

func openBy(line Line, a transfer.Account, c transfer.Credentials, bucket string, k clocks) (*store, error) {
	fail := func(kind transfer.Kind, err error) (*store, error) {
		return nil, &transfer.Error{Kind: kind, Op: "Dial", Bucket: bucket, Err: err}
	}
	endpoint, err := checkAccount(a, bucket)
	if err != nil {
		return fail(transfer.KindPermanent, err)
	}
	if !c.Complete() {
		return fail(transfer.KindAuth, errors.New("access key ID or secret is missing"))
	}
	roots, err := line.Roots()
	if err != nil {
		return fail(transfer.KindPermanent, err)
	}
	s := &store{
		cname:       a.Addressing == transfer.AddressCNAME,
		v4:          a.Signature != transfer.SignatureV1,
		transport:   newTransport(k, line.Proxy, roots),
		credentials: func() transfer.Credentials { return c },
		clocks:      k,
	}
	options := []oss.ClientOption{
		oss.HTTPClient(newClient(s.transport)),
		oss.SetCredentialsProvider(s.credentials),
		oss.EnableCRC(false), // digests are computed in body, and judged by the engine
		oss.EnableMD5(false),
		oss.UserAgent(userAgent),
		oss.SetLogLevel(oss.LogOff), // its log prints Authorization and tokens
		oss.UseCname(s.cname),
		// A name below localhost does not resolve everywhere.
		oss.ForcePathStyle(endpoint.Hostname() == "localhost"),
	}
	if s.v4 {
		options = append(options, oss.AuthVersion(oss.AuthV4), oss.Region(a.Region))
	} else {
		options = append(options, oss.AuthVersion(oss.AuthV1))
	}
	client, err := oss.New(endpoint.Scheme+"://"+endpoint.Host, "", "", options...)
	if err != nil {
		return fail(transfer.KindPermanent, errors.New("endpoint is not a URL"))
	}
	s.bucket = oss.Bucket{Client: *client, BucketName: bucket}
	s.service = oss.Bucket{Client: *client}
	return s, nil
}

// Close drops idle connections.
func (s *store) Close() { s.transport.CloseIdleConnections() }

// ClockOffset is OSS's time less this computer's, learnt from the answers.
func (s *store) ClockOffset() time.Duration { return s.offset.value() }

func checkAccount(a transfer.Account, bucket string) (*url.URL, error) {
	u, err := checkEndpoint(a.Endpoint)
	if err != nil {
		return nil, err
	}
	if err := checkBucket(bucket); err != nil {
		return nil, err
	}
	switch a.Addressing {
	case transfer.AddressVirtual, "":
		if bucket != "" && strings.HasPrefix(u.Hostname(), bucket+".") {
			return nil, fmt.Errorf("endpoint %q begins with the bucket: give it as %q",
				u.Host, strings.TrimPrefix(u.Host, bucket+"."))
		}
	case transfer.AddressCNAME:
	default:
		return nil, fmt.Errorf("addressing %q is not known", a.Addressing)
	}
	switch a.Signature {
	case transfer.SignatureV4, "":
		return u, checkRegion(a.Region)
	case transfer.SignatureV1:
		return u, nil
	}
	return nil, fmt.Errorf("signature version %q is not known", a.Signature)
}

// checkEndpoint refuses what the SDK would silently change: it takes a missing scheme
// for plain http, and drops a path and a query.
func checkEndpoint(endpoint string) (*url.URL, error) {
	if endpoint == "" {
		return nil, errors.New("endpoint is missing")
	}
	u, err := url.Parse(endpoint)
	switch {
	case err != nil:
		// The text may hold a password, so it is not repeated.
		return nil, errors.New("endpoint is not a URL")
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, errors.New("endpoint must begin with https:// or http://")
	case u.User != nil:
		return nil, errors.New("endpoint must not hold a user name or password")
	case u.Hostname() == "":
		return nil, errors.New("endpoint names no host")
	case u.Path != "" && u.Path != "/", u.RawQuery != "", u.ForceQuery, u.Fragment != "":
		return nil, errors.New("endpoint must be a scheme and a host, without path or query")
	}
	return u, nil
}

func checkBucket(bucket string) error {
	if bucket == "" {
		return nil
	}
	if err := oss.CheckBucketName(bucket); err != nil {
		return fmt.Errorf("bucket name %q must be 3 to 63 of a-z, 0-9 and -, with no - at the ends", bucket)
	}
	return nil
}

func checkRegion(region string) error {
	if region == "" {
		return errors.New("region is missing: the V4 signature needs it, as cn-hangzhou")
	}
	if bare, found := strings.CutPrefix(region, "oss-"); found {
		return fmt.Errorf("region %q must be given without \"oss-\", as %q", region, bare)
	}
	for _, c := range region {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return fmt.Errorf("region %q is not one, as cn-hangzhou", region)
		}
	}
	return nil
}

// provider hands the SDK the credentials anew for each request. It is a func so that
// neither the SDK's configuration nor a store, printed whole, prints them: fmt does not
// ask the methods of what is in unexported fields.
type provider func() transfer.Credentials

// GetCredentials returns the provider itself, which answers for all three.
func (p provider) GetCredentials() oss.Credentials { return p }

// GetAccessKeyID returns the access key ID.
func (p provider) GetAccessKeyID() string { return p().KeyID }

// GetAccessKeySecret returns the secret, for the signer.
func (p provider) GetAccessKeySecret() string { return p().Secret.Reveal() }

// GetSecurityToken returns the token of temporary credentials, or "".
func (p provider) GetSecurityToken() string { return p().Token.Reveal() }
