package ui

import (
	"errors"
	"strconv"
	"strings"

	"partway/transfer"
)

// amounts are the units that sizes are typed in.
var amounts = []struct {
	suffix string
	bytes  int64
}{{"G", transfer.GiB}, {"M", transfer.MiB}, {"K", transfer.KiB}}

// amount writes bytes as people type them, without loss.
func amount(n int64) string {
	for _, a := range amounts {
		if n >= a.bytes && n%a.bytes == 0 {
			return strconv.FormatInt(n/a.bytes, 10) + a.suffix
		}
	}
	return strconv.FormatInt(n, 10)
}

// parseAmount reads bytes as people type them: "", "100K", "1.5 MiB", "2097152". Nothing
// is 0.
func parseAmount(s string) (int64, error) {
	s = strings.ToUpper(strings.TrimSpace(s))
	s = strings.TrimSpace(strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(s, "/S"), "B"), "I"))
	if s == "" {
		return 0, nil
	}
	factor := int64(1)
	for _, a := range amounts {
		if rest, ok := strings.CutSuffix(s, a.suffix); ok {
			s, factor = strings.TrimSpace(rest), a.bytes
			break
		}
	}
	value, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, err
	}
	bytes := value * float64(factor)
	if !(bytes >= 1) || bytes > transfer.MaxObjectSize {
		return 0, errors.New("out of range")
	}
	return int64(bytes), nil
}
