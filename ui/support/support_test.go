package support

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"partway/transfer"
	"partway/transfer/secrettest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	keyID  = "LTAI5tAbCdEfGhIjKlMnOpQr"
	secret = "kJ3xQ9vT7mZ2pL5wR8yN1bC4dF6gH0"
	token  = "CAISwQJ1q6Ft5B2yfSjIr5bcAtn3rKlT0beQdBWDg3gsN9ZdibbHizz2IHhMfXlr"
	signed = "c4a8e1f0d2b35967a1b2c3d4e5f60718293a4b5c6d7e8f901234567890abcdef"
)

// spoilt has a secret in every place that a server, a proxy or a person could put one.
func spoilt() *Facts {
	answer := `<Error><Code>SignatureDoesNotMatch</Code><OSSAccessKeyId>` + keyID + `</OSSAccessKeyId><SignatureProvided>` + signed +
		`</SignatureProvided><StringToSign>OSS4 ` + signed + `</StringToSign><SecurityToken>` + token + `</SecurityToken></Error>`
	log := "time=1 msg=x Authorization: OSS4-HMAC-SHA256 Credential=" + keyID + "/20260101/cn,Signature=" + signed + "\n" +
		`level=WARN err="get http://b/k?OSSAccessKeyId=` + keyID + `&security-token=` + token + `&Signature=` + signed + `&x=1"` + "\n" +
		`{"AccessKeySecret":"` + secret + `", "token": "` + token + `"} x-oss-security-token: ` + token + "\n" +
		"proxy http://user:" + secret + "@proxy:3128 refused\nOSS_ACCESS_KEY_SECRET=" + secret + "\n"
	e := &transfer.Error{Kind: transfer.KindAuth, Op: "UploadPart", Code: "AccessDenied", EC: "0003-00000001", RequestID: "REQ7"}
	return &Facts{
		Version: "1.2.3", Now: time.Unix(1_000_000, 0), DataDir: "/data", Snapshot: &transfer.Snapshot{Slots: 8},
		Accounts: []transfer.Account{{ID: 1, Kind: transfer.AccountKeys, Endpoint: "https://oss-cn-hangzhou.aliyuncs.com", KeyID: keyID}, {ID: 2, KeyID: "short"}},
		Upload: &transfer.Upload{
			ID: 9, Path: "/home/me/影片.mp4", Phase: transfer.PhaseUploading, UploadID: "UP1", Error: e,
			Plan: transfer.Plan{PartSize: 1 << 20, Parts: 4}, To: transfer.Target{Bucket: "b", Key: "k"},
		},
		States: []transfer.PartState{transfer.PartDone, transfer.PartDone, transfer.PartFailed, transfer.PartWaiting},
		Events: []transfer.Event{{Kind: transfer.EventWaiting, Text: answer, RequestID: "REQ8"}},
		Log:    []byte(log),
	}
}

func TestNoSecretIsTold(t *testing.T) {
	f := spoilt()
	var packed bytes.Buffer
	if err := f.Zip(&packed); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"text": f.Text(), "zip": unpacked(t, packed.Bytes())} {
		for what, s := range map[string]string{"key ID": keyID, "secret": secret, "token": token, "signature": signed} {
			if form := secrettest.Find([]byte(text), s); form != "" {
				t.Errorf("the %s holds the %s as %q:\n%s", name, what, form, text)
			}
		}
		for _, told := range []string{
			"Partway 1.2.3", "LTAI…Qr", "upload ID UP1", "1-2 done, 3-3 failed, 4-4 waiting", "EC 0003-00000001", "REQ7", "REQ8", "/home/me/影片.mp4",
			"msg=x", "level=WARN", "SignatureDoesNotMatch",
		} {
			if !strings.Contains(text, told) {
				t.Errorf("the %s does not tell %q:\n%s", name, told, text)
			}
		}
	}
}

func unpacked(t *testing.T, packed []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, file := range z.File {
		r, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all.WriteString(file.Name + "\n" + string(text))
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return all.String()
}

func TestManyRunsOfPartsEnd(t *testing.T) {
	states := make([]transfer.PartState, 10_000)
	for i := range states {
		states[i] = transfer.PartState(i % 2)
	}
	if words := runs(states); len(words) > 2000 || !strings.HasSuffix(words, "...") {
		t.Errorf("%d letters, to %q", len(words), words[len(words)-20:])
	}
}

func TestMask(t *testing.T) {
	for id, want := range map[string]string{keyID: "LTAI…Qr", "short": "sh…", "": "…"} {
		if got := Mask(id); got != want {
			t.Errorf("%q is shown as %q", id, got)
		}
	}
}
