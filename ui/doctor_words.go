package ui

import (
	"partway/transfer"
	"partway/transfer/doctor"
	"partway/ui/format"
	"partway/ui/text"
)

// losses say what is lost without a right that an upload can do without.
var losses = map[string]string{
	doctor.ActionAbort:   text.Key("{{.Action}} is not allowed: what you abort stays on OSS, and costs money, until somebody else aborts it."),
	doctor.ActionParts:   text.Key("{{.Action}} is not allowed: after a crash it cannot be proved which parts OSS has, and whether an abort is complete."),
	doctor.ActionGet:     text.Key("{{.Action}} is not allowed: it cannot be told whether the same object is there already, nor be asked again what an upload became."),
	doctor.ActionUploads: text.Key("{{.Action}} is not allowed: unfinished uploads on OSS that are in no list cannot be found or cleaned."),
	doctor.ActionObjects: text.Key("{{.Action}} is not allowed: the bucket cannot be browsed, nor looked up what is there already."),
	doctor.ActionInfo:    text.Key("{{.Action}} is not allowed: it is not known whether the bucket keeps versions."),
}

// goods say what is as it should be.
var goods = map[doctor.Topic]string{
	doctor.TopicReach:       text.Key("OSS answers."),
	doctor.TopicPlace:       text.Key("Endpoint and region belong together."),
	doctor.TopicCredentials: text.Key("OSS takes the credentials."),
	doctor.TopicBucket:      text.Key("The bucket exists."),
	doctor.TopicTrial:       text.Key("An upload of one byte was begun, and aborted."),
}

// findingWords says a finding in one sentence, and what to do about it in another, which may
// be "".
func findingWords(f doctor.Finding) (words, hint string) {
	switch f.Topic {
	case doctor.TopicClock:
		return clockWords(f)
	case doctor.TopicPermission:
		return permissionWords(f)
	case doctor.TopicVersions:
		return text.T("The bucket keeps versions: an object that is written over stays as an older version."),
			text.T("To forbid that objects are replaced has no effect there.")
	case doctor.TopicKeys:
		return keyWords(f)
	case doctor.TopicParts:
		return partWords(f)
	case doctor.TopicPlace:
		if f.Level == doctor.Note {
			return text.T("The bucket is in the region {{.Region}}.", text.Args{"Region": f.Move.Region}), text.T("Correct the account's region.")
		}
	default:
	}
	if f.Level == doctor.Fine {
		return text.T(goods[f.Topic]), ""
	}
	return text.Problem(f.Err)
}

func clockWords(f doctor.Finding) (words, hint string) {
	args := text.Args{"Off": text.Left(f.Clock.Abs())}
	switch {
	case f.Level == doctor.Wrong:
		e := *f.Err
		e.Clock = f.Clock
		return text.Problem(&e)
	case f.Level == doctor.Fine:
		return text.T("This computer's clock is right."), ""
	case f.Clock > 0:
		return text.T("This computer's clock is {{.Off}} behind OSS's.", args), text.T("OSS takes up to 15 minutes. Set the clock.")
	}
	return text.T("This computer's clock is {{.Off}} ahead of OSS's.", args), text.T("OSS takes up to 15 minutes. Set the clock.")
}

func permissionWords(f doctor.Finding) (words, hint string) {
	args := text.Args{"Action": f.Action}
	refused := f.Err != nil && f.Err.Kind == transfer.KindAuth
	switch {
	case f.Level == doctor.Fine:
		return text.T("{{.Action}} is allowed.", args), ""
	case !refused:
		_, hint := text.Problem(f.Err)
		return text.T("Whether {{.Action}} is allowed could not be found out.", args), hint
	case f.Level == doctor.Wrong:
		return text.T("{{.Action}} is not allowed: nothing can be uploaded.", args), text.T("Ask the bucket's owner for the policy below.")
	}
	return text.T(losses[f.Action], args), ""
}

func keyWords(f doctor.Finding) (words, hint string) {
	if f.Level == doctor.Wrong {
		return text.T("The prefix cannot be used: {{.Reason}}", text.Args{"Reason": f.Err.Err.Error()}), ""
	}
	return text.N("1 file has a name that OSS does not take. It is listed with its reason.",
		"{{.Count}} files have names that OSS does not take. They are listed with their reasons.", f.Count), ""
}

func partWords(f doctor.Finding) (words, hint string) {
	args := text.Args{"Size": format.Bytes(f.Bytes)}
	switch {
	case f.Count == 0:
		return text.T("The largest file, {{.Size}}, is larger than an object can be (48.8 TB).", args), ""
	case f.Level == doctor.Note:
		return text.N("The largest file goes in 1 part of {{.Size}}: smaller ones, as set, would be more than 10,000.",
			"The largest file goes in {{.Count}} parts of {{.Size}}: smaller ones, as set, would be more than 10,000.", f.Count, args), ""
	}
	return text.N("The largest file goes in 1 part.", "The largest file goes in {{.Count}} parts of up to {{.Size}}, of 10,000 that OSS takes.", f.Count, args), ""
}

// verdictWords sums a report up.
func verdictWords(r doctor.Report) string {
	switch r.Worst() {
	case doctor.Fine:
		return text.T("The connection works: uploads to this bucket are allowed.")
	case doctor.Note:
		return text.T("Uploads to this bucket work. What is marked below does not, or is good to know.")
	default:
		return text.T("Uploads to this bucket do not work.")
	}
}
