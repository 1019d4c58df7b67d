// Package support puts together what helps to find out what went wrong: for a person to
// send to whoever helps them. It holds no secret: everything goes through [Clean].
//
// It is in English whatever the window's language, for it is read by those who help.
package support

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"runtime"
	"strings"
	"time"

	"partway/transfer"
)

// Facts are what is told.
type Facts struct {
	Version  string
	Now      time.Time
	DataDir  string
	Settings string // of the engine, as the journal has them
	Accounts []transfer.Account
	Snapshot *transfer.Snapshot
	Counts   transfer.Counts
	Upload   *transfer.Upload // nil: none in particular
	States   []transfer.PartState
	Events   []transfer.Event
	Log      []byte // its tail
}

// Text writes all of it.
func (f *Facts) Text() string {
	return f.clean(f.summary()) + "\n== Log, its end ==\n" + f.clean(string(f.Log))
}

// Zip writes all of it as two files: what is known, and the log.
func (f *Facts) Zip(w io.Writer) error {
	z := zip.NewWriter(w)
	for _, file := range []struct{ name, text string }{
		{"partway.txt", f.clean(f.summary())},
		{"partway.log", f.clean(string(f.Log))},
	} {
		out, err := z.CreateHeader(&zip.FileHeader{Name: file.name, Method: zip.Deflate, Modified: f.Now})
		if err == nil {
			_, err = io.WriteString(out, file.text)
		}
		if err != nil {
			return fmt.Errorf("write %s: %w", file.name, err)
		}
	}
	return z.Close()
}

func (f *Facts) clean(text string) string {
	ids := make([]string, 0, len(f.Accounts))
	for _, a := range f.Accounts {
		ids = append(ids, a.KeyID)
	}
	return Clean(text, ids...)
}

func (f *Facts) summary() string {
	var b bytes.Buffer
	say := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	say("Partway %s, %s/%s, %s, %d processors", f.Version, runtime.GOOS, runtime.GOARCH, runtime.Version(), runtime.NumCPU())
	say("%s; data in %s", f.Now.Format(time.RFC3339), f.DataDir)
	say("settings: %s", f.Settings)
	for _, a := range f.Accounts {
		say("account %d: %s, %s, region %s, %s, signature %s, key %s", a.ID, a.Kind, a.Endpoint, a.Region, a.Addressing, a.Signature, Mask(a.KeyID))
	}
	say("list: %v; %d bytes unfinished, %d of them sent", f.Counts.Groups, f.Counts.Total, f.Counts.Done)
	f.engine(say)
	f.upload(say)
	if len(f.Events) > 0 {
		say("\n== What happened ==")
	}
	for _, e := range f.Events {
		say("%s %s %s %s", e.Time.Format(time.RFC3339), e.Kind, e.Text, request(e.RequestID))
	}
	return b.String()
}

func (f *Facts) engine(say func(string, ...any)) {
	s := f.Snapshot
	if s == nil {
		return
	}
	say("engine: %.0f B/s, limit %d, %d of %d slots, %d uploads in work, offline %v, stalled %v, clock off %v",
		s.Speed, s.Limit, s.InFlight, s.Slots, len(s.Live), s.Offline, s.Stalled, s.ClockOff)
	if s.Halted != nil {
		say("halted: %v", s.Halted)
	}
	for _, r := range s.Refused {
		say("bucket %s of account %d refuses: %v", r.Bucket, r.Account, r.Error)
	}
}

func (f *Facts) upload(say func(string, ...any)) {
	u := f.Upload
	if u == nil {
		return
	}
	say("\n== Upload %d ==", u.ID)
	say("%s -> %s, bucket %s, key %s (account %d, region %s)", u.Path, u.To.Endpoint, u.To.Bucket, u.To.Key, u.To.Account, u.To.Region)
	say("%d bytes, modified %s; parts of %d, %d of them; policy %s", u.File.Size, u.File.ModTime.Format(time.RFC3339Nano), u.Plan.PartSize, u.Plan.Parts, u.Policy)
	say("intent %s, phase %s, wait %q, status %s, upload ID %s, begun anew %d", u.Intent, u.Phase, u.Wait, u.Status(), u.UploadID, u.Again)
	say("acknowledged %d bytes in %d parts; states: %s", u.BytesDone, u.PartsDone, runs(f.States))
	if u.Error != nil {
		say("error: %v (kind %v, code %s, EC %s, %s)", u.Error, u.Error.Kind, u.Error.Code, u.Error.EC, request(u.Error.RequestID))
	}
	if u.Phase.Final() {
		say("outcome %s, proof %s, ETag %s, CRC64 %d, %s", u.Receipt.Outcome, u.Receipt.Proof, u.Receipt.ETag, u.Receipt.CRC64, request(u.Receipt.RequestID))
	}
}

func request(id string) string {
	if id == "" {
		return ""
	}
	return "request " + id
}

var stateWords = map[transfer.PartState]string{
	transfer.PartWaiting: "waiting", transfer.PartSending: "sending", transfer.PartDone: "done", transfer.PartFailed: "failed",
}

// runs sums parts up that follow each other in one state, as "1-8 done, 9-10 sending". It
// ends after a few: what is scattered more than that is not read.
func runs(states []transfer.PartState) string {
	const most = 60
	var words []string
	for i := 0; i < len(states); {
		j := i
		for j < len(states) && states[j] == states[i] {
			j++
		}
		if len(words) == most {
			words = append(words, "...")
			break
		}
		words = append(words, fmt.Sprintf("%d-%d %s", i+1, j, stateWords[states[i]]))
		i = j
	}
	return strings.Join(words, ", ")
}
