//go:build unix

// Package tear kills this process in the middle of what SQLite writes: the transaction is
// open, and half of a page is in the file. Linked by tests only.
package tear

/*
#cgo linux LDFLAGS: -Wl,--unresolved-symbols=ignore-in-object-files
#cgo darwin LDFLAGS: -Wl,-undefined,dynamic_lookup
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/types.h>
#include <unistd.h>

// The start of SQLite's structure of this name, whose layout is fixed since 3.7.6.
typedef void (*syscall_ptr)(void);
typedef struct sqlite3_vfs sqlite3_vfs;
struct sqlite3_vfs {
	int iVersion, szOsFile, mxPathname;
	sqlite3_vfs *pNext;
	const char *zName;
	void *pAppData;
	void *methods[13];
	int (*xSetSystemCall)(sqlite3_vfs *, const char *, syscall_ptr);
};
extern sqlite3_vfs *sqlite3_vfs_find(const char *);
extern int sqlite3_initialize(void);

static atomic_int left; // writes until the last one; 0: none is the last

// due tells whether this write is the last one.
static int due(void) {
	int n = atomic_load(&left);
	while (n > 0 && !atomic_compare_exchange_weak(&left, &n, n - 1)) {}
	return n == 1;
}

static void die(void) {
	kill(getpid(), SIGKILL);
	for (;;) pause();
}

static ssize_t tear_write(int file, const void *from, size_t size) {
	if (due()) {
		(void)!write(file, from, size / 2);
		die();
	}
	return write(file, from, size);
}

static ssize_t tear_pwrite(int file, const void *from, size_t size, off_t at) {
	if (due()) {
		(void)!pwrite(file, from, size / 2, at);
		die();
	}
	return pwrite(file, from, size, at);
}

static int tear_install(void) {
	if (sqlite3_initialize() != 0) return 1;
	sqlite3_vfs *vfs = sqlite3_vfs_find("unix");
	if (vfs == NULL || vfs->iVersion < 3) return 2;
	int failed = vfs->xSetSystemCall(vfs, "write", (syscall_ptr)tear_write) != 0;
	// SQLite writes by one of these three; it knows the others' names or does not.
	vfs->xSetSystemCall(vfs, "pwrite", (syscall_ptr)tear_pwrite);
	vfs->xSetSystemCall(vfs, "pwrite64", (syscall_ptr)tear_pwrite);
	return failed;
}

static void tear_arm(int n) { atomic_store(&left, n); }
*/
import "C"

import (
	"fmt"
	"sync"

	_ "github.com/mattn/go-sqlite3" // whose file functions are replaced
)

var install = sync.OnceValue(func() error {
	if code := C.tear_install(); code != 0 {
		return fmt.Errorf("replace SQLite's write: failed with %d", int(code))
	}
	return nil
})

// AtWrite kills this process by SIGKILL in the middle of the n-th write to a database that
// SQLite begins from now on, 1 being the next.
func AtWrite(n int) error {
	if err := install(); err != nil {
		return err
	}
	C.tear_arm(C.int(n))
	return nil
}
