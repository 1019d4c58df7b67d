package db

import (
	"database/sql/driver"
	"fmt"
	"strings"
	"testing"

	"partway/transfer"
)

// TestE2SecretIsNoParameter hands a secret to a statement, as a careless one would: it is
// refused, and not told.
func TestE2SecretIsNoParameter(t *testing.T) {
	const text = "hush-hush-hush"
	secret := transfer.NewSecret(text)
	for _, value := range []any{secret, &secret, transfer.Credentials{KeyID: "AK", Secret: secret}} {
		stored, err := driver.DefaultParameterConverter.ConvertValue(value)
		if err == nil || strings.Contains(fmt.Sprint(stored, err), text) {
			t.Errorf("%T became %v, %v", value, stored, err)
		}
	}
	j := openNew(t)
	_, err := j.conn.ExecContext(t.Context(), `INSERT INTO settings (key, value) VALUES (?, ?)`, "k", secret)
	if err == nil || strings.Contains(err.Error(), text) {
		t.Errorf("the statement: %v", err)
	}
}
