package transfer

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// TestE2SecretIsNeverPrinted prints it in every way there is, by itself and inside of others.
func TestE2SecretIsNeverPrinted(t *testing.T) {
	const text = "Hunter2Hunter2"
	s := NewSecret(text)
	type holder struct {
		Name   string
		Secret Secret
		Ptr    *Secret
		List   []Secret
		Map    map[string]Secret
		Deep   struct{ Credentials Credentials }
	}
	held := holder{"name", s, &s, []Secret{s}, map[string]Secret{"k": s}, struct{ Credentials Credentials }{Credentials{KeyID: "AK", Secret: s, Token: s}}}
	for name, value := range map[string]any{
		"secret": s, "pointer": &s, "list": []Secret{s}, "credentials": Credentials{KeyID: "AK", Secret: s, Token: s},
		"credentials' pointer": &Credentials{KeyID: "AK", Secret: s, Token: s}, "holder": held, "holder's pointer": &held,
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "% x", "%d", "%T"} {
			wantHidden(t, name+" by "+verb, text, fmt.Sprintf(verb, value))
		}
		wantHidden(t, name+" by Sprint", text, fmt.Sprint(value))
		wantHidden(t, name+" in an error", text, fmt.Errorf("%v: %w", value, errors.New("bad")).Error())
		encoded, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		wantHidden(t, name+" in JSON", text, string(encoded))
		var out bytes.Buffer
		slog.New(slog.NewTextHandler(&out, nil)).Info("log", "value", value, slog.Group("g", "value", value))
		slog.New(slog.NewJSONHandler(&out, nil)).With("value", value).Info("log")
		wantHidden(t, name+" in a log", text, out.String())
	}
	encoded, err := xml.Marshal(Credentials{KeyID: "AK", Secret: s, Token: s})
	if err != nil {
		t.Fatal(err)
	}
	wantHidden(t, "credentials in XML", text, string(encoded))
}

// wantHidden fails the test if the output shows the text, plainly or in hex.
func wantHidden(t *testing.T, how, text, out string) {
	t.Helper()
	for _, form := range []string{text, fmt.Sprintf("%x", text), fmt.Sprintf("%X", text), fmt.Sprintf("% x", text)} {
		if strings.Contains(out, form) {
			t.Errorf("%s: %s", how, out)
			return
		}
	}
}

func TestSecretSaysThatItHides(t *testing.T) {
	if got := fmt.Sprint(NewSecret("text")); got != redacted {
		t.Errorf("printed as %q", got)
	}
	if got := fmt.Sprint(NewSecret("")); got != redacted {
		t.Errorf("the empty one is told apart: %q", got)
	}
	s := NewSecret("text")
	if encoded, err := json.Marshal(s); err != nil || string(encoded) != `"`+redacted+`"` {
		t.Errorf("encoded as %s, %v", encoded, err)
	}
	for _, got := range []string{s.String(), s.GoString(), s.LogValue().String()} {
		if got != redacted {
			t.Errorf("by its own method: %q", got)
		}
	}
	if got := s.Reveal(); got != "text" {
		t.Errorf("revealed as %q", got)
	}
	if !NewSecret("").Empty() || !(Secret{}).Empty() || (Secret{}).Reveal() != "" || NewSecret("t").Empty() {
		t.Error("Empty is wrong")
	}
}

func TestCredentialsComplete(t *testing.T) {
	for _, c := range []struct {
		name string
		c    Credentials
		want bool
	}{
		{"key and secret", Credentials{KeyID: "AK", Secret: NewSecret("SK")}, true},
		{"with a token", Credentials{KeyID: "AK", Secret: NewSecret("SK"), Token: NewSecret("T")}, true},
		{"no key", Credentials{Secret: NewSecret("SK")}, false},
		{"no secret", Credentials{KeyID: "AK", Token: NewSecret("T")}, false},
		{"nothing", Credentials{}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.c.Complete(); got != c.want {
				t.Errorf("Complete() = %v", got)
			}
		})
	}
}

// TestE2SecretInUnexportedFields prints structs whose fields fmt calls no methods on.
func TestE2SecretInUnexportedFields(t *testing.T) {
	const text = "hush-hush-hush"
	held := struct {
		s Secret
		c Credentials
		p *Secret
	}{NewSecret(text), Credentials{Secret: NewSecret(text)}, new(Secret)}
	*held.p = held.s
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		if printed := fmt.Sprintf(verb, held); strings.Contains(printed, text) || strings.Contains(printed, fmt.Sprintf("%x", text)) {
			t.Errorf("%s prints %s", verb, printed)
		}
	}
	if NewSecret(text) != held.s || NewSecret("other") == held.s {
		t.Error("secrets are not compared by their text")
	}
}

// TestE2SecretIsNotEncoded hands it to what encodes values for other programs.
func TestE2SecretIsNotEncoded(t *testing.T) {
	const text = "hush-hush-hush"
	for _, value := range []any{NewSecret(text), Credentials{KeyID: "AK", Secret: NewSecret(text), Token: NewSecret(text)}} {
		var out bytes.Buffer
		err := gob.NewEncoder(&out).Encode(value)
		wantHidden(t, "in gob", text, out.String()+fmt.Sprint(err))
	}
	if got := slog.Any("k", NewSecret(text)).Value.Resolve().String(); got != redacted {
		t.Errorf("an attribute of a log is %q", got)
	}
}
