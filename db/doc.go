// Package db is Partway's journal: what SQLite remembers, so that nothing that OSS has
// acknowledged, and nothing that a person asked for, is lost to a crash or a power cut.
//
// A [Journal] implements [transfer.Journal]. One writer carries out all changes in the
// order of the calls, as many as wait in one transaction, where one that fails is undone
// alone; a change's callback runs after that transaction reached the disk. Changes that nobody
// waits for stand in the queue for a moment, so that more of them share one flush. Readers have
// connections of their own, see what is committed, and never wait for the writer.
//
// The package never holds a secret, never deletes a damaged journal (it is set aside), and
// never opens a journal that a newer version of Partway has changed.
package db
