package text

import (
	"strings"
	"time"

	"partway/transfer"
	"partway/ui/format"
)

var statuses = map[transfer.Status]string{
	transfer.StatusWaiting:          Key("Waiting"),
	transfer.StatusChecking:         Key("Checking the file"),
	transfer.StatusUploading:        Key("Uploading"),
	transfer.StatusPaused:           Key("Paused"),
	transfer.StatusRetrying:         Key("Retrying"),
	transfer.StatusStalled:          Key("Stalled"),
	transfer.StatusNoNetwork:        Key("No network"),
	transfer.StatusNeedsCredentials: Key("Needs credentials"),
	transfer.StatusFileMissing:      Key("File missing"),
	transfer.StatusFileChanged:      Key("File changed"),
	transfer.StatusConflict:         Key("Conflict"),
	transfer.StatusCompleting:       Key("Completing"),
	transfer.StatusCompleted:        Key("Completed"),
	transfer.StatusFailed:           Key("Failed"),
	transfer.StatusAborting:         Key("Aborting"),
	transfer.StatusAborted:          Key("Aborted"),
}

var priorities = map[transfer.Priority]string{
	transfer.PriorityHigh:   Key("High"),
	transfer.PriorityNormal: Key("Normal"),
	transfer.PriorityLow:    Key("Low"),
}

var groups = map[transfer.Group]string{
	transfer.GroupAll:       Key("All"),
	transfer.GroupUploading: Key("Uploading"),
	transfer.GroupWaiting:   Key("Waiting"),
	transfer.GroupPaused:    Key("Paused"),
	transfer.GroupAttention: Key("Needs attention"),
	transfer.GroupCompleted: Key("Completed"),
}

var policies = map[transfer.Policy]string{
	transfer.PolicySkipSame: Key("Skip identical files, ask about different ones"),
	transfer.PolicySkip:     Key("Skip every file whose object exists"),
	transfer.PolicyReplace:  Key("Replace existing objects"),
	transfer.PolicyKeepBoth: Key("Keep both, under a new name"),
	transfer.PolicyAsk:      Key("Ask about every one, identical files too"),
}

var resolutions = map[transfer.Resolution]string{
	transfer.ResolveReplace:  Key("Replace the object"),
	transfer.ResolveKeepBoth: Key("Keep both"),
	transfer.ResolveSkip:     Key("Skip this file"),
}

var partStates = map[transfer.PartState]string{
	transfer.PartWaiting: Key("Waiting"),
	transfer.PartSending: Key("In flight"),
	transfer.PartDone:    Key("Done"),
	transfer.PartFailed:  Key("Failed"),
}

var outcomes = map[transfer.Outcome]string{
	transfer.OutcomeNone:         Key("Not finished"),
	transfer.OutcomeSent:         Key("Uploaded"),
	transfer.OutcomeAlreadyThere: Key("Already there: an identical object exists, nothing was sent"),
	transfer.OutcomeSkipped:      Key("Skipped: another object exists, and was left as it is"),
	transfer.OutcomeTooLate:      Key("Completed before it could be aborted"),
	transfer.OutcomeLeftOut:      Key("Skipped: the file had changed or was missing, and was not uploaded"),
	transfer.OutcomeEmptyFolder:  Key("An empty folder: OSS has no folders, nothing was sent"),
	transfer.OutcomeInDoubt:      Key("Aborted; an object of it may be there all the same: look in the bucket"),
}

// outcomeStatuses are the outcomes in the few words of a row.
var outcomeStatuses = map[transfer.Outcome]string{
	transfer.OutcomeAlreadyThere: Key("Already there"),
	transfer.OutcomeSkipped:      Key("Skipped"),
	transfer.OutcomeTooLate:      Key("Done before abort"),
	transfer.OutcomeLeftOut:      Key("Skipped"),
	transfer.OutcomeEmptyFolder:  Key("Empty folder"),
	transfer.OutcomeInDoubt:      Key("Aborted, in doubt"),
}

// callbackStatuses are what a row says of a completed upload whose callback went wrong, in
// few words and where there is room.
var callbackStatuses = map[transfer.CallbackState][2]string{
	transfer.CallbackFailed:  {Key("Callback failed"), Key("Completed, callback failed")},
	transfer.CallbackUnknown: {Key("Callback in doubt"), Key("Completed, callback may have run")},
}

// End is how a finished upload ended.
type End struct {
	Outcome  transfer.Outcome
	Callback transfer.CallbackState
}

// Flawed tells whether the object is stored, and whom OSS was to tell of it may not know.
func (e End) Flawed() bool {
	_, is := callbackStatuses[e.Callback]
	return is && outcomeStatuses[e.Outcome] == ""
}

// Long says what became of the callback where a row has room for it, "" where there is
// nothing to say.
func (e End) Long() string {
	if !e.Flawed() {
		return ""
	}
	return T(callbackStatuses[e.Callback][1])
}

// fileStatuses say in a row what became of a file that changed or is missing, by the
// error's code.
var fileStatuses = map[string]string{
	transfer.CodeFolderMissing: Key("Folder missing"),
	transfer.CodeFileGrew:      Key("File became longer"),
	transfer.CodeFileShrank:    Key("File became shorter"),
	transfer.CodeFileReplaced:  Key("File replaced"),
	transfer.CodeFileRewritten: Key("File rewritten"),
}

