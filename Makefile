# Partway's everyday commands. "make demo" and "make test" work on a bare Debian or Ubuntu
# machine with Go.

# Fyne: all work on widgets is done on its own goroutine. The program says so in code too,
# so that a plain "go build ." works; the tag also leaves the checks out.
TAGS    := migrated_fynedo
VERSION := $(shell git describe --tags --dirty --match "v[0-9]*" 2>/dev/null | sed s/^v// | grep . || echo 0.1.0)
GOLANGCI_LINT := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

GOVULNCHECK   := golang.org/x/vuln/cmd/govulncheck@v1.1.4

# -race needs cgo, which Fyne and SQLite need as well.
export CGO_ENABLED = 1

# How long each fuzz target runs.
FUZZTIME ?= 2s

# How long the kills may take.
CRASHTIME ?= 20m

.PHONY: build run demo screenshots bench bench-ui test unit fuzz crash faults e2e race soak lint mutants mutate vuln package try-package libraries display clean

build: libraries ## build/partway
	go build -tags $(TAGS) -ldflags "-X main.version=$(VERSION)" -o build/partway .

run: build ## the window
	build/partway

demo: display build ## the main job, shown on the built-in endpoint
	go run -tags $(TAGS) ./e2e/demo -program build/partway -screenshot build/demo.png

screenshots: display build ## assets/screenshots, which the README shows: the real window, doing real work
	go run -tags $(TAGS) ./e2e/gallery -program build/partway -out assets/screenshots $(GALLERY) # GALLERY="-only sheet" takes one

bench: libraries ## uploads by the engine beside its peers, in turn; BENCH="-only '2 GiB' -pairs 3" runs less
	go run -tags $(TAGS) ./e2e/bench $(BENCH)

bench-ui: display build ## the window's start, memory, load and pace with 100,000 uploads, beside an empty window
	go build -tags $(TAGS) -o build/bench ./e2e/bench
	go run -tags $(TAGS) ./e2e/benchui -program build/partway -bench build/bench $(BENCH)

test: unit fuzz crash e2e ## everything that must pass

unit: display ## vet, and all tests but the end-to-end ones and the kills, under the race detector
	go vet -tags $(TAGS) ./...
	go test -race -tags $(TAGS) $$(go list -tags $(TAGS) ./... | grep -v '/e2e\|/crash$$')

fuzz: libraries ## every fuzz target, for FUZZTIME each
	@mkdir -p build
	scripts/fuzz.sh $(FUZZTIME)

e2e: display build ## the built program, under a virtual display
	PARTWAY=$(CURDIR)/build/partway go test -count=1 -timeout 15m -tags $(TAGS) ./e2e/...

race: display ## every package, the end-to-end tests too, under the race detector
	go test -race -tags $(TAGS) ./...

crash: libraries ## kills the engine at every step, and prints the table of points and outcomes
	@mkdir -p build
	@go test -count=1 -v -timeout $(CRASHTIME) -tags $(TAGS) ./crash $(CRASH) >build/crash.log 2>&1 || { cat build/crash.log; exit 1; }
	@sed -n '/^killed at/,$$p' build/crash.log

faults: display build ## the tests of the rows of faults, and prints their names in order
	@PARTWAY=$(CURDIR)/build/partway go test -count=1 -v -timeout 25m -tags $(TAGS) -run '^(Test|Fuzz)[A-E][0-9]' ./... >build/faults.log 2>&1 || { cat build/faults.log; exit 1; }
	@sed -n 's/^--- //p' build/faults.log | sort -V

soak: libraries ## hours: the model for long, 10,000 uploads, real clocks, every second kill, 5 minutes of each fuzz target
	go test -count=1 -v -timeout 25m -tags "$(TAGS) soak" -run TestSoak ./transfer $(SOAK) # SOAK=-soak.seeds=5 shortens it
	PARTWAY_SOAK=1 go test -count=1 -v -timeout 25m -tags $(TAGS) -run TestC2 ./transfer
	$(MAKE) crash CRASH=-whole CRASHTIME=2h
	$(MAKE) fuzz FUZZTIME=5m

lint: libraries ## golangci-lint, with the arrows between the packages
	go run $(GOLANGCI_LINT) run --build-tags $(TAGS) ./...

mutants: libraries ## every mutation of the product must fail the test named beside it
	go run -tags $(TAGS) ./e2e/mutants

vuln: ## the modules are those of go.sum, may be used, and have no known hole; asks the network
	go mod verify
	scripts/licences.sh
	go run $(GOVULNCHECK) -tags $(TAGS) ./...

mutate: libraries ## the share of all mutants that tests notice, where code decides about data
	go run -tags $(TAGS) ./e2e/mutants -measure

package: ## build/package: what people install on Linux and Windows, files for macOS, and their SHA-256
	@scripts/system-packages.sh package
	scripts/package.sh $(VERSION)

try-package: ## as root: these installed, started and removed in a clean root
	@scripts/system-packages.sh package
	scripts/try-package.sh

libraries:
	@scripts/system-packages.sh build

display:
	@scripts/system-packages.sh test

clean:
	rm -rf build
