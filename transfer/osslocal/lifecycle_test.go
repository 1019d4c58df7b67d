package osslocal

import "testing"

// TestLifecycleRules applies what OSS demands of rules.
func TestLifecycleRules(t *testing.T) {
	t.Parallel()
	all, logs, inside := "", "logs/", "logs/a/"
	abort := &abortRuleXML{Days: "7"}
	rule := func(id string, prefix *string, a *abortRuleXML) ruleXML {
		return ruleXML{ID: id, Prefix: prefix, Status: "Enabled", Abort: a}
	}
	for name, c := range map[string]struct {
		rules   []ruleXML
		overlap bool
		ok      bool
	}{
		"one":                {[]ruleXML{rule("a", &all, abort)}, false, true},
		"two":                {[]ruleXML{rule("a", &logs, abort), {ID: "b", Prefix: &all, Status: "Disabled", Expiration: &struct{}{}}}, false, true},
		"by date":            {[]ruleXML{rule("a", &all, &abortRuleXML{CreatedBeforeDate: "2026-01-01T00:00:00.000Z"})}, false, true},
		"no prefix":          {[]ruleXML{rule("a", nil, abort)}, false, false},
		"no action":          {[]ruleXML{rule("a", &all, nil)}, false, false},
		"no days":            {[]ruleXML{rule("a", &all, &abortRuleXML{})}, false, false},
		"not a day":          {[]ruleXML{rule("a", &all, &abortRuleXML{Days: "0"})}, false, false},
		"days and date":      {[]ruleXML{rule("a", &all, &abortRuleXML{Days: "1", CreatedBeforeDate: "2026-01-01T00:00:00.000Z"})}, false, false},
		"an ID twice":        {[]ruleXML{rule("a", &logs, abort), {ID: "a", Prefix: &all, Status: "Enabled", Expiration: &struct{}{}}}, false, false},
		"overlap":            {[]ruleXML{rule("a", &logs, abort), rule("b", &inside, abort)}, false, false},
		"overlap, asked for": {[]ruleXML{rule("a", &logs, abort), rule("b", &inside, abort)}, true, true},
	} {
		if err := checkRules(c.rules, c.overlap); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}
