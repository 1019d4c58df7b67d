package main

// unfinishedMutations break what is done with uploads that are unfinished on OSS.
var unfinishedMutations = []mutation{
	{
		Name: "an upload is taken over whose key another has", File: "db/adopt.go",
		Old:     `case holder != 0:`,
		New:     `case holder < 0:`,
		Package: "./transfer", Test: "^TestAdoptRefusesWhatTheQueueHas$",
	},
	{
		Name: "parts are kept between which no part number is free", File: "transfer/fit_plan.go",
		Old:     `case g.size < 0 || g.least() > g.free():`,
		New:     `case g.size < 0:`,
		Package: "./transfer", Test: "^TestAdoptForeignLayouts$",
	},
	{
		Name: "an upload is taken over with a file that changed since it was compared", File: "transfer/adopt.go",
		Old:     `if a.Fit.File.compare(id) != sameFile {`,
		New:     `if false {`,
		Package: "./transfer", Test: "^TestAdoptRefuses$",
	},
	{
		Name: "a row is taken away while a part is under way", File: "transfer/manager_keep.go",
		Old:     `if busy {`,
		New:     `if busy && m == nil {`,
		Package: "./transfer", Test: "^TestKeepWaitsForPartsUnderWay$",
	},
	{
		Name: "lifecycle rules are written over those of somebody else", File: "transfer/fragment/lifecycle.go",
		Old:     `if !bytes.Equal(now, r.read) {`,
		New:     `if now == nil && r.read != nil {`,
		Package: "./transfer/fragment", Test: "^TestLifecycleIsMerged$",
	},
	{
		Name: "an upload of the queue is aborted behind its back", File: "transfer/fragment/abort.go",
		Old:     `if f.Origin == OriginOurs {`,
		New:     `if false {`,
		Package: "./transfer/fragment", Test: "^TestAbortUntilGone$",
	},
}
