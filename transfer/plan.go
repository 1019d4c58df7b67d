package transfer

import "time"

const (
	// singleMax is the largest file that goes by one PutObject: one answer instead of three.
	singleMax = 16 * MiB
	// plainPartSize is used while no rate is known.
	plainPartSize = 8 * MiB
	// widePartSize is the most that a fast line alone makes a part: a part in flight is
	// what a pause or a crash costs.
	widePartSize = 32 * MiB
	// partTime is how long a part should be under way on one connection.
	partTime = 20 * time.Second
)

// PlanFor cuts a file of size bytes into parts. rate is the measured rate of one
// connection in bytes per second, 0 when unknown; override is the part size that was
// asked for, 0 for none. Files of up to 16 MiB (or up to the override, if that is less)
// go by one PutObject. Sizes above [MaxObjectSize] have no plan: ok is false.
//
// A part is whole MiB: the larger of size/10,000 and what the line sends in 20 s, the
// latter at most 32 MiB; at least 1 MiB and at most 5 GiB. An override is raised where
// size/10,000 needs it.
func PlanFor(size int64, rate float64, override int64) (p Plan, ok bool) {
	if size > MaxObjectSize {
		return Plan{}, false
	}
	single := int64(singleMax)
	if override > 0 {
		override = max(min(override, MaxPartSize), MinPartSize)
		single = min(single, override)
	}
	switch {
	case size <= single:
		return Plan{}, true
	case override > 0:
		return planBy(size, override), true
	}
	part := int64(plainPartSize)
	if rate > 0 {
		part = int64(min(rate*partTime.Seconds(), widePartSize))
		part = max(part/MiB*MiB, MiB)
	}
	return planBy(size, part), true
}

// planBy cuts by a wanted part size, enlarged to keep within MaxParts.
func planBy(size, part int64) Plan {
	if least := (size + MaxParts - 1) / MaxParts; part < least {
		part = min((least+MiB-1)/MiB*MiB, MaxPartSize)
	}
	return Plan{PartSize: part, Parts: int((size + part - 1) / part)}
}

// refit cuts another version of a file, of size bytes where it was of was bytes, by the part
// size that an upload ID was begun with: only the number of parts is another. ok is false
// where that would be more than OSS takes, where the new version goes by one PutObject, or
// where a layout fits the old size only.
func (p Plan) refit(was, size, override int64) (_ Plan, ok bool) {
	if size == was || p.Layout != nil {
		return p, size == was
	}
	if fresh, ok := PlanFor(size, 0, override); !ok || fresh.Single() {
		return Plan{}, false
	}
	parts := (size + p.PartSize - 1) / p.PartSize
	if parts > MaxParts {
		return Plan{}, false
	}
	return Plan{PartSize: p.PartSize, Parts: int(parts)}, true
}
