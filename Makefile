# Two commands: `make demo` on a fresh machine, and `make test`.

SWIFT ?= swift
QUERN := .build/release/quern
# What building and testing need beyond a Swift 6.3 toolchain.
PACKAGES := git libc6-dev libstdc++-12-dev util-linux iproute2 python3
# What the tests need besides: real clients of the language server. Without them its tests are left out, and say so.
CLIENT_PACKAGES := python3-venv neovim
CLIENT := .build/language-client
SERVER_CLIENTS := .build/server-clients

.PHONY: all demo test build packages clients lint fuzz clean

all: build

packages:
	@Scripts/packages $(PACKAGES)

build: packages
	$(SWIFT) build -c release --product quern

demo: build
	@Scripts/demo $(QUERN)

lint:
	$(SWIFT) format lint --strict --recursive Sources Tests Package.swift

# An editor, pygls and the clients of Ollama, OpenAI, Anthropic and LangChain, in Python environments of their own.
clients: packages
	-@Scripts/packages $(CLIENT_PACKAGES)
	-@cmp -s Tests/LanguageClient/requirements.txt $(CLIENT)/requirements.txt || { python3 -m venv $(CLIENT) \
	  && $(CLIENT)/bin/pip install -q --disable-pip-version-check --retries 1 -r Tests/LanguageClient/requirements.txt \
	  && cp Tests/LanguageClient/requirements.txt $(CLIENT)/; }
	-@cmp -s Tests/Clients/requirements.txt $(SERVER_CLIENTS)/requirements.txt || { python3 -m venv $(SERVER_CLIENTS) \
	  && $(SERVER_CLIENTS)/bin/pip install -q --disable-pip-version-check -r Tests/Clients/requirements.txt \
	  && cp Tests/Clients/requirements.txt $(SERVER_CLIENTS)/; }

test: packages clients lint
	$(SWIFT) build -c release --build-tests
	Tests/NEON/run
	$(SWIFT) test -c release --skip-build

# Ten minutes of random text for everything that parses; Fuzz/run says more.
fuzz: packages
	Fuzz/run

clean:
	rm -rf .build
