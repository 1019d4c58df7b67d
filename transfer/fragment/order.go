package fragment

import (
	"cmp"
	"slices"
)

// By names what fragments are ordered by.
type By int

// The columns that order fragments.
const (
	ByKey By = iota
	ByBegun
	ByClass
	ByParts
	ByBytes
	ByCost
	ByOrigin
)

// Order is an order of fragments. Those not measured come last where their size counts, both
// ways.
type Order struct {
	By         By
	Descending bool
}

func (o Order) sort(list []Fragment, prices Prices) {
	slices.SortStableFunc(list, func(a, b Fragment) int {
		if sized := o.By == ByParts || o.By == ByBytes || o.By == ByCost; sized && a.Measured != b.Measured {
			if a.Measured {
				return -1
			}
			return 1
		}
		c := o.compare(&a, &b, prices)
		if o.Descending {
			c = -c
		}
		return cmp.Or(c, cmp.Compare(a.Key, b.Key), cmp.Compare(a.UploadID, b.UploadID))
	})
}

func (o Order) compare(a, b *Fragment, prices Prices) int {
	switch o.By {
	case ByKey:
		return cmp.Compare(a.Key, b.Key)
	case ByBegun:
		return a.Initiated.Compare(b.Initiated)
	case ByClass:
		return cmp.Compare(a.Class, b.Class)
	case ByParts:
		return cmp.Compare(a.Size.Parts, b.Size.Parts)
	case ByBytes:
		return cmp.Compare(a.Size.Bytes, b.Size.Bytes)
	case ByCost:
		return cmp.Compare(prices.Month(a.Class, a.Size.Bytes), prices.Month(b.Class, b.Size.Bytes))
	case ByOrigin:
		return cmp.Compare(a.Origin, b.Origin)
	default:
		return 0
	}
}
