package ossutil

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"partway/transfer"
)

const version1 = `
[Credentials]
language=CH
endpoint = oss-cn-hangzhou.aliyuncs.com
accessKeyID=LTAI1
accessKeySecret = hush=1
stsToken=tok
[Bucket-Endpoint]
photos = oss-cn-beijing.aliyuncs.com
[Bucket-Cname]
Films-2=films.example.com
[Default]
loglevel=info
`

const version2 = "\ufeff# made by hand\r\n[default]\r\naccess-key-id = LTAI2\r\naccess_key_secret = hush2\r\nregion = cn-shanghai\r\n" +
	"[profile Work]\r\nsource-profile=default\r\nRegion=cn-beijing\r\nsign-version=v1\r\naddressing-style=cname\r\nendpoint=files.example.com\r\n" +
	"[profile role]\r\nmode=RamRoleArn\r\naccessKeyId=LTAI3\r\naccessKeySecret=hush3\r\n" +
	"[buckets archive]\r\nregion = cn-chengdu\r\n"

// line says what matters of a profile, its secrets too.
func line(p Profile) string {
	a, c := p.Account, p.Credentials
	return fmt.Sprintf("%s: %s %s %s %s bucket=%s %s/%s/%s/%s mode=%s", p.Name, a.Endpoint, a.Region, a.Addressing,
		a.Signature, a.Bucket, a.KeyID, c.KeyID, c.Secret.Reveal(), c.Token.Reveal(), p.Mode)
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"nothing", "", nil},
		{"comments alone", "# a\n\n; b\n", nil},
		{"version 1", version1, []string{
			"default: oss-cn-hangzhou.aliyuncs.com  virtual v4 bucket= LTAI1/LTAI1/hush=1/tok mode=",
			"default, photos: oss-cn-beijing.aliyuncs.com  virtual v4 bucket=photos LTAI1/LTAI1/hush=1/tok mode=",
			"default, Films-2: films.example.com  cname v4 bucket=Films-2 LTAI1/LTAI1/hush=1/tok mode=",
		}},
		{"version 2", version2, []string{
			"default:  cn-shanghai virtual v4 bucket= LTAI2/LTAI2/hush2/ mode=",
			"default, archive:  cn-chengdu virtual v4 bucket=archive LTAI2/LTAI2/hush2/ mode=",
			"Work: files.example.com cn-beijing cname v1 bucket= LTAI2/LTAI2/hush2/ mode=",
			"role:   virtual v4 bucket= LTAI3/LTAI3/hush3/ mode=RamRoleArn",
		}},
		{"other spellings", "[CREDENTIALS]\nHost=h\naccess_id=A\nAccess_Key=S\n", []string{
			"default: h  virtual v4 bucket= A/A/S/ mode=",
		}},
		{"the machine's role", "[Credentials]\nendpoint=h\n[AkService]\necsAk=http://100.100.100.200/x\n", []string{
			"default: h  virtual v4 bucket= /// mode=EcsRamRole",
		}},
		{"a list below a key", "[default]\nregion=r\naccessKeyId=A\nbuckets=\n  b =\n    region=other\n", []string{
			"default:  r virtual v4 bucket= A/A// mode=",
		}},
		{"indented sections", "  [default]\n  region=r\n  accessKeyId=A\n", []string{
			"default:  r virtual v4 bucket= A/A// mode=",
		}},
		{"the last of a key wins", "[default]\nregion=a\nregion=b\nregion=\n", []string{
			"default:  b virtual v4 bucket= /// mode=",
		}},
		{"profile default is default", "[profile default]\nregion=a\n", []string{
			"default:  a virtual v4 bucket= /// mode=",
		}},
		{"sections for other things", "[Default]\nloglevel=debug\n[plugins]\nx=y\n", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			profiles, err := Parse([]byte(c.text))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range profiles {
				got = append(got, line(p))
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

// TestParseSources reads the profiles whose credentials come from elsewhere.
func TestParseSources(t *testing.T) {
	for text, want := range map[string]string{
		"[default]\nmode=EcsRamRole\necs-role-name=up": "ecs-role role=up",
		"[default]\nregion=r\necsRoleName=up":          "ecs-role role=up",
		"[default]\nmode=ecs_ram_role":                 "ecs-role",
		"[Credentials]\nendpoint=h\n[AkService]\necsAk=http://100.100.100.200/x/security-credentials/up/":                                                                          "ecs-role role=up",
		"[Credentials]\nendpoint=h\n[AkService]\necsAk=http://100.100.100.200/x/Security-Credentials/":                                                                             "ecs-role",
		"[Credentials]\naccessKeyID=A\naccessKeySecret=S\nramRoleArn=acs:ram::1:role/r":                                                                                            "assume-role role=acs:ram::1:role/r key=A",
		"[default]\nmode=RamRoleArn\naccess_key_id=A\naccess-key-secret=S\nroleArn=x\nrole_session_name=me\nexternalId=e\nrole-duration-seconds=900\nsts-endpoint=sts.example.com": "assume-role role=x session=me external=e seconds=900 sts=https://sts.example.com key=A",
		"[default]\nmode=Process\ncredential-process=\"/opt/my tool\" --x":                                                                                                         "command command=\"/opt/my tool\" --x",
		"[default]\nmode=External\nprocess_command=get":                                                                                                                            "command command=get",
		"[default]\nmode=CredentialsURI\ncredentials_uri=https://h/c":                                                                                                              "uri uri=https://h/c",
		"[default]\nregion=r\ncredentialUri=https://h/c":                                                                                                                           "uri uri=https://h/c",
		"[default]\nmode=OIDC\nrole-arn=x":                                                                                                                                         "",
		"[default]\nmode=AK\naccessKeyId=A\nroleArn=x":                                                                                                                             " key=A",
	} {
		profiles, err := Parse([]byte(text))
		if err != nil || len(profiles) != 1 {
			t.Errorf("%q: %d profiles, %v", text, len(profiles), err)
			continue
		}
		s := profiles[0].Account.Source
		got := string(s.Kind)
		for _, f := range []struct{ name, value string }{
			{"role", s.Role},
			{"session", s.Session},
			{"external", s.ExternalID},
			{"seconds", strings.TrimLeft(fmt.Sprint(s.Seconds), "0")},
			{"command", s.Command},
			{"uri", s.URI},
			{"sts", s.STS},
			{"key", profiles[0].Credentials.KeyID},
		} {
			if f.value != "" {
				got += " " + f.name + "=" + f.value
			}
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestParseSaysWhichLineIsWrong(t *testing.T) {
	for _, c := range []struct {
		name, text string
		line       int
	}{
		{"no setting", "[default]\n\nhushhush\n", 3},
		{"no name", "[default]\n= hushhush", 2},
		{"no section", "# x\naccessKeySecret=hushhush", 2},
		{"an open bracket", "[default\n", 1},
		{"a section without a name", "[ ]\n", 1},
		{"a profile without a name", "[profile]\nregion=r\n", 1},
		{"not text", "[default]\nregion=\xff\n", 2},
		{"a control character", "[default]\nregion=a\x00b\n", 2},
		{"a control character in a name", "[de\x1bfault]\n", 1},
		{"no such source", "[profile a]\nregion=r\nsource-profile=hushhush\n", 3},
		{"sources in a circle", "[profile a]\nsource-profile=b\n[profile b]\nsource_profile=A\n", 4},
		{"too large", "#" + strings.Repeat("x", MaxSize), 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			profiles, err := Parse([]byte(c.text))
			var bad *Error
			if !errors.As(err, &bad) || bad.Line != c.line || profiles != nil {
				t.Fatalf("got %v, %v; want an error of line %d", profiles, err, c.line)
			}
			if strings.Contains(err.Error(), "hush") {
				t.Errorf("the error quotes the file: %v", err)
			}
			if named := strings.Contains(err.Error(), fmt.Sprintf("line %d:", c.line)); named != (c.line > 0) {
				t.Errorf("said as %q", err)
			}
		})
	}
}

// FuzzOssutil: whatever the file holds, it is read into profiles that are text without
// control characters, or refused with the line that is wrong.
func FuzzOssutil(f *testing.F) {
	for _, s := range []string{
		version1, version2, "[profile a]\nsource-profile=a\n", "[[]]\n=", "[default]\nx", "[buckets b]\n[default]\nak=1",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		profiles, err := Parse(text)
		if err != nil {
			var bad *Error
			if !errors.As(err, &bad) || bad.Line < 0 || bad.Line > strings.Count(string(text), "\n")+1 || profiles != nil {
				t.Fatalf("got %v, %v", profiles, err)
			}
			return
		}
		for _, p := range profiles {
			if p.Account.Kind != transfer.AccountKeys || p.Name == "" || p.empty() {
				t.Fatalf("got %+v", p)
			}
			if p.Mode != "" && p.Account.Source.Kind != transfer.SourceAssume && p.Credentials != (transfer.Credentials{}) {
				t.Fatalf("credentials of mode %q", p.Mode)
			}
			if said := line(p); !utf8.ValidString(said) ||
				strings.ContainsFunc(strings.ReplaceAll(said, "\t", ""), unicode.IsControl) {
				t.Fatalf("got %q", said)
			}
		}
	})
}
