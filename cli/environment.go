package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"partway/transfer"
)

// EnvironmentName is the name of the account that the OSS_ variables make.
const EnvironmentName = "Environment"

// Environment is the account that the OSS_ variables of this process make. Its zero
// value stands for variables that are not complete.
type Environment struct {
	Account     transfer.Account // without ID until [Environment.Save]
	Credentials transfer.Credentials
	// Problem says why there is no account: what is missing, or wrong. Empty when there is
	// one.
	Problem string
}

// Complete tells whether the variables make an account.
func (e *Environment) Complete() bool { return e.Problem == "" && e.Credentials.Complete() }

// ReadEnvironment reads the OSS_ variables. OSS_SESSION_TOKEN is optional, one of
// OSS_REGION and OSS_ENDPOINT may be missing where the other tells it. With OSS_ROLE_ARN the key
// is not used itself: it assumes the role, in a session of OSS_ROLE_SESSION_NAME.
func ReadEnvironment(getenv func(string) string) *Environment {
	e := &Environment{Credentials: transfer.Credentials{
		KeyID:  strings.TrimSpace(getenv("OSS_ACCESS_KEY_ID")),
		Secret: transfer.NewSecret(strings.TrimSpace(getenv("OSS_ACCESS_KEY_SECRET"))),
		Token:  transfer.NewSecret(strings.TrimSpace(getenv("OSS_SESSION_TOKEN"))),
	}}
	region := strings.TrimPrefix(strings.TrimSpace(getenv("OSS_REGION")), "oss-")
	raw := strings.TrimSpace(getenv("OSS_ENDPOINT"))
	var missing []string
	if e.Credentials.KeyID == "" {
		missing = append(missing, "OSS_ACCESS_KEY_ID")
	}
	if e.Credentials.Secret.Empty() {
		missing = append(missing, "OSS_ACCESS_KEY_SECRET")
	}
	if raw == "" && region != "" {
		raw = transfer.EndpointOf(region, transfer.EndpointPublic)
	}
	if raw == "" {
		missing = append(missing, "OSS_ENDPOINT or OSS_REGION")
	}
	if len(missing) > 0 {
		e.Problem = "not set: " + strings.Join(missing, ", ")
		return e
	}
	e.Problem = e.locate(raw, region, roleOf(getenv))
	return e
}

// roleOf reads the role to be assumed with the key, if there is one.
func roleOf(getenv func(string) string) transfer.CredentialSource {
	arn := strings.TrimSpace(getenv("OSS_ROLE_ARN"))
	if arn == "" {
		return transfer.CredentialSource{}
	}
	return transfer.CredentialSource{Kind: transfer.SourceAssume, Role: arn, Session: strings.TrimSpace(getenv("OSS_ROLE_SESSION_NAME"))}
}

// locate fills in the account for an endpoint as the variable gives it, and says what is
// wrong with it, if anything.
func (e *Environment) locate(raw, region string, role transfer.CredentialSource) string {
	if err := role.Check(); err != nil {
		return "OSS_ROLE_ARN, OSS_ROLE_SESSION_NAME: " + err.Error()
	}
	there, problem := parseEndpoint(raw)
	if problem != "" {
		return problem
	}
	if region == "" {
		region = there.Region
	}
	if region == "" {
		return "not set: OSS_REGION, which the endpoint " + there.Host + " does not tell"
	}
	e.Account = transfer.Account{
		Name:        EnvironmentName,
		Kind:        transfer.AccountEnvironment,
		Endpoint:    there.URL,
		Region:      region,
		Addressing:  there.Addressing(),
		Signature:   transfer.SignatureV4,
		Fingerprint: fingerprint(e.Credentials.KeyID, there.URL, region+role.Role),
		Source:      role,
	}
	return ""
}

// parseEndpoint understands the variable. An endpoint without TLS is accepted on this computer.
func parseEndpoint(raw string) (e transfer.Endpoint, problem string) {
	e, err := transfer.ParseEndpoint(raw)
	switch {
	case err != nil:
		return e, "OSS_ENDPOINT: " + err.Error()
	case e.Plain:
		return e, "OSS_ENDPOINT is http, which would send files unprotected: use https (http is for this computer only)"
	}
	return e, ""
}

// fingerprint tells environments apart. It is all that the journal keeps of the key.
func fingerprint(keyID, endpoint, region string) string {
	sum := sha256.Sum256([]byte(keyID + "\n" + endpoint + "\n" + region))
	return hex.EncodeToString(sum[:16])
}

// Save notes the account in the journal, once for each fingerprint, and sets its ID.
// Those of other environments leave the list, unless unfinished uploads need them:
// temporary keys make another one at each start.
func (e *Environment) Save(ctx context.Context, accounts transfer.Accounts) error {
	known, err := accounts.Accounts(ctx)
	if err != nil {
		return fmt.Errorf("read accounts: %w", err)
	}
	for _, a := range known {
		switch {
		case a.Kind != transfer.AccountEnvironment:
		case a.Fingerprint == e.Account.Fingerprint:
			e.Account = a
		default:
			if err := accounts.RemoveAccount(ctx, a.ID); err != nil && transfer.KindOf(err) != transfer.KindPermanent {
				return fmt.Errorf("forget the account %s of another environment: %w", EnvironmentName, err)
			}
		}
	}
	if e.Account.ID != 0 {
		return nil
	}
	if e.Account.ID, err = accounts.SaveAccount(ctx, e.Account); err != nil {
		return fmt.Errorf("note the account %s: %w", EnvironmentName, err)
	}
	return nil
}

// Source yields the credentials of this environment's account. The fingerprint decides:
// uploads begun with other variables wait for credentials.
func (e *Environment) Source(a transfer.Account) (transfer.Credentials, bool) {
	own := a.Kind == transfer.AccountEnvironment && e.Complete() && a.Fingerprint == e.Account.Fingerprint
	if !own {
		return transfer.Credentials{}, false
	}
	return e.Credentials, true
}
