package ui

import (
	"encoding/json"
	"strings"

	"partway/transfer"
	"partway/ui/format"
	"partway/ui/text"
)

// optionFacts tells in words what options say, leaving out what they leave to OSS.
func optionFacts(o transfer.Options) []fact {
	var facts []fact
	add := func(label, value string) {
		if value != "" {
			facts = append(facts, fact{label, format.Name(value)})
		}
	}
	switch {
	case o.ContentType != "":
		add(text.T("Content type"), o.ContentType)
	case o.Detect != transfer.DetectByName:
		add(text.T("Content type"), text.Detection(o.Detect))
	}
	add("Cache-Control", o.CacheControl)
	add("Content-Disposition", dispositionWords(o.Disposition))
	add("Content-Encoding", o.Encoding)
	add("Expires", expiryText(o.Expires))
	add(text.T("User metadata"), fieldWords(o.Meta))
	add(text.T("Tags"), fieldWords(o.Tags))
	if o.ACL != transfer.ACLBucket {
		add(text.T("Access"), text.ACL(o.ACL))
	}
	if o.Class != transfer.ClassBucket {
		add(text.T("Storage class"), text.StorageClass(o.Class))
	}
	if o.Encryption.Method != transfer.EncryptBucket {
		add(text.T("Encryption"), text.Encryption(o.Encryption.Method))
		add(text.T("KMS key"), o.Encryption.KeyID)
	}
	if o.TrafficLimit > 0 {
		add(text.T("Traffic limit"), limitWords(o.TrafficLimit/8))
	}
	if o.Strict {
		add(text.T("Strict"), text.T("Content-MD5 with each request"))
	}
	return append(facts, callbackFacts(o.Callback)...)
}

func dispositionWords(d transfer.Disposition) string {
	if d.OwnName {
		return text.T("{{.Kind}}, each under its own file's name", text.Args{"Kind": d.Kind})
	}
	if d.Name != "" {
		return d.Kind + ", " + d.Name
	}
	return d.Kind
}

// fieldWords lists names with their values.
func fieldWords(fields []transfer.Field) string {
	words := make([]string, len(fields))
	for i, f := range fields {
		words[i] = f.Name + "=" + f.Value
	}
	return strings.Join(words, ", ")
}

func callbackFacts(c *transfer.Callback) (facts []fact) {
	if c == nil {
		return nil
	}
	add := func(label, value string) {
		if value != "" {
			facts = append(facts, fact{label, format.Name(value)})
		}
	}
	add(text.T("Callback"), strings.Join(c.URLs, ", "))
	add(text.T("Callback host"), c.Host)
	if c.Type != transfer.CallbackForm {
		add(text.T("Callback body type"), text.CallbackType(c.Type))
	}
	if c.Body != transfer.CallbackBodies[c.Type] {
		add(text.T("Callback body"), c.Body)
	}
	if c.SNI {
		add("SNI", text.T("Yes"))
	}
	add(text.T("Callback variables"), fieldWords(c.Vars))
	return facts
}

// optionsSummary says in one line what of options differs from what is usual, "" for nothing.
func optionsSummary(o, usual transfer.Options) string {
	now, before := optionFacts(o), optionFacts(usual)
	var words []string
	for _, f := range now {
		if old, had := factOf(before, f.label); !had || old != f.value {
			words = append(words, text.T("{{.Label}}: {{.Value}}", text.Args{"Label": f.label, "Value": f.value}))
		}
	}
	for _, f := range before {
		if _, has := factOf(now, f.label); !has {
			words = append(words, text.T("{{.Label}}: not set", text.Args{"Label": f.label}))
		}
	}
	return strings.Join(words, " · ")
}

func factOf(facts []fact, label string) (string, bool) {
	for _, f := range facts {
		if f.label == label {
			return f.value, true
		}
	}
	return "", false
}

// sameOptions tells whether the two ask for the same.
func sameOptions(a, b transfer.Options) bool {
	a.Expires, b.Expires = a.Expires.UTC(), b.Expires.UTC()
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}
