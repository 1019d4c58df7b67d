package cli

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"

	"partway/instance"
	"partway/transfer"
)

type fakeEngine struct {
	added []transfer.AddRequest
	err   error
}

func (e *fakeEngine) Add(_ context.Context, r transfer.AddRequest) (transfer.BatchID, error) {
	e.added = append(e.added, r)
	return 7, e.err
}

type fakeWindow struct {
	proposed []string
	to       transfer.Destination
	raised   int
	told     int // that accounts changed
}

func (w *fakeWindow) Propose(paths []string, to transfer.Destination, _ transfer.Policy) {
	w.proposed, w.to = paths, to
}
func (w *fakeWindow) Raise()           { w.raised++ }
func (w *fakeWindow) AccountsChanged() { w.told++ }

type fakeTrial struct {
	j   *fakeJournal
	err error
}

func (f fakeTrial) Open(ctx context.Context) (transfer.Account, error) {
	a := transfer.Account{Name: "Trial", Kind: transfer.AccountTrial, Endpoint: transfer.TrialEndpoint}
	var err error
	a.ID, err = f.j.SaveAccount(ctx, a)
	return a, errors.Join(err, f.err)
}

// session is one with two accounts of which Home was used last, and with OSS_ variables
// if env has them.
func session(t *testing.T, getenv func(string) string) (*Session, *fakeJournal, *fakeEngine, *fakeWindow) {
	t.Helper()
	j := &fakeJournal{accounts: []transfer.Account{
		{ID: 2, Name: "Home", Endpoint: "https://h", Region: "rh", Bucket: "hb", Prefix: "hp/"},
		{ID: 1, Name: "Work", Endpoint: "https://w", Region: "rw", Bucket: "wb", Prefix: "wp/"},
	}}
	e := ReadEnvironment(getenv)
	if e.Complete() {
		if err := e.Save(t.Context(), j); err != nil {
			t.Fatal(err)
		}
	}
	engine, window := &fakeEngine{}, &fakeWindow{}
	return &Session{Journal: j, Engine: engine, Window: window, Trial: fakeTrial{j: j}, Environment: e}, j, engine, window
}

func TestDeliverSendsToTheAccountChosen(t *testing.T) {
	hangzhou := variables("", "cn-hangzhou")
	files := []string{"/a", "/b"}
	opts := func(o Options) Options {
		o.To, o.Bucket, o.Prefix, o.Paths, o.Policy = true, "b", "p/", files, transfer.PolicySkip
		return o
	}
	tests := []struct {
		name         string
		getenv       func(string) string
		o            Options
		wantEndpoint string
	}{
		{"the environment's by default", hangzhou, Options{}, "https://oss-cn-hangzhou.aliyuncs.com"},
		{"the last used without variables", env(), Options{}, "https://h"},
		{"by name", hangzhou, Options{Account: "Work"}, "https://w"},
		{"the environment's by name", hangzhou, Options{Account: "Environment"}, "https://oss-cn-hangzhou.aliyuncs.com"},
		{"the built-in endpoint", hangzhou, Options{Trial: true}, transfer.TrialEndpoint},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, _, engine, window := session(t, tt.getenv)
			scope, err := s.Deliver(t.Context(), opts(tt.o).Request(s.Environment))
			if err != nil {
				t.Fatal(err)
			}
			got := engine.added[0]
			if got.To.Endpoint != tt.wantEndpoint || got.To.Account == 0 || got.To.Bucket != "b" || got.To.Prefix != "p/" {
				t.Errorf("sent to %+v", got.To)
			}
			if !reflect.DeepEqual(got.Paths, files) || got.Policy != transfer.PolicySkip {
				t.Errorf("added %+v", got)
			}
			if scope.Batch != 7 || scope.To != got.To || !reflect.DeepEqual(scope.Roots, files) {
				t.Errorf("scope %+v", scope)
			}
			if window.proposed != nil {
				t.Error("the window asked all the same")
			}
		})
	}
}

func TestDeliverProposesFilesWithoutADestination(t *testing.T) {
	s, _, engine, window := session(t, env())
	o := Options{Account: "Work", Paths: []string{"/a"}}
	if scope, err := s.Deliver(t.Context(), o.Request(s.Environment)); err != nil || scope.Batch != 0 {
		t.Fatalf("got %+v, %v", scope, err)
	}
	want := transfer.Destination{Account: 1, Endpoint: "https://w", Region: "rw", Bucket: "wb", Prefix: "wp/"}
	if window.to != want || !reflect.DeepEqual(window.proposed, []string{"/a"}) || len(engine.added) > 0 {
		t.Errorf("proposed %v to %+v, added %v", window.proposed, window.to, engine.added)
	}
}

