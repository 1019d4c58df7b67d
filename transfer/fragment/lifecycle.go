package fragment

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"partway/transfer"
)

// Rule is one lifecycle rule of a bucket, as far as it is shown. What it says beside is kept.
type Rule struct {
	ID        string
	Prefix    string
	Enabled   bool
	AbortDays int      // unfinished uploads are aborted so many days after they were begun; 0: not by days
	Others    []string // what else it does, as Expiration
	Ours      bool     // it is the one that was added or changed
	raw       string   // what is inside its element
}

// Rules are a bucket's lifecycle rules, as OSS has them and as they are to be written.
type Rules struct {
	read []byte // as read; nil: there were none
	List []Rule
}

// ErrRulesChanged tells that somebody changed the rules since they were read.
var ErrRulesChanged = errors.New("the bucket's lifecycle rules were changed meanwhile")

// ReadRules reads a bucket's lifecycle rules.
func ReadRules(ctx context.Context, store transfer.Store) (Rules, error) {
	document, err := store.Lifecycle(ctx)
	if err != nil || document == nil {
		return Rules{}, err
	}
	list, err := parseRules(document)
	return Rules{read: document, List: list}, err
}

func parseRules(document []byte) ([]Rule, error) {
	var found struct {
		Rules []struct {
			ID     string
			Prefix string
			Status string
			Abort  *struct{ Days int } `xml:"AbortMultipartUpload"`
			Others []struct {
				XMLName xml.Name
			} `xml:",any"`
			Raw string `xml:",innerxml"`
		} `xml:"Rule"`
	}
	if err := xml.Unmarshal(document, &found); err != nil {
		return nil, fmt.Errorf("read lifecycle rules: %w", err)
	}
	var rules []Rule
	for _, f := range found.Rules {
		r := Rule{ID: f.ID, Prefix: f.Prefix, Enabled: f.Status == "Enabled", raw: f.Raw}
		if f.Abort != nil {
			if r.AbortDays = f.Abort.Days; r.AbortDays == 0 {
				r.Others = append(r.Others, "AbortMultipartUpload")
			}
		}
		for _, o := range f.Others {
			if !slices.Contains(r.Others, o.XMLName.Local) {
				r.Others = append(r.Others, o.XMLName.Local)
			}
		}
		rules = append(rules, r)
	}
	return rules, nil
}

// abortElement is what a rule says of unfinished uploads, and statusElement whether it holds.
var (
	abortElement  = regexp.MustCompile(`(?s)<AbortMultipartUpload>.*?</AbortMultipartUpload>`)
	statusElement = regexp.MustCompile(`(?s)<Status>.*?</Status>`)
)

// Merge returns the rules with one more: uploads below a prefix that are unfinished after so
// many days are aborted. Where a rule of just this prefix aborts uploads already, it is that
// which changes; all others stay as they are.
func (r Rules) Merge(prefix string, days int) Rules {
	merged := Rules{read: r.read, List: slices.Clone(r.List)}
	action := fmt.Sprintf("<AbortMultipartUpload><Days>%d</Days></AbortMultipartUpload>", days)
	for i := range merged.List {
		rule := &merged.List[i]
		if rule.Prefix != prefix || !abortElement.MatchString(rule.raw) {
			continue
		}
		rule.raw = abortElement.ReplaceAllLiteralString(rule.raw, action)
		if onlyAborts := len(rule.Others) == 0 || slices.Equal(rule.Others, []string{"AbortMultipartUpload"}); onlyAborts {
			rule.raw = statusElement.ReplaceAllLiteralString(rule.raw, "<Status>Enabled</Status>")
			rule.Enabled = true
		}
		if rule.Enabled {
			rule.Others = slices.DeleteFunc(slices.Clone(rule.Others), func(o string) bool { return o == "AbortMultipartUpload" })
			rule.AbortDays, rule.Ours = days, true
			return merged
		}
		*rule = r.List[i] // it is off, and does more than this: it stays so
	}
	id := r.freeID()
	var escaped bytes.Buffer
	xml.EscapeText(&escaped, []byte(prefix)) //nolint:errcheck // a buffer takes all
	merged.List = append(merged.List, Rule{
		ID: id, Prefix: prefix, Enabled: true, AbortDays: days, Ours: true,
		raw: "<ID>" + id + "</ID><Prefix>" + escaped.String() + "</Prefix><Status>Enabled</Status>" + action,
	})
	return merged
}

// freeID is a name that no rule has.
func (r Rules) freeID() string {
	const base = "partway-abort-unfinished"
	id := base
	for n := 2; slices.ContainsFunc(r.List, func(rule Rule) bool { return rule.ID == id }); n++ {
		id = fmt.Sprintf("%s-%d", base, n)
	}
	return id
}

// document is the rules as OSS takes them.
func (r Rules) document() []byte {
	var b strings.Builder
	b.WriteString(xml.Header + "<LifecycleConfiguration>")
	for _, rule := range r.List {
		b.WriteString("<Rule>" + rule.raw + "</Rule>")
	}
	b.WriteString("</LifecycleConfiguration>")
	return []byte(b.String())
}

// Write replaces the bucket's rules by these. OSS knows no condition for that, so they are
// read again right before: rules that are not as they were read are left alone.
func (r Rules) Write(ctx context.Context, store transfer.Store) error {
	now, err := store.Lifecycle(ctx)
	if err != nil {
		return err
	}
	if !bytes.Equal(now, r.read) {
		return ErrRulesChanged
	}
	return store.SetLifecycle(ctx, r.document())
}
