package aliyun

import (
	"net/http"
	"strings"

	"partway/transfer"
)

const (
	ecFileAlreadyExists = "0042-00000214"
	ecNoSuchBucket      = "0015-00000101"
	ecAuthentication    = "0002-" // the module of all signature and token errors
	ecWrongRegion       = "0002-00000226"
)

// codeKinds are the codes whose kind does not follow from the status.
// https://www.alibabacloud.com/help/en/oss/support/http-status-code lists codes.
var codeKinds = map[string]transfer.Kind{
	"RequestTimeTooSkewed": transfer.KindClock,
	"RequestTimeout":       transfer.KindTransient, // 400: the body came too slowly
	"InvalidDigest":        transfer.KindIntegrity,
	"FileAlreadyExists":    transfer.KindExists,

	transfer.CodeNoSuchUpload: transfer.KindGone,
	transfer.CodeNoSuchBucket: transfer.KindGone,
	transfer.CodeNoSuchKey:    transfer.KindGone,

	"InvalidPart":      transfer.KindParts,
	"InvalidPartOrder": transfer.KindParts,
	"FilePartNotExist": transfer.KindParts,
	"FilePartStale":    transfer.KindParts,

	"InvalidAccessKeyId":                  transfer.KindAuth,
	"SignatureDoesNotMatch":               transfer.KindAuth,
	"InvalidSecurityToken":                transfer.KindAuth,
	"SecurityTokenExpired":                transfer.KindAuth,
	"AccessKeyIdAndSecurityTokenNotMatch": transfer.KindAuth,

	"UploadTrafficRateLimitExceeded": transfer.KindThrottled,
	"TotalQpsLimitExceeded":          transfer.KindThrottled,
	"MetaOperationQpsLimitExceeded":  transfer.KindThrottled,
	"ActiveRequestLimitExceeded":     transfer.KindThrottled,

	// These are 403, but no other key would help: the endpoint is wrong, or the object
	// is locked.
	"SecondLevelDomainForbidden":   transfer.KindPermanent,
	"TransferAccelerationDisabled": transfer.KindPermanent,
	"PublicEndpointForbidden":      transfer.KindPermanent,
	"AbnormalBucketOwnerStatus":    transfer.KindPermanent,
	"FileImmutable":                transfer.KindPermanent,
	"QuotaExceeded":                transfer.KindPermanent,
}

// classify gives an answer of OSS its kind: by code, then by EC, then by status.
func classify(op string, status int, code, ec string) transfer.Kind {
	if kind, ok := codeKinds[code]; ok {
		return kind
	}
	switch {
	case ec == ecFileAlreadyExists:
		return transfer.KindExists
	case ec == ecWrongRegion:
		return transfer.KindPermanent
	case strings.HasPrefix(ec, ecAuthentication):
		return transfer.KindAuth
	}
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return transfer.KindAuth
	case http.StatusNotFound:
		if op == opHead || code == "" {
			return transfer.KindGone
		}
	case http.StatusRequestTimeout:
		return transfer.KindTransient
	case http.StatusTooManyRequests:
		return transfer.KindThrottled
	case http.StatusNotImplemented:
		return transfer.KindPermanent
	}
	if status >= 500 {
		return transfer.KindTransient
	}
	return transfer.KindPermanent
}
