// Package fault breaks an osslocal.Server on order. A Plan is a list of rules, put in as
// the server's Config.Middleware; rules can be added and taken away while it runs.
//
// A rule is one line:
//
//	OPERATION[,OPERATION...] [MATCH...] : ACTION [OPTION...]
//
// The operation is one of osslocal's names, as UploadPart, or * for all. The matches are
//
//	part=3  part=2-5    the part number, or a range of them
//	key=GLOB            the object key, as path.Match has it
//	upload=ID           the upload ID
//	skip=N              let the first N requests that match go by
//	times=N             then act on N of them; without it, on all
//	nth=N               short for skip=N-1 times=1
//
// The first rule that matches and is not used up decides, but delay, slow, hold, corrupt
// and date let the rules after them have their say too, in their order. The actions are
//
//	status CODE [code=C] [ec=EC] [message=M] [endpoint=HOST] [HEADER=VALUE...]
//	                    answer with OSS's error XML and these headers (Retry-After=2,
//	                    x-oss-qos-delay-time=500); the request is not carried out
//	error [...]         the same under status 200, as a proxy's or a late failure shows
//	html [CODE]         answer with a web page, as a captive portal does; CODE is 200
//	empty [CODE]        answer with no body and none of OSS's headers; CODE is 200
//	redirect URL [CODE] answer with Location; CODE is 307
//	cut [at=N]          read N bytes of the body (at=all: all), then close the connection
//	lose                carry the request out, then close the connection in place of
//	                    answering
//	half                carry it out, send half of the answer, close the connection
//	etag VALUE          carry it out, answer with this ETag ("none": with no ETag)
//	crc VALUE           carry it out, answer with this CRC64 ("none": with none), of the
//	                    part or object, and of each part in ListParts
//	stall [at=N]        read N bytes of the body (without at: all), then neither read nor
//	                    answer until the client leaves or Release cuts the connection
//	delay DURATION      wait, then go on
//	hold                wait for Release before anything is read, then go on
//	hold answer         carry it out, wait for Release, then send the answer
//	slow RATE           read the body at RATE bytes a second (64K, 1M), all requests of
//	                    the rule together; the kernel takes some 200 KiB ahead, for each
//	                    connection, and what the client's own send buffer holds
//	corrupt [at=N]      turn byte N of the body (0 is the first) into another
//	date OFFSET         skew the Date of the answer, as in -20m
//
// Options of status, error, html, empty and redirect: "applied" carries the request out
// first, "early" answers before the body is read; else the body is read and dropped. Of
// cut, lose and half: "reset" ends the connection by RST. A value with spaces is written
// in double quotes, as in message="try later".
//
// Tests wait, without sleeping, for a rule's hits (WaitHits) and for requests that hang
// in hold or stall (WaitHeld), and let those go (Release).
//
// A [Policy] is an access policy of RAM: the server then refuses what it does not allow.
package fault
