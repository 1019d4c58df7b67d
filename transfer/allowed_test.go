package transfer

import (
	"reflect"
	"testing"
)

// What one of two rows allows, both allow, and nothing else.
func TestAllowedOr(t *testing.T) {
	t.Parallel()
	for i := range reflect.TypeFor[Allowed]().NumField() {
		var one Allowed
		reflect.ValueOf(&one).Elem().Field(i).SetBool(true)
		if a, b := one.Or(Allowed{}), (Allowed{}).Or(one); a != one || b != one {
			t.Errorf("%+v: %+v and %+v", one, a, b)
		}
	}
}

func TestOnlyWhatIsUnfinishedMoves(t *testing.T) {
	t.Parallel()
	for _, s := range Statuses {
		want := s != StatusAborting && s != StatusCompleted && s != StatusAborted
		if got := Allows(s).Move; got != want {
			t.Errorf("%s may move: %v", s, got)
		}
	}
}
