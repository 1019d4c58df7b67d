package aliyun_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	"partway/transfer"
	"partway/transfer/aliyun"
	"partway/transfer/osslocal"
	"partway/transfer/storetest"
)

const bucket = "conformance"

// TestConformance runs the suite against the built-in endpoint, with both versions of
// the signature.
func TestConformance(t *testing.T) {
	for _, version := range []transfer.SignatureVersion{transfer.SignatureV4, transfer.SignatureV1} {
		t.Run(string(version), func(t *testing.T) {
			const keyID, secret = "conformance-key", "conformance-secret"
			server, err := osslocal.Start(osslocal.Config{
				Dir: t.TempDir(), Region: "cn-hangzhou", Keys: map[string]string{keyID: secret},
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = server.Close() })
			if err := server.CreateBucket(bucket); err != nil {
				t.Fatal(err)
			}
			account := transfer.Account{Endpoint: server.URL(), Region: "cn-hangzhou", Signature: version}
			credentials := transfer.Credentials{KeyID: keyID, Secret: transfer.NewSecret(secret)}
			storetest.Run(t, opener(account, credentials, bucket, ""))
		})
	}
}

// TestConformanceOfTheRealService runs the suite against the account that the OSS_TEST_
// variables name.
func TestConformanceOfTheRealService(t *testing.T) {
	value := func(name string) string {
		v := os.Getenv("OSS_TEST_" + name)
		if v == "" {
			t.Skipf("OSS_TEST_%s is not set", name)
		}
		return v
	}
	account := transfer.Account{Endpoint: value("ENDPOINT"), Region: value("REGION")}
	credentials := transfer.Credentials{
		KeyID: value("ACCESS_KEY_ID"), Secret: transfer.NewSecret(value("ACCESS_KEY_SECRET")),
		Token: transfer.NewSecret(os.Getenv("OSS_TEST_SESSION_TOKEN")),
	}
	prefix := fmt.Sprintf("partway-conformance/%s/", time.Now().UTC().Format("20060102T150405"))
	storetest.Run(t, opener(account, credentials, value("BUCKET"), prefix))
}

// opener gives each test a folder of its own.
func opener(a transfer.Account, c transfer.Credentials, bucket, prefix string) storetest.Open {
	count := 0
	return func(t *testing.T) (transfer.Store, string) {
		t.Helper()
		s, err := aliyun.Dial(a, c, bucket)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		count++
		return s, fmt.Sprintf("%s%d/", prefix, count)
	}
}
