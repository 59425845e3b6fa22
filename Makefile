# Everything a newcomer needs: make run, make test.

export GOTOOLCHAIN := go1.27.2+auto
export CGO_ENABLED := 0

RELEASE ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
# The dashboard of PocketBase is left out: a township has nobody who should use it.
BUILD := -trimpath -tags no_ui -ldflags "-s -w -X cunju/hooks/platform.release=$(RELEASE)"
PLATFORMS := linux/amd64 linux/arm64 windows/amd64
apt = { $(ROOT) apt-get update -q && $(ROOT) env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends $(1); }
ROOT := $(if $(filter 0,$(shell id -u 2>/dev/null)),,sudo)

.PHONY: run build test test-go test-js e2e lint bench bench-phone soak fuzz deps deps-paper dist clean screenshots

run: build ## build and show the product with made-up data
	./cunju demo $(DEMO)

build:
	go build $(BUILD) -o cunju .

test: lint test-go test-js e2e ## everything; installs what it needs

test-go: deps-paper
	go test -tags no_ui -p 2 -timeout 12m ./...

test-js: node_modules
	npm run --silent types
	npm test --silent

e2e: deps node_modules build ## real nodes in a real browser
	npm run --silent e2e

lint: ## form and vet
	@unformed="$$(gofmt -l $$(git ls-files '*.go'))"; if [ -n "$$unformed" ]; then echo "gofmt needed: $$unformed"; exit 1; fi
	go vet -tags no_ui ./...

bench: ## what the engine costs, beside two references; BENCH="-n 100000 -runs 3" for more
	go run -tags no_ui ./bench $(BENCH)

bench-phone: deps node_modules build ## what the phone's app costs on a slow phone and a slow line
	node e2e/bench.js

# Hours: 10,000 worlds, a thousand townships that come back at once, and 200 kills of real processes. SOAK=300 for less, SEED=n for others.
SOAK ?= 10000
SEED ?= 1
soak: ## what the tests do, for a night
	go test -tags no_ui ./sync/sim -v -run '^TestSimulation$$' -timeout 24h -sim.runs=$(SOAK) -sim.seed=$(SEED)
	go test -tags no_ui ./sync/httpapi -v -run '^TestACrowdIsServed$$' -timeout 6h -crowd.clients=1000 -crowd.changes=500
	go test -tags no_ui ./hooks/demo -v -run '^TestProcesses$$' -timeout 2h -process.kills=200

# Each fuzz target for a while; FUZZTIME=10m before a release.
FUZZTIME ?= 20s
fuzz:
	@grep -rln 'func Fuzz' --include='*_test.go' . | xargs -r -n1 dirname | sort -u | while read dir; do \
		for target in $$(grep -rhoE 'func Fuzz[A-Za-z0-9_]+' $$dir/*_test.go | sed 's/func //'); do \
			echo "$$dir $$target"; go test -tags no_ui -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) $$dir || exit 1; done; done

screenshots: deps node_modules build ## renew docs/screenshots
	SCREENSHOTS=1 npm run --silent e2e

deps: deps-paper ## what the checks need besides Go and Node
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || $(call apt,chromium)
	@test -n "$$(fc-list :lang=zh-cn 2>/dev/null | head -1)" || $(call apt,fontconfig fonts-noto-cjk)

deps-paper: # printed sheets are read back with pdftotext
	@command -v pdftotext >/dev/null || $(call apt,poppler-utils)

node_modules: package-lock.json
	npm ci --no-audit --no-fund
	@touch node_modules

dist: ## a file for every platform, with checksums
	rm -rf dist && mkdir -p dist
	@for p in $(PLATFORMS); do os=$${p%/*}; arch=$${p#*/}; end=$$([ $$os = windows ] && echo .exe || true); \
		echo "dist/cunju-$$os-$$arch$$end"; GOOS=$$os GOARCH=$$arch go build $(BUILD) -o dist/cunju-$$os-$$arch$$end . || exit 1; done
	cd dist && sha256sum cunju-* > SHA256SUMS && cat SHA256SUMS

clean:
	rm -rf cunju cunju.exe dist node_modules test-results
