package transfer

import (
	"errors"
	"net"
	"net/url"
	"slices"
	"strings"
)

// EndpointKind tells what an endpoint is for.
type EndpointKind string

// The kinds of endpoint.
const (
	EndpointPublic     EndpointKind = "public"     // oss-REGION.aliyuncs.com
	EndpointInternal   EndpointKind = "internal"   // oss-REGION-internal.aliyuncs.com: from ECS instances of the region only
	EndpointDualStack  EndpointKind = "dual-stack" // REGION.oss.aliyuncs.com: by IPv6 too
	EndpointAccelerate EndpointKind = "accelerate" // oss-accelerate.aliyuncs.com: the bucket must have transfer acceleration
	EndpointOverseas   EndpointKind = "overseas"   // oss-accelerate-overseas.aliyuncs.com: the same, outside of mainland China
	EndpointCustom     EndpointKind = "custom"     // a domain of one's own, or a private cloud's
	EndpointIP         EndpointKind = "ip"         // an address: the bucket is in the path
)

// EndpointKinds lists those that are made of a region.
var EndpointKinds = []EndpointKind{EndpointPublic, EndpointInternal, EndpointDualStack, EndpointAccelerate, EndpointOverseas}

const (
	aliyunDomain   = ".aliyuncs.com"
	accelerateHost = "oss-accelerate" + aliyunDomain
	overseasHost   = "oss-accelerate-overseas" + aliyunDomain
)

// EndpointOf makes the endpoint of a region; "" for kinds that are not made of one.
func EndpointOf(region string, k EndpointKind) string {
	switch k {
	case EndpointPublic:
		return "https://oss-" + region + aliyunDomain
	case EndpointInternal:
		return "https://oss-" + region + "-internal" + aliyunDomain
	case EndpointDualStack:
		return "https://" + region + ".oss" + aliyunDomain
	case EndpointAccelerate:
		return "https://" + accelerateHost
	case EndpointOverseas:
		return "https://" + overseasHost
	case EndpointCustom, EndpointIP:
	}
	return ""
}

// Endpoint is an endpoint as it was typed, understood.
type Endpoint struct {
	URL    string // scheme://host[:port], in lower case
	Host   string
	Kind   EndpointKind
	Region string // as the host tells it; "" where it does not
	Plain  bool   // http, and not this computer: files would be sent unprotected
}

// The causes of an endpoint's being wrong.
var (
	ErrNotAnAddress = errors.New("this is not an address such as https://oss-cn-hangzhou.aliyuncs.com")
	ErrMoreThanHost = errors.New("an endpoint has no more than scheme, host and port")
	ErrNotHTTP      = errors.New("an endpoint begins with https://")
)

// ParseEndpoint understands a typed endpoint; without a scheme it is https. It never repeats the
// text, which may hold a password.
func ParseEndpoint(text string) (Endpoint, error) {
	text = strings.TrimSpace(text)
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Hostname() == "" || u.User != nil || strings.HasSuffix(u.Host, ":"):
		return Endpoint{}, ErrNotAnAddress
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return Endpoint{}, ErrMoreThanHost
	case u.Scheme != "https" && u.Scheme != "http":
		return Endpoint{}, ErrNotHTTP
	}
	e := Endpoint{URL: u.Scheme + "://" + strings.ToLower(u.Host), Host: strings.ToLower(u.Hostname())}
	e.Plain = u.Scheme == "http" && !Loopback(e.Host)
	e.Kind, e.Region = kindOfHost(e.Host)
	return e, nil
}

// kindOfHost reads what one of OSS's own host names tells.
func kindOfHost(host string) (EndpointKind, string) {
	if net.ParseIP(host) != nil {
		return EndpointIP, ""
	}
	name, own := strings.CutSuffix(host, aliyunDomain)
	switch {
	case host == accelerateHost:
		return EndpointAccelerate, ""
	case host == overseasHost:
		return EndpointOverseas, ""
	case !own:
		return EndpointCustom, ""
	}
	if region, ok := strings.CutSuffix(name, ".oss"); ok {
		return EndpointDualStack, region
	}
	region, ok := strings.CutPrefix(name, "oss-")
	if !ok || strings.Contains(region, ".") {
		return EndpointCustom, ""
	}
	if inner, ok := strings.CutSuffix(region, "-internal"); ok {
		return EndpointInternal, inner
	}
	return EndpointPublic, region
}

