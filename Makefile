# Two commands: `make demo` on a fresh machine, and `make test`.

SWIFT ?= swift
QUERN := .build/release/quern
# What building and testing need beyond a Swift 6.3 toolchain.
PACKAGES := git libc6-dev libstdc++-12-dev util-linux iproute2 python3

.PHONY: all demo test build packages lint fuzz clean

all: build

# Installs the Debian packages that are missing, and says so when that needs another user.
packages:
	@missing=""; for package in $(PACKAGES); do \
	  dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; done; \
	if [ -n "$$missing" ]; then \
	  if [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	  elif command -v sudo >/dev/null; then sudo apt-get update -qq && sudo apt-get install -y -qq --no-install-recommends $$missing; \
	  else echo "please install, as root:$$missing" >&2; exit 1; fi; fi

build: packages
	$(SWIFT) build -c release --product quern

demo: build
	@Scripts/demo $(QUERN)

lint:
	$(SWIFT) format lint --strict --recursive Sources Tests Package.swift

test: packages lint
	$(SWIFT) build -c release --build-tests
	$(SWIFT) test -c release --skip-build

# Ten minutes of random text for everything that parses; Fuzz/run says more.
fuzz: packages
	Fuzz/run

clean:
	rm -rf .build
