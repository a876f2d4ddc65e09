# make run: build and start the whole stack; make test: everything that is checked. Both install what they need.

HOST := $(shell rustc -vV 2>/dev/null | sed -n 's/^host: //p')
BIN := target/$(HOST)/release/gnomon
WEB_SOURCES := $(shell find web -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)

.PHONY: build run dist test lint test-rust test-web test-e2e test-packages test-unified lint-packages test-containers test-compose torture gallery peers clients figures pages lab bench fuzz clean

build: $(BIN)

$(BIN): FORCE web/dist/index.html
	@scripts/install.sh rust cc
	scripts/build.sh

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	@scripts/install.sh node
	cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

web/dist/index.html: web/node_modules/.package-lock.json $(WEB_SOURCES)
	cd web && npm run --silent build
	@touch $@

# On loopback only, so a password that everyone knows is no risk.
run: build
	@echo 'Log in at http://localhost:3000 as admin / admin, unless GNOMON_ADMIN_PASSWORD says otherwise.'
	@GNOMON_ADMIN_PASSWORD=$${GNOMON_ADMIN_PASSWORD:-admin} $(BIN) up --scrape-interval=5s \
	  --storage.tsdb.path=target/run --sensor.listen-address=127.0.0.1:8000 \
	  --web.listen-address=127.0.0.1:9090 --dashboard.listen-address=127.0.0.1:3000

# A tarball and a Debian package of the static program, in target/dist.
dist: build
	@scripts/install.sh dpkg-deb
	cargo run --quiet --locked --package gnomon --features manual -- manual target/manual
	scripts/package.sh $(BIN) $(HOST) target/manual

test: lint test-rust test-web test-e2e test-packages test-compose

lint: web/dist/index.html
	@scripts/install.sh rust cc
	cargo fmt --check
	cargo clippy --locked --workspace --all-targets --features gnomon/manual --quiet -- -D warnings
	cargo xtask tidy

test-rust: web/dist/index.html peers
	@scripts/install.sh faketime || echo "the test of the clock is skipped"
	GNOMON_PEERS=$(CURDIR)/target/peers/bin cargo test --locked --workspace --quiet

test-web: web/node_modules/.package-lock.json
	cd web && npm run --silent lint && npm run --silent typecheck && npm test --silent

test-e2e: build peers clients e2e/node_modules/.package-lock.json
	@scripts/install.sh chromium openssl
	cd e2e && GNOMON=$(CURDIR)/$(BIN) GNOMON_PEERS=$(CURDIR)/target/peers/bin \
	  GNOMON_PYTHON=$(CURDIR)/target/clients/bin/python npm test --silent

# Installs, upgrades and removes the Debian package on a machine of its own, with systemd.
DEBIAN := $(CURDIR)/target/debian
test-packages: dist e2e/node_modules/.package-lock.json
	@scripts/debian-root.sh $(DEBIAN)/systemd systemd systemd-sysv adduser man-db bash-completion || \
	  echo "the Debian package is not tested"
	cd e2e && GNOMON_DEB=$$(ls ../target/dist/gnomon_*_$$(dpkg --print-architecture).deb) GNOMON_DEBIAN=$(DEBIAN)/systemd \
	  node --test --test-reporter=spec packages.test.mjs

# The units, their limits and the laboratory under control groups of version 2, in an emulated machine with a Debian of its
# own kernel, as root. Takes a quarter of an hour on a busy machine.
test-unified: dist
	@SUITE=trixie scripts/debian-root.sh $(DEBIAN)/machine systemd systemd-sysv adduser linux-image-cloud-amd64 initramfs-tools curl
	rm -rf target/unified && install -D e2e/unified.sh target/unified/run
	install target/dist/gnomon_*_amd64.deb target/unified/gnomon.deb
	scripts/vm.sh $(DEBIAN)/machine target/unified

