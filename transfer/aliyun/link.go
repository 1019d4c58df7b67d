package aliyun

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/aliyun/aliyun-oss-go-sdk/oss"

	"partway/transfer"
)

// errNoAddress stands for errors that may repeat what was signed.
var errNoAddress = errors.New("the object has no address that could be made")

// Link returns an object's address, signed for reading where it is to be valid for a while. It
// is signed by this computer's clock, unlike requests: the SDK takes no other time for an
// address. So much as that is slow, the address ends too soon; and one of signature V4 is refused
// at first where it is fast by more than 15 minutes.
func (s *store) Link(key string, valid time.Duration) (transfer.Link, error) {
	r := &request{op: "Link", method: http.MethodGet, key: key}
	if err := s.checkKey(r); err != nil {
		return transfer.Link{}, err
	}
	now := time.Now()
	until := now.Add(valid)
	if end := s.credentials().Expires; !end.IsZero() && end.Before(until) {
		until = end
	}
	signed, err := s.bucket.SignURL(key, oss.HTTPGet, max(1, int64(until.Sub(now).Seconds())))
	if err != nil {
		return transfer.Link{}, s.failure(r, transfer.Error{Kind: transfer.KindPermanent, Err: errNoAddress})
	}
	if valid > 0 {
		return transfer.Link{URL: transfer.NewSecret(signed), Until: until}, nil
	}
	bare, err := url.Parse(signed)
	if err != nil {
		return transfer.Link{}, s.failure(r, transfer.Error{Kind: transfer.KindPermanent, Err: errNoAddress})
	}
	bare.RawQuery = ""
	return transfer.Link{URL: transfer.NewSecret(bare.String())}, nil
}
