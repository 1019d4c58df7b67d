// Package transfer is Partway's engine: it sends files to OSS in parts, many at
// once, and remembers every step in a journal, so that what OSS has acknowledged
// is never sent again.
//
// It holds the words of the domain (Upload, Part, Batch, Account), the Manager
// that runs them, and the small interfaces it needs: Store (OSS as the engine
// sees it), Journal (what SQLite remembers) and Secrets (the keyring). It imports
// no window, no SQL and no SDK.
//
// # Words
//
//   - Upload: one file on its way to one object.
//   - Part: a numbered byte range of an upload, 1 to 10,000.
//   - Batch: what one drop or one command added.
//   - Upload ID: OSS's name for a multipart upload. An [ID], by contrast, is the
//     journal's name for an upload.
//   - Destination: account, bucket and key prefix.
//   - Slot: room for one request in flight.
//
// # The durable protocol: intent, side effect, fact
//
// No request that changes anything on OSS is sent before the journal holds the
// intent to send it, and nothing counts as done before the journal holds OSS's
// answer:
//
//	T0  batch: roots, destination, policy, state scanning
//	T1  upload: file identity, target, options, plan; phase planned, intent run
//	T2  phase initiating           -> InitiateMultipartUpload
//	T3  upload ID, phase uploading (an upload that another program began enters here, with its
//	    plan and the parts that were proved, as one fact: Journal.Adopt)
//	    (each part: read and hash) -> UploadPart
//	T4  part: number, offset, size, ETag as sent by OSS, CRC64, MD5 or none
//	T5  file identity, the object's present state, that a Complete may be sent; phase completing
//	                               -> CompleteMultipartUpload
//	T6  phase done, receipt
//	P1  the object's present state (where the policy needs it); phase putting
//	                               -> PutObject
//	P2  phase done, receipt
//	T7  intent abort, phase aborting -> AbortMultipartUpload
//	T8  phase aborted
//
// T4 has no step behind it but the last part's: as long as others follow, it may become
// durable a moment later, with them. After a crash such a part is found on OSS, as one that was
// in flight. T6 and P2 may too: the object is there, and is found then. T2 and P1, of uploads
// begun ahead of the slots, wait for each other until slots need them, see ahead.
//
// # When something fails
//
// Every error has a Kind, set once where it arises, and one pure function, judge, decides by
// it alone what comes next: wait and try again, wait for the endpoint, or wait for a person.
// Pauses are a random share of a time that doubles, up to 20 s; after 8 failures in a row the
// upload is Stalled, and tried every 30 s for as long as it takes. Throttling spends no try.
//
// What many requests have in common is the endpoint's, see endpoint: after 6 failures in a
// row, one refused dial, or a spent budget of retries, only small probes are sent to it, every
// 3 s and when the machine's routes change. Any answer of OSS sets everything going again.
// A refusal that holds for a whole bucket (it is gone, or elsewhere) is answered once, and
// parks all its uploads with the same reason until a person starts one.
//
// When the journal itself fails (a full disk, another program's lock), see halt: nothing new
// is begun until it can be written to again, which is tried every 5 s. Commands act at once,
// and are written then. After a sleep of the computer all is tried at once, and what it cut
// counts as no failure; only what may still arrive at OSS is looked for no sooner. A panic in the work of one upload fails that upload only.
//
// # How many requests at once
//
// One pool of slots serves all uploads, and climb finds how many the line is worth: no
// fixed number fits both a line that one connection fills and one that needs 64. Eight times
// a second it is told what has left the computer, for which the kernel is asked (see Outflow):
// acknowledged parts would tell seconds later, and what was only read would tell of buffers.
//
//   - Rise: from 8, the number is doubled as long as twice as many carry at least 1.08 times as
//     much. Four numbers are judged in the first 2 s. This is AzCopy's way, which then stops
//     for good.
//   - Trim: where the climb ends, throughput grew evenly with the number until something else
//     was the limit: the fewest that should carry as much are tried, and kept if they do.
//   - Hold: the number is kept while it carries what it did. Every 2.5 s half as many more are
//     looked at, and if they are in vain a quarter fewer: a line that would carry more shows it
//     by nothing else, and luck alone would drive the number up. What does is measured twice.
//     Two measurements in a row that are a quarter less or a third more tell of another line,
//     and the climb begins anew from where it is.
//   - Cut: when OSS asks to slow down, the number is halved, once for all requests that were in
//     flight together, as TCP does (Jacobson and Karels, 1988; Chiu and Jain, 1989, show why
//     cuts must multiply), but not below what OSS was seen to take. The limit is then closed
//     in on by halves of what is left in between, and left alone for a minute, or for up to ten
//     where it proves right. A refusal among many answers is an accident and cuts nothing:
//     twenty answers make up for one, much as in the budgets that Amazon's clients have for
//     retries.
//
// Nothing is learnt while slots are free for want of work, or while parts begun by more slots
// are still on their way. A number that a person sets is not climbed from, only cut and given
// back one by one.
//
// # Ownership
//
// Manager.run is one goroutine with one select, and it alone changes uploads.
// Everything that waits (requests, hashing, walking folders, commits) happens in
// goroutines that are handed their input, share nothing, and post one result back.
package transfer
