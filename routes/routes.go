// Package routes tells when this computer's ways to the network change: a cable is plugged
// in, a wireless network is joined, a VPN comes up. What waited for the network then need
// not wait for its next probe.
package routes
