package main

import (
	"os"
	"path/filepath"
	"testing"
)

// TestMutationsFitTheProduct fails when the product has moved on from under a mutation.
func TestMutationsFitTheProduct(t *testing.T) {
	for _, m := range mutations {
		t.Run(m.Name, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join("..", "..", m.File))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := m.apply(text); err != nil {
				t.Error(err)
			}
		})
	}
}
