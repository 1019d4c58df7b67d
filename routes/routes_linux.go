package routes

import (
	"context"
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// groups are the changes that the kernel is asked to tell of: links, addresses, routes.
const groups = unix.RTMGRP_LINK | unix.RTMGRP_IPV4_IFADDR | unix.RTMGRP_IPV4_ROUTE | unix.RTMGRP_IPV6_IFADDR | unix.RTMGRP_IPV6_ROUTE

// Watch returns a channel that yields a value after changes, many at once as one. It ends
// with ctx. The channel is nil where the system does not tell of changes.
func Watch(ctx context.Context) (<-chan struct{}, error) {
	socket, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.NETLINK_ROUTE)
	if err != nil {
		return nil, fmt.Errorf("watch routes: %w", err)
	}
	if err := unix.Bind(socket, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: groups}); err != nil {
		return nil, errors.Join(fmt.Errorf("watch routes: %w", err), unix.Close(socket))
	}
	file := os.NewFile(uintptr(socket), "netlink") // its reads end when it is closed
	stop := context.AfterFunc(ctx, func() { _ = file.Close() })
	changes := make(chan struct{}, 1)
	go func() {
		defer stop()
		read(file, changes)
	}()
	return changes, nil
}

// read passes on that messages came. What they say does not matter: whoever asks looks
// for himself.
func read(file *os.File, changes chan<- struct{}) {
	buffer := make([]byte, 8<<10)
	for {
		_, err := file.Read(buffer)
		if err != nil && !errors.Is(err, unix.ENOBUFS) { // too many came at once: a change too
			return
		}
		select {
		case changes <- struct{}{}:
		default:
		}
	}
}
