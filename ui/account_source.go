package ui

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"partway/transfer"
	"partway/ui/text"
)

// The ways that credentials come, in the order of their list: as transfer.SourceKinds, but that
// what is typed is a lasting key or a temporary one.
const (
	wayKey = iota
	wayToken
	wayCommand
	wayURI
	wayECS
	wayAssume
)

// waysOf is the way of a source; a temporary key is told from a lasting one by its token alone.
func waysOf(k transfer.SourceKind) int {
	if k == transfer.SourceKept {
		return wayKey
	}
	return slices.Index(transfer.SourceKinds, k) + 1
}

// The fields that the window has beside the account's own.
const (
	fieldSecret  transfer.FieldName = "access key secret" //nolint:gosec // a field's name
	fieldToken   transfer.FieldName = "security token"
	fieldExpires transfer.FieldName = "expiry"
	fieldKeep    transfer.FieldName = "keep"
)

// Where a secret is kept, in the order of the list.
const (
	keepLong = iota
	keepSession
)

// sourceUsual are the lines of credentials, in their order; sourceAdvanced those that few need.
var (
	sourceUsual = []transfer.FieldName{
		transfer.FieldSource, transfer.FieldCommand, transfer.FieldURI, transfer.FieldKeyID, fieldSecret, fieldToken, fieldExpires,
		transfer.FieldRole, fieldKeep,
	}
	sourceAdvanced = []transfer.FieldName{
		transfer.FieldSession, transfer.FieldExternal, transfer.FieldDuration, transfer.FieldPolicy, transfer.FieldSTS,
	}
)

// linesOf are the lines that each way needs, beside the choice itself.
var linesOf = map[int][]transfer.FieldName{
	wayKey:     {transfer.FieldKeyID, fieldSecret, fieldKeep},
	wayToken:   {transfer.FieldKeyID, fieldSecret, fieldToken, fieldExpires, fieldKeep},
	wayCommand: {transfer.FieldCommand},
	wayURI:     {transfer.FieldURI},
	wayECS:     {transfer.FieldRole},
	wayAssume:  append([]transfer.FieldName{transfer.FieldKeyID, fieldSecret, transfer.FieldRole, fieldKeep}, sourceAdvanced...),
}

// sourceFields say how credentials come.
type sourceFields struct {
	u       *UI
	changed func() // other lines are shown
	lines   checkedForm

	way                                                *choice
	keyID, secret, token, expires                      *entry
	command, uri, role                                 *entry
	session, externalID, duration, policy, stsEndpoint *entry
	keep                                               *choice
	paste                                              *button
	expiresBefore                                      string // what the kept credentials have
	wayBefore                                          int    // how they came
}

func newSourceFields(owner keyed, u *UI, changed func()) *sourceFields {
	s := &sourceFields{u: u, changed: changed}
	s.keyID = newEntry(owner, "LTAI…")
	s.secret = newSecretEntry(owner, "")
	s.token = newSecretEntry(owner, "")
	s.expires = newEntry(owner, text.T("As 2026-12-31 18:00, or 45m; empty: not known"))
	s.command = newEntry(owner, "/usr/local/bin/oss-credentials --profile work")
	s.uri = newEntry(owner, "https://credentials.example.com/oss")
	s.role = newEntry(owner, "")
	s.session = newEntry(owner, "partway")
	s.externalID = newEntry(owner, text.T("Only if the role's owner asks for one"))
	s.duration = newEntry(owner, "3600")
	s.policy = newEntry(owner, text.T("JSON: less than the role may do; may be empty"))
	s.stsEndpoint = newEntry(owner, "https://sts.aliyuncs.com")
	s.keep = newChoice(owner, []string{text.T("In this computer's keyring"), text.T("Only until Partway quits")}, nil)
	if u.vault.file {
		s.keep.Options[keepLong] = text.T("In the file with a passphrase")
	}
	s.keep.SetSelectedIndex(keepLong)
	s.paste = newButton(owner, text.T("Paste JSON"), theme.ContentPasteIcon(), s.pasteJSON)
	s.keyID.OnChanged = s.takeJSON
	s.way = newChoice(owner, []string{
		text.T("Access key"),
		text.T("Temporary key of STS, with a token"),
		text.T("A program prints them"),
		text.T("A server hands them out (URI)"),
		text.T("The RAM role of this ECS instance"),
		text.T("A RAM role to be assumed with an access key"),
	}, s.showLines)
	return s
}

