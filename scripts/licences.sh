#!/bin/sh
# Lists the modules that Partway is made of, and fails if one of them has no licence that
# lets it be passed on under Apache-2.0.
set -eu
list=$(go list -tags migrated_fynedo -deps -f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Dir}}{{end}}{{end}}' . | sort -u)
echo "$list" | {
	bad=0
	while read -r module dir; do
		file=$(find "$dir" -maxdepth 1 -iname 'licen[cs]e*' -o -maxdepth 1 -iname 'copying*' | head -1)
		case $(tr -s '[:space:]' ' ' < "${file:-/dev/null}") in
		*"Apache License"*) licence=Apache-2.0 ;;
		*"Permission is hereby granted, free of charge"*) licence=MIT ;;
		*"Redistribution and use in source and binary forms"*) licence=BSD ;;
		*"Permission to use, copy, modify, and/or distribute"* | *"Permission to use, copy, modify, and distribute"*) licence=ISC ;;
		*) licence=UNKNOWN bad=1 ;;
		esac
		printf '%-12s %s\n' "$licence" "$module"
	done
	exit $bad
}
