// Partway uploads files to Alibaba Cloud OSS.
package main

import (
	"fmt"

	_ "fyne.io/fyne/v2/app"
	_ "fyne.io/fyne/v2/dialog"
	_ "fyne.io/fyne/v2/lang"
	_ "fyne.io/fyne/v2/test"
	_ "fyne.io/fyne/v2/widget"
	_ "github.com/aliyun/aliyun-oss-go-sdk/oss"
	_ "github.com/dweymouth/fyne-tooltip"
	_ "github.com/dweymouth/fyne-tooltip/widget"
	_ "github.com/godbus/dbus/v5"
	_ "github.com/gofrs/flock"
	_ "github.com/mattn/go-sqlite3"
	_ "github.com/ncruces/zenity"
	_ "github.com/rymdport/portal/filechooser"
	_ "github.com/zalando/go-keyring"
	_ "go.uber.org/goleak"
	_ "golang.org/x/sys/unix"
	_ "golang.org/x/text/unicode/norm"
	_ "golang.org/x/time/rate"
)

func main() { fmt.Println("partway") }
