package aliyun

import (
	"errors"
	"net/url"
	"strings"
	"unicode/utf8"
)

const maxMessage = 400 // bytes of a server's text that are repeated

// clean returns what of an error may be shown: without the URL that net/http puts
// before it, and without any secret that a server or a proxy echoed into it. Its cause
// can still be asked for its type.
func (s *store) clean(signature string, err error) error {
	if ue, ok := errors.AsType[*url.Error](err); ok {
		err = ue.Err
	}
	text := s.cleanText(signature, err.Error())
	if text == err.Error() {
		return err
	}
	return &cleanError{text: text, cause: err}
}

// cleanError has the text that may be shown of an error that says too much. It does
// not unwrap to it, so that no one prints it further up.
type cleanError struct {
	text  string
	cause error
}

func (e *cleanError) Error() string { return e.text }

// Is asks the cause.
func (e *cleanError) Is(target error) bool { return errors.Is(e.cause, target) }

func (s *store) cleanText(signature, text string) string {
	text = strings.TrimSpace(s.hide(signature, text))
	if len(text) > maxMessage {
		text = text[:maxMessage] + "..."
	}
	return strings.ToValidUTF8(text, string(utf8.RuneError))
}

// hide takes the secrets out of a text.
func (s *store) hide(signature, text string) string {
	for _, secret := range []string{s.credentials.GetAccessKeySecret(), s.credentials.GetSecurityToken(), signature} {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "(removed)")
		}
	}
	return text
}
