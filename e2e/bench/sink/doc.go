// Package sink is an endpoint for measuring: it speaks as much of OSS as an upload needs,
// throws the bytes away, and answers the digests without computing them. That works because
// all content is zeros: the digests follow from the size. What it measures is therefore the
// client; its own processor time is told, to show that it was not the limit.
//
// A [Shape] adds latency and refusals.
package sink
