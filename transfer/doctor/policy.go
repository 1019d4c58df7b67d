package doctor

import (
	"bytes"
	"encoding/json"
	"slices"

	"partway/transfer"
)

// policy is an access policy of RAM.
type policy struct {
	Version   string
	Statement []statement
}

type statement struct {
	Effect    string
	Action    []string
	Resource  []string
	Condition *condition `json:",omitempty"`
}

type condition struct {
	StringLike map[string][]string
}

// MinimalPolicy is the policy that allows what an upload to a place needs, and nothing besides,
// as RAM's console takes it. with are the rights on objects and on the bucket that it is to
// have beside [ActionPut]; what the account's options need goes along.
func MinimalPolicy(p Place, with ...string) string {
	objects := []string{ActionPut}
	for _, action := range []string{ActionAbort, ActionParts, ActionGet} {
		if slices.Contains(with, action) {
			objects = append(objects, action)
		}
	}
	if len(p.Account.Options.Tags) > 0 {
		objects = append(objects, "oss:PutObjectTagging")
	}
	bucket := "acs:oss:*:*:" + p.Bucket
	all := policy{Version: "1", Statement: []statement{
		{Effect: "Allow", Action: objects, Resource: []string{bucket + "/" + p.Prefix + "*"}},
	}}
	if slices.Contains(with, ActionObjects) {
		s := statement{Effect: "Allow", Action: []string{ActionObjects}, Resource: []string{bucket}}
		if p.Prefix != "" {
			s.Condition = &condition{map[string][]string{"oss:Prefix": {p.Prefix + "*"}}}
		}
		all.Statement = append(all.Statement, s)
	}
	var whole []string
	for _, action := range []string{ActionUploads, ActionInfo} {
		if slices.Contains(with, action) {
			whole = append(whole, action)
		}
	}
	if len(whole) > 0 {
		all.Statement = append(all.Statement, statement{Effect: "Allow", Action: whole, Resource: []string{bucket}})
	}
	if p.Account.Options.Encryption.Method == transfer.EncryptKMS {
		all.Statement = append(all.Statement, statement{
			Effect: "Allow", Action: []string{"kms:GenerateDataKey", "kms:Decrypt"}, Resource: []string{"*"},
		})
	}
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(all); err != nil { // there is nothing in it that could not be written
		panic(err)
	}
	return text.String()
}