func TestDeliverADestinationWithoutFilesIsWhatTheSheetProposes(t *testing.T) {
	s, j, _, window := session(t, env())
	o := Options{To: true, Bucket: "b", Prefix: "p/", Account: "Work"}
	if _, err := s.Deliver(t.Context(), o.Request(s.Environment)); err != nil {
		t.Fatal(err)
	}
	if a := j.accounts[0]; a.Name != "Work" || a.Bucket != "b" || a.Prefix != "p/" || window.raised != 1 {
		t.Errorf("last used is %+v, raised %d times", a, window.raised)
	}
}

func TestDeliverAloneRaisesTheWindow(t *testing.T) {
	s, j, engine, window := session(t, env())
	if _, err := s.Deliver(t.Context(), Options{}.Request(s.Environment)); err != nil {
		t.Fatal(err)
	}
	if window.raised != 1 || window.proposed != nil || len(engine.added) > 0 || j.accounts[0].Name != "Home" {
		t.Errorf("window %+v, engine %+v", window, engine)
	}
}

func TestDeliverWithoutAnyAccount(t *testing.T) {
	s, j, _, window := session(t, env())
	j.accounts = nil
	o := Options{Paths: []string{"/a"}}
	if _, err := s.Deliver(t.Context(), o.Request(s.Environment)); err != nil || window.proposed == nil {
		t.Errorf("the sheet should open, and ask for an account: %v", err)
	}
	o.To, o.Bucket = true, "b"
	if _, err := s.Deliver(t.Context(), o.Request(s.Environment)); !errors.Is(err, ErrNoAccount) {
		t.Errorf("got %v, want ErrNoAccount", err)
	}
}

func TestDeliverRefuses(t *testing.T) {
	hangzhou := variables("", "cn-hangzhou")
	sender := ReadEnvironment(variables("", "cn-beijing"))
	tests := []struct {
		name   string
		getenv func(string) string
		r      instance.Request
		want   string
	}{
		{"no such account", env(), Options{Account: "Nobody"}.Request(&Environment{}), "-account Nobody"},
		{"incomplete variables", env("OSS_ACCESS_KEY_ID", "k"), Options{Account: EnvironmentName}.Request(&Environment{}), "OSS_ACCESS_KEY_SECRET"},
		{"other variables", hangzhou, Options{}.Request(sender), "other OSS_ variables"},
		{"variables of the sender alone", env(), Options{}.Request(sender), "other OSS_ variables"},
		{"variables of the receiver alone", hangzhou, Options{Account: EnvironmentName}.Request(&Environment{}), "not complete"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, _, engine, _ := session(t, tt.getenv)
			r := tt.r
			r.To, r.Bucket, r.Paths = true, "b", [][]byte{[]byte("/a")}
			_, err := s.Deliver(t.Context(), r)
			if err == nil || !strings.Contains(err.Error(), tt.want) || len(engine.added) > 0 {
				t.Errorf("got %v, want %q in it", err, tt.want)
			}
		})
	}
}

func TestDeliverTellsWhatFails(t *testing.T) {
	s, _, engine, _ := session(t, env())
	engine.err = errors.New("disk")
	r := Options{To: true, Bucket: "b", Paths: []string{"/a"}}.Request(s.Environment)
	if _, err := s.Deliver(t.Context(), r); !errors.Is(err, engine.err) {
		t.Errorf("got %v", err)
	}
	s.Trial = fakeTrial{j: &fakeJournal{}, err: errors.New("no room")}
	if _, err := s.Deliver(t.Context(), Options{Trial: true}.Request(s.Environment)); err == nil {
		t.Error("want the trial's error")
	}
}

// A second start with -trial may bring the trial account into a window that has read its
// accounts before, and files may go there without its sheet.
func TestDeliverTellsTheWindowOfTheTrialAccount(t *testing.T) {
	for _, o := range []Options{
		{Trial: true},
		{Trial: true, Paths: []string{"/a"}},
		{Trial: true, Paths: []string{"/a"}, To: true, Bucket: "trial"},
	} {
		s, _, _, window := session(t, env())
		if _, err := s.Deliver(t.Context(), o.Request(s.Environment)); err != nil || window.told != 1 {
			t.Errorf("%+v: told %d times, %v", o, window.told, err)
		}
	}
}
