package text

import (
	"errors"
	"strings"
	"time"

	"partway/transfer"
)

// problem is a sentence on what is wrong, and one on what to do.
type problem struct{ sentence, hint string }

var problems = map[transfer.Kind]problem{
	transfer.KindCanceled: {
		Key("Partway stopped this itself."),
		Key("Nothing needs to be done."),
	},
	transfer.KindTransient: {
		Key("OSS did not answer as it should."),
		Key("Partway tries again by itself. Use Start to try now."),
	},
	transfer.KindThrottled: {
		Key("OSS asks to send more slowly."),
		Key("Partway slows down and tries again by itself."),
	},
	transfer.KindOffline: {
		Key("OSS cannot be reached."),
		Key("Check the network connection and the account's endpoint. Partway goes on by itself when OSS can be reached."),
	},
	transfer.KindAuth: {
		Key("OSS did not accept the account's credentials."),
		Key("Enter the account's access key again, and use Test connection."),
	},
	transfer.KindClock: {
		Key("This computer's clock is wrong, so OSS refuses its signatures."),
		Key("Set the clock, then use Start."),
	},
	transfer.KindGone: {
		Key("What the upload needs is no longer on OSS."),
		Key("Use Start to begin anew."),
	},
	transfer.KindParts: {
		Key("OSS does not have all the parts that it acknowledged."),
		Key("Partway compares the parts and sends again what is missing."),
	},
	transfer.KindIntegrity: {
		Key("OSS has other bytes than the file."),
		Key("Partway sends them again. If this comes back, check the disk and the network for faults."),
	},
	transfer.KindSource: {
		Key("The file cannot be read."),
		Key("See that the file is where it was and may be read, then use Start."),
	},
	transfer.KindExists: {
		Key("Another object has this name already."),
		Key("Choose whether to replace it, to keep both, or to skip this file."),
	},
	transfer.KindStorage: {
		Key("Partway cannot write to this computer's disk."),
		Key("Make room on the disk, and see that its folder may be written to. Partway goes on by itself."),
	},
	transfer.KindPermanent: {
		Key("OSS refused this upload."),
		Key("See Details for OSS's reason. Use Start to try again once it is removed."),
	},
}

// newVersionHint is what to do about a file that changed.
var newVersionHint = Key("Upload the new version, of which only what differs is sent, or skip this file.")

