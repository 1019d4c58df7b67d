package osslocal

import (
	"encoding/xml"
	"net/http"
	"strconv"
	"strings"
)

const (
	maxRules  = 1000
	maxRuleID = 255
)

// lifecycleXML is a bucket's rules, as far as they are checked here: what they say beside is
// kept as it was sent, and nothing is done by it.
type lifecycleXML struct {
	XMLName xml.Name  `xml:"LifecycleConfiguration"`
	Rules   []ruleXML `xml:"Rule"`
}

type ruleXML struct {
	ID         string
	Prefix     *string
	Status     string
	Abort      *abortRuleXML `xml:"AbortMultipartUpload"`
	Expiration *struct{}     `xml:"Expiration"`
	Transition []struct{}    `xml:"Transition"`
	Noncurrent []struct{}    `xml:"NoncurrentVersionExpiration"`
}

type abortRuleXML struct {
	Days              string
	CreatedBeforeDate string
}

func (s *Server) getLifecycle(w http.ResponseWriter, t Target) error {
	b, err := s.disk.settings(t.Bucket)
	switch {
	case err != nil:
		return err
	case b.Lifecycle == "":
		return errNoSuchLifecycle()
	}
	w.Header().Set("Content-Type", "application/xml")
	_, _ = w.Write([]byte(b.Lifecycle)) // a client that left reads nothing
	return nil
}

func (s *Server) putLifecycle(r *http.Request, t Target) error {
	body, err := readSmall(r)
	if err != nil {
		return err
	}
	var rules lifecycleXML
	err = xml.Unmarshal(body, &rules) //nolint:gosec // plain strings, from at most maxBodyXML bytes
	if err != nil || len(rules.Rules) == 0 || len(rules.Rules) > maxRules {
		return errMalformedXML()
	}
	if err := checkRules(rules.Rules, r.Header.Get("x-oss-allow-same-action-overlap") == "true"); err != nil {
		return err
	}
	return s.disk.setLifecycle(t.Bucket, string(body))
}

func (s *Server) deleteLifecycle(w http.ResponseWriter, t Target) error {
	if err := s.disk.setLifecycle(t.Bucket, ""); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (d *disk) setLifecycle(name, document string) error {
	return d.change(name, func(b *bucket) { b.Lifecycle = document })
}

// checkRules applies what OSS demands of rules. Two that abort uploads may not concern the
// same keys, unless the request allows for it.
func checkRules(rules []ruleXML, overlap bool) error {
	ids := map[string]bool{}
	var aborts []string
	for _, r := range rules {
		switch {
		case r.Prefix == nil || r.Status != "Enabled" && r.Status != "Disabled",
			r.Abort == nil && r.Expiration == nil && len(r.Transition) == 0 && len(r.Noncurrent) == 0:
			return errMalformedXML()
		case len(r.ID) > maxRuleID, r.ID != "" && ids[r.ID]:
			return errInvalidArgument("Rule ID must be unique and at most 255 characters.", "")
		case r.Abort != nil && !r.Abort.valid():
			return errMalformedXML()
		}
		ids[r.ID] = true
		if r.Abort == nil {
			continue
		}
		for _, other := range aborts {
			if !overlap && (strings.HasPrefix(*r.Prefix, other) || strings.HasPrefix(other, *r.Prefix)) {
				return errInvalidArgument("Overlap for same action type AbortMultipartUpload", "")
			}
		}
		aborts = append(aborts, *r.Prefix)
	}
	return nil
}

// valid tells whether the rule says either after how many days, or of which age.
func (a *abortRuleXML) valid() bool {
	if a.CreatedBeforeDate != "" {
		return a.Days == ""
	}
	days, err := strconv.Atoi(strings.TrimSpace(a.Days))
	return err == nil && days > 0
}

func errNoSuchLifecycle() *apiError {
	return &apiError{http.StatusNotFound, "NoSuchLifecycle", "No Row found in Lifecycle Table.", "0056-00000001"}
}