var proofs = map[transfer.Proof]string{
	transfer.ProofNone:   Key("Not verified"),
	transfer.ProofCRC64:  Key("Verified: OSS stated the checksum of the whole object, and it is the file's"),
	transfer.ProofHead:   Key("Verified: asked again, OSS stated the file's checksum"),
	transfer.ProofParts:  Key("Parts verified; OSS stated no checksum of the whole object"),
	transfer.ProofAnswer: Key("Verified by OSS's answer; reading the object's state was refused"),
}

var events = map[transfer.EventKind]string{
	transfer.EventInitiated:  Key("Begun on OSS"),
	transfer.EventResumed:    Key("Resumed"),
	transfer.EventRetried:    Key("Tried again"),
	transfer.EventWaiting:    Key("Waiting"),
	transfer.EventPerhaps:    Key("An upload that may be ours was left on OSS"),
	transfer.EventNoted:      Key("Noted"),
	transfer.EventCompleted:  Key("Completed"),
	transfer.EventAborted:    Key("Aborted"),
	transfer.EventPausing:    Key("Paused"),
	transfer.EventRestarting: Key("Begun anew"),
	transfer.EventNewVersion: Key("New version taken"),
	transfer.EventRepaired:   Key("Repaired"),
	transfer.EventAdopted:    Key("Taken over from another program"),
	transfer.EventVerified:   Key("Compared with OSS again"),
}

var keyErrors = map[transfer.KeyError]string{
	transfer.KeyNotUTF8:     Key("The name is not valid UTF-8, which OSS asks for."),
	transfer.KeyTooLong:     Key("The name is longer than the 1,023 bytes OSS takes."),
	transfer.KeyEmpty:       Key("The name is empty."),
	transfer.KeyLeading:     Key("The name begins with a slash or a backslash."),
	transfer.KeyDotSegment:  Key("The name has a “.” or “..” between its slashes."),
	transfer.KeyControlChar: Key("The name has a control character, such as a line break."),
	transfer.KeyPrefixSlash: Key("The prefix does not end in a slash."),
}

// word looks a value up, and says it as it is when there are no words for it.
func word[K ~string](words map[K]string, k K) string {
	if sentence, ok := words[k]; ok {
		return T(sentence)
	}
	return string(k)
}

// Status returns a status in a word or two.
func Status(s transfer.Status) string { return word(statuses, s) }

// FolderStatus returns what a folder's row says: its status, and how many of its files need
// a person.
func FolderStatus(s transfer.Status, attention int) string {
	switch {
	case s.Group() == transfer.GroupAttention:
		return N("1 needs attention", "{{.Count}} need attention", attention)
	case attention > 0:
		return N("{{.Status}} · 1 needs attention", "{{.Status}} · {{.Count}} need attention", attention, Args{"Status": Status(s)})
	default:
		return Status(s)
	}
}

// Group returns the title of a status filter.
func Group(g transfer.Group) string { return word(groups, g) }

// Account names an account.
func Account(a transfer.Account) string {
	if a.Kind == transfer.AccountTrial {
		return T("Trial")
	}
	return format.Name(a.Name)
}

// Priority returns a priority in a word.
func Priority(p transfer.Priority) string { return T(priorities[p]) }

// Policy says what happens to existing objects.
func Policy(p transfer.Policy) string { return word(policies, p) }

// Resolution returns the words of an answer to a conflict.
func Resolution(r transfer.Resolution) string { return word(resolutions, r) }

// PartState returns a part's state in a word or two.
func PartState(s transfer.PartState) string { return T(partStates[s]) }

// Outcome says how a finished upload ended.
func Outcome(o transfer.Outcome) string { return word(outcomes, o) }

// Proof says what shows that the object holds the file's bytes.
func Proof(p transfer.Proof) string { return word(proofs, p) }

// Event names an event of an upload's log.
func Event(k transfer.EventKind) string { return word(events, k) }

// EventDetail says what an event's text tells beside its name.
func EventDetail(e transfer.Event) string {
	if e.Kind == transfer.EventCompleted {
		return completion(e.Text)
	}
	if e.Kind == transfer.EventVerified {
		return verified(e.Text)
	}
	if c, ok := transfer.ParseCarried(e.Text); ok {
		return T("{{.Kept}} kept, {{.Proved}} proved by reading, {{.Send}} to send", Args{
			"Kept": format.Bytes(c.Kept), "Proved": format.Bytes(c.Proved), "Send": format.Bytes(c.Send),
		})
	}
	if lost, ok := transfer.ParseGivenUp(e.Text); ok {
		if lost == 0 {
			return T("nothing was in flight")
		}
		return T("{{.Bytes}} were in flight, and may have to be sent again", Args{"Bytes": format.Bytes(int64(lost))})
	}
	args := Args{"Action": (&transfer.Error{Op: "ListParts"}).Action()}
	switch e.Text {
	case transfer.NotedPartsUnlisted:
		return T("OSS refuses to list the parts, so that only what Partway remembers of them counts. Ask the bucket's owner for the permission {{.Action}}.", args)
	case transfer.NotedAbortUnlisted:
		return T("OSS refuses to list the parts, so that its answer to the abort has to do. Ask the bucket's owner for the permission {{.Action}}.", args)
	default:
		return e.Text
	}
}

