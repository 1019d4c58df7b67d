package transfer

import (
	"context"
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// probeStore is OSS to a probe: it refuses the calls it is told to, and remembers all.
type probeStore struct {
	Store // the calls a probe never makes
	t     *testing.T

	refuse map[string]error
	cancel context.CancelFunc // called by the part
	calls  []string
	keys   []string
	open   int // uploads begun and not aborted
}

func (s *probeStore) call(name, key string) error {
	s.calls = append(s.calls, name)
	s.keys = append(s.keys, key)
	return s.refuse[name]
}

func (s *probeStore) Initiate(_ context.Context, key string, o Options, forbidOverwrite bool) (string, error) {
	if err := s.call("Initiate", key); err != nil {
		return "", err
	}
	if forbidOverwrite || !reflect.DeepEqual(o, Options{}) {
		s.t.Errorf("Initiate asks for more than a policy must grant: %+v, %v", o, forbidOverwrite)
	}
	s.open++
	return "ID", nil
}

func (s *probeStore) UploadPart(ctx context.Context, r PartRequest) (PartAnswer, error) {
	data, err := io.ReadAll(r.Body)
	if err != nil || int64(len(data)) != r.Size || r.Size != 1 || r.Number != 1 || r.UploadID != "ID" {
		s.t.Errorf("the part is %d bytes, %+v, %v; want one byte", len(data), r, err)
	}
	if s.cancel != nil {
		s.cancel()
		return PartAnswer{}, errors.Join(s.call("UploadPart", r.Key), ctx.Err())
	}
	return PartAnswer{}, s.call("UploadPart", r.Key)
}

func (s *probeStore) ListParts(_ context.Context, key, _ string, _ int) (PartPage, error) {
	return PartPage{}, s.call("ListParts", key)
}

func (s *probeStore) Abort(ctx context.Context, key, uploadID string) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if _, limited := ctx.Deadline(); !limited || uploadID != "ID" {
		s.t.Errorf("Abort of %q, with a limit in time: %v", uploadID, limited)
	}
	err := s.call("Abort", key)
	if err == nil {
		s.open--
	}
	return err
}

func TestProbe(t *testing.T) {
	denied := &Error{Kind: KindAuth, Code: CodeAccessDenied}
	const put, list, abort = "oss:PutObject", "oss:ListParts", "oss:AbortMultipartUpload"
	for _, c := range []struct {
		name    string
		refused string
		calls   []string
		actions []string
		fails   int // index of the step that failed, -1 for none
	}{
		{"all allowed", "", []string{"Initiate", "UploadPart", "ListParts", "Abort"}, []string{put, put, list, abort}, -1},
		{"initiate refused", "Initiate", []string{"Initiate"}, []string{put}, 0},
		{"part refused", "UploadPart", []string{"Initiate", "UploadPart", "Abort"}, []string{put, put, abort}, 1},
		{"list refused", "ListParts", []string{"Initiate", "UploadPart", "ListParts", "Abort"}, []string{put, put, list, abort}, 2},
		{"abort refused", "Abort", []string{"Initiate", "UploadPart", "ListParts", "Abort"}, []string{put, put, list, abort}, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &probeStore{t: t, refuse: map[string]error{c.refused: denied}}
			steps := Probe(t.Context(), s, "p/")
			if !slices.Equal(s.calls, c.calls) {
				t.Errorf("calls %v, want %v", s.calls, c.calls)
			}
			var actions []string
			for i, step := range steps {
				actions = append(actions, step.Action)
				if got := errors.Is(step.Err, denied); got != (i == c.fails) || !got && step.Err != nil {
					t.Errorf("step %d, %s: %v", i, step.Action, step.Err)
				}
			}
			if !slices.Equal(actions, c.actions) {
				t.Errorf("actions %v, want %v", actions, c.actions)
			}
			if c.refused != "Abort" && s.open != 0 {
				t.Errorf("%d uploads are left open", s.open)
			}
			if keys := slices.Compact(slices.Clone(s.keys)); len(keys) != 1 || !strings.HasPrefix(keys[0], "p/") || CheckKey(keys[0]) != nil {
				t.Errorf("keys %v, want one below the prefix", s.keys)
			}
		})
	}
}

func TestProbeUsesAKeyOfItsOwn(t *testing.T) {
	s := &probeStore{t: t}
	Probe(t.Context(), s, "")
	Probe(t.Context(), s, "")
	if s.keys[0] == s.keys[len(s.keys)-1] {
		t.Errorf("two probes share the key %q", s.keys[0])
	}
}

func TestProbeAbortsAfterCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := &probeStore{t: t, cancel: cancel}
	steps := Probe(ctx, s, "")
	if last := steps[len(steps)-1]; s.open != 0 || last.Err != nil || last.Action != "oss:AbortMultipartUpload" {
		t.Errorf("%d uploads are left open after a cancel; steps %v", s.open, steps)
	}
}
