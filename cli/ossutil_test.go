package cli

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"partway/cli/ossutil"
	"partway/transfer"
)

func writeConfig(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "conf")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestOssutilFile(t *testing.T) {
	for _, c := range []struct {
		name, home, variable, want string
	}{
		{"usual", "/home/a", "", "/home/a/.ossutilconfig"},
		{"no home", "", "", ""},
		{"named", "/home/a", "/etc/ossutil", "/etc/ossutil"},
		{"named from home", "/home/a", "~/x/../conf", "/home/a/conf"},
		{"named from no home", "", "~/conf", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := OssutilFile(env("HOME", c.home, "OSSUTIL_CONFIG_FILE", c.variable)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestOssutilProfilesKnowWhereTheyLead(t *testing.T) {
	path := writeConfig(t, "[Credentials]\nendpoint=http://oss-cn-hangzhou.aliyuncs.com\naccessKeyID=A\n"+
		"[profile work]\nregion=oss-cn-beijing\n[profile own]\nendpoint=files.example.com\n")
	profiles, err := OssutilProfiles(t.Context(), env("OSSUTIL_CONFIG_FILE", path, "OSSUTIL_PROFILE", "Work"))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"work cn-beijing https://oss-cn-beijing.aliyuncs.com", // the profile that is in use comes first
		"default cn-hangzhou http://oss-cn-hangzhou.aliyuncs.com",
		"own  files.example.com",
	}
	var got []string
	for _, p := range profiles {
		got = append(got, strings.Join([]string{p.Name, p.Account.Region, p.Account.Endpoint}, " "))
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestOssutilProfilesWithoutAFile(t *testing.T) {
	for name, e := range map[string]func(string) string{
		"no home": env(),
		"no file": env("HOME", t.TempDir()),
	} {
		if profiles, err := OssutilProfiles(t.Context(), e); err != nil || profiles != nil {
			t.Errorf("%s: %v, %v", name, profiles, err)
		}
	}
}

func TestOssutilProfilesThatCannotBeRead(t *testing.T) {
	for name, path := range map[string]string{
		"a folder": t.TempDir(),
		"no text":  writeConfig(t, "[default]\n\xff"),
		"too long": writeConfig(t, strings.Repeat("#\n", ossutil.MaxSize/2+1)),
	} {
		t.Run(name, func(t *testing.T) {
			wantUnreadable(t, path)
		})
	}
}

func wantUnreadable(t *testing.T, path string) {
	t.Helper()
	profiles, err := OssutilProfiles(t.Context(), env("OSSUTIL_CONFIG_FILE", path))
	var e *transfer.Error
	if !errors.As(err, &e) || e.Kind != transfer.KindSource || e.Code != transfer.CodeConfig || e.Path != path || profiles != nil {
		t.Errorf("got %v, %v", profiles, err)
	}
}
