package ui

import (
	"errors"
	"net/url"
	"slices"
	"strings"

	"partway/transfer"
	"partway/ui/text"
)

// regions are those that the service documents for OSS; any other may be typed.
var regions = []string{
	"cn-hangzhou", "cn-shanghai", "cn-beijing", "cn-shenzhen", "cn-qingdao", "cn-zhangjiakou",
	"cn-huhehaote", "cn-wulanchabu", "cn-heyuan", "cn-guangzhou", "cn-chengdu", "cn-hongkong",
	"ap-southeast-1", "ap-southeast-3", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7",
	"ap-northeast-1", "ap-northeast-2", "us-west-1", "us-east-1", "na-south-1",
	"eu-central-1", "eu-west-1", "me-east-1", "me-central-1",
}

// endpointOf derives the public endpoint of a region.
func endpointOf(region string) string {
	if region == "" {
		return ""
	}
	return transfer.EndpointOf(region, transfer.EndpointPublic)
}

// tidyRegion takes off what people copy along with a region's name.
func tidyRegion(s string) string {
	return transfer.TidyRegion(s)
}

// errEndpoint is a sentence for the person who typed the endpoint.
type errEndpoint string

func (e errEndpoint) Error() string { return string(e) }

// tidyEndpoint completes and checks a typed endpoint. plain tells that it is http and not
// on this computer, which wants a confirmation.
func tidyEndpoint(s string) (endpoint string, plain bool, err error) {
	s = strings.TrimRight(strings.TrimSpace(s), "/")
	if s != "" && !strings.Contains(s, "://") {
		s = "https://" + s
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Hostname() == "" || strings.HasSuffix(u.Host, ":"):
		return "", false, errEndpoint(text.Key("The endpoint is a host, as oss-cn-hangzhou.aliyuncs.com."))
	case u.Scheme != "https" && u.Scheme != "http":
		return "", false, errEndpoint(text.Key("The endpoint begins with https://."))
	case u.Path != "" || u.RawQuery != "" || u.User != nil || u.Fragment != "":
		return "", false, errEndpoint(text.Key("The endpoint is a host alone, without a path: the bucket has its own field."))
	}
	return s, u.Scheme == "http" && !transfer.Loopback(u.Hostname()), nil
}

// checkBucket checks a bucket's name. It returns a sentence, or "".
func checkBucket(name string) string {
	switch {
	case name == "":
		return text.Key("A bucket is needed.")
	case transfer.CheckBucket(name) != nil:
		return text.Key("A bucket's name has 3 to 63 characters: a to z, 0 to 9, and - between them.")
	default:
		return ""
	}
}

// accountInput is what was typed into the account dialog.
type accountInput struct {
	name, region, endpoint, bucket, keyID, secret, token string
	addressing                                           transfer.Addressing
	signature                                            transfer.SignatureVersion
}

// account makes an account of what was typed, on top of the one that is edited. The error
// is a sentence's key, for the person. plain is as in [tidyEndpoint].
func (in accountInput) account(base transfer.Account) (a transfer.Account, plain bool, err error) {
	a = base
	a.Name = strings.TrimSpace(in.name)
	a.Region = tidyRegion(in.region)
	a.Bucket = strings.TrimSpace(in.bucket)
	a.KeyID = strings.TrimSpace(in.keyID)
	a.Addressing, a.Signature = in.addressing, in.signature
	if a.Kind == "" {
		a.Kind = transfer.AccountKeys
	}
	a.Endpoint, plain, err = tidyEndpoint(in.endpoint)
	switch {
	case a.Region == "" && a.Signature == transfer.SignatureV4:
		return a, false, errors.New(text.Key("A region is needed."))
	case err != nil:
		return a, false, err
	case a.KeyID == "":
		return a, false, errors.New(text.Key("An access key ID is needed."))
	case strings.TrimSpace(in.secret) == "" && base.ID == 0:
		return a, false, errors.New(text.Key("An access key secret is needed."))
	case strings.TrimSpace(in.secret) == "" && a.KeyID != base.KeyID:
		return a, false, errors.New(text.Key("Another access key ID needs its secret."))
	case checkBucket(a.Bucket) != "":
		return a, false, errors.New(checkBucket(a.Bucket))
	}
	if a.Name == "" {
		a.Name = a.Bucket
	}
	return a, plain, nil
}

// credentials returns what was typed, or not ok if the secret kept before is to stay.
func (in accountInput) credentials() (c transfer.Credentials, ok bool) {
	secret := strings.TrimSpace(in.secret)
	if secret == "" {
		return transfer.Credentials{}, false
	}
	return transfer.Credentials{
		KeyID:  strings.TrimSpace(in.keyID),
		Secret: transfer.NewSecret(secret),
		Token:  transfer.NewSecret(strings.TrimSpace(in.token)),
	}, true
}

// freeName tells whether no other account has the name.
func freeName(accounts []transfer.Account, a transfer.Account) bool {
	return !slices.ContainsFunc(accounts, func(o transfer.Account) bool {
		return o.ID != a.ID && strings.EqualFold(o.Name, a.Name)
	})
}
