// Package crash kills Partway's engine at every step of its protocol, and looks at what is
// left. It holds tests only.
//
// A child process (the test binary, started again) runs the engine on its real journal and
// its real adapter; the endpoint lives on in the parent. Everything that the engine does to
// the outside goes through [partway/transfer.Journal] and [partway/transfer.Store]: both
// are wrapped, and each call is a point with a name, as "T2 initiating", and a place:
//
//   - before: the call was not handed on.
//   - during: a transaction is open and half of a page written, or half of a body sent.
//   - after: the commit is durable, or OSS has answered, and the engine has not heard of it.
//
// At the chosen point the process ends itself by SIGKILL. Which points there are is not
// written down anywhere: a dry run of each scenario records them, so that none is forgotten
// when the protocol grows.
//
// After each kill the journal as it lies there must be sound. Then the child is started
// again, to finish by itself or to be killed a second time during its recovery. In the end
// there is exactly one right object, or none; every file has its row; OSS holds no upload
// that the journal does not know; and no part was sent again that had arrived before the
// kill.
package crash
