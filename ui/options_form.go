package ui

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/ui/text"
)

// optionsForm is the fields of what objects are stored with. Its pages stand in the order of
// their tabs.
type optionsForm struct {
	*tabStack
	owner   keyed
	resized func()       // has room made for what the form needs now
	typed   func(string) // is told of each change

	detect       *choice
	contentType  *entry
	cache        *combo
	disposition  *choice
	ownName      *tick
	savedAs      *entry
	encoding     *combo
	expires      *entry
	meta, tags   *fieldList
	acl          *choice
	public       *widget.Label // what a public ACL means
	class        *choice
	encryption   *choice
	keyID        *entry
	traffic      *entry
	strict       *tick
	callback     callbackPage
	spots        map[transfer.FieldName]*spot
	expiresGiven time.Time // as it was shown: typing cannot tell its seconds
}

// spot is where on the form a field stands, and says what is wrong with it.
type spot struct {
	page  int
	field fyne.Focusable
	fault *widget.Label
	list  *fieldList // nil where it is one field
}

// detections are how the content type is found out, in the order of the list; behind them, that
// it is typed.
var detections = []transfer.Detection{transfer.DetectByName, transfer.DetectByContent, transfer.DetectNot}

// dispositionKinds are those of Content-Disposition, in the order of the list.
var dispositionKinds = []string{"", transfer.DispositionInline, transfer.DispositionAttachment}

// callbackTypes are those of a callback's body, in the order of the list.
var callbackTypes = []transfer.CallbackType{transfer.CallbackForm, transfer.CallbackJSON}

// wordsOf puts each into words.
func wordsOf[T any](all []T, word func(T) string) []string {
	words := make([]string, len(all))
	for i, one := range all {
		words[i] = word(one)
	}
	return words
}

// newOptionsForm makes the fields. About existing objects, whose policy stands elsewhere, it
// says what existing says.
func newOptionsForm(owner keyed, canvas fyne.Canvas, existing string, resized func()) *optionsForm {
	f := &optionsForm{tabStack: newTabStack(owner, canvas), owner: owner, resized: resized, spots: map[transfer.FieldName]*spot{}}
	f.typed = func(string) { f.accept() }
	f.addPage(text.T("Content"), f.contentPage())
	f.addPage(text.T("Metadata"), f.metaPage())
	f.addPage(text.T("Storage"), f.storagePage(existing))
	f.addPage(text.T("Sending"), f.sendingPage())
	f.addPage(text.T("Callback"), f.makeCallback())
	f.turnTo(0)
	return f
}

// at notes where a field stands, and adds the place of its faults below content.
func (f *optionsForm) at(name transfer.FieldName, field fyne.Focusable, content fyne.CanvasObject) fyne.CanvasObject {
	s := &spot{page: len(f.tabs), field: field, fault: faultLabel()}
	f.spots[name] = s
	return withFault(content, s.fault)
}

// listAt is at for a list of fields.
func (f *optionsForm) listAt(name transfer.FieldName, l *fieldList) fyne.CanvasObject {
	f.spots[name] = &spot{page: len(f.tabs), list: l}
	return l.content
}

func (f *optionsForm) entry(hint string) *entry {
	e := newEntry(f.owner, hint)
	e.OnChanged = f.typed
	return e
}

func (f *optionsForm) combo(hint string, options ...string) *combo {
	c := newCombo(f.owner, hint, options)
	c.OnChanged = f.typed
	return c
}

func (f *optionsForm) focus(field fyne.Focusable) { f.canvas.Focus(field) }

func (f *optionsForm) contentPage() fyne.CanvasObject {
	f.contentType = f.entry("image/jpeg")
	f.detect = newChoice(f.owner, append(wordsOf(detections, text.Detection), text.T("Typed:")), func(i int) {
		enable(f.contentType, i == len(detections))
		f.typed("")
	})
	f.cache = f.combo(text.T("Not set"), "no-cache", "no-store", "max-age=3600", "public, max-age=31536000, immutable")
	f.savedAs = f.entry(text.T("File name; the end of the key if empty"))
	f.ownName = newTick(f.owner, text.T("Each under its own file's name"), func(on bool) {
		enable(f.savedAs, !on && f.disposition.SelectedIndex() > 0)
		f.typed("")
	})
	f.disposition = newChoice(f.owner, wordsOf(dispositionKinds, text.Disposition), func(i int) {
		enable(f.ownName, i > 0)
		enable(f.savedAs, i > 0 && !f.ownName.Checked)
		f.typed("")
	})
	f.encoding = f.combo(text.T("Not set"), "gzip", "br", "zstd", "deflate")
	f.expires = f.entry(text.T("Not set; a day, as 2027-01-31, or 2027-01-31 18:00"))
	return page(formOf(
		row(text.T("Content type"), f.at(transfer.FieldContentType, f.contentType, container.NewVBox(f.detect, f.contentType))),
		row("Cache-Control", f.at(transfer.FieldCacheControl, f.cache, f.cache)),
		row("Content-Disposition", f.at(transfer.FieldDisposition, f.savedAs,
			container.NewVBox(f.disposition, container.NewBorder(nil, nil, f.ownName, nil, f.savedAs)))),
		row("Content-Encoding", f.at(transfer.FieldEncoding, f.encoding,
			noteOn(f.encoding, text.T("Says how the files are packed already: they are sent as they are.")))),
		row("Expires", f.at(transfer.FieldExpires, f.expires, f.expires))))
}

func (f *optionsForm) metaPage() fyne.CanvasObject {
	f.meta = newFieldList(f, text.T("Add metadata"), text.T("Name, as author"), text.T("Value"))
	f.tags = newFieldList(f, text.T("Add tag"), text.T("Name, as project"), text.T("Value"))
	return page(formOf(
		row(text.T("User metadata"), f.listAt(transfer.FieldMeta, f.meta)),
		row("", noteOn(container.NewVBox(), text.T("Is sent as x-oss-meta-NAME, and read with the object; 8 KiB at most."))),
		row(text.T("Tags"), f.listAt(transfer.FieldTags, f.tags)),
		row("", noteOn(container.NewVBox(), text.T("Rules and bills of the bucket can go by them; 10 at most. They need the permission oss:PutObjectTagging.")))))
}

func (f *optionsForm) storagePage(existing string) fyne.CanvasObject {
	f.public = caption()
	f.public.Importance = widget.WarningImportance
	f.acl = newChoice(f.owner, wordsOf(transfer.ACLs, text.ACL), func(i int) {
		words := ""
		if i >= 0 {
			words = publicWords(transfer.ACLs[i])
		}
		say(f.public, words)
		f.typed("")
		f.resized()
	})
	f.class = newChoice(f.owner, wordsOf(transfer.StorageClasses, text.StorageClass), func(int) { f.typed("") })
	f.keyID = f.entry(text.T("Key ID; the key that OSS has in KMS if empty"))
	f.encryption = newChoice(f.owner, wordsOf(transfer.EncryptionMethods, text.Encryption), func(i int) {
		enable(f.keyID, i >= 0 && transfer.EncryptionMethods[i] == transfer.EncryptKMS)
		f.typed("")
	})
	return page(formOf(
		row(text.T("Access"), f.at(transfer.FieldACL, f.acl, container.NewVBox(f.acl, f.public))),
		row(text.T("Storage class"), f.at(transfer.FieldClass, f.class, f.class)),
		row(text.T("Encryption"), f.at(transfer.FieldEncryption, f.encryption, f.encryption)),
		row(text.T("KMS key"), f.at(transfer.FieldSSEKey, f.keyID, f.keyID)),
		row(text.T("Existing objects"), wrapped(existing))))
}

func (f *optionsForm) sendingPage() fyne.CanvasObject {
	f.traffic = f.entry(text.T("No limit"))
	f.strict = newTick(f.owner, text.T("Strict: OSS itself checks each request by its MD5"), func(bool) { f.typed("") })
	return page(formOf(
		row(text.T("Traffic limit"), f.at(transfer.FieldTraffic, f.traffic, container.NewVBox(
			ofWidth(f.traffic, amountWidth, text.T("a second and request; 100K to 100M")),
			noteOn(container.NewVBox(), text.T("OSS holds each request to it, as it does with other programs. The speed limits of Partway are for all requests together."))))),
		row("", noteOn(f.strict, text.T("Content-MD5 goes with each request, so that OSS refuses bytes that changed on the way. Each byte is read from the disk twice for that. Without it, Partway compares the CRC64 that OSS answers, which proves as much.")))))
}

// publicWords warns of an ACL that lets everybody in, or is "".
func publicWords(a transfer.ACL) string {
	switch {
	case a == transfer.ACLPublic:
		return text.T("Everybody on the internet can read, replace and delete these objects, at your expense.")
	case a.Public():
		return text.T("Everybody on the internet can read these objects, at your expense. OSS refuses it where the bucket blocks public access.")
	default:
		return ""
	}
}