# What Debian thinks of the package.
lint-packages: dist
	@scripts/debian-root.sh $(DEBIAN)/lintian lintian
	cp target/dist/gnomon_*_$$(dpkg --print-architecture).deb $(DEBIAN)/lintian/tmp
	chroot $(DEBIAN)/lintian sh -c 'lintian --allow-root --fail-on error,warning --tag-display-limit 0 /tmp/*.deb'

# The image, built by its Dockerfile from the sources, and the compose files, in a container engine. Where none runs,
# Debian's is started. The build takes a quarter of an hour; `make test` does the same with the program that is there.
test-containers: clients e2e/node_modules/.package-lock.json
	$(call in-engine,)

test-compose: build clients e2e/node_modules/.package-lock.json
	$(call in-engine,$(BIN))

define in-engine
@scripts/engine.sh sh -c 'scripts/image.sh gnomon-e2e $(1) && cd e2e && GNOMON_IMAGE=gnomon-e2e \
  GNOMON_PEERS=$(CURDIR)/target/peers/bin node --test --test-reporter=spec containers.test.mjs' || \
  { [ $$? = 75 ] && echo "skipped: containers are not tested"; }
endef

# 200 kills, which take a quarter of an hour; `make test` does ten of them.
torture: build e2e/node_modules/.package-lock.json
	cd e2e && GNOMON=$(CURDIR)/$(BIN) ROUNDS=$${ROUNDS:-200} node --test --test-reporter=spec kill.test.mjs

# Pictures of dashboards with made-up data, in target/gallery; DASHBOARDS is a folder of JSON files.
DASHBOARDS ?= e2e/dashboards
gallery: build e2e/node_modules/.package-lock.json
	@scripts/install.sh chromium
	GNOMON=$(CURDIR)/$(BIN) node e2e/gallery.mjs $(DASHBOARDS) target/gallery

e2e/node_modules/.package-lock.json: e2e/package.json e2e/package-lock.json
	@scripts/install.sh node
	cd e2e && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

peers:
	@scripts/peers.sh prometheus prometheus-node-exporter

# Programs that talk to the API; a test whose program cannot be had is skipped.
clients:
	@scripts/clients.sh

# The stack under a bad sensor service and a good one, beside a Prometheus, for docs/lab.md: the machine and the report, which
# target/lab.txt keeps. Takes ten minutes.
lab: build
	@scripts/peers.sh prometheus
	@printf '%s, %s cores, Linux %s, static release build\n\n' "$$(date +%F)" "$$(nproc)" "$$(uname -r)" | tee target/lab.txt
	$(BIN) lab --prometheus=$(CURDIR)/target/peers/bin/prometheus | tee -a target/lab.txt

# The figures of the README; takes twenty minutes.
figures: build e2e/node_modules/.package-lock.json
	GNOMON=$(CURDIR)/$(BIN) node bench/footprint.mjs

# What dashboards cost in the browser and in the server; DASHBOARDS is a folder of JSON files.
pages: build e2e/node_modules/.package-lock.json
	@scripts/install.sh chromium
	GNOMON=$(CURDIR)/$(BIN) node bench/pages.mjs $(DASHBOARDS)

# Gnomon against its peers; the table is for docs/benchmarks.md. BENCH=quick takes under ten minutes, BENCH="wide=120
# gnomon" one workload on one server. SCRAPES is a folder with recorded bodies, one folder or .tar.zst per target.
BENCH ?= full
bench: build
	@scripts/peers.sh prometheus victoria-metrics
	cargo build --quiet --release --locked --package bench
	GNOMON=$(CURDIR)/$(BIN) GNOMON_PEERS=$(CURDIR)/target/peers/bin SCRAPES="$(SCRAPES)" target/release/bench $(BENCH)

# One fuzz target for some time, or all: make fuzz TARGET=exposition SECONDS=600; make fuzz TARGET=all. What it finds is in
# fuzz/artifacts; a finding that is mended goes, made small, to fuzz/seeds.
TARGET ?= exposition
SECONDS ?= 60
fuzz:
	scripts/fuzz.sh $(SECONDS) $(TARGET)

clean:
	rm -rf target web/dist web/node_modules e2e/node_modules

FORCE:
