package fragment

import (
	"encoding/json"
	"maps"
	"slices"
)

// gigabyte is what OSS bills by.
const gigabyte = 1 << 30

// Prices are what a gigabyte (2^30 bytes) costs a month, in CNY, by storage class.
type Prices map[string]float64

// DefaultPrices are about the list prices of regions in mainland China, for storage in one
// zone. They are a guide only: prices differ by region and contract, and change.
func DefaultPrices() Prices {
	return Prices{"Standard": 0.12, "IA": 0.08, "Archive": 0.033, "ColdArchive": 0.015, "DeepColdArchive": 0.0075}
}

// Classes lists the storage classes, in the order of OSS's documentation; those that are not
// in it come last.
func (p Prices) Classes() []string {
	classes := []string{"Standard", "IA", "Archive", "ColdArchive", "DeepColdArchive"}
	for _, c := range slices.Sorted(maps.Keys(p)) {
		if !slices.Contains(classes, c) {
			classes = append(classes, c)
		}
	}
	return classes
}

// Month is what so many bytes of a class cost a month. A class without a price counts as
// Standard.
func (p Prices) Month(class string, bytes int64) float64 {
	price, known := p[class]
	if !known {
		price = p["Standard"]
	}
	return price * float64(bytes) / gigabyte
}

// String writes the prices as a setting.
func (p Prices) String() string {
	text, err := json.Marshal(map[string]float64(p))
	if err != nil {
		return "" // the defaults: a price that is no number is none
	}
	return string(text)
}

// ParsePrices reads a setting. What it does not say, or what no price can be, is as in
// DefaultPrices.
func ParsePrices(setting string) Prices {
	p := DefaultPrices()
	var said map[string]float64
	if json.Unmarshal([]byte(setting), &said) != nil {
		return p
	}
	for class, price := range said {
		if price >= 0 {
			p[class] = price
		}
	}
	return p
}
