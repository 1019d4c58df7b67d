package ui

import (
	"slices"
	"strconv"
	"time"

	"partway/transfer"
	"partway/transfer/fragment"
	"partway/ui/format"
	"partway/ui/text"
)

// ages are the days that uploads can be filtered by.
var ages = []int{1, 3, 7, 30, 90, 365}

func ageWords() []string {
	words := []string{text.T("Of any age")}
	for _, days := range ages {
		words = append(words, text.N("Older than 1 day", "Older than {{.Count}} days", days))
	}
	return words
}

// originNames are who may have begun an upload, in the order of the origins.
var originNames = []string{text.Key("another program"), text.Key("this Partway"), text.Key("perhaps this one"), text.Key("this, kept")}

func originFilters() []string {
	return []string{
		text.T("Begun by anyone"), text.T("Begun by others"), text.T("In this Partway's list"), text.T("Perhaps begun by this Partway"),
		text.T("Kept when their rows were removed"),
	}
}

// orderWords are the orders, ascending and descending in turn, as the constants of fragment.By.
func orderWords() []string {
	return []string{
		text.T("By key"), text.T("By key, from the end"),
		text.T("Oldest first"), text.T("Newest first"),
		text.T("By storage class"), text.T("By storage class, from the end"),
		text.T("Fewest parts first"), text.T("Most parts first"),
		text.T("Smallest first"), text.T("Largest first"),
		text.T("Cheapest first"), text.T("Dearest first"),
		text.T("By who began them"), text.T("By who began them, from the end"),
	}
}

// className names a storage class as OSS lists it.
func className(class string) string {
	if known := transfer.StorageClass(class); class != "" && slices.Contains(transfer.StorageClasses, known) {
		return text.StorageClass(known)
	}
	return format.Name(class)
}

// fragHeads are the heads of the columns, with a sign of the order.
func fragHeads(o fragment.Order) (heads [fragColumns]string) {
	heads = [fragColumns]string{
		text.T("Key"), text.T("Begun at"), text.T("Age"), text.T("Storage class"),
		text.T("Parts"), text.T("Held"), text.T("CNY a month"), text.T("Begun by"),
	}
	sign := " ▲"
	if o.Descending {
		sign = " ▼"
	}
	for i, by := range fragBy {
		if by == o.By && i != fragBegun { // which the age stands for
			heads[i] += sign
		}
	}
	return heads
}

// factsOfFragment says of an unfinished upload what is known.
func factsOfFragment(f *fragment.Fragment, prices fragment.Prices, now time.Time) fragFacts {
	facts := fragFacts{cells: [fragColumns]string{
		fragKey: format.Name(f.Key), fragBegun: format.Minute(f.Initiated), fragAge: text.Age(now.Sub(f.Initiated)),
		fragClass: className(f.Class), fragOrigin: text.T(originNames[f.Origin]),
	}}
	switch {
	case f.Measured:
		facts.cells[fragParts] = format.Count(int64(f.Size.Parts))
		facts.cells[fragHeld] = format.Bytes(f.Size.Bytes)
		facts.cells[fragCost] = money(prices.Month(f.Class, f.Size.Bytes))
	case f.Failed != nil:
		facts.faint = true
		facts.cells[fragHeld] = text.T("unknown")
	default:
		facts.cells[fragHeld] = "…"
	}
	return facts
}

// money writes an amount of CNY: two decimals below ten, whole above, and less than a cent
// as such.
func money(cny float64) string {
	switch {
	case cny <= 0:
		return "0"
	case cny < 0.01:
		return "< 0.01"
	case cny < 10:
		return strconv.FormatFloat(cny, 'f', 2, 64)
	default:
		return format.Count(int64(cny + 0.5))
	}
}

// about writes an amount of CNY within a sentence.
func about(cny float64) string {
	if cny > 0 && cny < 0.01 {
		return "0.01"
	}
	return money(cny)
}

// totalWords says what a filter shows comes to.
func totalWords(t fragment.Totals, f fragment.Filter, partial bool) string {
	args := text.Args{"Size": format.Bytes(t.Bytes), "Cost": about(t.Cost), "Measured": format.Count(int64(t.Measured))}
	var words string
	switch {
	case t.Count == 0 && partial:
		return text.T("None was found, and the list is not complete.")
	case t.Count == 0 && f == fragment.Filter{Any: true}:
		return text.T("There are no unfinished uploads.")
	case t.Count == 0:
		return text.T("There are no such uploads.")
	case t.Measured == 0:
		words = text.N("1 upload, not measured yet.", "{{.Count}} uploads, not measured yet.", t.Count)
	case t.Measured < t.Count:
		words = text.N("1 upload, not measured yet.", "{{.Count}} uploads, {{.Measured}} of them measured: {{.Size}} parked, about {{.Cost}} CNY a month.", t.Count, args)
	default:
		words = text.N("1 upload, {{.Size}} parked, about {{.Cost}} CNY a month.", "{{.Count}} uploads, {{.Size}} parked, about {{.Cost}} CNY a month.", t.Count, args)
	}
	if partial {
		words = text.Sentences(words, text.T("The list is not complete."))
	}
	return words
}

// chosenWords says what is selected comes to.
func chosenWords(t fragment.Totals) string {
	args := text.Args{"Size": format.Bytes(t.Bytes)}
	if t.Measured < t.Count {
		return text.N("1 selected.", "{{.Count}} selected.", t.Count)
	}
	return text.N("1 selected: {{.Size}}.", "{{.Count}} selected: {{.Size}}.", t.Count, args)
}
