package transfer

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"strings"
	"testing"
	"time"
)

// problemsOf lists what Check says, as "field item problem".
func problemsOf(t *testing.T, o Options) string {
	t.Helper()
	err := o.Check()
	var all FieldErrors
	if err != nil && !errors.As(err, &all) {
		t.Fatalf("the error is %T", err)
	}
	lines := make([]string, len(all))
	for i, e := range all {
		lines[i] = fmt.Sprintf("%s %d %s", e.Field, e.Item, e.Problem)
		if problems[e.Problem] == "" || !strings.Contains(err.Error(), string(e.Field)) {
			t.Errorf("%q is not said in %q", lines[i], err)
		}
	}
	return strings.Join(lines, ", ")
}

func tags(n int) (list []Field) {
	for i := range n {
		list = append(list, Field{fmt.Sprint("t", i), "v"})
	}
	return list
}

func callback(change func(*Callback)) Options {
	c := &Callback{URLs: []string{"http://a.example/x"}, Body: "b=${bucket}"}
	change(c)
	return Options{Callback: c}
}

func TestOptionsCheck(t *testing.T) {
	long := strings.Repeat("x", MaxMetaBytes-len(metaPrefix)-1)
	for name, c := range map[string]struct {
		o    Options
		want string
	}{
		"nothing":           {Options{}, ""},
		"all the best":      {everyOption(), ""},
		"no media type":     {Options{ContentType: "text"}, "content type 0 media-type"},
		"a line break":      {Options{ContentType: "a/b; c=\"d\r\ne\""}, "content type 0 character, content type 0 media-type"},
		"beyond ASCII":      {Options{CacheControl: "永远"}, "cache control 0 character"},
		"odd detection":     {Options{Detect: "guess"}, "content type 0 unknown"},
		"odd disposition":   {Options{Disposition: Disposition{Kind: "show"}}, "content disposition 0 unknown"},
		"a name alone":      {Options{Disposition: Disposition{Name: "a"}}, "content disposition 0 missing"},
		"a long name":       {Options{Disposition: Disposition{Kind: "inline", Name: long}}, "content disposition 0 too-long"},
		"encoding":          {Options{Encoding: "gzip\x00"}, "content encoding 0 character"},
		"expires long ago":  {Options{Expires: time.Date(1960, 1, 1, 0, 0, 0, 0, time.UTC)}, "expires 0 range"},
		"meta fits":         {Options{Meta: []Field{{"a", long}}}, ""},
		"meta too long":     {Options{Meta: []Field{{"a", long + "x"}}}, "user metadata 0 too-long"},
		"meta without name": {Options{Meta: []Field{{"", "v"}}}, "user metadata 1 missing"},
		"meta name":         {Options{Meta: []Field{{"ok", "v"}, {"a_b", "v"}}}, "user metadata 2 name"},
		"meta twice":        {Options{Meta: []Field{{"Own", "v"}, {"own", "w"}}}, "user metadata 2 twice"},
		"meta value":        {Options{Meta: []Field{{"a", "é"}, {"b", "x\ny"}, {"c", " x"}}}, "user metadata 1 character, user metadata 2 character, user metadata 3 character"},
		"ten tags":          {Options{Tags: tags(10)}, ""},
		"eleven tags":       {Options{Tags: tags(11)}, "tag 0 too-many"},
		"tag text":          {Options{Tags: []Field{{"a b+-=._:/", ""}, {"a&b", "c"}, {"d", "e,f"}}}, "tag 2 tag-text, tag 3 tag-text"},
		"tag without key":   {Options{Tags: []Field{{"", "c"}}}, "tag 1 missing"},
		"tag twice":         {Options{Tags: []Field{{"a", "b"}, {"a", "c"}}}, "tag 2 twice"},
		"tag too long":      {Options{Tags: []Field{{strings.Repeat("a", 129), ""}, {"a", strings.Repeat("b", 257)}}}, "tag 1 too-long, tag 2 too-long"},
		"ACL":               {Options{ACL: "everybody"}, "access 0 unknown"},
		"class":             {Options{Class: "Cheap"}, "storage class 0 unknown"},
		"encryption":        {Options{Encryption: Encryption{Method: "ROT13"}}, "encryption 0 unknown"},
		"a key for AES":     {Options{Encryption: Encryption{Method: EncryptAES256, KeyID: "k"}}, "encryption key ID 0 not-kms"},
		"the least traffic": {Options{TrafficLimit: MinTrafficLimit}, ""},
		"too slow":          {Options{TrafficLimit: MinTrafficLimit - 1}, "traffic limit 0 range"},
		"too fast":          {Options{TrafficLimit: MaxTrafficLimit + 1}, "traffic limit 0 range"},
		"callback to none":  {callback(func(c *Callback) { c.URLs = nil }), "callback URL 0 missing"},
		"six callbacks":     {callback(func(c *Callback) { c.URLs = strings.Fields(strings.Repeat("http://a ", 6)) }), "callback URL 0 too-many"},
		"callback URLs": {callback(func(c *Callback) {
			c.URLs = []string{"https://例子.example/路", "ftp://a", "http://", "http://u:p@a", "http://a;http://b"}
		}), "callback URL 2 url, callback URL 3 url, callback URL 4 password, callback URL 5 url"},
		"callback host":     {callback(func(c *Callback) { c.Host = "a/b" }), "callback host 0 character"},
		"callback body":     {callback(func(c *Callback) { c.Body = "" }), "callback body 0 missing"},
		"a long body":       {callback(func(c *Callback) { c.Body = strings.Repeat("x", MaxCallback) }), "callback body 0 too-long"},
		"callback type":     {callback(func(c *Callback) { c.Type = "text/plain" }), "callback body type 0 unknown"},
		"callback variable": {callback(func(c *Callback) { c.Vars = []Field{{"a", ""}, {"", "x"}, {"A", "x"}, {"a", "y"}} }), "callback variable 2 missing, callback variable 3 variable, callback variable 4 twice"},
		"long variables":    {callback(func(c *Callback) { c.Vars = []Field{{"a", strings.Repeat("x", MaxCallback)}} }), "callback variable 0 too-long"},
		"two things":        {Options{ACL: "x", Class: "y"}, "access 0 unknown, storage class 0 unknown"},
	} {
		if got := problemsOf(t, c.o); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// everyOption is right, and has every field set.
func everyOption() Options {
	return Options{
		ContentType: "text/plain; charset=gbk", CacheControl: "max-age=60", Encoding: "gzip",
		Disposition: Disposition{Kind: DispositionAttachment, Name: "照片.jpg"}, Expires: time.Unix(2_000_000_000, 0),
		Meta: []Field{{"Owner-1", "a b=c;d"}}, Tags: []Field{{"team", "A 1"}}, ACL: ACLPublicRead, Class: ClassIA,
		Encryption: Encryption{Method: EncryptKMS, KeyID: "key-1"}, TrafficLimit: MaxTrafficLimit, Strict: true,
		Callback: &Callback{
			URLs: []string{"https://a.example/x?y=z"}, Host: "a.example", Body: CallbackBodies[CallbackJSON],
			Type: CallbackJSON, SNI: true, Vars: []Field{{"who", "我"}},
		},
	}
}

func TestOptionsOutliveTheJournal(t *testing.T) {
	text, err := json.Marshal(everyOption())
	must(t, err)
	var back Options
	must(t, json.Unmarshal(text, &back))
	again, err := json.Marshal(back)
	must(t, err)
	if string(again) != string(text) {
		t.Errorf("%s became %s", text, again)
	}
	if text, err = json.Marshal(Options{}); err != nil || string(text) != "{}" {
		t.Errorf("none are %s, %v", text, err)
	}
}

// TestDispositionHeader has the header read by a reader of its own: the same name comes out.
func TestDispositionHeader(t *testing.T) {
	for _, name := range []string{"", "a.txt", "照片 2026.jpg", `quo"te\back%41.txt`, "naïve*'().txt", "a;b=c.txt", "tab\tend"} {
		header := Disposition{Kind: DispositionAttachment, Name: name}.Header()
		if !isPlain(header) {
			t.Errorf("%q makes %q", name, header)
		}
		kind, params, err := mime.ParseMediaType(header)
		if err != nil || kind != DispositionAttachment || params["filename"] != name {
			t.Errorf("%q: %q is read as %q %q, %v", name, header, kind, params, err)
		}
	}
	if got := (Disposition{Kind: DispositionAttachment, Name: "é.txt"}).Header(); got != `attachment; filename="_.txt"; filename*=UTF-8''%C3%A9.txt` {
		t.Error(got)
	}
	if got := (Disposition{}).Header(); got != "" {
		t.Errorf("none is %q", got)
	}
}

func TestMediaType(t *testing.T) {
	const png = "\x89PNG\x0d\x0a\x1a\x0a"
	for _, c := range []struct {
		how                 Detection
		name, content, want string
	}{
		{DetectByName, "a/b.JPG", "", "image/jpeg"},
		{DetectByName, "电影.mp4", "text", "video/mp4"},
		{DetectByName, "a.txt", "\xb0\xa1", "text/plain"}, // GBK: no charset is claimed
		{DetectByName, "noextension", png, "image/png"},
		{DetectByName, ".hidden-x", "", ""},
		{DetectByName, "a.unheard-of", "plain words", "text/plain"},
		{DetectByName, "a.unheard-of", "\x00\x01\x02", "application/octet-stream"},
		{DetectByContent, "a.txt", png, "image/png"},
		{DetectByContent, "a.txt", "", ""},
		{DetectNot, "a.txt", png, ""},
	} {
		if got := mediaType(c.how, c.name, strings.NewReader(c.content)); got != c.want {
			t.Errorf("%s by %q: %q, want %q", c.name, c.how, got, c.want)
		}
	}
}

func TestCallbackHeaders(t *testing.T) {
	c := Callback{
		URLs: []string{"https://a.example/路?b=c", "http://d"}, Host: "h.example", Body: `{"k":${object},"w":${x:who}}`,
		Type: CallbackJSON, SNI: true, Vars: []Field{{"who", `我 & "you"`}},
	}
	header, vars := c.Headers()
	for text, want := range map[string]string{
		header: `{"callbackBody":"{\"k\":${object},\"w\":${x:who}}","callbackBodyType":"application/json","callbackHost":"h.example",` +
			`"callbackSNI":true,"callbackUrl":"https://a.example/%E8%B7%AF?b=c;http://d"}`,
		vars: `{"x:who":"我 \u0026 \"you\""}`,
	} {
		plain, err := base64.StdEncoding.DecodeString(text)
		if err != nil || string(plain) != want {
			t.Errorf("%s, %v; want %s", plain, err, want)
		}
	}
	if _, vars := (&Callback{URLs: []string{"http://d"}, Body: "b"}).Headers(); vars != "" {
		t.Errorf("no variables are %q", vars)
	}
}
