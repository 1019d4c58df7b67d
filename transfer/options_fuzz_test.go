package transfer

import (
	"encoding/base64"
	"encoding/json"
	"mime"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// headerName and headerValue are what HTTP carries unchanged: nothing in them ends a header.
var (
	headerName  = regexp.MustCompile(`^[a-zA-Z0-9-]+$`)
	headerValue = regexp.MustCompile(`^[ -~]*$`)
)

// FuzzE6Options: what is found right goes into headers from which it comes back as it was, and
// ends none of them.
func FuzzE6Options(f *testing.F) {
	f.Add("owner", "a b=c;d", "报告 \"2026\".html", "who", "我\r\nx-oss-acl: public", "https://例子.example/路?a=b")
	f.Add("a\r\nb", "x\x00", "a\nb\\c%41", "a:b", "\xff", "http://a\r\nb/")
	f.Add("", strings.Repeat("x", MaxMetaBytes), "", "", "", "ftp://a")
	f.Fuzz(func(t *testing.T, name, value, file, variable, content, url string) {
		o := Options{
			Meta:        []Field{{name, value}},
			Disposition: Disposition{Kind: DispositionAttachment, Name: file},
			Callback:    &Callback{URLs: []string{url}, Body: "b=${bucket}", Vars: []Field{{variable, content}}},
		}
		if o.Check() != nil {
			return
		}
		if !headerName.MatchString(name) || len(metaPrefix)+len(name)+len(value) > 8<<10 {
			t.Errorf("metadata %q of %d bytes", name, len(value))
		}
		callback, vars := o.Callback.Headers()
		for _, v := range []string{value, o.Disposition.Header(), callback, vars} {
			if !headerValue.MatchString(v) {
				t.Errorf("a header would be %q", v)
			}
		}
		if file != "" {
			_, params, err := mime.ParseMediaType(o.Disposition.Header())
			if err != nil || params["filename"] != file {
				t.Errorf("%q is saved as %q, %v", file, params["filename"], err)
			}
		}
		var sent map[string]string
		text, err := base64.StdEncoding.DecodeString(vars)
		if err == nil {
			err = json.Unmarshal(text, &sent)
		}
		if err != nil || utf8.ValidString(content) && sent["x:"+variable] != content {
			t.Errorf("%q arrives as %q, %v", content, sent, err)
		}
	})
}
