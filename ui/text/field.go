package text

import "partway/transfer"

// fieldProblems say at a field what is wrong with it.
var fieldProblems = map[transfer.Problem]string{
	transfer.ProblemMissing:   Key("This is needed."),
	transfer.ProblemCharacter: Key("Only letters, digits and signs of ASCII can be used here."),
	transfer.ProblemUnknown:   Key("OSS does not know this."),
	transfer.ProblemRange:     Key("This is not within what OSS allows."),
	transfer.ProblemTooLong:   Key("This is longer than OSS allows."),
	transfer.ProblemTooMany:   Key("These are more than OSS allows."),
	transfer.ProblemTwice:     Key("A name is there twice."),
	transfer.ProblemMediaType: Key("This is not of the form type/subtype, as image/png."),
	transfer.ProblemName:      Key("Names may only have letters, digits and -."),
	transfer.ProblemTagText:   Key("Only letters, digits, spaces and + - = . _ : / can be used here."),
	transfer.ProblemNotKMS:    Key("This goes with the method KMS only."),
	transfer.ProblemURL:       Key("This is not an address such as https://example.com/path."),
	transfer.ProblemPassword:  Key("An address must not hold a user name or password."),
	transfer.ProblemVariable:  Key("Names may only have lower-case letters, digits, - and _."),
	transfer.ProblemQuote:     Key("A quotation mark is not closed."),
	transfer.ProblemRole:      Key("This is too short or too long, or has signs that are not allowed here."),
	transfer.ProblemARN:       Key("This is not of the form acs:ram::123456789:role/name."),
	transfer.ProblemJSON:      Key("This is not JSON."),
	transfer.ProblemPlain:     Key("This must begin with https://, as http would show it to everybody on the way."),
	transfer.ProblemShort:     Key("This is too short: 8 characters are the least."),

	transfer.ProblemBucket:       Key("A bucket's name has 3 to 63 characters: a to z, 0 to 9, and - between them."),
	transfer.ProblemPrefix:       Key("A prefix ends in a slash."),
	transfer.ProblemRegion:       Key("This is not of the form cn-hangzhou."),
	transfer.ProblemEndpoint:     Key("The endpoint is a host alone, as https://oss-cn-hangzhou.aliyuncs.com."),
	transfer.ProblemOther:        Key("The endpoint is of another region."),
	transfer.ProblemOwnHost:      Key("A domain of your own is none of OSS's, and no IP address."),
	transfer.ProblemWithBucket:   Key("This begins with the bucket, which has a field of its own."),
	transfer.ProblemProxy:        Key("This is not of the form http://host:port, https://host:port or socks5://host:port."),
	transfer.ProblemUnreadable:   Key("This file cannot be read."),
	transfer.ProblemCertificates: Key("This file holds no certificate in PEM."),
}

// Field says what is wrong with a field of a form, where the field itself is in sight.
func Field(f *transfer.FieldError) string { return word(fieldProblems, f.Problem) }

var sources = map[transfer.SourceKind]string{
	transfer.SourceKept:    Key("an access key"),
	transfer.SourceCommand: Key("credentials from a program"),
	transfer.SourceURI:     Key("credentials from a server"),
	transfer.SourceECS:     Key("the RAM role of this ECS instance"),
	transfer.SourceAssume:  Key("a RAM role assumed with an access key"),
}

// Source says where an account's credentials come from, in the middle of a sentence.
func Source(s transfer.CredentialSource) string { return T(sources[s.Kind]) }