// codes say more than the kind does, where a code is known.
var codes = map[string]problem{
	transfer.CodeFileMissing: {
		Key("The file is not there any more."),
		Key("Put it back where it was, and Partway goes on by itself. Or skip this file."),
	},
	transfer.CodeFolderMissing: {
		Key("The file's folder or drive is not there."),
		Key("Connect the drive or put the folder back, and Partway goes on by itself. Or skip this file."),
	},
	transfer.CodeFileChanged:   {Key("The file was written to after its upload began."), newVersionHint},
	transfer.CodeFileGrew:      {Key("The file became longer after its upload began."), newVersionHint},
	transfer.CodeFileShrank:    {Key("The file became shorter after its upload began."), newVersionHint},
	transfer.CodeFileReplaced:  {Key("Another file took this one's place after its upload began."), newVersionHint},
	transfer.CodeFileRewritten: {Key("The file's bytes changed after its upload began, though its size and date did not."), newVersionHint},
	transfer.CodeNotRegular: {
		Key("This is no file on a disk, but a device, a pipe, a socket or a part of the system."),
		Key("It cannot be uploaded. Remove it from the list."),
	},
	transfer.CodeFolder: {
		Key("There is a folder where a file was."),
		Key("Put the file back and use Start, or add the folder."),
	},
	transfer.CodeLink: {
		Key("This is a link inside a folder. Such links are not followed."),
		Key("To upload what it points to, add that itself."),
	},
	transfer.CodeTooManyFiles: {
		Key("This computer does not let Partway open more files."),
		Key("Partway opens fewer at a time and tries again by itself. It helps to close other programs."),
	},
	transfer.CodeFileUnreadable: {
		Key("The file cannot be read."),
		Key("See that you may read the file and that its disk is sound, then use Start."),
	},
	transfer.CodeConfig: {
		Key("{{.Path}} cannot be read, or is not as ossutil writes it."),
		Key("Details says what is wrong with it. Correct the file, or fill in the account's fields yourself. Nothing was changed."),
	},
	transfer.CodeBug: {
		Key("Partway made a mistake of its own in this upload. Other uploads go on."),
		Key("Use Start to try again. If this comes back, please report it with Partway's log, which says where it happened."),
	},
	transfer.CodeNoSuchBucket: {
		Key("The bucket does not exist."),
		Key("Create the bucket and use Start, or abort the upload and add the file with another destination."),
	},
	transfer.CodeNoSuchUpload: {
		Key("OSS no longer has this upload: it was aborted elsewhere, or a lifecycle rule removed it."),
		Key("Use Start to begin anew."),
	},
	transfer.CodeNoSuchKey: {
		Key("The object is not on OSS."),
		Key("Use Upload again to send the file once more."),
	},
	transfer.CodeAccessDenied: {
		Key("The account is not allowed to do this."),
		Key("Ask the bucket's owner for the permission that Details names, or use another account."),
	},
	transfer.CodeDiskFull: {
		Key("The disk that holds Partway's list is full ({{.Path}})."),
		Key("Uploads wait; free some space and they go on by themselves."),
	},
	transfer.CodeReadOnly: {
		Key("Partway is not allowed to write to {{.Path}}."),
		Key("Uploads wait; allow it and they go on by themselves."),
	},
	transfer.CodeJournalBusy: {
		Key("Another program has locked Partway's list ({{.Path}})."),
		Key("Uploads wait; close that program and they go on by themselves."),
	},
	transfer.CodeJournalDamaged: {
		Key("Partway's list was damaged while it was in use ({{.Path}})."),
		Key("Uploads wait. Quit Partway and start it again: it restores the last backup of the list."),
	},
	transfer.CodeJournalNewer: {
		Key("A newer version of Partway wrote this list ({{.Path}})."),
		Key("Nothing was changed. Start the newer version of Partway."),
	},
	transfer.CodeJournalForeign: {
		Key("Partway's data folder holds a file of another program in the place of Partway's list ({{.Path}})."),
		Key("Nothing was changed. Move that file elsewhere, then start Partway again."),
	},
	"InvalidAccessKeyId": {
		Key("OSS does not know this access key ID."),
		Key("See that the account's access key ID is right and has not been disabled."),
	},
	"SignatureDoesNotMatch": {
		Key("The access key secret does not belong to the access key ID."),
		Key("Enter the account's access key secret again."),
	},
	"SecurityTokenExpired": {
		Key("The security token has expired."),
		Key("Get new temporary credentials, and enter them in Accounts."),
	},
	"InvalidSecurityToken": {
		Key("OSS does not accept the security token."),
		Key("Get new temporary credentials, and enter them in Accounts."),
	},
	transfer.CodeWrongEndpoint: {
		Key("The bucket is not at this endpoint: it belongs to another region."),
		Key("Correct the account's endpoint and region as Details has them. Abort this upload, and add the file again."),
	},
	transfer.CodeWrongRegion: {
		Key("The account's region does not belong to its endpoint."),
		Key("Correct the account's region. Abort this upload, and add the file again."),
	},
	transfer.CodeNotOSS: {
		Key("An answer came that is not from OSS: a login page or a proxy may be in between."),
		Key("Open any page in a web browser to see whether this network wants a login. Partway tries again by itself."),
	},
	transfer.CodeCertificate: {
		Key("The server's certificate is not valid, so nothing was sent to it."),
		Key("Check the account's endpoint and this computer's date. If your company inspects traffic, enter its certificate in Settings, on the page Network."),
	},
	transfer.CodeTLS: {
		Key("No safe connection could be agreed on with the server, so nothing was sent to it."),
		Key("Check the account's endpoint: Partway needs TLS 1.2 or later."),
	},
	transfer.CodeProxyPassword: {
		Key("The proxy wants a user name and password."),
		Key("Enter them in Settings, on the page Network."),
	},
	transfer.CodeLocked: {
		Key("The file with your secrets is locked."),
		Key("Enter its passphrase: the notice above the list has a button for it."),
	},
	transfer.CodeNotRepairable: {
		Key("OSS has no parts of this upload that could be compared."),
		Key("Nothing needs to be done."),
	},
	transfer.CodeNothingFits: {
		Key("No part that OSS holds of this upload has bytes of this file: it is another file, or another version of it."),
		Key("Choose the file that the upload was begun with. If it is gone, abort the upload: its parts cost money as long as they stay."),
	},
	transfer.CodeNoLegalPlan: {
		Key("Parts on OSS are of this file, but OSS would not join them with what is missing: part numbers or sizes leave no room for it."),
		Key("Abort this upload, and upload the file anew."),
	},
	transfer.CodeInQueue: {
		Key("The list has this upload already, or another one that goes to the same object."),
		Key("Finish or remove that row first."),
	},
	transfer.CodeObjectDiffers: {
		Key("The object on OSS does not have the bytes that were read from the file. It was left there."),
		Key("Use Start to send the file again. If this comes back, check the disk, the memory and the network for faults."),
	},
	"AbnormalBucketOwnerStatus": {
		Key("The bucket's owner may not use OSS at present."),
		Key("See whether the owner's Alibaba Cloud account has a payment due or is locked, then use Start."),
	},
	"QuotaExceeded": {
		Key("The bucket takes nothing more: its quota is used up."),
		Key("Make room in the bucket or have its quota raised, then use Start."),
	},
	"UserDisable": {
		Key("The Alibaba Cloud account is suspended."),
		Key("Sign in to Alibaba Cloud and see whether a payment is due."),
	},
}

