package doctor_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"partway/transfer"
	"partway/transfer/aliyun"
	"partway/transfer/doctor"
	"partway/transfer/osslocal"
	"partway/transfer/osslocal/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// clinic is the built-in endpoint with a bucket, and a store that asks it.
type clinic struct {
	t      *testing.T
	server *osslocal.Server
	place  doctor.Place
	store  transfer.Store
	skew   atomic.Int64
}

// open starts the endpoint behind a middleware, and dials it.
func open(t *testing.T, middleware func(http.Handler) http.Handler, change ...func(a *transfer.Account, c *transfer.Credentials)) *clinic {
	t.Helper()
	c := &clinic{t: t}
	server, err := osslocal.Start(osslocal.Config{
		Dir: t.TempDir(), Keys: map[string]string{"key": "secret"}, Middleware: middleware,
		Now: func() time.Time { return time.Now().Add(time.Duration(c.skew.Load())) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	if err := server.CreateBucket("photos"); err != nil {
		t.Fatal(err)
	}
	c.server = server
	account := transfer.Account{
		Endpoint: server.URL(), Region: server.Region(), Signature: transfer.SignatureV4, Addressing: transfer.AddressVirtual,
	}
	credentials := transfer.Credentials{KeyID: "key", Secret: transfer.NewSecret("secret")}
	for _, f := range change {
		f(&account, &credentials)
	}
	c.place = doctor.Place{Account: account, Bucket: "photos", Prefix: "team/"}
	if c.store, err = aliyun.Dial(account, credentials, "photos"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.store.Close)
	return c
}

func (c *clinic) examine(begin bool) doctor.Report {
	c.t.Helper()
	return doctor.Examine(c.t.Context(), c.store, c.place, begin)
}

// leftNothing checks that there is neither an upload nor an object on OSS.
func (c *clinic) leftNothing() {
	c.t.Helper()
	uploads, err := c.server.OpenUploads("photos")
	objects, err2 := c.server.Objects("photos")
	if err != nil || err2 != nil || len(uploads) > 0 || len(objects) > 0 {
		c.t.Errorf("left on OSS: %v, %v (%v, %v)", uploads, objects, err, err2)
	}
}

func (c *clinic) find(r doctor.Report, topic doctor.Topic) doctor.Finding {
	c.t.Helper()
	for _, f := range r {
		if f.Topic == topic {
			return f
		}
	}
	c.t.Fatalf("no finding about %s in %+v", topic, r)
	return doctor.Finding{}
}

// allBut is a policy that allows what an upload needs, but for one action.
func allBut(t *testing.T, denied string) func(http.Handler) http.Handler {
	t.Helper()
	p, err := fault.ParsePolicy(`{"Statement": [{"Effect": "Allow", "Action": ["oss:*"], "Resource": ["*"]},
		{"Effect": "Deny", "Action": ["` + denied + `"], "Resource": ["*"]}]}`)
	if err != nil {
		t.Fatal(err)
	}
	return p.Middleware()
}

func TestAllIsWell(t *testing.T) {
	t.Parallel()
	c := open(t, nil)
	r := c.examine(true)
	if r.Worst() != doctor.Fine || len(r.Missing()) > 0 || c.server.InitiatedCount("photos") != 1 {
		t.Errorf("found %+v, and %d uploads begun", r, c.server.InitiatedCount("photos"))
	}
	c.find(r, doctor.TopicTrial)
	c.leftNothing()
}

// Each action that is denied is named, and nothing else; without the one that uploads need, all
// the others are asked for all the same, so that one policy mends all.
func TestEachMissingRightIsNamed(t *testing.T) {
	t.Parallel()
	for _, action := range doctor.Actions {
		t.Run(action, func(t *testing.T) {
			t.Parallel()
			c := open(t, allBut(t, action))
			r := c.examine(true)
			want := doctor.Note
			if action == doctor.ActionPut {
				want = doctor.Wrong
			}
			if !slices.Equal(r.Missing(), []string{action}) || r.Worst() != want {
				t.Errorf("missing %v, at worst %d", r.Missing(), r.Worst())
			}
			// Nothing is begun that could not be aborted.
			begun := c.server.InitiatedCount("photos")
			if may := action != doctor.ActionPut && action != doctor.ActionAbort; (begun == 1) != may {
				t.Errorf("%d uploads begun", begun)
			}
			c.leftNothing()
		})
	}
}

// A policy that allows putting only, below the prefix only, is enough to upload: all else is a
// note, and nothing is left behind that could not be cleaned.
func TestPutOnlyBelowAPrefix(t *testing.T) {
	t.Parallel()
	p, err := fault.ParsePolicy(doctor.MinimalPolicy(doctor.Place{Bucket: "photos", Prefix: "team/"}))
	if err != nil {
		t.Fatal(err)
	}
	c := open(t, p.Middleware())
	r := c.examine(true)
	if r.Worst() != doctor.Note || !slices.Equal(r.Missing(), doctor.Actions[1:]) {
		t.Errorf("missing %v, at worst %d", r.Missing(), r.Worst())
	}
	if c.server.InitiatedCount("photos") != 0 {
		t.Error("an upload was begun that may not be aborted")
	}
	c.place.Prefix = "other/"
	if r := c.examine(true); r.Worst() != doctor.Wrong {
		t.Error("beside the prefix nothing is amiss")
	}
}

// TestTheMinimalPolicyIsEnough has the endpoint obey the policy that is to be pasted: for a
// prefix, for all of a bucket, and for nothing but that.
func TestTheMinimalPolicyIsEnough(t *testing.T) {
	t.Parallel()
	for _, prefix := range []string{"team/", ""} {
		t.Run("prefix "+prefix, func(t *testing.T) {
			t.Parallel()
			text := doctor.MinimalPolicy(doctor.Place{Bucket: "photos", Prefix: prefix}, doctor.Actions...)
			p, err := fault.ParsePolicy(text)
			if err != nil {
				t.Fatal(err)
			}
			c := open(t, p.Middleware())
			c.place.Prefix = prefix
			if r := c.examine(true); r.Worst() != doctor.Fine {
				t.Errorf("under %s\nmissing %v", text, r.Missing())
			}
			if p.Allows(osslocal.Target{Op: osslocal.OpDeleteObject, Bucket: "photos", Key: "team/a"}, "") ||
				p.Allows(osslocal.Target{Op: osslocal.OpPutObject, Bucket: "other", Key: "team/a"}, "") {
				t.Error("it allows more than an upload needs")
			}
		})
	}
	account := transfer.Account{Options: transfer.Options{
		Tags: []transfer.Field{{Name: "a", Value: "b"}}, Encryption: transfer.Encryption{Method: transfer.EncryptKMS},
	}}
	text := doctor.MinimalPolicy(doctor.Place{Account: account, Bucket: "photos"})
	if !strings.Contains(text, "oss:PutObjectTagging") || !strings.Contains(text, "kms:GenerateDataKey") {
		t.Errorf("the account's options need more than %s", text)
	}
}

// TestWhatStopsAllIsTold breaks what no right would mend.
func TestWhatStopsAllIsTold(t *testing.T) {
	t.Parallel()
	rule := func(text string) func(http.Handler) http.Handler { return fault.Must(text).Middleware() }
	for name, tt := range map[string]struct {
		middleware func(http.Handler) http.Handler
		change     func(a *transfer.Account, c *transfer.Credentials)
		bucket     string
		want       doctor.Topic
		move       string
	}{
		"wrong secret": {
			change: func(_ *transfer.Account, c *transfer.Credentials) { c.Secret = transfer.NewSecret("other") },
			want:   doctor.TopicCredentials,
		},
		"expired token": {middleware: rule("* : status 403 code=SecurityTokenExpired ec=0002-00000007"), want: doctor.TopicCredentials},
		"no bucket":     {bucket: "elsewhere", want: doctor.TopicBucket},
		"other endpoint": {
			middleware: rule("* : status 403 code=AccessDenied ec=0003-00001403 endpoint=oss-cn-beijing.aliyuncs.com"),
			want:       doctor.TopicPlace, move: "https://oss-cn-beijing.aliyuncs.com",
		},
		"other region": {
			change: func(a *transfer.Account, _ *transfer.Credentials) { a.Region = "cn-beijing" },
			want:   doctor.TopicPlace,
		},
		"no acceleration": {
			middleware: rule("* : status 403 code=TransferAccelerationDisabled"), want: doctor.TopicPlace,
			move: "https://oss-cn-hangzhou.aliyuncs.com",
		},
		"a login page":  {middleware: rule("* : html"), want: doctor.TopicReach},
		"nobody there":  {change: func(a *transfer.Account, _ *transfer.Credentials) { a.Endpoint = "http://127.0.0.1:1" }, want: doctor.TopicReach},
		"server errors": {middleware: rule("* : status 500 code=InternalError"), want: doctor.TopicReach},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			change := tt.change
			if change == nil {
				change = func(*transfer.Account, *transfer.Credentials) {}
			}
			c := open(t, tt.middleware, change)
			if tt.bucket != "" {
				s, err := aliyun.Dial(c.place.Account, transfer.Credentials{KeyID: "key", Secret: transfer.NewSecret("secret")}, tt.bucket)
				if err != nil {
					t.Fatal(err)
				}
				defer s.Close()
				c.store, c.place.Bucket = s, tt.bucket
			}
			r := c.examine(true)
			f := c.find(r, tt.want)
			if f.Level != doctor.Wrong || f.Err == nil || f.Move.URL != tt.move {
				t.Errorf("found %+v", f)
			}
			for _, other := range r {
				if other.Topic != tt.want && other.Level != doctor.Fine {
					t.Errorf("also found %+v", other)
				}
			}
			if len(r.Missing()) > 0 {
				t.Errorf("a policy for %v would not help", r.Missing())
			}
		})
	}
}

// TestTheClockIsMeasured sets OSS's clock, and wants to be told by how much.
func TestTheClockIsMeasured(t *testing.T) {
	t.Parallel()
	for off, level := range map[time.Duration]doctor.Level{
		10 * time.Second: doctor.Fine, -4 * time.Minute: doctor.Note, 4 * time.Minute: doctor.Note,
		40 * time.Minute: doctor.Wrong, -3 * time.Hour: doctor.Wrong,
	} {
		t.Run(off.String(), func(t *testing.T) {
			t.Parallel()
			c := open(t, nil)
			c.skew.Store(int64(off))
			f := c.find(c.examine(false), doctor.TopicClock)
			if f.Level != level || (f.Clock-off).Abs() > 2*time.Second {
				t.Errorf("level %d, %v", f.Level, f.Clock)
			}
		})
	}
}

func TestVersionsAreTold(t *testing.T) {
	t.Parallel()
	c := open(t, nil)
	if err := c.server.SetVersioning("photos", "Suspended"); err != nil {
		t.Fatal(err)
	}
	if f := c.find(c.examine(false), doctor.TopicVersions); f.Level != doctor.Note || f.Versioning != transfer.VersioningSuspended {
		t.Errorf("found %+v", f)
	}
	if n := c.server.InitiatedCount("photos"); n != 0 {
		t.Errorf("%d uploads begun before a batch", n)
	}
}

// An internal endpoint that is not reached has a public one beside it.
func TestThePublicEndpointIsOffered(t *testing.T) {
	t.Parallel()
	offline := &transfer.Error{Kind: transfer.KindOffline, Op: "UploadPart", Err: errors.New("no such host")}
	r := doctor.Examine(t.Context(), deaf{err: offline}, doctor.Place{
		Account: transfer.Account{Endpoint: "https://oss-cn-hangzhou-internal.aliyuncs.com", Region: "cn-hangzhou"}, Bucket: "photos",
	}, true)
	if len(r) != 1 || r[0].Topic != doctor.TopicReach || r[0].Move.URL != "https://oss-cn-hangzhou.aliyuncs.com" {
		t.Errorf("found %+v", r)
	}
}

// deaf is a store that never reaches OSS.
type deaf struct {
	transfer.Store
	err error
}

func (d deaf) UploadPart(context.Context, transfer.PartRequest) (transfer.PartAnswer, error) {
	return transfer.PartAnswer{}, d.err
}
func (d deaf) ClockOffset() time.Duration { return 0 }

func TestFiles(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		prefix string
		files  doctor.Files
		topic  doctor.Topic
		level  doctor.Level
		count  int
		bytes  int64
	}{
		"a bad prefix":    {prefix: "/a", topic: doctor.TopicKeys, level: doctor.Wrong},
		"bad names":       {files: doctor.Files{Unsendable: 2, TooLong: 1}, topic: doctor.TopicKeys, level: doctor.Note, count: 3},
		"10 GiB":          {files: doctor.Files{Largest: 10 * transfer.GiB}, topic: doctor.TopicParts, count: 1280, bytes: 8 * transfer.MiB},
		"parts too small": {files: doctor.Files{Largest: 10 * transfer.GiB, PartSize: 100 * transfer.KiB}, topic: doctor.TopicParts, level: doctor.Note, count: 5120, bytes: 2 * transfer.MiB},
		"too large":       {files: doctor.Files{Largest: transfer.MaxObjectSize + 1}, topic: doctor.TopicParts, level: doctor.Note, bytes: transfer.MaxObjectSize + 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := doctor.JudgeFiles(doctor.Place{Prefix: tt.prefix}, tt.files)
			if len(r) != 1 {
				t.Fatalf("found %+v", r)
			}
			if f := r[0]; f.Topic != tt.topic || f.Level != tt.level || f.Count != tt.count || f.Bytes != tt.bytes {
				t.Errorf("found %+v", f)
			}
		})
	}
}