// Addressing tells how buckets are most likely named at the endpoint, where nobody said: OSS's
// endpoints, on private clouds too, begin with "oss" or end in its domain; others are domains
// of one's own, each bound to a bucket.
func (e Endpoint) Addressing() Addressing {
	if e.Kind != EndpointCustom || Loopback(e.Host) || strings.HasPrefix(e.Host, "oss") || strings.HasSuffix(e.Host, aliyunDomain) {
		return AddressVirtual
	}
	return AddressCNAME
}

// TidyRegion takes off what is copied along with a region's name.
func TidyRegion(text string) string {
	text = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(text)), "oss-")
	return strings.TrimSuffix(text, "-internal")
}

// The fields of Account, beside those of its options and its source.
const (
	FieldAccount   FieldName = "name"
	FieldEndpoint  FieldName = "endpoint"
	FieldRegion    FieldName = "region"
	FieldAddress   FieldName = "addressing"
	FieldSignature FieldName = "signature"
	FieldBucket    FieldName = "bucket"
	FieldPrefix    FieldName = "prefix"
	FieldKeyID     FieldName = "access key ID"
)

// Check returns what is wrong with an account as it was typed, as FieldErrors, or nil. Whether
// an endpoint without TLS is wanted ([Endpoint.Plain]) is for the person to say.
func (a Account) Check() error {
	var e FieldErrors
	e.must(strings.TrimSpace(a.Name) != "", FieldAccount, ProblemMissing)
	a.checkPlace(&e)
	e.must(slices.Contains([]SignatureVersion{SignatureV4, SignatureV1}, a.Signature), FieldSignature, ProblemUnknown)
	e.must(a.Bucket == "" || CheckBucket(a.Bucket) == nil, FieldBucket, ProblemBucket)
	e.must(a.Bucket != "" || a.Addressing != AddressCNAME, FieldBucket, ProblemMissing)
	e.must(CheckPrefix(a.Prefix) == nil, FieldPrefix, ProblemPrefix)
	if a.Kind == AccountKeys && a.Source.NeedsKeys() {
		e.must(a.KeyID != "", FieldKeyID, ProblemMissing)
		e.must(isPlain(a.KeyID) && !strings.ContainsAny(a.KeyID, " /,"), FieldKeyID, ProblemCharacter)
	}
	for _, err := range []error{a.Source.Check(), a.Options.Check()} {
		if more, ok := errors.AsType[FieldErrors](err); ok {
			e = append(e, more...)
		}
	}
	return e.orNil()
}

// checkPlace checks endpoint, region and addressing, and whether they fit each other.
func (a Account) checkPlace(e *FieldErrors) {
	if a.Endpoint == TrialEndpoint && a.Kind == AccountTrial {
		return
	}
	e.must(slices.Contains([]Addressing{AddressVirtual, AddressCNAME}, a.Addressing), FieldAddress, ProblemUnknown)
	plain := strings.Trim(a.Region, "abcdefghijklmnopqrstuvwxyz0123456789-") == "" && !strings.HasPrefix(a.Region, "oss-")
	e.must(a.Region != "" || a.Signature == SignatureV1, FieldRegion, ProblemMissing)
	e.must(plain, FieldRegion, ProblemRegion)
	if a.Endpoint == "" {
		e.add(FieldEndpoint, 0, ProblemMissing)
		return
	}
	there, err := ParseEndpoint(a.Endpoint)
	switch {
	case err != nil:
		e.add(FieldEndpoint, 0, ProblemEndpoint)
	case there.Region != "" && a.Region != "" && plain && there.Region != a.Region:
		e.add(FieldRegion, 0, ProblemOther)
	case a.Addressing == AddressCNAME && there.Kind != EndpointCustom:
		e.add(FieldAddress, 0, ProblemOwnHost)
	case a.Addressing == AddressVirtual && a.Bucket != "" && strings.HasPrefix(there.Host, a.Bucket+"."):
		e.add(FieldEndpoint, 0, ProblemWithBucket)
	}
}
