package text

import "partway/transfer"

var acls = map[transfer.ACL]string{
	transfer.ACLBucket:     Key("As the bucket"),
	transfer.ACLPrivate:    Key("Private: the owner alone"),
	transfer.ACLPublicRead: Key("Public read: everybody may read"),
	transfer.ACLPublic:     Key("Public read and write: everybody may read, replace and delete"),
}

var classes = map[transfer.StorageClass]string{
	transfer.ClassBucket:          Key("As the bucket"),
	transfer.ClassStandard:        Key("Standard storage"),
	transfer.ClassIA:              Key("Infrequent access"),
	transfer.ClassArchive:         Key("Archive"),
	transfer.ClassColdArchive:     Key("Cold archive"),
	transfer.ClassDeepColdArchive: Key("Deep cold archive"),
}

var encryptions = map[transfer.EncryptionMethod]string{
	transfer.EncryptBucket: Key("As the bucket"),
	transfer.EncryptAES256: Key("AES256, with keys that OSS manages"),
	transfer.EncryptKMS:    Key("KMS, with a key of the key management service"),
	transfer.EncryptSM4:    Key("SM4, with keys that OSS manages"),
}

var detections = map[transfer.Detection]string{
	transfer.DetectByName:    Key("By the name's ending, else by the content"),
	transfer.DetectByContent: Key("By the content alone"),
	transfer.DetectNot:       Key("None: OSS stores application/octet-stream"),
}

var dispositions = map[string]string{
	"":                             Key("Not set"),
	transfer.DispositionInline:     Key("Shown in the browser (inline)"),
	transfer.DispositionAttachment: Key("Saved as a file (attachment)"),
}

var callbackTypes = map[transfer.CallbackType]string{
	transfer.CallbackForm: Key("Form (application/x-www-form-urlencoded)"),
	transfer.CallbackJSON: Key("JSON (application/json)"),
}

var callbackStates = map[transfer.CallbackState]string{
	transfer.CallbackDone:    Key("Done, the server answered"),
	transfer.CallbackFailed:  Key("Failed; the object is stored, and is not sent again"),
	transfer.CallbackUnknown: Key("Not known; OSS's answer was lost, the callback may have run"),
	transfer.CallbackNotDue:  Key("Not called; nothing was sent"),
}

// ACL says who may read and write an object.
func ACL(a transfer.ACL) string { return word(acls, a) }

// StorageClass names a storage class.
func StorageClass(c transfer.StorageClass) string { return word(classes, c) }

// Encryption names a method of encryption.
func Encryption(m transfer.EncryptionMethod) string { return word(encryptions, m) }

// Detection says how a content type is found out.
func Detection(d transfer.Detection) string { return word(detections, d) }

// Disposition says what a browser does with an object.
func Disposition(kind string) string { return word(dispositions, kind) }

// CallbackType names the type of a callback's body.
func CallbackType(t transfer.CallbackType) string { return word(callbackTypes, t) }

// CallbackState says what became of a callback.
func CallbackState(s transfer.CallbackState) string { return word(callbackStates, s) }
