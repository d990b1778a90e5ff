#!/bin/sh
# 浏览器测试要用的 Chromium 和中文字体；已经有了就什么也不做。
set -eu
here=$(dirname "$0")
missing=""
command -v chromium >/dev/null 2>&1 || missing="chromium"
command -v fc-list >/dev/null 2>&1 && fc-list :lang=zh | grep -q . || missing="$missing fontconfig fonts-noto-cjk"
[ -z "$missing" ] || "$here/apt-install.sh" $missing
