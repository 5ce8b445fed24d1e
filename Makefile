# The verbs of this project. `make` alone lists them.
NORRIS  := artifacts/norris
SOURCES := $(shell find Norris -name '*.cs' -o -name '*.csproj') Directory.Build.props Directory.Packages.props
JOIN    ?=
LISTEN  ?= $(if $(JOIN),127.0.0.1:0,127.0.0.1:7000)
ARGS    ?=
ENGINE  ?=
TARGET  ?=
N       ?=
MEMORY  ?= 64
SECONDS ?= 60
PREFIX  ?= /usr/local
DESTDIR ?=

.DEFAULT_GOAL := help
.PHONY: help setup run build test simulate binary install uninstall load guests guest-console guests-stop guests-demo model fuzz format clean

help: ## list the verbs
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: ## install what building and testing need (Debian packages; says what it does)
	@scripts/setup

run: $(NORRIS) ## start a node: `make run`, and `make run JOIN=127.0.0.1:7000` for more (LISTEN=, ARGS=)
	@$(NORRIS) --listen $(LISTEN) $(if $(JOIN),--join $(JOIN)) $(ARGS)

build: ## build everything, warnings are errors
	@scripts/setup --quiet
	dotnet build NorrisChat.sln

test: ## build, check the format, run all tests, and try the static binary end to end
	@scripts/test

simulate: ## hold simulated networks with fresh seeds to the promises: `make simulate SECONDS=600`
	@scripts/simulate $(SECONDS)

binary: $(NORRIS) ## build the one static file, artifacts/norris

$(NORRIS): $(SOURCES) scripts/binary
	@scripts/setup --quiet
	@scripts/binary

install: $(NORRIS) ## install norris, its manual page and completions (PREFIX=/usr/local, DESTDIR=)
	@scripts/install "$(DESTDIR)$(PREFIX)"

uninstall: ## remove what was installed
	@scripts/uninstall "$(DESTDIR)$(PREFIX)"

load: $(NORRIS) ## storm five local nodes and say how it went (ARGS=, ENGINE=nbomber; TARGET=guests storms those)
	$(if $(filter-out nbomber,$(ENGINE)),$(error ENGINE=$(ENGINE): nbomber is accepted, or nothing))
	$(if $(filter-out guests,$(TARGET)),$(error TARGET=$(TARGET): guests is accepted, or nothing))
	@$(if $(TARGET),scripts/guests/load $(ARGS),dotnet run --project Norris.Load -c Release $(if $(ENGINE),-p:LoadEngine=NBomber) -- $(if $(ARGS),$(ARGS),storm))

guests: $(NORRIS) ## boot QEMU guests that chat: `make guests N=5` (MEMORY= in MiB, ARGS= for norris)
	@scripts/guests/start $(or $(N),3) --memory $(MEMORY) -- $(ARGS)

guest-console: ## attach to a guest's console, `make guest-console N=2`; Ctrl-] leaves it
	@scripts/guests/console $(or $(N),1)

guests-stop: ## end the guests
	@scripts/guests/stop

guests-demo: $(NORRIS) ## a story of five guests whose host is switched off, to watch
	@scripts/guests/demo

model: ## try every order of events in the protocol model of takeover (three minutes)
	@scripts/model

fuzz: ## fuzz what takes bytes from others, SECONDS each: `make fuzz SECONDS=600` (ARGS= for some targets only)
	@scripts/fuzz $(SECONDS) $(ARGS)

format: ## format the code
	dotnet format NorrisChat.sln

clean: ## remove everything that was built
	rm -rf artifacts