// addTo adds the lines to a form.
func (s *sourceFields) addTo(form checkedForm) {
	s.lines = form
	add := func(f transfer.FieldName, label string, field *entry) { form[f] = newChecked(label, field, field) }
	way := container.NewBorder(nil, nil, nil, s.paste, s.way)
	form[transfer.FieldSource] = newChecked(text.T("Credentials"), s.way, way)
	add(transfer.FieldCommand, text.T("Program"), s.command)
	add(transfer.FieldURI, text.T("Address"), s.uri)
	add(transfer.FieldKeyID, text.T("Access key ID"), s.keyID)
	add(fieldSecret, text.T("Access key secret"), s.secret)
	add(fieldToken, text.T("Security token"), s.token)
	add(fieldExpires, text.T("Expires"), s.expires)
	add(transfer.FieldRole, text.T("Role"), s.role)
	form[fieldKeep] = newChecked(text.T("Secret is kept"), s.keep, s.keep)
	add(transfer.FieldSession, text.T("Session name"), s.session)
	add(transfer.FieldExternal, text.T("External ID"), s.externalID)
	add(transfer.FieldDuration, text.T("Holds for seconds"), s.duration)
	add(transfer.FieldPolicy, text.T("Policy"), s.policy)
	add(transfer.FieldSTS, text.T("STS endpoint"), s.stsEndpoint)
}

// fill shows how an account's credentials come.
func (s *sourceFields) fill(a transfer.Account) {
	s.keyID.SetText(a.KeyID)
	s.command.SetText(a.Source.Command)
	s.uri.SetText(a.Source.URI)
	s.role.SetText(a.Source.Role)
	s.session.SetText(a.Source.Session)
	s.externalID.SetText(a.Source.ExternalID)
	s.policy.SetText(a.Source.Policy)
	s.stsEndpoint.SetText(a.Source.STS)
	s.duration.SetText("")
	if a.Source.Seconds > 0 {
		s.duration.SetText(strconv.Itoa(a.Source.Seconds))
	}
	s.wayBefore = waysOf(a.Source.Kind)
	s.choose(s.wayBefore)
}

// found shows what is known of the credentials that are kept, and stay if nothing is typed.
func (s *sourceFields) found(temporary bool, expires, hint string) {
	s.secret.SetPlaceHolder(hint)
	if !temporary || s.chosen() != wayKey {
		return
	}
	s.wayBefore, s.expiresBefore = wayToken, expires
	s.choose(wayToken)
	s.token.SetPlaceHolder(hint)
	s.expires.SetText(expires)
}

func (s *sourceFields) chosen() int    { return max(0, s.way.SelectedIndex()) }
func (s *sourceFields) choose(way int) { s.way.SetSelectedIndex(way) }

// showLines shows what the chosen way needs.
func (s *sourceFields) showLines(way int) {
	hint := "acs:ram::123456789:role/name"
	if way == wayECS {
		hint = text.T("Its name; empty: the one that the instance has")
	}
	s.role.SetPlaceHolder(hint)
	for _, f := range append(slices.Clone(sourceUsual[1:]), sourceAdvanced...) {
		s.lines[f].show(slices.Contains(linesOf[way], f))
	}
	enable(s.paste, way <= wayToken || way == wayAssume)
	s.changed()
}

// takeJSON fills the fields from credentials that were pasted as JSON where the key ID goes.
func (s *sourceFields) takeJSON(typed string) {
	if strings.HasPrefix(strings.TrimSpace(typed), "{") {
		s.takeCredentials([]byte(typed))
	}
}

// pasteJSON fills the fields from the clipboard.
func (s *sourceFields) pasteJSON() {
	if s.takeCredentials([]byte(s.u.app.Clipboard().Content())) {
		return
	}
	say(s.lines[transfer.FieldSource].words, text.T("The clipboard holds no JSON with an access key ID and its secret."))
	s.changed()
}

