# The two commands of the README are `make demo` and `make test`; each does all the set-up it needs.
.PHONY: help setup setup-test setup-spark build demo test test-swift test-browser test-synthetic \
  oracles test-engine-leaks test-kill test-spark accept dist dist-test bench format lint clean

SWIFT_BUILD = swift build -c release --product kith

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1	/' | expand -t 20

setup: ## Install what building and running needs (as root: Debian packages too)
	@Scripts/setup.sh run

setup-test: ## And what the tests need: a browser
	@Scripts/setup.sh test

setup-spark: ## And what Spark needs: Java, pyspark, its driver
	@Scripts/setup.sh spark

build: setup ## Build .build/release/kith
	$(SWIFT_BUILD)

demo: build ## Show a fictional place in the browser
	.build/release/kith demo demo

test: setup-test ## Run every suite; ends with "N passed, N failed, N skipped"
	@Scripts/test.sh

test-swift: setup ## The Swift tests alone
	swift test

test-browser: setup-test ## The browser tests alone
	@Scripts/test.sh browser

test-synthetic: setup-test ## 1.7 million synthetic people against the published files; FHIR validators
	@Scripts/test.sh synthetic

oracles: build ## Hold the statistics against reference packages' results; ORACLES=DIR for others
	python3 Tests/Oracles/run.py .build/release/kith $(or $(ORACLES),Tests/Oracles/stats)

test-engine-leaks: setup ## 10,000 queries under LeakSanitizer
	@Scripts/test.sh leaks

test-kill: setup ## 50 runs killed at random moments
	@Scripts/test.sh kill

test-spark: setup-spark ## The engine's tests on Apache Spark, and the snapshot read by it
	@Scripts/test_spark.sh

accept: ## Renew what tests hold help and charts against; then look at git diff
	KITH_ACCEPT=1 swift test --disable-xctest --filter "ChartsTests|HelpTests"

dist: ## Make a wheel, a Debian package and a tarball in dist/
	@Scripts/setup.sh dist
	@.tools/venv/bin/python Scripts/dist.py

dist-test: ## Install each of them in a bare Debian and use it there (as root)
	@Scripts/setup.sh dist
	@Scripts/dist_test.sh

bench: build ## Measure against the peers; appends nothing, prints rows for Benchmarks/RESULTS.md
	@Benchmarks/run.sh

format: ## Format the Swift sources
	swift format format -i -r -p Sources Tests Examples Benchmarks Package.swift

lint: ## Check the formatting
	swift format lint --strict -r -p Sources Tests Examples Benchmarks Package.swift

clean: ## Remove what was built; keeps what was fetched
	rm -rf .build .build-*
