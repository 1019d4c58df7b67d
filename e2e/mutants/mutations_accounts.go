package main

// accountMutations break what objects are stored with, and where accounts have their
// credentials and their way to the network from.
var accountMutations = []mutation{
	{
		Name: "account: the access goes with Initiate, where OSS does not look at it", File: "transfer/aliyun/headers.go",
		Old:     "	h := headers{}\n	h.appear(o)\n	h.forbid(forbidOverwrite)",
		New:     "	h := headers{}\n	h.forbid(forbidOverwrite)",
		Package: "./transfer", Test: "^(TestOptionsOnTheObject|TestE7Callback)$",
	},
	{
		Name: "account: parts are sent without the traffic limit", File: "transfer/aliyun/multipart.go",
		Old:     `	r.headers.limit(p.TrafficLimit)`,
		New:     ``,
		Package: "./transfer", Test: "^TestOptionsOnTheObject$",
	},
	{
		Name: "account: a resumed upload forgets its content type", File: "db/row.go",
		Old:     `u.Policy, u.ContentType, u.Plan.PartSize`,
		New:     `u.Policy, "", u.Plan.PartSize`,
		Package: "./transfer", Test: "^TestOptionsSurviveARestart$",
	},
	{
		Name: "account: strict mode sends no MD5", File: "transfer/upload.go",
		Old:     `return u.ContentMD5 || u.Options.Strict`,
		New:     `return u.ContentMD5`,
		Package: "./transfer", Test: "^TestStrictSendsContentMD5$",
	},
	{
		Name: "account: nothing is said of a callback whose answer was lost", File: "transfer/step_complete.go",
		Old:     `t.u.Receipt.Callback = CallbackUnknown`,
		New:     ``,
		Package: "./transfer", Test: "^TestE7LostAnswerWithCallback$",
	},
	{
		Name: "account: a failed callback is taken for a lost answer", File: "transfer/aliyun/multipart.go",
		Old:     `if failed || callback && saysCallback(rep) {`,
		New:     `if failed && !failed || callback && saysCallback(rep) {`,
		Package: "./transfer", Test: "^TestE7Callback$",
	},
	{
		Name: "account: credentials are used until they expire", File: "transfer/renewing.go",
		Old:     `s.store, s.with, s.next = store, c, c.RenewAt`,
		New:     `s.store, s.with, s.next = store, c, time.Time{}`,
		Package: "./transfer", Test: "^TestC7CredentialsAreRenewedBeforeTheyExpire$",
	},
	{
		Name: "account: each request gets credentials for itself", File: "transfer/renewing.go",
		Old:     `if _, c, _ := s.now(); c != refused {`,
		New:     `if false {`,
		Package: "./transfer", Test: "^TestC7RefusedCredentialsAreGotAnew$",
	},
	{
		Name: "account: credentials are got by each who asks", File: "credentials/credentials.go",
		Old:     `if h := p.held[at]; h != nil && p.holds(h) {`,
		New:     `if h := p.held[at]; h != nil && false {`,
		Package: "./credentials", Test: "^TestC7OneRequestForAll$",
	},
	{
		Name: "account: the keyring keeps what is in the file", File: "db/keyring/protect.go",
		Old:     `return k.clear(ctx, k.store, moved)`,
		New:     `return nil`,
		Package: "./db/keyring", Test: "^TestE1FileOfSecrets$",
	},
	{
		Name: "account: a certificate is not looked at", File: "transfer/aliyun/transport.go",
		Old:     `RootCAs: roots, MinVersion`,
		New:     `InsecureSkipVerify: true, RootCAs: roots, MinVersion`,
		Package: "./network", Test: "^TestC14OwnAuthority$",
	},
	{
		Name: "account: a SOCKS proxy's refusal is taken for a broken line", File: "transfer/aliyun/errors.go",
		Old:     `!strings.HasPrefix(op.Op, "socks ") {`,
		New:     `true {`,
		Package: "./network", Test: "^TestC17ProxyPasswords$",
	},
}