// unclassed is for errors that no part of the engine named: they come from this computer.
var unclassed = problem{
	Key("Something on this computer did not work."),
	Key("See Details for the reason."),
}

var keyTwice = problem{
	Key("Another file added at the same time goes to the same object."),
	Key("Choose Keep both, or Skip. Replace lets this file take the place of the other."),
}

var keyClaimed = problem{
	Key("Another unfinished upload in the list goes to the same object."),
	Key("Abort one of the two, or choose Keep both."),
}

// Problem says what is wrong in one sentence, and what to do next in another. The raw
// text, e.Error(), belongs behind "Details". A nil error is no problem: two empty texts.
func Problem(e *transfer.Error) (sentence, hint string) {
	if e == nil {
		return "", ""
	}
	if e.Kind == transfer.KindClock && e.Clock != 0 {
		args := Args{"Off": Left(e.Clock.Abs())}
		return clockSentence(e.Clock, args), T(problems[e.Kind].hint)
	}
	reason := cause(e)
	for ke := range keyErrors {
		if reason == ke.Error() {
			return KeyError(ke), T("Rename the file, and add it again.")
		}
	}
	p := find(e)
	if action := e.Action(); e.Code == transfer.CodeAccessDenied && action != "" {
		return T(p.sentence), T("Ask the bucket's owner for the permission {{.Action}}, or use another account.", Args{"Action": action})
	}
	return T(p.sentence, Args{"Path": e.Path}), T(p.hint)
}

// Sentences puts sentences into one paragraph. Chinese ones follow each other without a
// space.
func Sentences(sentences ...string) string {
	var b strings.Builder
	for _, s := range sentences {
		if said := b.String(); said != "" && s != "" && !strings.HasSuffix(said, "。") {
			b.WriteString(" ")
		}
		b.WriteString(s)
	}
	return b.String()
}

// beforeStart are the next steps where Partway could not start at all, in the place of
// those that speak of uploads that wait.
var beforeStart = map[string]string{
	transfer.CodeDiskFull:    Key("Free some space, then start Partway again. Nothing is lost."),
	transfer.CodeReadOnly:    Key("Allow it, or start Partway with -data and another folder. Nothing is lost."),
	transfer.CodeJournalBusy: Key("Close that program, then start Partway again. Nothing is lost."),
}

// StartProblem says what kept Partway from starting, and what to do next. The raw text
// belongs below it.
func StartProblem(err error) (sentence, hint string) {
	e := transfer.AsError(err)
	if e.Kind != transfer.KindStorage || codes[e.Code] == (problem{}) {
		return T("Partway cannot use its data folder."), T("Put right what is said below, then start Partway again. Nothing is lost.")
	}
	sentence, hint = Problem(e)
	if other, ok := beforeStart[e.Code]; ok {
		hint = T(other)
	}
	return sentence, hint
}

func clockSentence(off time.Duration, args Args) string {
	if off > 0 {
		return T("This computer's clock is {{.Off}} behind, so OSS refuses its signatures.", args)
	}
	return T("This computer's clock is {{.Off}} ahead, so OSS refuses its signatures.", args)
}

// cause returns the text of the innermost error. The journal keeps errors as text, so
// that after a start nothing but the text tells which error it was.
func cause(e *transfer.Error) string {
	err := e.Err
	for err != nil && errors.Unwrap(err) != nil {
		err = errors.Unwrap(err)
	}
	if err == nil {
		return ""
	}
	return err.Error()
}

func find(e *transfer.Error) problem {
	if cause(e) == transfer.ErrKeyClaimed.Error() {
		return keyClaimed
	}
	if cause(e) == transfer.ErrKeyTwice.Error() {
		return keyTwice
	}
	if p, ok := codes[e.Code]; ok {
		return p
	}
	if e.Kind == transfer.KindPermanent && e.Op == "" {
		return unclassed
	}
	if p, ok := problems[e.Kind]; ok {
		return p
	}
	return problems[transfer.KindPermanent]
}
