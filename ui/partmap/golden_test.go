package partmap

import (
	"testing"

	"fyne.io/fyne/v2"

	"partway/transfer"
	"partway/ui/look/looktest"
)

func TestMapLooksAsItShould(t *testing.T) {
	var states []transfer.PartState
	for i := range 30 {
		switch {
		case i < 17:
			states = append(states, done)
		case i == 18:
			states = append(states, failed)
		case i < 24:
			states = append(states, sending)
		default:
			states = append(states, waiting)
		}
	}
	looktest.Golden(t, "map", fyne.NewSize(300, 48), func() fyne.CanvasObject {
		m := New()
		m.SetStates(states)
		return m
	})
}
