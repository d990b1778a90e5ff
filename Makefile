# 两条命令各自完成全部准备：虚拟环境、依赖、模型、索引。
#   make chat   打开问答页面
#   make test   运行全部检查与测试

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

PYTEST := $(BIN)/pytest --numprocesses=2 --dist=loadfile --cov=qa --cov-report=term --cov-fail-under=90

FUZZ   := $(subst /,.,$(basename $(wildcard tests/*/fuzz.py tests/*/*/fuzz.py)))
LONG   := $(subst /,.,$(basename $(wildcard tests/e2e/load.py tests/e2e/soak.py tests/e2e/kills.py tests/e2e/model_kills.py)))

BANK   := evals/questions/compilation.jsonl

.PHONY: chat test setup llm lint types pytest browser office servers screenshots bench load eval gate attacks fuzz long nightly lock licences audit clean

chat: setup
	$(BIN)/qa serve --open

# 大模型有 1.1 GB，由页面在后台下载；测试等它下载完。
setup: $(VENV)/.runtime
	$(BIN)/qa models pull --llm none
	$(BIN)/qa index build

llm: setup
	$(BIN)/qa models pull

# 下载、浏览器与静态检查互不相干，同时进行。
test: $(VENV)/.dev
	$(MAKE) --jobs=3 --output-sync=target browser office servers llm lint types
	$(PYTEST)

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy --strict qa

pytest: $(VENV)/.dev browser office servers llm
	$(PYTEST)

browser:
	tests/install-browser.sh

office: browser
	tests/install-office.sh

servers: office
	tests/install-servers.sh

screenshots: $(VENV)/.dev browser setup llm
	$(BIN)/python -m tests.browser.screenshots docs/images

bench: setup llm
	$(BIN)/qa bench

# 二十个人各自每十秒问一次，持续五分钟。
load: setup
	$(BIN)/python -m tests.e2e.load

eval: setup
	rm -rf out/eval
	$(BIN)/qa eval run --questions $(BANK) --out out/eval --mode extract

# 与保存的基线相比有显著下降就失败。
gate: setup
	rm -rf out/gate
	$(BIN)/qa eval run --questions $(BANK) --out out/gate/search --mode search --gate evals/baseline.json
	$(BIN)/qa eval run --questions $(BANK) --out out/gate/extract --mode extract --gate evals/baseline.json

# 全部攻击题，由大模型作答，没有显卡时要几十分钟；摘录作答的在测试里。
attacks: setup llm
	rm -rf out/attacks
	$(BIN)/qa eval attacks --mode llm --out out/attacks

# 随机测试：接口（按它自己的说明，每个 2,000 次，约五分钟）和读文件的各处。
fuzz: $(VENV)/.dev setup
	for each in $(FUZZ); do $(BIN)/python -m $$each || exit 1; done

# 久跑：很多人一起用，长时间混着用，随时杀死。
long: $(VENV)/.dev setup browser
	for each in $(LONG); do $(BIN)/python -m $$each || exit 1; done

# 每夜：由大模型作答的攻击题、随机测试、久跑；有一样不成，其余的照做。
nightly:
	$(MAKE) --keep-going attacks fuzz long

# 依赖：版本与校验和，许可，已知漏洞（要上网；连不上会说没有核对）。
lock: $(VENV)/.upkeep
	$(BIN)/python -m tests.dependencies.lock

licences: $(VENV)/.dev
	$(BIN)/python -m tests.dependencies.licences

audit: $(VENV)/.upkeep
	$(BIN)/python -m tests.dependencies.audit

clean:
	rm -rf $(VENV) out

$(VENV)/.runtime: pyproject.toml
	$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "需要 Python 3.11 或更高版本"'
	$(PYTHON) -m venv $(VENV) || (tests/apt-install.sh python3-venv && $(PYTHON) -m venv $(VENV))
	$(BIN)/pip install --quiet --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.runtime
	$(BIN)/pip install --quiet --editable '.[dev]'
	touch $@

$(VENV)/.upkeep: $(VENV)/.dev
	$(BIN)/pip install --quiet --editable '.[upkeep]'
	touch $@
