package doctor

import (
	"time"

	"partway/transfer"
)

// oddClock is how far the clock may be off without a word: some, of which OSS allows 15 minutes.
const oddClock = time.Minute

// misplaced are the codes of a bucket that is not where it is asked for.
var misplaced = map[string]bool{
	transfer.CodeWrongEndpoint: true, transfer.CodeWrongRegion: true, "SecondLevelDomainForbidden": true,
	"PublicEndpointForbidden": true, "TransferAccelerationDisabled": true,
}

// judge makes findings of OSS's answers.
func judge(p Place, a answers) Report {
	first := transfer.AsError(a.rights[ActionPut])
	if topic := stops(first); topic != "" {
		return judgeStop(p, topic, first, a.clock)
	}
	r := Report{{Topic: TopicReach}, judgeClock(a.clock), judgePlace(p, a.info), {Topic: TopicBucket}}
	for _, action := range Actions {
		r = append(r, judgeRight(action, a.rights[action]))
	}
	if a.onTrial {
		trial := Finding{Topic: TopicTrial}
		if a.trial != nil {
			trial.Level, trial.Err = Wrong, transfer.AsError(a.trial)
		}
		r = append(r, trial)
	}
	if a.rights[ActionInfo] == nil && a.info.Versioning != transfer.VersioningNever {
		r = append(r, Finding{Topic: TopicVersions, Level: Note, Versioning: a.info.Versioning})
	}
	return r
}

// stops tells what an error is about that holds for all requests, or "".
func stops(e *transfer.Error) Topic {
	switch {
	case e == nil || allowed(e) || denied(e):
		return ""
	case e.Kind == transfer.KindClock:
		return TopicClock
	case misplaced[e.Code]:
		return TopicPlace
	case e.Code == transfer.CodeNoSuchBucket:
		return TopicBucket
	case e.Kind == transfer.KindAuth:
		return TopicCredentials
	}
	return TopicReach
}

// judgeStop tells what was in the way of all requests, and what must be well for that.
func judgeStop(p Place, topic Topic, e *transfer.Error, clock time.Duration) Report {
	bad := Finding{Topic: topic, Level: Wrong, Err: e}
	if topic == TopicReach {
		bad.Move = instead(p, e)
		return Report{bad}
	}
	r := Report{{Topic: TopicReach}}
	switch topic {
	case TopicClock:
		bad.Clock = e.Clock
		if bad.Clock == 0 {
			bad.Clock = clock
		}
		return append(r, bad)
	case TopicPlace:
		bad.Move = instead(p, e)
	default:
	}
	return append(r, judgeClock(clock), bad)
}

// instead is the endpoint that would do: the one OSS named, or the public one in the place of
// one that is reached from some computers only.
func instead(p Place, e *transfer.Error) transfer.Endpoint {
	host := e.Endpoint
	if there, err := transfer.ParseEndpoint(p.Account.Endpoint); host == "" && err == nil && p.Account.Region != "" {
		unreached := there.Kind == transfer.EndpointInternal && (e.Kind == transfer.KindOffline || e.Kind == transfer.KindTransient)
		if unreached || e.Code == "TransferAccelerationDisabled" {
			host = transfer.EndpointOf(p.Account.Region, transfer.EndpointPublic)
		}
	}
	if host == "" {
		return transfer.Endpoint{}
	}
	to, err := transfer.ParseEndpoint(host)
	if err != nil || to.Plain || to.URL == p.Account.Endpoint {
		return transfer.Endpoint{}
	}
	return to
}

// judgeClock tells how far the clock is off, where that is more than some.
func judgeClock(off time.Duration) Finding {
	f := Finding{Topic: TopicClock, Clock: off}
	if off.Abs() >= oddClock {
		f.Level = Note
	}
	return f
}

// judgePlace compares where OSS says the bucket is with what the account has. An endpoint that
// worked leaves the region, which a signature of version 1 does not tell.
func judgePlace(p Place, info transfer.BucketInfo) Finding {
	f := Finding{Topic: TopicPlace}
	if info.Region != "" && p.Account.Region != "" && info.Region != p.Account.Region && p.Account.Endpoint != transfer.TrialEndpoint {
		f.Level = Note
		f.Move.Region = info.Region
	}
	return f
}

// judgeRight makes a finding of the answer about one right. Without the first nothing works.
func judgeRight(action string, err error) Finding {
	f := Finding{Topic: TopicPermission, Action: action}
	if allowed(err) {
		return f
	}
	f.Level, f.Err = Note, transfer.AsError(err)
	if action == ActionPut {
		f.Level = Wrong
	}
	return f
}

// JudgeFiles makes findings of what is to be uploaded. It asks nobody.
func JudgeFiles(p Place, f Files) Report {
	var r Report
	if err := transfer.CheckPrefix(p.Prefix); err != nil {
		r = append(r, Finding{Topic: TopicKeys, Level: Wrong, Err: transfer.AsError(err)})
	} else if n := f.Unsendable + f.TooLong; n > 0 {
		r = append(r, Finding{Topic: TopicKeys, Level: Note, Count: n})
	}
	if f.Largest == 0 {
		return r
	}
	plan, ok := transfer.PlanFor(f.Largest, 0, f.PartSize)
	switch {
	case !ok:
		r = append(r, Finding{Topic: TopicParts, Level: Note, Bytes: f.Largest})
	case f.PartSize > 0 && plan.PartSize > f.PartSize:
		r = append(r, Finding{Topic: TopicParts, Level: Note, Count: plan.Parts, Bytes: plan.PartSize})
	case plan.Parts > 0:
		r = append(r, Finding{Topic: TopicParts, Count: plan.Parts, Bytes: plan.PartSize})
	}
	return r
}
