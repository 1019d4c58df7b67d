package ui

import (
	"fyne.io/fyne/v2/container"

	"partway/transfer"
	"partway/ui/text"
)

// factPage is a page of facts.
type factPage struct {
	content *keyScroll
	facts   *factList
}

func newFactPage() *factPage {
	p := &factPage{facts: newFactList()}
	p.content = newKeyScroll(container.NewPadded(p.facts.content))
	return p
}

func (p *factPage) show(facts []fact) {
	if p.facts.show(facts) {
		p.content.Refresh()
	}
}

// storedFacts tells what an upload's object is stored with, also where that is left to OSS.
func storedFacts(u *transfer.Upload) []fact {
	o := u.Options
	facts := []fact{
		{text.T("Content type"), contentTypeWords(u)},
		{text.T("Access"), text.ACL(o.ACL)},
		{text.T("Storage class"), text.StorageClass(o.Class)},
		{text.T("Encryption"), text.Encryption(o.Encryption.Method)},
	}
	for _, f := range optionFacts(o) {
		if _, there := factOf(facts, f.label); !there {
			facts = append(facts, f)
		}
	}
	forbids := text.T("Not sent: an existing object is replaced")
	if u.Policy.ForbidsOverwrite() {
		forbids = text.T("Sent: OSS refuses to replace an existing object")
	}
	return append(facts, fact{text.T("If it exists"), text.Policy(u.Policy)}, fact{"x-oss-forbid-overwrite", forbids})
}

// contentTypeWords says what the content type is, or how it will be found out.
func contentTypeWords(u *transfer.Upload) string {
	switch {
	case u.Options.ContentType != "":
		return u.Options.ContentType
	case u.ContentType != "":
		return text.T("{{.Type}} ({{.How}})", text.Args{"Type": u.ContentType, "How": text.Detection(u.Options.Detect)})
	case u.Options.Detect == transfer.DetectNot || !u.Phase.Final() && u.Phase != transfer.PhasePlanned:
		return text.Detection(transfer.DetectNot)
	default:
		return text.Detection(u.Options.Detect)
	}
}
