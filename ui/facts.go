package ui

import (
	"strconv"
	"time"

	"partway/transfer"
	"partway/ui/format"
	"partway/ui/partmap"
	"partway/ui/text"
)

// factsOf tells what is known of an upload, in words, what is asked for most often first.
// What is not known is left out.
func factsOf(f *detailFrame, accounts []transfer.Account) []fact {
	u := &f.upload
	facts := []fact{{text.T("Uploaded"), uploadedText(f)}}
	add := func(label, value string) {
		if value != "" {
			facts = append(facts, fact{label, value})
		}
	}
	if f.status == transfer.StatusUploading { // always there then: no line jumps
		facts = append(facts, fact{text.T("Speed"), speedText(f)})
	}
	if u.Limit > 0 && !u.Phase.Final() {
		add(text.T("Speed limit"), limitWords(u.Limit))
	}
	add(text.T("Plan"), planText(f))
	if e := lastStop(f); e != nil {
		add(text.Event(e.Kind), text.EventDetail(*e))
	}
	add(text.T("Destination"), ossURI(u.To))
	add(text.T("File"), format.Name(u.Path))
	add(text.T("Account"), accountName(u.To, accounts))
	if u.Receipt.Outcome == transfer.OutcomeInDoubt && u.Phase == transfer.PhaseAborted {
		add(text.T("Result"), text.Outcome(u.Receipt.Outcome))
	}
	if u.Phase == transfer.PhaseDone {
		add(text.T("Result"), text.Outcome(u.Receipt.Outcome))
		add(text.T("Proof"), text.Proof(u.Receipt.Proof))
		add(text.T("Compared"), comparedText(u))
		add(text.T("Callback"), callbackText(&u.Receipt))
		if u.Receipt.CRC64 != 0 {
			add("CRC64", strconv.FormatUint(u.Receipt.CRC64, 10))
		}
		add("ETag", u.Receipt.ETag)
		add(text.T("Version ID"), u.Receipt.VersionID)
		add(text.T("Request ID"), u.Receipt.RequestID)
	}
	add(text.T("If it exists"), text.Policy(u.Policy))
	add(text.T("Added"), when(u.Created))
	add(text.T("Finished"), when(u.Receipt.Finished))
	add(text.T("Upload ID"), u.UploadID)
	return facts
}

// callbackText says what became of the callback, and what its server answered or why it failed.
func callbackText(r *transfer.Receipt) string {
	if r.Callback == transfer.CallbackNone {
		return ""
	}
	words := text.CallbackState(r.Callback)
	if r.CallbackReply != "" {
		words = text.T("{{.Label}}: {{.Value}}", text.Args{"Label": words, "Value": format.Name(r.CallbackReply)})
	}
	return words
}

// comparedText names the digests that were compared of what was sent.
func comparedText(u *transfer.Upload) string {
	switch r := &u.Receipt; {
	case r.Outcome.NotSent() || r.Proof == transfer.ProofNone:
		return ""
	case !r.MD5:
		return "CRC64"
	case u.ContentMD5: // OSS told no CRC64 of some parts
		return "MD5"
	default:
		return text.T("CRC64 and MD5")
	}
}

// lastStop returns the event of the last pause or resume of an unfinished upload, which
// tells what that cost; nil if there was none.
func lastStop(f *detailFrame) *transfer.Event {
	if f.upload.Phase.Final() {
		return nil
	}
	for i := len(f.events) - 1; i >= 0; i-- {
		switch e := &f.events[i]; e.Kind {
		case transfer.EventPausing, transfer.EventResumed, transfer.EventNewVersion, transfer.EventRepaired, transfer.EventAdopted:
			return e
		default:
		}
	}
	return nil
}

func accountName(t transfer.Target, accounts []transfer.Account) string {
	for _, a := range accounts {
		if a.ID == t.Account {
			return text.Account(a)
		}
	}
	return t.Endpoint
}

func uploadedText(f *detailFrame) string {
	u := &f.upload
	done := u.BytesDone
	if u.Phase == transfer.PhaseDone && u.Receipt.Outcome == transfer.OutcomeSent {
		done = u.File.Size
	}
	words := text.T("{{.Done}} of {{.Total}}", text.Args{"Done": format.Bytes(done), "Total": format.Bytes(u.File.Size)})
	if f.live != nil && f.status == transfer.StatusUploading {
		if under := f.live.Sent - done; under > 0 {
			words += " · " + text.T("{{.Size}} under way", text.Args{"Size": format.Bytes(under)})
		}
	}
	return words
}

func speedText(f *detailFrame) string {
	if f.live == nil {
		return format.None
	}
	words := format.Speed(f.live.Speed)
	if f.live.Left > 0 {
		words += " · " + text.T("{{.Time}} left", text.Args{"Time": text.Left(f.live.Left)})
	}
	return words
}

// planText says how the file is cut and, while it is being sent, what that comes to: how
// fast the line was measured to be, how many parts go at once, and how long each takes.
func planText(f *detailFrame) string {
	u := &f.upload
	if u.Plan.Single() {
		if u.Phase == transfer.PhasePlanned && u.File.Size > 0 {
			return ""
		}
		return text.T("One request")
	}
	args := text.Args{"Size": format.Bytes(u.Plan.PartSize), "Count": format.Count(int64(u.Plan.Parts))}
	if u.Plan.Layout != nil {
		args["Done"] = format.Count(int64(partmap.Count(f.states).Done))
		return text.T("{{.Count}} parts of up to {{.Size}}, as another program cut them, {{.Done}} done", args)
	}
	if u.Plan.Parts == 1 {
		args["Size"] = format.Bytes(u.File.Size)
	}
	each := partTime(f)
	if each <= 0 {
		done := partmap.Count(f.states).Done
		args["Done"] = format.Count(int64(done))
		return text.T("{{.Size}} × {{.Count}}, {{.Done}} done", args)
	}
	args["Speed"], args["AtOnce"], args["Each"] = format.Speed(f.live.Pace), f.live.InFlight, text.Left(each)
	return text.T("{{.Size}} × {{.Count}}, {{.Speed}} measured, {{.AtOnce}} at once, about {{.Each}} each", args)
}

// partTime is how long a part takes at the measured pace, 0 when that is not known.
func partTime(f *detailFrame) time.Duration {
	if f.live == nil || f.live.Pace < 1 || f.live.InFlight == 0 || f.status != transfer.StatusUploading {
		return 0
	}
	part := float64(min(f.upload.Plan.PartSize, f.upload.File.Size))
	return time.Duration(part * float64(f.live.InFlight) / f.live.Pace * float64(time.Second))
}

// when writes a moment in this computer's time zone.
func when(t time.Time) string {
	if t.IsZero() || t.Unix() <= 0 {
		return ""
	}
	return t.Local().Format("2006-01-02 15:04:05")
}
