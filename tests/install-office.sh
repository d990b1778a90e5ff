#!/bin/sh
# 导出测试要用的 LibreOffice（Writer、Impress）和中文字体；已经有了就什么也不做。
set -eu
here=$(dirname "$0")
missing=""
office=/usr/lib/libreoffice/program
[ -e $office/libswlo.so ] || missing="libreoffice-writer-nogui"
[ -e $office/libsdlo.so ] || missing="$missing libreoffice-impress-nogui"
command -v fc-list >/dev/null 2>&1 && fc-list :lang=zh | grep -q . || missing="$missing fontconfig fonts-noto-cjk"
[ -z "$missing" ] || "$here/apt-install.sh" $missing
