package main

// commandMutations break what a person says to the queue, to a scan and to a batch.
var commandMutations = []mutation{
	{
		Name: "uploads moved to the top end among those there", File: "db/move.go",
		Old:     `return q.spread(ctx, q.j.firstPosition-n*spacing, spacing)`,
		New:     `return q.spread(ctx, q.j.firstPosition-n, spacing)`,
		Package: "./db", Test: "^TestMoves$",
	},
	{
		Name: "a fact under way undoes a move", File: "db/row.go",
		Old:     "`UPDATE uploads SET %s WHERE id",
		New:     "`UPDATE uploads SET position = id, %s WHERE id",
		Package: "./db", Test: "^TestFactsLeaveTheQueue$",
	},
	{
		Name: "a fact under way undoes a speed limit", File: "db/row.go",
		Old:     "`UPDATE uploads SET %s WHERE id",
		New:     "`UPDATE uploads SET speed_limit = 0, %s WHERE id",
		Package: "./db", Test: "^TestFactsLeaveTheQueue$",
	},
	{
		Name: "a migration deletes the parts of uploads whose table it makes anew", File: "db/migrate.go",
		Old:     `PRAGMA foreign_keys = off`,
		New:     `PRAGMA foreign_keys = on`,
		Package: "./db", Test: "^TestPlacesOfAnOldJournal$",
	},
	{
		Name: "two accounts claim one key of a bucket", File: "db/located.go",
		Old:     `WHERE endpoint = ?2 AND bucket = ?4), next)`,
		New:     `WHERE false), next)`,
		Package: "./db", Test: "^TestAKeyIsClaimedWhateverTheAccount$",
	},
	{
		Name: "uploads sent elsewhere keep their keys until they have others", File: "db/redirect.go",
		Old:     `THEN -1 ELSE 0 END`,
		New:     `THEN claims ELSE 0 END`,
		Package: "./db", Test: "^TestRedirectSwapsKeys$",
	},
	{
		Name: "an answer to a conflict holds at another destination", File: "db/redirect.go",
		Old:     `policy = (SELECT b.policy FROM batches b WHERE b.id = uploads.batch), `,
		New:     `policy = policy, `,
		Package: "./db", Test: "^TestRedirectForgetsAnAnswer$",
	},
	{
		Name: "an upload's own speed limit is not kept", File: "transfer/step_parts.go",
		Old:     `own: &t.limit, all`,
		New:     `own: &limiter{}, all`,
		Package: "./transfer", Test: "^TestLimitOfOneUploadActsInsideAPart$",
	},
	{
		Name: "a stopped scan is known once it is over only", File: "transfer/manager_scan.go",
		Old:     "\tm.noteScanStopped(id, at > 0)\n",
		New:     ``,
		Package: "./transfer", Test: "^TestB11StoppedScanKeepsWhatItFound$",
	},
	{
		Name: "a stopped scan goes on after a crash", File: "transfer/manager_scan.go",
		Old:     `if b.Stopped {`,
		New:     `if false {`,
		Package: "./transfer", Test: "^TestB11StoppedScanEndsAfterACrash$",
	},
	{
		Name: "what is there already is not asked about", File: "transfer/step_prepare.go",
		Old:     ` || !c.state.HasCRC || u.Policy == PolicyAsk {`,
		New:     ` || !c.state.HasCRC {`,
		Package: "./transfer", Test: "^TestC15ExistingObjects$",
	},
	{
		Name: "one file of a batch replaces another", File: "transfer/scan.go",
		Old:     `f.twice = f.err == nil && !f.empty && keys.has(f)`,
		New:     `f.twice = false && keys.has(f)`,
		Package: "./transfer", Test: "^TestE5OneFileOfABatchNeverReplacesAnother$",
	},
	{
		Name: "a repair compares nothing", File: "transfer/manager_inspect.go",
		Old:     `u.Wait, u.Error, u.Restart = WaitNone, nil, true`,
		New:     `u.Wait, u.Error, u.Restart = WaitNone, nil, false`,
		Package: "./transfer", Test: "^TestRepairSendsAgainWhatDiffers$",
	},
	{
		Name: "more requests than OSS takes are tried again and again", File: "transfer/brake.go",
		Old:     `if !now.Before(c.roofEnds) {`,
		New:     `if true {`,
		Package: "./transfer", Test: "^TestClimbKeepsBelowThrottling$",
	},
	{
		Name: "a journal without some of its tables counts as sound", File: "db/schema.go",
		Old:     `if !maps.Equal(found, want) {`,
		New:     `if false {`,
		Package: "./db", Test: "^TestD2JournalWithoutAnIndex$",
	},
	{
		Name: "an answered upload finds its bucket refused", File: "transfer/manager_commands.go",
		Old:     `		m.doubt() // before`,
		New:     `		// before`,
		Package: "./transfer", Test: "^TestC9AnAnswerHasARefusedBucketTriedAnew$",
	},
}
