package main

import "slices"

// mutation is one line of the product, broken, and the test that must notice.
type mutation struct {
	Name    string // what is broken, in words
	File    string
	Old     string // in the file exactly once
	New     string
	Package string
	Test    string // as go test -run takes it
}

// mutations are all of them.
var mutations = slices.Concat(protocolMutations, commandMutations, networkMutations, unfinishedMutations, windowMutations, accountMutations)

// protocolMutations break what keeps files, objects and uploads as they are.
var protocolMutations = []mutation{
	{
		Name: "nothing looks at the file before Complete", File: "transfer/step_complete.go",
		Old:     `if s.err = verifySource(file, u.Path, picked(&u), u.File); s.err == nil {`,
		New:     `if _ = file; s.err == nil {`,
		Package: "./transfer", Test: "^TestB4RewriteBehindTheLastPart$",
	},
	{
		Name: "a suspect file is taken for the same", File: "transfer/step_resume.go",
		Old:     `compare := u.Restart || u.File.compare(r.id) == suspectFile`,
		New:     `compare := u.Restart`,
		Package: "./transfer", Test: "^TestB4RewriteThatHides$",
	},
	{
		Name: "a new version trusts the parts of the old one", File: "transfer/step_resume.go",
		Old:     `compare := u.Restart || u.File.compare(r.id) == suspectFile`,
		New:     `compare := u.File.compare(r.id) == suspectFile`,
		Package: "./transfer", Test: "^TestB6ChangeWhileTheAppWasOff$",
	},
	{
		Name: "a new version keeps the old number of parts", File: "transfer/plan.go",
		Old:     `return Plan{PartSize: p.PartSize, Parts: int(parts)}, true`,
		New:     `return p, true`,
		Package: "./transfer", Test: "^TestB2FileThatIsTruncated$",
	},
	{
		Name: "a new version always begins anew", File: "transfer/manager_commands.go",
		Old:     `u.Restart = u.UploadID != ""`,
		New:     `if u.UploadID != "" { u.Phase, u.Restart = PhaseAborting, true }`,
		Package: "./transfer", Test: "^TestTouchedFileSendsNothingAgain$",
	},
	{
		Name: "nobody looks whether a missing file is back", File: "transfer/manager_missing.go",
		Old:     `m.edit(These(look.back...), comeBack)`,
		New:     `_ = comeBack`,
		Package: "./transfer", Test: "^TestB12DriveVanishes$",
	},
	{
		Name: "too many open files fail an upload", File: "transfer/source.go",
		Old:     `e.Kind, e.Code = KindStorage, CodeTooManyFiles`,
		New:     `e.Code = CodeTooManyFiles`,
		Package: "./transfer", Test: "^TestB9TooManyOpenFiles$",
	},
	{
		Name: "an open waits for the other end of a pipe", File: "transfer/source.go",
		Old:     `const openFlags = os.O_RDONLY | syscall.O_NONBLOCK`,
		New:     `const openFlags = os.O_RDONLY | 0*syscall.O_NONBLOCK`,
		Package: "./transfer", Test: "^TestB7OpeningNeverBlocks$",
	},
	{
		Name: "files of /proc are sent as if they were empty", File: "transfer/source.go",
		Old:     `err = onDisk(f, path, info.Size())`,
		New:     `err = error(nil)`,
		Package: "./transfer", Test: "^TestB7SpecialFilesAreToldAndPassed$",
	},
	{
		Name: "a walk follows a link in a folder's place", File: "transfer/scan.go",
		Old:     `		flags |= noFollow`,
		New:     `		flags |= 0 * noFollow`,
		Package: "./transfer", Test: "^TestB8FolderSwappedForALink$",
	},
	{
		Name: "a skipped file's upload ID stays on OSS", File: "transfer/manager_commands.go",
		Old:     "	u.Receipt.Outcome, u.Restart = o, false\n	if u.UploadID != \"\" {",
		New:     "	u.Receipt.Outcome, u.Restart = o, false\n	if false {",
		Package: "./transfer", Test: "^TestSkipOfAFileThatChanged$",
	},
	{
		Name: "reconcile trusts sizes only", File: "transfer/reconcile.go",
		Old:     `return p.Size == s.Size && sameETag(p.ETag, s.ETag) && (!s.HasCRC || p.CRC64 == s.CRC64)`,
		New:     `return p.Size == s.Size`,
		Package: "./transfer", Test: "^TestReconcile$",
	},
	{
		Name: "parts that only OSS knows are sent again", File: "transfer/reconcile.go",
		Old:     `case there && !known && s.Size == length:`,
		New:     `case false && there && !known && s.Size == length:`,
		Package: "./transfer", Test: "^TestPartsOnlyOSSKnowsAreProvedNotSent$",
	},
	{
		Name: "a part's CRC64 is not compared", File: "transfer/prove.go",
		Old:     `case stored.HasCRC && stored.CRC64 != sent.CRC64:`,
		New:     `case false:`,
		Package: "./transfer", Test: "^TestProveDigests$",
	},
	{
		Name: "redirects are followed", File: "transfer/aliyun/transport.go",
		Old:     `return http.ErrUseLastResponse`,
		New:     `return nil`,
		Package: "./transfer/aliyun", Test: "^TestC13NoHeaderReachesASecondHost$",
	},
	{
		Name: "pause lets parts run on", File: "transfer/manager_commands.go",
		Old:     "case t.stopped() || t.aborting():\n\t\tt.cancel()\n",
		New:     "case t.stopped() || t.aborting():\n",
		Package: "./transfer", Test: "^TestPauseKeepsWhatIsDone$",
	},
	{
		Name: "T3 after the first part: a phase's effect does not wait for its commit", File: "transfer/manager_advance.go",
		Old:     "m.commit(t, c, true, then)",
		New:     "m.commit(t, c, false, nil); t.sure = true; if then != nil { then() }",
		Package: "./transfer", Test: "^TestIntentIsDurableBeforeItsEffect$",
	},
	{
		Name: "a file rewritten during its Put completes", File: "transfer/step_put.go",
		Old:     `if err := s.stillThatFile(file, a.answer.Sent.CRC64); err != nil {`,
		New:     `if err := error(nil); err != nil {`,
		Package: "./transfer", Test: "^TestPutOfARewrittenFileIsNotCompleted$",
	},
	{
		Name: "Put may overwrite", File: "transfer/step_put.go",
		Old: `Options: u.objectOptions(), ForbidOverwrite: u.forbidsOverwrite(),
	}
	if r.ContentMD5`,
		New: `Options: u.objectOptions(),
	}
	if r.ContentMD5`,
		Package: "./transfer", Test: "^TestC15ExistingObjects$",
	},
	{
		Name: "an abort waits for a slot", File: "transfer/manager_advance.go",
		Old:     `case t.aborting(): // beyond the pool`,
		New:     `case t.aborting() && m.pool.free() > 0: // beyond the pool`,
		Package: "./transfer", Test: "^TestAbortDoesNotWaitForASlot$",
	},
	{
		Name: "commits are not flushed to the disk", File: "db/file.go",
		Old:     `"_synchronous":     {"FULL"},`,
		New:     `"_synchronous":     {"NORMAL"},`,
		Package: "./db", Test: "^TestA5DurabilitySettings$",
	},
	{
		Name: "Complete may overwrite", File: "transfer/step_complete.go",
		Old: `Key: u.To.Key, UploadID: u.UploadID, Parts: list,
			Options: u.objectOptions(), ForbidOverwrite: u.forbidsOverwrite(),`,
		New:     `Key: u.To.Key, UploadID: u.UploadID, Parts: list, Options: u.objectOptions(),`,
		Package: "./transfer", Test: "^(TestC15ExistingObjects|TestUnknownOutcomes|TestC15ConflictsAreAnswered)$",
	},
	{
		Name: "the exit status looks at failures only", File: "cli/wait.go",
		Old:     `if n > 0 && status != transfer.StatusCompleted {`,
		New:     `if n > 0 && status == transfer.StatusFailed {`,
		Package: "./cli", Test: "^TestWaitStatus$",
	},
	{
		Name: "any OSS_ variables open any environment's account", File: "cli/environment.go",
		Old:     `own := a.Kind == transfer.AccountEnvironment && e.Complete() && a.Fingerprint == e.Account.Fingerprint`,
		New:     `own := a.Kind == transfer.AccountEnvironment && e.Complete()`,
		Package: "./cli", Test: "^TestEnvironmentSource$",
	},
	{
		Name: "http is accepted beyond this computer", File: "cli/environment.go",
		Old:     `case e.Plain:`,
		New:     `case false:`,
		Package: "./cli", Test: "^TestE9EnvironmentProblems$",
	},
	{
		Name: "a socket that was left behind stays", File: "instance/instance.go",
		Old:     `if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {`,
		New:     `if err := error(nil); err != nil && !errors.Is(err, os.ErrNotExist) {`,
		Package: "./instance", Test: "^TestAKilledFirstStartLeavesTheFolderFree$",
	},
	{
		Name: "trial data is deleted while uploads need it", File: "trial/trial.go",
		Old:     `return fmt.Errorf("forget the trial account: %w", err)`,
		New:     `_ = err`,
		Package: "./trial", Test: "^TestDelete$",
	},
	{
		Name: "the refusal behind a reset is not asked for", File: "transfer/step_parts.go",
		Old:     `if !s.again || e.Kind != KindTransient`,
		New:     `if true || e.Kind != KindTransient`,
		Package: "./transfer", Test: "^TestRefusalBehindAResetIsFound$",
	},
	{
		Name: "an object from before the Put is taken for it", File: "transfer/step_put.go",
		Old:     `if asksAgain(u) && (a.fate == fateConflict || old) {`,
		New:     `if asksAgain(u) && (a.fate == fateConflict || old && false) {`,
		Package: "./transfer", Test: "^TestAnOldObjectIsNotTakenForALostPut$",
	},
	{
		Name: "an unchanged object with the same bytes counts as arrived", File: "transfer/step_complete.go",
		Old:     `case !state.Exists || unchanged:`,
		New:     `case !state.Exists || unchanged && false:`,
		Package: "./transfer", Test: "^TestAnOldObjectIsNotTakenForALostComplete$",
	},
	{
		Name: "an unchanged object with the same bytes counts as put", File: "transfer/step_put.go",
		Old:     `case !state.Exists, u.BeforeKnown && u.Before.Same(state):`,
		New:     `case !state.Exists:`,
		Package: "./transfer", Test: "^TestUnknownOutcomes$",
	},
	{
		Name: "a bucket that refuses all is asked for each upload", File: "transfer/manager_bucket.go",
		Old:     `if bucketCodes[e.Code] {`,
		New:     `if false {`,
		Package: "./transfer", Test: "^TestC9BucketRefusesAll$",
	},
	{
		Name: "an answer may be as long as it likes", File: "transfer/aliyun/request.go",
		Old:     `rep.body, rep.err = io.ReadAll(io.LimitReader(answer.Body, limit+1))`,
		New:     `rep.body, rep.err = io.ReadAll(answer.Body)`,
		Package: "./transfer/aliyun", Test: "^TestC12AnswersAreBounded$",
	},
	{
		Name: "Complete's word that the upload is gone is forgotten", File: "transfer/step_complete.go",
		Old:     `t.attempts, t.gone = 0, true`,
		New:     `t.attempts = 0`,
		Package: "./transfer", Test: "^TestUnknownOutcomesThatMayNotBeLookedUp$",
	},
	{
		Name: "an upload ID that is gone tells that nothing came of it", File: "transfer/step_abort.go",
		Old:     `if !a.alive && t.u.Sealed && !t.gone {`,
		New:     `if false {`,
		Package: "./transfer", Test: "^TestChangedFileWhoseCompleteArrives$/^skipped$",
	},
	{
		Name: "what Complete is refused for may be its own", File: "transfer/step_complete.go",
		Old:     `if a.others != nil {`,
		New:     `if false {`,
		Package: "./transfer", Test: "^TestEqualObjectOfOthersStays$",
	},
	{
		Name: "a lost Put is looked for too soon", File: "transfer/step_put.go",
		Old:     `if e.Unknown {`,
		New:     `if false {`,
		Package: "./transfer", Test: "^TestNothingHurriesWhatMayStillArrive$",
	},
	{
		Name: "an object with another CRC64 is Completed", File: "transfer/step_complete.go",
		Old:     `if stored.CRC64 != a.crc {`,
		New:     `if false {`,
		Package: "./transfer", Test: "^TestC11ObjectThatDiffersStays$",
	},
	{
		Name: "a full disk does not hold tries back", File: "transfer/manager_run.go",
		Old:     `if !m.closing && m.halted == nil {`,
		New:     `if !m.closing {`,
		Package: "./transfer", Test: "^TestD1FullDiskHoldsTriesBack$",
	},
	{
		Name: "commands given while the disk was full are forgotten", File: "transfer/manager_halt.go",
		Old:     "\tm.halted = nil\n",
		New:     "\tm.halted, m.orders = nil, nil\n",
		Package: "./transfer", Test: "^TestD1CommandsOnAFullDiskAreSavedLater$",
	},
	{
		Name: "whether there is room is asked without writing", File: "db/writable.go",
		Old:     `settingRoom, strings.Repeat(".", roomTried))`,
		New:     `settingRoom, strings.Repeat(".", 0))`,
		Package: "./db", Test: "^TestD1FullJournal$",
	},
	{
		Name: "uploads of a restored journal go on by themselves", File: "db/recover.go",
		Old:     "AND phase NOT IN ` + finalPhases,\n\t\t`UPDATE batches",
		New:     "AND phase IN ` + finalPhases,\n\t\t`UPDATE batches",
		Package: "./db", Test: "^TestD2BackupTakesTheDamagedJournalsPlace$",
	},
	{
		Name: "a damaged backup is restored", File: "db/recover.go",
		Old:     `if err != nil || version == 0 {`,
		New:     `if false {`,
		Package: "./db", Test: "^TestD2OlderBackupWhereTheNewestIsDamagedToo$",
	},
	{
		Name: "another program's lock is not told from a fault of the disk", File: "db/value.go",
		Old:     `sqlite3.ErrBusy:     transfer.CodeJournalBusy,`,
		New:     `sqlite3.ErrBusy:     "",`,
		Package: "./db", Test: "^TestD3LockOfAnotherProgram$",
	},
	{
		Name: "a recovery initiates without looking", File: "transfer/manager_advance.go",
		Old:     "\t\tdefault:\n\t\t\tm.findUpload(t)",
		New:     "\t\tdefault:\n\t\t\tm.initiate(t)",
		Package: "./crash", Test: "TestA1.*/^multipart$",
	},
	{
		Name: "a recovery looks before a request on its way can have arrived", File: "transfer/step_initiate.go",
		Old:     `since >= 0 && since < lookAfter {`,
		New:     `since >= 0 && since < 0 {`,
		Package: "./crash", Test: "TestA1KilledWithARequestOnItsWay/^Initiate",
	},
	{
		Name: "a recovery adopts one of two uploads", File: "transfer/step_initiate.go",
		Old:     `if len(candidates) != 1 {`,
		New:     `if len(candidates) == 0 {`,
		Package: "./crash", Test: "TestA1.*/^two_uploads_of_one_key$",
	},
	{
		Name: "a recovery puts again without HEAD", File: "transfer/manager_advance.go",
		Old:     "\t\t\tm.findPut(t)",
		New:     "\t\t\tm.put(t)",
		Package: "./crash", Test: "TestA1.*/^replace_the_same,_put$",
	},
	{
		Name: "a recovery completes without ListParts", File: "transfer/manager_advance.go",
		Old:     "\t\t\tm.findObject(t)",
		New:     "\t\t\tm.complete(t)",
		Package: "./crash", Test: "TestA1.*/^replace_the_same,_multipart$",
	},
	{
		Name: "the object from before counts as arrived", File: "transfer/step_complete.go",
		Old:     `case !state.Exists || unchanged:`,
		New:     `case !state.Exists || unchanged && false:`,
		Package: "./crash", Test: "TestA1.*/^replace_the_same,_upload_dropped_by_others$",
	},
	{
		Name: "an upload ID that is gone leaves its parts", File: "transfer/manager_advance.go",
		Old:     `if t.u.UploadID == "" && !t.u.Plan.Single() {`,
		New:     `if false {`,
		Package: "./crash", Test: "TestA1.*/^upload_dropped_by_others$",
	},
	{
		Name: "a first start that was killed keeps the next from starting", File: "db/journal.go",
		Old:     `if err := undoHalfDone(ctx, j.file); err != nil {`,
		New:     `if err := error(nil); err != nil {`,
		Package: "./db", Test: "^TestA1KilledWhileTheJournalIsMade$",
	},
	{
		Name: "an object of two versions is replaced, whoever's it is by then", File: "transfer/upload.go",
		Old:     `u.Before.Exists && sameETag(u.Before.ETag, u.Torn)`,
		New:     `u.Before.Exists`,
		Package: "./transfer", Test: "^TestTornObjectThatIsNoLongerOurs$",
	},
	{
		Name: "other rights of a file count as a change", File: "transfer/identity.go",
		Old:     `		return suspectFile`,
		New:     `		return changedFile`,
		Package: "./transfer", Test: "^TestSuspectWhileSending$",
	},
	{
		Name: "a panic in one upload's work ends the program", File: "transfer/bug.go",
		Old:     `if p := recover(); p != nil {`,
		New:     `if p := any(nil); p != nil {`,
		Package: "./transfer", Test: "^TestA6PanicInAWorker$",
	},
	{
		Name: "what a sleep cut counts as failed", File: "transfer/manager_sleep.go",
		Old:     `	if slept < sleepGap {`,
		New:     `	if slept < 1000*sleepGap {`,
		Package: "./transfer", Test: "^TestA9SuspendAndResume$",
	},
}
