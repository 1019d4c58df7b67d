// Package osslocal is a small OSS on loopback, kept on disk: the account on which a
// newcomer tries Partway before handing it a key, and the service that the tests talk to.
//
// It answers the requests an upload client makes (objects, multipart uploads, listings,
// buckets) with the codes, the EC and the headers that OSS documents, and it is as strict
// as the documentation: signatures V1 and V4 are computed again from the request as it
// arrived, by code of its own, so that a client's mistake in signing shows here as it
// would show there.
//
// Where it differs from OSS: addresses are on 127.0.0.1, so that the bucket may be the
// first segment of the path as well as the first label of the host name; there are no
// ACLs and no policies (package fault has these); no version but the newest is kept; and traffic
// limits are checked but not applied.
package osslocal