// completion says an outcome and a proof in words.
func completion(said string) string {
	outcome, proof, _ := strings.Cut(said, " ")
	words := Outcome(transfer.Outcome(outcome))
	if proof != "" {
		words += " · " + Proof(transfer.Proof(proof))
	}
	return words
}

func verified(said string) string {
	if v, ok := transfer.ParseVerification(said); ok {
		return Verification(v)
	}
	return said
}

// Verification says what a look at an object found.
func Verification(v transfer.Verification) string {
	switch v.Verdict {
	case transfer.VerdictSame:
		return T("The object is there, with the same size and CRC64.")
	case transfer.VerdictSize:
		return T("The object is there, with the same size; OSS states no CRC64 of it.")
	case transfer.VerdictDiffers:
		return T("Another object is there by now, of {{.Size}} ({{.Bytes}} bytes).",
			Args{"Size": format.Bytes(v.Size), "Bytes": format.Count(v.Size)})
	case transfer.VerdictGone:
		return T("The object is not there any more.")
	}
	return string(v.Verdict)
}

// KeyError says in a sentence why a name cannot be an object key.
func KeyError(e transfer.KeyError) string { return word(keyErrors, e) }

// StatusLine returns what a row's status column says: the status with what is known
// beside it, as "Retrying (2, in 6 s)", "Already there" or "File became longer". e is
// what the journal says is wrong; live is nil when the upload is not in work.
func StatusLine(s transfer.Status, end End, e *transfer.Error, live *transfer.Live, now time.Time) string {
	switch s {
	case transfer.StatusCompleted, transfer.StatusAborted:
		if sentence, ok := outcomeStatuses[end.Outcome]; ok {
			return T(sentence)
		}
		if words, ok := callbackStatuses[end.Callback]; ok {
			return T(words[0])
		}
		return Status(s)
	case transfer.StatusFileChanged, transfer.StatusFileMissing:
		if e == nil || fileStatuses[e.Code] == "" {
			return Status(s)
		}
		return T(fileStatuses[e.Code])
	default:
	}
	if live == nil {
		return Status(s)
	}
	switch s {
	case transfer.StatusRetrying, transfer.StatusStalled, transfer.StatusNoNetwork:
		return waitingLine(s, live, now)
	case transfer.StatusChecking:
		return T("Checking ({{.Percent}})", Args{"Percent": format.Percent(live.Checked)})
	case transfer.StatusUploading:
		if live.Queued {
			return T("Uploading · queued")
		}
		return Status(s)
	default:
		return Status(s)
	}
}

// WithKept adds to what a row says how many parts a pause, or the end of the program, has
// not cost.
func WithKept(line string, parts int) string {
	return N("{{.Status}} · 1 part kept", "{{.Status}} · {{.Count}} parts kept", parts, Args{"Status": line})
}

// waitingLine says when the next try is, if that is known, as shortly as a row has room.
func waitingLine(s transfer.Status, live *transfer.Live, now time.Time) string {
	wait := live.NextTry.Sub(now)
	if live.NextTry.IsZero() || wait <= 0 {
		return Status(s)
	}
	args := Args{"Tries": live.Tries, "Wait": Left(wait)}
	if s == transfer.StatusRetrying && live.Tries > 0 {
		return T("Retrying ({{.Tries}}, in {{.Wait}})", args)
	}
	args["Status"] = Status(s)
	return T("{{.Status}} (in {{.Wait}})", args)
}

// StatusSentence is StatusLine where there is room: it says what happens in how long.
func StatusSentence(s transfer.Status, end End, e *transfer.Error, live *transfer.Live, now time.Time) string {
	switch s {
	case transfer.StatusRetrying, transfer.StatusStalled, transfer.StatusNoNetwork:
	case transfer.StatusChecking:
		if live != nil {
			return T("Checking the file ({{.Percent}})", Args{"Percent": format.Percent(live.Checked)})
		}
		return Status(s)
	case transfer.StatusUploading:
		if live != nil && live.Queued {
			return T("Uploading: goes on when there is a slot for it")
		}
		return Status(s)
	case transfer.StatusCompleted:
		if words := end.Long(); words != "" {
			return words
		}
		return StatusLine(s, end, e, live, now)
	default:
		return StatusLine(s, end, e, live, now)
	}
	if live == nil || live.NextTry.IsZero() || !live.NextTry.After(now) {
		return Status(s)
	}
	args := Args{"Status": Status(s), "Wait": Left(live.NextTry.Sub(now))}
	if live.Tries > 0 {
		return N("{{.Status}}: 1 try failed, the next is in {{.Wait}}", "{{.Status}}: {{.Count}} tries failed, the next is in {{.Wait}}", live.Tries, args)
	}
	return T("{{.Status}}: the next try is in {{.Wait}}", args)
}