// set shows options.
func (f *optionsForm) set(o transfer.Options) {
	kind := index(detections, o.Detect)
	if o.ContentType != "" {
		kind = len(detections)
	}
	f.contentType.SetText(o.ContentType)
	f.detect.SetSelectedIndex(kind)
	f.cache.SetText(o.CacheControl)
	f.ownName.SetChecked(o.Disposition.OwnName)
	f.savedAs.SetText(o.Disposition.Name)
	f.disposition.SetSelectedIndex(index(dispositionKinds, o.Disposition.Kind))
	f.encoding.SetText(o.Encoding)
	f.expiresGiven = o.Expires
	f.expires.SetText(expiryText(o.Expires))
	f.meta.set(o.Meta)
	f.tags.set(o.Tags)
	f.acl.SetSelectedIndex(index(transfer.ACLs, o.ACL))
	f.class.SetSelectedIndex(index(transfer.StorageClasses, o.Class))
	f.keyID.SetText(o.Encryption.KeyID)
	f.encryption.SetSelectedIndex(index(transfer.EncryptionMethods, o.Encryption.Method))
	f.traffic.SetText("")
	if o.TrafficLimit > 0 {
		f.traffic.SetText(amount(o.TrafficLimit / 8))
	}
	f.strict.SetChecked(o.Strict)
	f.callback.set(o.Callback)
	f.accept()
	f.resized()
}

// get returns the options, and all that is wrong with them.
func (f *optionsForm) get() (transfer.Options, transfer.FieldErrors) {
	var wrong transfer.FieldErrors
	o := transfer.Options{
		CacheControl: strings.TrimSpace(f.cache.Text), Encoding: strings.TrimSpace(f.encoding.Text),
		Meta: f.meta.get(), Tags: f.tags.get(),
		ACL:        transfer.ACLs[max(0, f.acl.SelectedIndex())],
		Class:      transfer.StorageClasses[max(0, f.class.SelectedIndex())],
		Encryption: transfer.Encryption{Method: transfer.EncryptionMethods[max(0, f.encryption.SelectedIndex())]},
		Strict:     f.strict.Checked, Callback: f.callback.get(),
	}
	if o.Encryption.Method == transfer.EncryptKMS {
		o.Encryption.KeyID = strings.TrimSpace(f.keyID.Text)
	}
	if i := f.detect.SelectedIndex(); i < len(detections) {
		o.Detect = detections[max(0, i)]
	} else if o.ContentType = strings.TrimSpace(f.contentType.Text); o.ContentType == "" {
		wrong = append(wrong, &transfer.FieldError{Field: transfer.FieldContentType, Problem: transfer.ProblemMediaType})
	}
	if o.Disposition.Kind = dispositionKinds[max(0, f.disposition.SelectedIndex())]; o.Disposition.Kind != "" {
		o.Disposition.OwnName = f.ownName.Checked
		if !o.Disposition.OwnName {
			o.Disposition.Name = strings.TrimSpace(f.savedAs.Text)
		}
	}
	var ok bool
	if o.Expires, ok = parseExpiry(f.expires.Text, f.expiresGiven); !ok {
		wrong = append(wrong, &transfer.FieldError{Field: transfer.FieldExpires, Problem: transfer.ProblemRange})
	}
	limit, err := parseAmount(f.traffic.Text)
	if o.TrafficLimit = 8 * limit; err != nil {
		wrong = append(wrong, &transfer.FieldError{Field: transfer.FieldTraffic, Problem: transfer.ProblemRange})
	}
	return o, append(wrong, fieldErrors(o.Check())...)
}

// accept takes away what was said to be wrong.
func (f *optionsForm) accept() {
	for _, s := range f.spots {
		if s.list != nil {
			s.list.accept()
		} else {
			say(s.fault, "")
		}
	}
}

// refuse says at each field what is wrong with it, and brings the keyboard to the first.
func (f *optionsForm) refuse(wrong transfer.FieldErrors) {
	f.accept()
	var first fyne.Focusable
	page := 0
	for _, e := range wrong {
		s := f.spots[e.Field]
		if s == nil {
			continue
		}
		field := s.field
		if s.list != nil {
			field = s.list.refuse(e.Item, optionProblem(e))
		} else {
			say(s.fault, optionProblem(e))
		}
		if first == nil || s.page < page {
			first, page = field, s.page
		}
	}
	f.turnTo(page)
	f.resized()
	if first != nil {
		f.focus(first)
	}
}
