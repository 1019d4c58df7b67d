package ui

import (
	"strings"
	"testing"

	"partway/transfer"
)

// checkedSheet opens the sheet on a file, and waits until the doctor has looked.
func checkedSheet(t *testing.T, prepare func(s *fakeStore)) (*harness, *sheet) {
	t.Helper()
	h := newReady(t, func(h *harness, _ *Config) { prepare(h.store) })
	h.u.propose(proposal{paths: files(t, "a.txt")})
	h.until("the doctor has looked", func() bool { return h.u.sheet != nil && h.u.sheet.checkup.report != nil })
	return h, h.u.sheet
}

func TestTheSheetIsSilentWhereAllIsWell(t *testing.T) {
	h, s := checkedSheet(t, func(*fakeStore) {})
	if s.checkup.words.Visible() || s.checkup.more.Visible() {
		t.Errorf("it says %q", s.checkup.words.Text)
	}
	if h.store.begun > 0 {
		t.Error("an upload was begun before the batch")
	}
}

func TestTheSheetTellsWhatWouldFail(t *testing.T) {
	h, s := checkedSheet(t, func(s *fakeStore) { s.refuse = "UploadPart" })
	if !s.checkup.words.Visible() || !s.checkup.more.Visible() || !strings.Contains(s.checkup.words.Text, "oss:PutObject is not allowed") {
		t.Errorf("it says %q", s.checkup.words.Text)
	}
	if s.start.Disabled() {
		t.Error("the check keeps from starting: uploads would wait, and tell")
	}
	s.checkup.more.press()
	if buttonIn(h.u.topModal().body.Content, "Copy policy") == nil {
		t.Error("the details have no policy to copy")
	}
}

func TestTheSheetTellsWhatIsMissing(t *testing.T) {
	h, s := checkedSheet(t, func(s *fakeStore) { s.refuse = "Abort" })
	if !strings.Contains(s.checkup.words.Text, "Uploads will work there") {
		t.Errorf("it says %q", s.checkup.words.Text)
	}
	s.checkup.more.press()
	if words := textOf(h.u.topModal().body.Content); !strings.Contains(words, "oss:AbortMultipartUpload is not allowed") {
		t.Errorf("the details say %q", words)
	}
}

// TestC9TheSheetMovesTheAccount takes the endpoint that OSS names, by one click.
func TestC9TheSheetMovesTheAccount(t *testing.T) {
	h, s := checkedSheet(t, func(s *fakeStore) { s.elsewhere = "oss-cn-shanghai.aliyuncs.com" })
	s.checkup.more.press()
	top := h.u.topModal()
	h.store.elsewhere = ""
	buttonIn(top.body.Content, "Use oss-cn-shanghai.aliyuncs.com").OnTapped()
	h.until("the account is moved", func() bool { return h.u.accounts[0].Region == "cn-shanghai" })
	h.until("the doctor has looked there", func() bool {
		return s.checkup.report != nil && s.checkup.to.Endpoint == "https://oss-cn-shanghai.aliyuncs.com"
	})
	if s.checkup.words.Visible() || h.u.accounts[0].Addressing != transfer.AddressVirtual {
		t.Errorf("it says %q", s.checkup.words.Text)
	}
}
