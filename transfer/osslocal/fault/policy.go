package fault

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"

	"partway/transfer/osslocal"
)

// Policy is an access policy as RAM has it, of which Effect, Action and Resource count, and of
// the conditions oss:Prefix. What it does not allow is refused.
type Policy struct {
	Statement []Statement
}

// Statement allows or denies actions on resources.
type Statement struct {
	Effect    string
	Action    []string
	Resource  []string
	Condition map[string]map[string][]string
}

// policyActions are what operations need to be allowed.
var policyActions = map[string]string{
	osslocal.OpInitiate: "oss:PutObject", osslocal.OpUploadPart: "oss:PutObject", osslocal.OpComplete: "oss:PutObject",
	osslocal.OpPutObject: "oss:PutObject", osslocal.OpAbort: "oss:AbortMultipartUpload", osslocal.OpListParts: "oss:ListParts",
	osslocal.OpHeadObject: "oss:GetObject", osslocal.OpGetObject: "oss:GetObject", osslocal.OpDeleteObject: "oss:DeleteObject",
	osslocal.OpListMultipartUploads: "oss:ListMultipartUploads", osslocal.OpListObjects: "oss:ListObjects",
	osslocal.OpListObjectsV2: "oss:ListObjects", osslocal.OpGetBucketInfo: "oss:GetBucketInfo", osslocal.OpListBuckets: "oss:ListBuckets",
}

// ParsePolicy reads a policy's JSON.
func ParsePolicy(text string) (*Policy, error) {
	p := &Policy{}
	if err := json.Unmarshal([]byte(text), p); err != nil {
		return nil, fmt.Errorf("read policy: %w", err)
	}
	return p, nil
}

// Middleware has a server obey the policy.
func (p *Policy) Middleware() func(http.Handler) http.Handler {
	denied, err := Parse(`* : status 403 code=AccessDenied ec=0003-00000001 message="You have no right to access this object."`)
	if err != nil {
		panic(err) // the rule is written right here
	}
	return func(next http.Handler) http.Handler {
		refuse := denied.wrap(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if p.Allows(osslocal.TargetOf(r), r.URL.Query().Get("prefix")) {
				next.ServeHTTP(w, r)
				return
			}
			refuse.ServeHTTP(w, r)
		})
	}
}

// Allows tells whether a request may be carried out; prefix is what a listing is of. What is
// denied is, whatever allows it.
func (p *Policy) Allows(t osslocal.Target, prefix string) bool {
	resource := "acs:oss:*:*:" + t.Bucket
	if t.Key != "" {
		resource += "/" + t.Key
	}
	allowed := false
	for _, s := range p.Statement {
		if !matches(s.Action, policyActions[t.Op]) || !matches(s.Resource, resource) || !s.holds(prefix) {
			continue
		}
		if s.Effect == "Deny" {
			return false
		}
		allowed = true
	}
	return allowed
}

// holds tells whether the conditions of a statement do.
func (s Statement) holds(prefix string) bool {
	for _, conditions := range s.Condition {
		for name, wanted := range conditions {
			if name != "oss:Prefix" || !matches(wanted, prefix) {
				return false
			}
		}
	}
	return true
}

// matches tells whether a pattern is for the text; * stands for anything.
func matches(patterns []string, text string) bool {
	flat := strings.NewReplacer("/", "\x00") // path.Match's * stops at a slash, RAM's does not
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		ok, err := path.Match(flat.Replace(pattern), flat.Replace(text))
		return ok && err == nil
	})
}
