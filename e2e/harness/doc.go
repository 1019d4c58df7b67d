// Package harness runs the built program as a person would use it: on a display of its
// own, with a real drag and real keys, against the built-in endpoint in this process.
// The end-to-end tests and the demonstration share it. It works on Linux only.
//
// Nothing here hopes that a time is long enough: every wait is for a request at the
// endpoint, a row in the journal, or a window, and fails when its context ends.
package harness
