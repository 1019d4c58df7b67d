// Package aliyun is OSS as the engine sees it: a [transfer.Store] over Alibaba Cloud's
// Go SDK. It is the one place that imports the SDK, and the one place where an answer
// of OSS, or the lack of one, gets its [transfer.Kind].
//
// # One way to OSS
//
// Every request goes through store.do: it runs the SDK's lowest call in a goroutine of
// its own and watches it. The SDK signs and names the host; everything else is ours,
// because the SDK's own ways lose the context (ListBuckets, UploadFile), the part's
// CRC64 (ListParts), or the bounds of an answer (error bodies).
//
// # Clocks
//
// There is no limit on a request's total time, so that a slow line is never cut. A
// request is cut only when nothing moves: see watchdog.
//
// # What may have happened
//
// An error says Unknown when the request may have been carried out although no answer
// that can be trusted came back. The connection itself tells whether a byte of the
// request was written, so a failed dial is known to have done nothing.
package aliyun
