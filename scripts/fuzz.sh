#!/bin/sh
# Usage: scripts/fuzz.sh TIME
# Runs every fuzz target of the tree for TIME, one after the other, as Go does no more than
# one at once. A finding is saved below the package's testdata/fuzz, where plain tests run it.
set -e
time=${1:?say for how long each target runs, as 3s}
limit=15m # of a target that hangs
grep -ro --include='*_test.go' '^func Fuzz[A-Za-z0-9]*' . | sort | while IFS=: read -r file target; do
	name=${target#func }
	echo "$name in $(dirname "$file")"
	timeout "$limit" go test -tags migrated_fynedo -run '^$' -fuzz "^$name\$" -fuzztime "$time" -fuzzminimizetime 100x \
		"$(dirname "$file")" > build/fuzz.log 2>&1 < /dev/null || { cat build/fuzz.log; exit 1; }
	grep -E 'execs' build/fuzz.log | tail -1
done
