package ui

import (
	"strings"
	"testing"

	"partway/transfer"
	"partway/ui/look"
	"partway/ui/text"
)

// TestReceiptAndOptionsInTheDetails shows what a finished upload was stored with, and its
// receipt, which is copied; one that is not finished has none yet.
func TestReceiptAndOptionsInTheDetails(t *testing.T) {
	for _, lang := range []text.Language{text.English, text.Chinese} {
		s := scene{name: "receipt", status: transfer.StatusCompleted, set: func(u *transfer.Upload) {
			ended(transfer.OutcomeSent, transfer.ProofCRC64)(u)
			u.Options, u.ContentType, u.UploadID = everything(), "text/html", "0004B999EF5A239BB9138C6227D69F95"
			u.Receipt.Callback, u.Receipt.CallbackReply, u.Receipt.VersionID = transfer.CallbackFailed, "Error status : 502.", "V1"
		}, events: []transfer.Event{{Kind: transfer.EventInitiated, RequestID: "R-begun"}}}
		h := s.show(t, lang, look.ModeLight)
		d := h.u.main.details
		d.tabs.SelectIndex(int(tabOptions))
		h.until("what it is stored with", func() bool { return d.options.facts.shown() > 10 })
		facts := factText(storedFacts(&d.frame.upload))
		for _, want := range []string{"text/html", "no-cache", "报告.html", "gzip", "author=li", "project=a b", "key-1", "100 KiB/s", "https://a.example/done", "user=李"} {
			if !strings.Contains(facts, want) {
				t.Errorf("the options lack %q:\n%s", want, facts)
			}
		}
		h.picture("details options " + string(lang))
		d.tabs.SelectIndex(int(tabReceipt))
		h.until("the receipt", func() bool { return d.receipt.whole.Visible() && d.receipt.facts.facts.shown() > 10 })
		h.picture("details receipt " + string(lang))
		d.receipt.copying.press()
		copied := h.u.app.Clipboard().Content()
		for _, want := range []string{
			"oss://pictures/a/影片.mp4", "1234567890123456789", "5D41402ABC4B2A76B9719D911017C592-80", "V1", "Error status : 502.",
			"6745A2F1B9C3D8E1A2B3C4D5, R-begun", "0004B999EF5A239BB9138C6227D69F95",
		} {
			if !strings.Contains(copied, want) {
				t.Errorf("the receipt lacks %q:\n%s", want, copied)
			}
		}
	}
	h := withRows(t, transfer.StatusPaused)
	d := h.u.main.details
	d.tabs.SelectIndex(int(tabReceipt))
	h.u.main.list.Select(1)
	h.until("the details are shown", func() bool { return d.id == 1 })
	if d.receipt.whole.Visible() || !d.receipt.none.Visible() {
		t.Error("an upload that is not finished has a receipt")
	}
}