// takeCredentials fills the fields from JSON, if it holds credentials.
func (s *sourceFields) takeCredentials(json []byte) bool {
	c, err := transfer.ParseCredentials(json)
	if err != nil {
		return false
	}
	say(s.lines[transfer.FieldSource].words, "")
	s.setCredentials(c)
	return true
}

// setCredentials shows credentials, as if they had been typed.
func (s *sourceFields) setCredentials(c transfer.Credentials) {
	s.keyID.SetText(c.KeyID)
	s.secret.SetText(c.Secret.Reveal())
	s.token.SetText(c.Token.Reveal())
	s.expires.SetText(expiryText(c.Expires))
	switch {
	case !c.Token.Empty() && s.chosen() == wayKey:
		s.choose(wayToken)
	case c.Token.Empty() && s.chosen() == wayToken && c.Complete():
		s.choose(wayKey)
	}
}

// put writes what was typed into an account, and returns what no check of the account sees.
func (s *sourceFields) put(a *transfer.Account) (faults []fault) {
	way := s.chosen()
	a.Source = transfer.CredentialSource{}
	if way > wayToken {
		a.Source.Kind = transfer.SourceKinds[way-1]
	}
	a.KeyID = ""
	if a.Source.NeedsKeys() {
		a.KeyID = strings.TrimSpace(s.keyID.Text)
	}
	switch way {
	case wayCommand:
		a.Source.Command = strings.TrimSpace(s.command.Text)
	case wayURI:
		a.Source.URI = strings.TrimSpace(s.uri.Text)
	case wayECS:
		a.Source.Role = strings.TrimSpace(s.role.Text)
	case wayAssume:
		faults = s.putRole(&a.Source)
	}
	return faults
}

func (s *sourceFields) putRole(to *transfer.CredentialSource) (faults []fault) {
	to.Role = strings.TrimSpace(s.role.Text)
	to.Session = strings.TrimSpace(s.session.Text)
	to.ExternalID = strings.TrimSpace(s.externalID.Text)
	to.Policy = strings.TrimSpace(s.policy.Text)
	to.STS = strings.TrimSpace(s.stsEndpoint.Text)
	if typed := strings.TrimSpace(s.duration.Text); typed != "" {
		n, err := strconv.Atoi(typed)
		if err != nil || n <= 0 {
			faults = append(faults, fault{transfer.FieldDuration, text.T("From 900 to 43200 seconds.")})
		}
		to.Seconds = n
	}
	return faults
}

// credentials returns what was typed, or not typed if the secret kept before is to stay.
func (s *sourceFields) credentials(base transfer.Account, now time.Time) (c transfer.Credentials, typed bool, faults []fault) {
	way := s.chosen()
	if way != wayKey && way != wayToken && way != wayAssume {
		return c, false, nil
	}
	c = transfer.Credentials{
		KeyID: strings.TrimSpace(s.keyID.Text), Secret: transfer.NewSecret(strings.TrimSpace(s.secret.Text)),
	}
	if way == wayToken {
		c.Token = transfer.NewSecret(strings.TrimSpace(s.token.Text))
		var ok bool
		if c.Expires, ok = parseEnd(s.expires.Text, now); !ok {
			faults = append(faults, fault{fieldExpires, text.T("A time as 2026-12-31 18:00, or how long, as 45m or 2h.")})
		}
	}
	isNew := base.ID == 0 || !base.Source.NeedsKeys()
	switch {
	case !c.Secret.Empty() && way == wayToken && c.Token.Empty():
		faults = append(faults, fault{fieldToken, text.T("A temporary key needs its token.")})
	case c.Secret.Empty() && isNew:
		faults = append(faults, fault{fieldSecret, text.T("An access key secret is needed.")})
	case c.Secret.Empty() && way != s.wayBefore && way <= wayToken && s.wayBefore <= wayToken:
		faults = append(faults, fault{fieldSecret, text.T("An access key secret is needed.")})
	case c.Secret.Empty() && c.KeyID != base.KeyID:
		faults = append(faults, fault{fieldSecret, text.T("Another access key ID needs its secret.")})
	case c.Secret.Empty() && (!c.Token.Empty() || way == wayToken && s.expires.Text != s.expiresBefore):
		faults = append(faults, fault{fieldSecret, text.T("Another token needs its key's secret.")})
	}
	return c, !c.Secret.Empty(), faults
}
